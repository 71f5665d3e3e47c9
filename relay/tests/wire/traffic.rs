//! What crosses the wire, in both families and both directions.

use super::forwarder::Forwarder;
use super::{address, again_if_interrupted, bound, socket, wait_until, wire};
use protocol::message::RungName;
use relay::kernel::States;
use relay::kernel::diag::{Diag, Family, Filter, Protocol};
use relay::wire::{End, WireParts, text};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use socket2::{Domain, Type};
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream, UdpSocket};

const FAMILIES: [Domain; 2] = [Domain::IPV4, Domain::IPV6];

#[test]
fn datagrams_cross_both_ways() {
    let Some(parts) = wire() else { return };
    let pairs = FAMILIES.map(|family| {
        End::BOTH.map(|end| {
            let (socket, address) = bound(&parts, end, family, Type::DGRAM);
            (UdpSocket::from(socket), address)
        })
    });
    let _forwarder = Forwarder::start(parts.devices);
    for [(left, here), (right, there)] in &pairs {
        for (from, at, to, goal) in [(left, here, right, there), (right, there, left, here)] {
            let mut room = [0; 64];
            from.send_to("你好".as_bytes(), goal).expect("sent");
            let (length, sender) = again_if_interrupted(|| to.recv_from(&mut room));
            assert_eq!((&room[..length], sender), ("你好".as_bytes(), *at));
        }
    }
}

#[test]
fn streams_cross_both_ways() {
    let Some(parts) = wire() else { return };
    let pairs = FAMILIES.map(|family| {
        End::BOTH.map(|end| {
            let (listener, address) = bound(&parts, end, family, Type::STREAM);
            listener.listen(4).expect("listening");
            let client = socket(&parts, end.opposite(), family, Type::STREAM);
            (TcpListener::from(listener), address, client)
        })
    });
    let _forwarder = Forwarder::start(parts.devices);
    for (listener, address, client) in pairs.into_iter().flatten() {
        client.connect(&address.into()).expect("connected");
        let (mut server, _) = listener.accept().expect("accepted");
        let mut client = TcpStream::from(client);
        let sent: Vec<u8> = (0..300_000_u32).map(|n| n as u8).collect();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                client.write_all(&sent).expect("sent");
                client.shutdown(std::net::Shutdown::Write).expect("shut");
            });
            let mut got = Vec::new();
            server.read_to_end(&mut got).expect("received");
            assert!(got == sent);
        });
        server.write_all(b"and back").expect("sent");
        drop(server);
        let mut back = String::new();
        client.read_to_string(&mut back).expect("received");
        assert_eq!(back, "and back");
    }
}

#[test]
fn each_end_has_its_own_loopback() {
    let Some(parts) = wire() else { return };
    for end in End::BOTH {
        let here = socket(&parts, end, Domain::IPV4, Type::DGRAM);
        let any: std::net::SocketAddr = "127.0.0.1:0".parse().unwrap();
        here.bind(&any.into()).expect("bound");
        let here = UdpSocket::from(here);
        here.send_to(b"self", here.local_addr().unwrap()).expect("sent");
        here.set_read_timeout(Some(super::PATIENCE)).unwrap();
        assert_eq!(again_if_interrupted(|| here.recv(&mut [0; 8])), 4);
    }
    for device in &parts.devices {
        assert_eq!(device.read(&mut [0; 64]).expect("read"), None);
    }
}

#[test]
fn a_damaged_datagram_is_dropped_by_the_kernel_and_counted() {
    let Some(parts) = wire() else { return };
    let (left, _) = bound(&parts, End::Left, Domain::IPV4, Type::DGRAM);
    let (right, there) = bound(&parts, End::Right, Domain::IPV4, Type::DGRAM);
    left.send_to(b"whole", &there.into()).expect("sent");
    let mut room = [0; 100];
    let [from, to] = &parts.devices;
    let length = wait_until("it is read", || from.read(&mut room).expect("read"));
    assert_eq!(length, 20 + 8 + 5);
    let last = length - 1;
    room[last] ^= 1;
    to.write(&room[..length]).expect("written");
    let errors = || udp_counter(&text(&parts.proc[1].snmp).expect("snmp"), "InCsumErrors");
    wait_until("the kernel counts it", || (errors() == 1).then_some(()));
    // As it was sent its checksum is right: the sender's kernel did compute one.
    room[last] ^= 1;
    to.write(&room[..length]).expect("written");
    let mut got = [0; 8];
    let right = UdpSocket::from(right);
    assert_eq!(again_if_interrupted(|| right.recv(&mut got)), 5);
    assert_eq!(&got[..5], b"whole");
    assert_eq!(errors(), 1);
}

