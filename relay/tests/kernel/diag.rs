//! Sockets asked by name, with /proc/net as the oracle.

use std::fs;
use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr, TcpStream, UdpSocket};
use std::os::fd::AsFd;
use std::time::Duration;

use relay::kernel::diag::{Diag, Entry, Family, Filter, Owner, Protocol, TimerKind};
use relay::kernel::{State, States, readiness, tcp};
use socket2::{Domain, SockAddr, SockRef, Socket, Type};

use crate::{connection, cookie, listener, wait_until};

fn tcp_entry(diag: &mut Diag, local: SocketAddr, peer: SocketAddr, cookie: u64) -> Option<Entry> {
    diag.exact(Protocol::Tcp, local, Some(peer), cookie).unwrap()
}

#[test]
fn an_open_connection_is_found_by_name() {
    let (mut left, right) = connection();
    left.write_all(b"hello").unwrap();
    wait_until("5 bytes arrived", || readiness(right.as_fd()).unwrap().readable().then_some(()));
    let (local, peer) = (left.local_addr().unwrap(), right.local_addr().unwrap());
    let mut diag = Diag::open().unwrap();
    let entry = tcp_entry(&mut diag, peer, local, cookie(&right)).unwrap();
    assert_eq!((entry.state, entry.local, entry.peer), (State::Established, peer, local));
    assert_eq!(entry.cookie, cookie(&right));
    assert_eq!(entry.receive_queue, 5);
    let inode = rustix::fs::fstat(&right).unwrap().st_ino as u32;
    assert_eq!(entry.owner, Some(Owner { inode, uid: rustix::process::getuid().as_raw() }));
    assert_eq!(
        entry.info.unwrap().bytes_received,
        tcp::info(right.as_fd()).unwrap().bytes_received
    );
    assert_eq!(
        entry.memory.unwrap().receive_limit,
        relay::kernel::memory(right.as_fd()).unwrap().receive_limit
    );
    assert_eq!(tcp_entry(&mut diag, peer, local, cookie(&left)), None, "another socket's cookie");
    let nobody = SocketAddr::from((Ipv4Addr::LOCALHOST, 1));
    assert_eq!(tcp_entry(&mut diag, nobody, local, 1), None);
}

#[test]
fn a_listener_is_found_in_both_families() {
    let mut diag = Diag::open().unwrap();
    for host in ["127.0.0.1", "0.0.0.0", "[::1]", "[::]"] {
        let listener = listener(host, 5);
        let local = listener.local_addr().unwrap();
        let reach = match host {
            "[::1]" => SocketAddr::from(([0, 0, 0, 0, 0, 0, 0, 1], local.port())),
            _ => SocketAddr::from((Ipv4Addr::LOCALHOST, local.port())),
        };
        let _left = TcpStream::connect(reach).unwrap();
        let entry = wait_until("one waits for accept", || {
            diag.exact(Protocol::Tcp, local, None, cookie(&listener))
                .unwrap()
                .filter(|entry| entry.receive_queue == 1)
        });
        assert_eq!(
            (entry.state, entry.local, entry.send_queue),
            (State::Listen, local, 5),
            "{host}"
        );
        assert_eq!(entry.peer.port(), 0);

        let (right, peer) = listener.accept().unwrap();
        let accepted =
            tcp_entry(&mut diag, right.local_addr().unwrap(), peer, cookie(&right)).unwrap();
        assert_eq!(
            (accepted.state, accepted.local),
            (State::Established, right.local_addr().unwrap()),
            "{host}"
        );
        assert_eq!(accepted.peer, peer);
    }
}

#[test]
fn listeners_that_share_a_port_are_told_apart() {
    let open = |port: u16| {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        socket.set_reuse_port(true).unwrap();
        socket.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, port)).into()).unwrap();
        socket.listen(3).unwrap();
        socket
    };
    let first = open(0);
    let local = first.local_addr().unwrap().as_socket().unwrap();
    let second = open(local.port());
    let mut diag = Diag::open().unwrap();
    for socket in [&first, &second] {
        let entry = diag.exact(Protocol::Tcp, local, None, cookie(socket)).unwrap().unwrap();
        assert_eq!(entry.cookie, cookie(socket));
    }
}

#[test]
fn udp_is_found_bound_connected_and_in_both_families() {
    let mut diag = Diag::open().unwrap();
    for (host, reach) in [
        ("127.0.0.1", "127.0.0.1"),
        ("0.0.0.0", "127.0.0.1"),
        ("[::1]", "[::1]"),
        ("[::]", "[::1]"),
        ("[::]", "[::ffff:127.0.0.1]"),
    ] {
        let right = UdpSocket::bind(format!("{host}:0")).unwrap();
        let local = right.local_addr().unwrap();
        let entry = diag.exact(Protocol::Udp, local, None, cookie(&right)).unwrap().unwrap();
        assert_eq!(
            (entry.state, entry.local, entry.peer.port()),
            (State::Close, local, 0),
            "{host}"
        );
        assert_eq!(entry.info, None);
        assert_eq!(entry.memory.unwrap().drops, 0);

        let peer: SocketAddr = format!("{reach}:9").parse().unwrap();
        right.connect(peer).unwrap();
        let local = right.local_addr().unwrap();
        let entry = diag.exact(Protocol::Udp, local, Some(peer), cookie(&right)).unwrap().unwrap();
        assert_eq!(
            (entry.state, entry.local, entry.peer),
            (State::Established, local, peer),
            "{host}"
        );

        let number = cookie(&right);
        drop(right);
        assert_eq!(diag.exact(Protocol::Udp, local, Some(peer), number).unwrap(), None);
    }
}

