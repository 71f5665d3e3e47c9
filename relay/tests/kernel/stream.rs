//! TCP sockets asked by descriptor.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream, UdpSocket};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;

use relay::kernel::{self, State, peek, queue, tcp};

use crate::{connection, cookie, listener, wait_until};

#[test]
fn a_connection_is_described() {
    let (left, right) = connection();
    let info = tcp::info(left.as_fd()).unwrap();
    assert_eq!(info.state, State::Established);
    assert_eq!(info.state.name(), "ESTABLISHED");
    assert_eq!(info.bytes_acked, 1, "the SYN, on the connecting side");
    assert_eq!(info.bytes_received, 0);
    assert_eq!(info.notsent_bytes, 0);
    assert_eq!((info.unacked, info.sacked, info.lost, info.retrans), (0, 0, 0, 0));
    assert_eq!((info.total_retrans, info.retransmits, info.backoff, info.probes), (0, 0, 0, 0));
    assert_eq!(info.congestion, Some(tcp::Congestion::Open));
    assert_eq!(info.snd_ssthresh, None);
    assert_eq!(info.snd_cwnd, 10);
    assert!(info.rtt_us > 0 && info.min_rtt_us.is_some(), "{info:?}");
    assert!(info.rto_us >= 200_000, "{info:?}");
    assert!(info.snd_mss > 500 && info.pmtu > info.snd_mss, "{info:?}");
    assert_eq!(info.accept_queue(), None);
    let passive = tcp::info(right.as_fd()).unwrap();
    assert_eq!(passive.bytes_acked, 0, "the accepting side does not count its SYN");
    assert!(passive.snd_wnd.is_none_or(|window| window > 1000));

    let fd = left.as_fd();
    assert_eq!(kernel::local(fd).unwrap(), Some(left.local_addr().unwrap()));
    assert_eq!(kernel::peer(fd).unwrap(), Some(right.local_addr().unwrap()));
    assert_ne!(cookie(&left), cookie(&right));
}

#[test]
fn five_bytes_wait_in_both_queues_until_acknowledged() {
    let (mut left, right) = connection();
    left.write_all(b"hello").unwrap();
    let waiting = wait_until("5 bytes arrived", || {
        Some(queue::receive(right.as_fd()).unwrap()).filter(|&n| n > 0)
    });
    assert_eq!(waiting, 5);
    assert_eq!(peek::stream(right.as_fd(), 3).unwrap().unwrap(), b"hel");
    assert_eq!(peek::stream(right.as_fd(), 100).unwrap().unwrap(), b"hello");
    assert_eq!(queue::receive(right.as_fd()).unwrap(), 5, "a peek takes nothing");
    assert_eq!(tcp::info(right.as_fd()).unwrap().bytes_received, 5);

    wait_until("all is acknowledged", || (queue::send(left.as_fd()).unwrap() == 0).then_some(()));
    assert_eq!(tcp::info(left.as_fd()).unwrap().bytes_acked, 6);
    assert_eq!(queue::receive(right.as_fd()).unwrap(), 5, "acknowledged is not read");
}

#[test]
fn the_send_queue_knows_what_was_never_sent() {
    let (mut left, right) = connection();
    left.set_nonblocking(true).unwrap();
    while left.write(&[7; 4096]).is_ok() {}
    let (queued, unsent) = wait_until("the receiver is full", || {
        let (queued, unsent) =
            (queue::send(left.as_fd()).unwrap(), queue::unsent(left.as_fd()).unwrap());
        (queued == unsent).then_some((queued, unsent))
    });
    assert!(queued > 0);
    assert_eq!(tcp::info(left.as_fd()).unwrap().notsent_bytes, unsent);
    assert!(queue::receive(right.as_fd()).unwrap() > 0);
    assert!(!kernel::readiness(left.as_fd()).unwrap().writable());
}

