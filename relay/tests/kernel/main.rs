//! What is read from the kernel, against the kernel itself. Loopback only, ports the kernel
//! chooses, no sleeps.
#![cfg(target_os = "linux")]

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::fd::{AsFd, AsRawFd};
use std::time::{Duration, Instant};

use socket2::{Domain, Socket, Type};

mod diag;
mod sample;
mod stream;
mod udp;

/// Asks until the answer is Some, and panics after ten seconds of None.
fn wait_until<T>(what: &str, mut condition: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + Duration::from_secs(10);
    loop {
        if let Some(answer) = condition() {
            return answer;
        }
        assert!(Instant::now() < deadline, "waited in vain until {what}");
        std::thread::yield_now();
    }
}

/// `bind` and `listen` on a free port.
fn listener(host: &str, backlog: i32) -> TcpListener {
    let address: SocketAddr = format!("{host}:0").parse().unwrap();
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None).unwrap();
    socket.bind(&address.into()).unwrap();
    socket.listen(backlog).unwrap();
    socket.into()
}

/// A connection over loopback: the connecting end, then the accepted one.
fn connection() -> (TcpStream, TcpStream) {
    let listener = listener("127.0.0.1", 8);
    let left = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (right, _) = listener.accept().unwrap();
    (left, right)
}

fn cookie(socket: &impl AsFd) -> u64 {
    relay::kernel::cookie(socket.as_fd()).unwrap()
}

/// `TCP_DEFER_ACCEPT`: the listener's connections stay half-open until their first byte.
fn defer_accept(listener: &TcpListener) {
    let seconds: libc::c_int = 5;
    let length = size_of_val(&seconds) as libc::socklen_t;
    // SAFETY: the descriptor is open for the borrow; the option reads one int, and `seconds` is one.
    let status = unsafe {
        let value = (&raw const seconds).cast();
        libc::setsockopt(
            listener.as_raw_fd(),
            libc::IPPROTO_TCP,
            libc::TCP_DEFER_ACCEPT,
            value,
            length,
        )
    };
    assert_eq!(status, 0);
}
