//! What may be asked of the helper, and what is refused.

use super::{SPAWNING, again_if_interrupted, bound, socket, wait_until, wire};
use relay::wire::{End, Key};
use socket2::{Domain, Type};
use std::io;
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::sync::PoisonError;

fn errno<T>(done: io::Result<T>) -> i32 {
    done.err().and_then(|error| error.raw_os_error()).unwrap_or(0)
}

#[test]
fn the_largest_packet_changes_at_once() {
    let Some(parts) = wire() else { return };
    let (left, _) = bound(&parts, End::Left, Domain::IPV4, Type::DGRAM);
    let goal = SocketAddr::from((End::Right.ipv4(), 9));
    for (mtu, lengths) in [
        (1500, vec![1500, 1500, 1068]),
        (9000, vec![4028]),
        (68, vec![68; 3]),
        (65_535, vec![4028]),
    ] {
        parts.namespaces.mtu(End::Left, mtu).expect("set");
        left.send_to(&[7; 4000], &goal.into()).expect("sent");
        let mut room = vec![0; 65_535];
        for length in lengths {
            let read = wait_until("it is read", || parts.devices[0].read(&mut room).expect("read"));
            assert_eq!(read, length, "at {mtu}");
        }
        while parts.devices[0].read(&mut room).expect("read").is_some() {}
    }
    for mtu in [0, 67, 65_536, u32::MAX] {
        assert_eq!(errno(parts.namespaces.mtu(End::Left, mtu)), libc::EINVAL, "{mtu}");
    }
}

#[test]
fn what_an_end_cannot_take_is_no_silent_loss() {
    let Some(parts) = wire() else { return };
    let (left, _) = bound(&parts, End::Left, Domain::IPV4, Type::DGRAM);
    let (right, there) = bound(&parts, End::Right, Domain::IPV4, Type::DGRAM);
    parts.namespaces.mtu(End::Left, 9000).expect("set");
    left.send_to(&[7; 4000], &there.into()).expect("sent");
    let mut room = vec![0; 65_535];
    let [from, to] = &parts.devices;
    let length = wait_until("it is read", || from.read(&mut room).expect("read"));
    match to.write(&room[..length]) {
        Ok(()) => {
            let right = UdpSocket::from(right);
            assert_eq!(again_if_interrupted(|| right.recv(&mut room)), 4000);
        }
        Err(error) => assert_eq!(error.raw_os_error(), Some(libc::ENOBUFS), "{error}"),
    }
}

#[test]
fn only_sockets_of_the_list_are_made() {
    let Some(parts) = wire() else { return };
    let ask =
        |domain, kind, protocol| errno(parts.namespaces.socket(End::Left, domain, kind, protocol));
    for family in [libc::AF_INET, libc::AF_INET6] {
        assert_eq!(ask(family, libc::SOCK_STREAM, libc::IPPROTO_TCP), 0);
        assert_eq!(ask(family, libc::SOCK_DGRAM | libc::SOCK_NONBLOCK, libc::IPPROTO_UDP), 0);
        assert_eq!(ask(family, libc::SOCK_RAW, 0), libc::ESOCKTNOSUPPORT);
        assert_eq!(ask(family, libc::SOCK_DGRAM, libc::IPPROTO_ICMP), libc::EPROTONOSUPPORT);
        assert_eq!(ask(family, libc::SOCK_STREAM, libc::IPPROTO_UDP), libc::EPROTONOSUPPORT);
    }
    for family in [libc::AF_UNIX, libc::AF_PACKET, libc::AF_NETLINK, -1] {
        assert_eq!(ask(family, libc::SOCK_STREAM, 0), libc::EAFNOSUPPORT);
    }
}

#[test]
fn a_socket_does_not_block_only_if_so_asked() {
    let Some(parts) = wire() else { return };
    for (flag, wanted) in [(0, false), (libc::SOCK_NONBLOCK, true)] {
        let kind = libc::SOCK_DGRAM | flag;
        let made = parts.namespaces.socket(End::Left, libc::AF_INET, kind, 0).expect("made");
        let flags = rustix::fs::fcntl_getfl(&made).expect("flags");
        assert_eq!(flags.contains(rustix::fs::OFlags::NONBLOCK), wanted);
        let flags = rustix::io::fcntl_getfd(&made).expect("flags");
        assert!(flags.contains(rustix::io::FdFlags::CLOEXEC));
    }
}

#[test]
fn a_socket_that_is_closed_is_gone_at_once() {
    let Some(parts) = wire() else { return };
    let _nobody_spawns = SPAWNING.read().unwrap_or_else(PoisonError::into_inner);
    let (first, address) = bound(&parts, End::Left, Domain::IPV4, Type::DGRAM);
    drop(first);
    for _ in 0..200 {
        let next = socket(&parts, End::Left, Domain::IPV4, Type::DGRAM);
        next.bind(&address.into()).expect("nobody has it");
    }
}

#[test]
fn settings_of_the_list_are_taken() {
    let Some(parts) = wire() else { return };
    let value = |key: Key| match key.count() {
        3 => vec![4096, 20_000, 100_000],
        2 => vec![40_000, 41_000],
        _ if key == Key::RtoMin => vec![100_000],
        _ => vec![1],
    };
    for key in Key::ALL.iter().copied() {
        let done = errno(parts.namespaces.sysctl(End::Left, key, &value(key)));
        let newer = key == Key::RtoMin && done == libc::ENOENT;
        assert!(done == 0 || newer, "{}: {done}", key.name());
        assert_eq!(errno(parts.namespaces.sysctl(End::Left, key, &[])), libc::EINVAL);
        assert_eq!(errno(parts.namespaces.sysctl(End::Left, key, &[1; 4])), libc::EINVAL);
    }
    let tcp = |end| socket(&parts, end, Domain::IPV4, Type::STREAM);
    assert_eq!(tcp(End::Left).recv_buffer_size().expect("a size"), 20_000);
    assert_ne!(tcp(End::Right).recv_buffer_size().expect("a size"), 20_000);
    let (_, address) = bound(&parts, End::Left, Domain::IPV4, Type::STREAM);
    assert!((40_000..=41_000).contains(&address.port()), "{address}");
    assert_eq!(errno(parts.namespaces.sysctl(End::Left, Key::SynRetries, &[0])), libc::EINVAL);
}

#[test]
fn port_80_needs_no_privilege() {
    let Some(parts) = wire() else { return };
    let listener = socket(&parts, End::Right, Domain::IPV4, Type::STREAM);
    listener.bind(&SocketAddr::from((End::Right.ipv4(), 80)).into()).expect("bound");
    listener.listen(1).expect("listening");
    assert_eq!(TcpListener::from(listener).local_addr().unwrap().port(), 80);
}

#[test]
fn any_congestion_control_of_the_kernel_may_be_chosen() {
    let Some(parts) = wire() else { return };
    let tcp = socket(&parts, End::Left, Domain::IPV4, Type::STREAM);
    tcp.set_tcp_congestion(b"reno").expect("set");
}

#[test]
fn requests_from_many_threads_do_not_mix() {
    let Some(parts) = wire() else { return };
    std::thread::scope(|scope| {
        for end in End::BOTH {
            for kind in [Type::STREAM, Type::DGRAM] {
                let parts = &parts;
                scope.spawn(move || {
                    for _ in 0..50 {
                        let (socket, _) = bound(parts, end, Domain::IPV6, kind);
                        assert_eq!(socket.r#type().expect("a kind"), kind);
                    }
                });
            }
        }
    });
}