#[test]
fn a_listener_tells_its_accept_queue() {
    let listener = listener("127.0.0.1", 2);
    let fd = listener.as_fd();
    let address = listener.local_addr().unwrap();
    let queue = || tcp::info(fd).unwrap().accept_queue().unwrap();
    assert_eq!(queue(), tcp::AcceptQueue { length: 0, limit: 2 });
    let clients: Vec<_> = (0..3).map(|_| TcpStream::connect(address).unwrap()).collect();
    wait_until("three wait for accept, one more than the backlog", || {
        (queue().length == 3).then_some(())
    });
    listener.accept().unwrap();
    assert_eq!(queue().length, 2);
    drop(clients);
    assert_eq!(queue::receive(fd).unwrap_err().kind(), ErrorKind::InvalidInput);
    assert_eq!(kernel::balance(fd).unwrap_err().kind(), ErrorKind::InvalidInput);
    assert_eq!(kernel::peer(fd).unwrap(), None);
    assert_eq!(kernel::local(fd).unwrap(), Some(address));
}

#[test]
fn readiness_shows_the_peers_fin() {
    let (left, mut right) = connection();
    let quiet = kernel::readiness(right.as_fd()).unwrap();
    assert!(
        quiet.writable()
            && !quiet.readable()
            && !quiet.peer_finished()
            && !quiet.failed()
            && !quiet.hung_up()
    );
    (&left).write_all(b"bye").unwrap();
    left.shutdown(Shutdown::Write).unwrap();
    wait_until("the FIN came", || {
        kernel::readiness(right.as_fd()).unwrap().peer_finished().then_some(())
    });
    let info = tcp::info(right.as_fd()).unwrap();
    assert_eq!((info.state, info.bytes_received), (State::CloseWait, 4), "the FIN counts one");
    assert_eq!(queue::receive(right.as_fd()).unwrap(), 3, "but cannot be read");
    assert_eq!(peek::stream(right.as_fd(), 9).unwrap().unwrap(), b"bye");
    let mut read = String::new();
    right.read_to_string(&mut read).unwrap();
    assert_eq!(read, "bye");
    assert_eq!(peek::stream(right.as_fd(), 9).unwrap().unwrap(), b"", "a peek at the end is empty");
}

#[test]
fn a_peek_leaves_a_reset_to_the_program() {
    let (left, mut right) = connection();
    (&right).write_all(b"unread").unwrap();
    wait_until("left has unread bytes", || {
        (queue::receive(left.as_fd()).unwrap() == 6).then_some(())
    });
    drop(left);
    wait_until("the reset came", || {
        kernel::readiness(right.as_fd()).unwrap().failed().then_some(())
    });
    let ready = kernel::readiness(right.as_fd()).unwrap();
    assert!(ready.hung_up() && ready.readable());
    assert_eq!(peek::stream(right.as_fd(), 9).unwrap(), None);
    assert_eq!(tcp::info(right.as_fd()).unwrap().state, State::Close);
    assert_eq!(kernel::peer(right.as_fd()).unwrap(), None);
    assert_eq!(right.read(&mut [0; 9]).unwrap_err().kind(), ErrorKind::ConnectionReset);
    assert!(!kernel::readiness(right.as_fd()).unwrap().failed(), "told once");
}

#[test]
fn other_sockets_answer_what_they_can() {
    let udp = UdpSocket::bind("127.0.0.1:0").unwrap();
    assert_eq!(tcp::info(udp.as_fd()).unwrap_err().raw_os_error(), Some(libc::EOPNOTSUPP));
    let (mut left, right) = UnixStream::pair().unwrap();
    left.write_all(b"hello").unwrap();
    assert_eq!(queue::receive(right.as_fd()).unwrap(), 5);
    assert_eq!(kernel::local(left.as_fd()).unwrap(), None);
    assert_eq!(kernel::peer(left.as_fd()).unwrap(), None);
    assert!(cookie(&left) > 0);
    assert!(kernel::memory(right.as_fd()).unwrap().receive_limit > 0);
    let v6 = TcpListener::bind("[::1]:0").unwrap();
    assert_eq!(kernel::local(v6.as_fd()).unwrap(), Some(v6.local_addr().unwrap()));
}
