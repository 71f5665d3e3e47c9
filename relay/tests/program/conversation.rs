// The same socket calls in Rust (socket2 = "0.6"); each line that prints tells what came of it.
use socket2::{Domain, SockAddr, Socket, Type};
use std::io;
use std::mem::MaybeUninit;
use std::net::SocketAddr;
use std::net::Shutdown;
use std::thread;
use std::time::Duration;

fn told<T: std::fmt::Debug>(result: io::Result<T>) {
    match result {
        Ok(value) => println!("{value:?}"),
        Err(error) => println!("{error}"),
    }
}

fn read(socket: &Socket, max: usize, flags: i32) -> io::Result<String> {
    let mut room = vec![MaybeUninit::new(0); max];
    let count = socket.recv_with_flags(&mut room, flags)?;
    let bytes: Vec<u8> = room[..count].iter().map(|byte| unsafe { byte.assume_init() }).collect();
    Ok(bytes.escape_ascii().to_string())
}

fn at(address: &str) -> SockAddr {
    address.parse::<SocketAddr>().expect("an address").into()
}

fn port_of(socket: &Socket) -> io::Result<u16> {
    Ok(socket.local_addr()?.as_socket().map_or(0, |own| own.port()))
}

fn main() -> io::Result<()> {
    let s1 = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    s1.bind(&at("127.0.0.1:0"))?;
    let s1_port = port_of(&s1)?;
    s1.listen(5)?;
    s1.set_reuse_address(true)?;
    let beside = s1.try_clone()?;
    let later_5 = thread::spawn(move || {
        let s1 = beside;
        s1.accept()
    });
    thread::sleep(Duration::from_millis(100)); // until it sleeps in the kernel
    let s2 = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    s2.connect(&at(&format!("127.0.0.1:{}", s1_port)))?;
    let (s3, _) = later_5.join().expect("it ended")?;
    s2.set_tcp_nodelay(true)?;
    told(s2.send(b"hello")); // 5
    told(s2.send("你好".as_bytes())); // 6
    told(s2.send(b"a\x22\x5c\x0a\xff\x31")); // 6
    told(read(&s3, 3, 2 /* MSG_PEEK */)); // 3 bytes
    told(read(&s3, 7, 0)); // 7 bytes
    told(read(&s3, 1000, 0)); // 10 bytes
    let beside = s3.try_clone()?;
    let later_15 = thread::spawn(move || {
        let s3 = beside;
        read(&s3, 9, 0)
    });
    thread::sleep(Duration::from_millis(100)); // until it sleeps in the kernel
    told(s2.send(b"wake")); // 4
    told(later_15.join().expect("it ended")); // 4 bytes
    s2.shutdown(Shutdown::Write)?;
    told(read(&s3, 10, 0)); // 0 bytes
    told(s2.send(b"x")); // EPIPE
    told(s3.send(&b"abcdefghijklmnopqrstuvwxyz".repeat(1154)[..30000])); // 30000
    drop(s3);
    Ok(())
}