fn udp_counter(snmp: &str, name: &str) -> u64 {
    let mut lines = snmp.lines().filter(|line| line.starts_with("Udp: "));
    let (names, values) = (lines.next().expect("names"), lines.next().expect("values"));
    let at = names.split(' ').position(|one| one == name).expect("the counter");
    values.split(' ').nth(at).expect("its value").parse().expect("a number")
}

#[test]
fn what_nobody_reads_in_time_is_counted() {
    let Some(parts) = wire() else { return };
    let (left, _) = bound(&parts, End::Left, Domain::IPV4, Type::DGRAM);
    let goal = std::net::SocketAddr::from((End::Right.ipv4(), 9));
    let device = &parts.devices[0];
    assert_eq!(device.dropped().expect("counted"), 0);
    const SENT: u64 = 12_000;
    for n in 0..SENT {
        left.send_to(&n.to_ne_bytes(), &goal.into()).expect("sent");
    }
    let (mut read, mut room) = (0, [0; 64]);
    wait_until("every datagram is accounted for", || {
        while device.read(&mut room).expect("read").is_some() {
            read += 1;
        }
        (read + device.dropped().expect("counted") == SENT).then_some(())
    });
    let dropped = device.dropped().expect("counted");
    assert!(dropped > 0, "all of {SENT} were kept");
    if parts.rung.name == RungName::Tun {
        assert_eq!(read, 10_000);
    }
    assert_eq!(parts.devices[1].dropped().expect("counted"), 0);
}

#[test]
fn every_datagram_to_a_closed_port_is_answered() {
    let Some(parts) = wire() else { return };
    if !parts.unset.is_empty() {
        return;
    }
    for family in FAMILIES {
        let (left, _) = bound(&parts, End::Left, family, Type::DGRAM);
        // Nobody has ever had this port. One that was just closed may live on in a process that
        // another test is starting.
        let there = std::net::SocketAddr::new(address(End::Right, family), 9);
        let [here, right] = &parts.devices;
        let mut room = [0; 1500];
        for _ in 0..100 {
            left.send_to(b"knock", &there.into()).expect("sent");
            let length = wait_until("it is read", || here.read(&mut room).expect("read"));
            right.write(&room[..length]).expect("written");
            wait_until("ICMP answers", || right.read(&mut room).expect("read"));
        }
    }
}

#[test]
fn the_witnesses_see_their_own_end() {
    let Some(WireParts { namespaces, diag, destroyed, .. }) = wire() else { return };
    let socket = namespaces.socket(End::Right, libc::AF_INET, libc::SOCK_STREAM, 0).unwrap();
    let listener = socket2::Socket::from(socket);
    listener.listen(1).expect("listening");
    let [left, right] = diag.map(|socket| Diag::with(socket).expect("a socket").dump(ALL).unwrap());
    assert_eq!((left.entries.len(), right.entries.len()), (0, 1));
    drop(listener);
    let [left, right] = &destroyed;
    wait_until("its end is told", || {
        let mut waits = [PollFd::new(right, PollFlags::IN)];
        poll(&mut waits, None).expect("polled");
        match rustix::net::recv(right, &mut [0; 4096][..], rustix::net::RecvFlags::empty()) {
            Ok((length, _)) => (length > 0).then_some(()),
            Err(errno) => panic!("{errno}"),
        }
    });
    let silent = rustix::net::recv(left, &mut [0; 64][..], rustix::net::RecvFlags::empty());
    assert_eq!(silent.expect_err("nothing ended there"), Errno::AGAIN);
}

const ALL: Filter =
    Filter { protocol: Protocol::Tcp, family: Family::V4, states: States::ALL, local_port: None };