#[test]
fn a_connection_keeps_its_cookie_from_the_handshake_on() {
    let listener = listener("127.0.0.1", 8);
    crate::defer_accept(&listener);
    let local = listener.local_addr().unwrap();
    let mut left = TcpStream::connect(local).unwrap();
    let mut diag = Diag::open().unwrap();
    let mut found = |state| {
        let states = States::of(&[state]);
        let filter = Filter {
            protocol: Protocol::Tcp,
            family: Family::V4,
            states,
            local_port: Some(local.port()),
        };
        diag.dump(filter).unwrap().entries.pop()
    };
    let half_open = found(State::SynRecv).unwrap();
    assert_eq!((half_open.state, half_open.peer), (State::SynRecv, left.local_addr().unwrap()));
    assert_eq!(
        (half_open.timer.unwrap().kind, half_open.owner, half_open.info),
        (TimerKind::Retransmit, None, None)
    );

    left.write_all(b"x").unwrap();
    let queued = wait_until("the handshake is done", || found(State::Established));
    assert_eq!((queued.cookie, queued.owner), (half_open.cookie, None), "nobody has accepted it");
    let (right, _) = listener.accept().unwrap();
    assert_eq!(cookie(&right), half_open.cookie);
    assert!(found(State::Established).unwrap().owner.is_some());
}

#[test]
fn a_closed_connection_lives_on_as_a_stub() {
    let (left, right) = connection();
    let (local, peer) = (left.local_addr().unwrap(), right.local_addr().unwrap());
    let (left_cookie, right_cookie) = (cookie(&left), cookie(&right));
    let mut diag = Diag::open().unwrap();
    drop(left);
    let stub = wait_until("left is FIN_WAIT2", || {
        tcp_entry(&mut diag, local, peer, left_cookie)
            .filter(|entry| entry.state == State::FinWait2)
    });
    assert_eq!(
        (stub.cookie, stub.owner, &stub.info, stub.memory),
        (left_cookie, None, &None, None)
    );
    assert_eq!(stub.timer.unwrap().kind, TimerKind::TimeWait, "{stub:?}");
    let other = tcp_entry(&mut diag, peer, local, right_cookie).unwrap();
    assert_eq!(other.state, State::CloseWait);
    assert_eq!(other.receive_queue, 1, "sock_diag counts the FIN, FIONREAD does not");

    drop(right);
    let stub = wait_until("left is TIME_WAIT", || {
        tcp_entry(&mut diag, local, peer, left_cookie)
            .filter(|entry| entry.state == State::TimeWait)
    });
    let timer = stub.timer.unwrap();
    assert_eq!((stub.cookie, timer.kind, stub.info), (left_cookie, TimerKind::TimeWait, None));
    assert!(
        timer.remaining > Duration::from_secs(10) && timer.remaining <= Duration::from_mins(1),
        "{timer:?}"
    );
    wait_until("right is gone", || {
        tcp_entry(&mut diag, peer, local, right_cookie).is_none().then_some(())
    });
}

#[test]
fn a_closed_window_is_probed() {
    let listener = listener("127.0.0.1", 1);
    SockRef::from(&listener).set_recv_buffer_size(1).unwrap();
    let mut left = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (right, _) = listener.accept().unwrap();
    left.set_nonblocking(true).unwrap();
    while left.write(&[1; 4096]).is_ok() {}
    let mut diag = Diag::open().unwrap();
    let entry = wait_until("the window is probed", || {
        let entry = tcp_entry(
            &mut diag,
            left.local_addr().unwrap(),
            right.local_addr().unwrap(),
            cookie(&left),
        )?;
        let probing = entry
            .timer
            .is_some_and(|timer| timer.kind == TimerKind::Probe && timer.expirations > 0);
        probing.then_some(entry)
    });
    let info = entry.info.unwrap();
    assert_eq!(info.probes, entry.timer.unwrap().expirations);
    assert!(info.notsent_bytes > 0);
    assert_eq!(entry.send_queue, relay::kernel::queue::send(left.as_fd()).unwrap());
}

