//! Nothing is on the wire that nobody sent.

use super::{bound, wait_until, wire};
use relay::wire::{End, WireParts, text};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::time::Timespec;
use socket2::{Domain, Type};
use std::net::UdpSocket;

/// A second and a half: router solicitations and multicast reports come within one.
const LISTEN: Timespec = Timespec { tv_sec: 1, tv_nsec: 500_000_000 };

fn assert_silent(parts: &WireParts) {
    let [left, right] = &parts.devices;
    let mut waits =
        [left, right].map(|device| PollFd::from_borrowed_fd(device.fd(), PollFlags::IN));
    let ready = poll(&mut waits, Some(&LISTEN)).expect("polled");
    let mut room = [0; 128];
    let heard = [left, right].map(|device| device.read(&mut room).expect("read"));
    assert_eq!((ready, heard), (0, [None, None]), "{room:02x?}");
    // Nor did anything come in that we did not write: the near ends are silent too.
    for proc in &parts.proc {
        let dev = text(&proc.dev).expect("its devices");
        let wire = dev.lines().find_map(|line| line.trim_start().strip_prefix("wire0:"));
        let received = wire.and_then(|numbers| numbers.split_ascii_whitespace().nth(1));
        assert_eq!(received, Some("0"), "{dev}");
    }
}

#[test]
fn only_what_was_sent_is_read() {
    let Some(parts) = wire() else { return };
    for family in [Domain::IPV4, Domain::IPV6] {
        let (left, _) = bound(&parts, End::Left, family, Type::DGRAM);
        let (_right, there) = bound(&parts, End::Right, family, Type::DGRAM);
        UdpSocket::from(left).send_to(b"one", there).expect("sent");
        let mut room = [0; 128];
        let read = wait_until("it is read", || parts.devices[0].read(&mut room).expect("read"));
        let head = if family == Domain::IPV4 { 20 } else { 40 };
        assert_eq!(&room[head + 8..read], b"one");
    }
    assert_silent(&parts);
}

#[test]
fn ipv6_comes_back_in_silence() {
    let Some(parts) = wire() else { return };
    for bytes in [1000, 1500] {
        for end in End::BOTH {
            parts.namespaces.mtu(end, bytes).expect("set");
        }
    }
    for end in End::BOTH {
        bound(&parts, end, Domain::IPV6, Type::DGRAM);
    }
    assert_silent(&parts);
}
