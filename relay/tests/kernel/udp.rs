//! UDP sockets asked by descriptor, and the peek walk.

use std::io::ErrorKind;
use std::net::UdpSocket;
use std::os::fd::AsFd;

use relay::kernel::peek::{Datagrams, MAX_DATAGRAMS, Waiting};
use relay::kernel::{memory, queue, readiness};
use socket2::SockRef;

use crate::{connection, wait_until};

fn socket() -> UdpSocket {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_nonblocking(true).unwrap();
    socket
}

fn send(from: &UdpSocket, to: &UdpSocket, payload: &[u8]) {
    assert_eq!(from.send_to(payload, to.local_addr().unwrap()).unwrap(), payload.len());
}

fn payloads(waiting: &[Waiting]) -> Vec<&[u8]> {
    waiting.iter().map(|datagram| &datagram.head[..]).collect()
}

#[test]
fn a_full_buffer_counts_its_drops() {
    let (left, right) = (socket(), socket());
    SockRef::from(&right).set_recv_buffer_size(1).unwrap();
    for _ in 0..100 {
        send(&left, &right, b"x");
    }
    let told = memory(right.as_fd()).unwrap();
    let mut received = 0;
    while right.recv(&mut [0; 9]).is_ok() {
        received += 1;
    }
    assert!(received >= 1 && told.drops > 0);
    assert_eq!(received + told.drops, 100);
    assert!(told.receive_charged > received, "the charge is more than the payload: {told:?}");
}

#[test]
fn a_walk_lists_all_and_takes_none() {
    let (one, two, right) = (socket(), socket(), socket());
    let big = vec![9; 65_507];
    let all: [(&UdpSocket, &[u8]); 7] = [
        (&one, b""),
        (&two, b"a"),
        (&one, b""),
        (&two, b""),
        (&one, &big),
        (&one, b"a"),
        (&two, b""),
    ];
    let mut queued = Datagrams::new(3);
    let empty = queued.walk(right.as_fd()).unwrap().unwrap();
    assert!(empty.waiting.is_empty() && empty.exact && !empty.capped);
    for (from, payload) in all {
        send(from, &right, payload);
    }
    for _ in 0..3 {
        let walk = queued.walk(right.as_fd()).unwrap().unwrap();
        assert!(walk.exact && !walk.capped);
        assert_eq!(walk.waiting.len(), 7);
        for (waiting, (from, payload)) in walk.waiting.iter().zip(all) {
            assert_eq!(waiting.bytes, payload.len());
            assert_eq!(waiting.head, payload[..payload.len().min(3)]);
            assert_eq!(waiting.from, Some(from.local_addr().unwrap()));
        }
    }
    assert_eq!(
        SockRef::from(&right).peek(&mut [std::mem::MaybeUninit::uninit(); 9]).unwrap(),
        0,
        "offset is -1 again"
    );
    let mut into = vec![0; 70_000];
    for (from, payload) in all {
        let (got, sender) = right.recv_from(&mut into).unwrap();
        assert_eq!((&into[..got], sender), (payload, from.local_addr().unwrap()));
    }
    assert_eq!(right.recv(&mut into).unwrap_err().kind(), ErrorKind::WouldBlock);
}

/// The kernel itself forgets empty datagrams after one walk; we do not.
#[test]
fn empty_datagrams_stay_known_while_others_come_and_go() {
    let (left, right) = (socket(), socket());
    let mut queued = Datagrams::new(9);
    let mut model: Vec<Vec<u8>> = Vec::new();
    let mut into = [0; 9];
    let mut seed = 1_u32;
    for _ in 0..2000 {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        match seed >> 28 {
            0..5 if model.len() < 40 => {
                send(&left, &right, b"");
                model.push(Vec::new());
            }
            5..8 if model.len() < 40 => {
                let payload = [seed as u8 & 1, 2];
                send(&left, &right, &payload);
                model.push(payload.to_vec());
            }
            8..12 if !model.is_empty() => {
                let got = right.recv(&mut into).unwrap();
                assert_eq!(into[..got], model.remove(0));
                queued.taken(1);
            }
            12 => drop(right.peek(&mut into)),
            _ => {
                let walk = queued.walk(right.as_fd()).unwrap().unwrap();
                assert!(walk.exact);
                assert_eq!(payloads(&walk.waiting), model);
            }
        }
    }
}