#[test]
fn a_syn_without_an_answer_is_retransmitted() {
    let listener = listener("127.0.0.1", 0);
    let _admitted = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.set_nonblocking(true).unwrap();
    let peer = listener.local_addr().unwrap();
    socket.connect(&SockAddr::from(peer)).unwrap_err();
    let local = socket.local_addr().unwrap().as_socket().unwrap();
    let mut diag = Diag::open().unwrap();
    let entry = wait_until("the SYN was sent again", || {
        tcp_entry(&mut diag, local, peer, cookie(&socket))
            .filter(|entry| entry.timer.is_some_and(|t| t.expirations == 1))
    });
    let timer = entry.timer.unwrap();
    assert_eq!((entry.state, timer.kind), (State::SynSent, TimerKind::Retransmit));
    assert!(timer.remaining <= Duration::from_secs(2), "{timer:?}");
    assert_eq!(entry.info.unwrap().retransmits, 1);
    wait_until("the listener has counted both SYNs it refused", || {
        let entry = diag.exact(Protocol::Tcp, peer, None, cookie(&listener)).unwrap().unwrap();
        (entry.memory.unwrap().drops >= 2).then_some(())
    });
}

#[test]
fn keepalive_is_a_timer() {
    let (left, right) = connection();
    let keepalive = socket2::TcpKeepalive::new().with_time(Duration::from_secs(100));
    SockRef::from(&left).set_tcp_keepalive(&keepalive).unwrap();
    let mut diag = Diag::open().unwrap();
    let mut timer = |socket: &TcpStream| {
        let (local, peer) = (socket.local_addr().unwrap(), socket.peer_addr().unwrap());
        tcp_entry(&mut diag, local, peer, cookie(socket)).unwrap().timer
    };
    let running = timer(&left).unwrap();
    assert_eq!((running.kind, running.expirations), (TimerKind::Keepalive, 0));
    assert!(
        running.remaining > Duration::from_secs(90)
            && running.remaining <= Duration::from_secs(101),
        "{running:?}"
    );
    assert_eq!(timer(&right), None);
}

#[test]
fn a_dump_filters_by_port_and_state() {
    let listener = listener("127.0.0.1", 8);
    let port = listener.local_addr().unwrap().port();
    let _left = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (_right, _) = listener.accept().unwrap();
    let mut diag = Diag::open().unwrap();
    let all = Filter {
        protocol: Protocol::Tcp,
        family: Family::V4,
        states: States::ALL,
        local_port: Some(port),
    };
    let mut states = |states| -> Vec<State> {
        let dump = diag.dump(Filter { states, ..all }).unwrap();
        assert_eq!(dump.left_out, 0);
        assert!(dump.entries.iter().all(|entry| entry.local.port() == port));
        dump.entries.iter().map(|entry| entry.state).collect()
    };
    assert_eq!(states(States::ALL), [State::Listen, State::Established]);
    assert_eq!(states(States::of(&[State::Listen])), [State::Listen]);
    assert_eq!(states(States::of(&[State::SynSent])), []);
    let others = diag.dump(Filter { family: Family::V6, ..all }).unwrap().entries;
    assert!(others.iter().all(|entry| entry.local.is_ipv6()), "{others:?}");
}

/// Several netlink messages long, and compared number by number with /proc/net/tcp.
#[test]
fn a_long_dump_agrees_with_proc() {
    let listener = listener("127.0.0.1", 300);
    let address = listener.local_addr().unwrap();
    let mut ends = Vec::new();
    for index in 0..200_usize {
        let mut left = TcpStream::connect(address).unwrap();
        left.write_all(&vec![1; index]).unwrap();
        ends.push((left, listener.accept().unwrap().0));
    }
    let mut diag = Diag::open().unwrap();
    let filter = Filter {
        protocol: Protocol::Tcp,
        family: Family::V4,
        states: States::ALL,
        local_port: Some(address.port()),
    };
    let mut known = wait_until("dump and /proc agree", || {
        let mut dumped: Vec<_> = diag
            .dump(filter)
            .unwrap()
            .entries
            .iter()
            .map(|entry| {
                let owner = entry.owner.unwrap();
                let fields = (entry.state as u8, entry.receive_queue, owner.uid, owner.inode);
                (entry.peer.port(), fields)
            })
            .collect();
        dumped.sort_unstable();
        (dumped == proc_net_tcp(address.port())).then_some(dumped)
    });
    known.retain(|&(port, _)| port != 0);
    assert_eq!(known.len(), 200);
    let bytes: u32 = known.iter().map(|&(_, (_, receive_queue, ..))| receive_queue).sum();
    assert_eq!(bytes, (0..200).sum::<u32>());
}

/// Peer port, then state, receive queue, uid and inode, of all sockets with that local port.
fn proc_net_tcp(port: u16) -> Vec<(u16, (u8, u32, u32, u32))> {
    let table = fs::read_to_string("/proc/net/tcp").unwrap();
    let hex = |text: &str| u32::from_str_radix(text, 16).unwrap();
    let mut all: Vec<_> = table
        .lines()
        .skip(1)
        .filter_map(|line| {
            let words: Vec<_> = line.split_whitespace().collect();
            let port_of = |word: &str| hex(word.split_once(':').unwrap().1) as u16;
            (port_of(words[1]) == port).then(|| {
                let receive_queue = hex(words[4].split_once(':').unwrap().1);
                let numbers = (
                    hex(words[3]) as u8,
                    receive_queue,
                    words[7].parse().unwrap(),
                    words[9].parse().unwrap(),
                );
                (port_of(words[2]), numbers)
            })
        })
        .collect();
    all.sort_unstable();
    all
}