#[test]
fn a_read_nobody_told_of_is_noticed_and_forgiven() {
    let (left, right) = (socket(), socket());
    let mut queued = Datagrams::new(9);
    for payload in [&b"a"[..], b"", b"b"] {
        send(&left, &right, payload);
    }
    assert_eq!(queued.walk(right.as_fd()).unwrap().unwrap().waiting.len(), 3);
    right.recv(&mut [0; 9]).unwrap();
    let walk = queued.walk(right.as_fd()).unwrap().unwrap();
    assert!(!walk.exact);
    assert_eq!(payloads(&walk.waiting), [&b""[..], b"b"], "the front is always seen");
    right.recv(&mut [0; 9]).unwrap();
    right.recv(&mut [0; 9]).unwrap();
    assert!(queued.walk(right.as_fd()).unwrap().unwrap().exact, "an empty queue has no secrets");
}

#[test]
fn a_long_queue_is_cut_at_the_limit() {
    let (left, right) = (socket(), socket());
    SockRef::from(&right).set_recv_buffer_size(4 << 20).unwrap();
    for _ in 0..MAX_DATAGRAMS + 4 {
        send(&left, &right, b"x");
    }
    if memory(right.as_fd()).unwrap().drops > 0 {
        eprintln!(
            "SKIPPED: net.core.rmem_max is too small here to queue {MAX_DATAGRAMS} datagrams"
        );
        return;
    }
    let mut queued = Datagrams::new(1);
    let began = std::time::Instant::now();
    let walk = queued.walk(right.as_fd()).unwrap().unwrap();
    eprintln!("{MAX_DATAGRAMS} datagrams walked in {:?}", began.elapsed());
    assert!(walk.capped);
    assert_eq!(walk.waiting.len(), MAX_DATAGRAMS);
    for _ in 0..5 {
        right.recv(&mut [0; 9]).unwrap();
    }
    queued.taken(5);
    let walk = queued.walk(right.as_fd()).unwrap().unwrap();
    assert_eq!((walk.waiting.len(), walk.capped, walk.exact), (MAX_DATAGRAMS - 1, false, true));
}

#[test]
fn a_walk_leaves_a_refusal_to_the_program() {
    let (left, right) = (socket(), socket());
    left.connect(right.local_addr().unwrap()).unwrap();
    drop(right);
    left.send(b"x").unwrap();
    wait_until("the ICMP came", || readiness(left.as_fd()).unwrap().failed().then_some(()));
    let mut queued = Datagrams::new(9);
    assert_eq!(queued.walk(left.as_fd()).unwrap(), None);
    assert_eq!(queued.walk(left.as_fd()).unwrap(), None);
    assert_eq!(left.recv(&mut [0; 9]).unwrap_err().kind(), ErrorKind::ConnectionRefused);
    assert!(queued.walk(left.as_fd()).unwrap().is_some());
}

#[test]
fn a_walk_is_for_udp_only() {
    let (left, _right) = connection();
    assert_eq!(Datagrams::new(9).walk(left.as_fd()).unwrap_err().kind(), ErrorKind::InvalidInput);
}

#[test]
fn fionread_is_the_first_datagrams_size() {
    let (left, right) = (socket(), socket());
    send(&left, &right, b"abc");
    send(&left, &right, b"de");
    assert_eq!(queue::receive(right.as_fd()).unwrap(), 3);
    assert_eq!(queue::unsent(right.as_fd()).unwrap_err().raw_os_error(), Some(libc::ENOTTY));
}
