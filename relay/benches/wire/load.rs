//! Owns the loads: what a client does, what a server does, and what is measured.

use super::road::{Reaped, Road};
use anyhow::{Context as _, Result, anyhow, bail};
use socket2::{Socket, Type};
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::process::{Command, Stdio};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// The first word of a client in a process of its own.
pub(crate) const CLIENT: &str = "client";

/// How long a load lasts.
const LASTS: Duration = Duration::from_millis(700);
/// Nothing that is under way takes so long.
const PATIENCE: Duration = Duration::from_secs(3);
/// Bytes of a write and of a read.
const CHUNK: usize = 128 * 1024;
const DATAGRAM: usize = 64;

/// A load.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Job {
    /// A stream, as fast as it goes.
    Stream,
    /// Datagrams of 64 bytes, as many as are received.
    Datagrams,
    /// One byte there and back, by a stream.
    EchoStream,
    /// The same by datagrams.
    EchoDatagrams,
}

/// What came out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Figures {
    /// MB/s, thousand datagrams/s, or the median round trip in µs.
    pub(crate) main: f64,
    /// Thousand packets/s in both directions together, where they are counted.
    pub(crate) packets: Option<f64>,
}

impl Job {
    const ALL: [Self; 4] = [Self::Stream, Self::Datagrams, Self::EchoStream, Self::EchoDatagrams];

    pub(crate) fn is_echo(self) -> bool {
        matches!(self, Self::EchoStream | Self::EchoDatagrams)
    }

    fn kind(self) -> Type {
        match self {
            Self::Stream | Self::EchoStream => Type::STREAM,
            Self::Datagrams | Self::EchoDatagrams => Type::DGRAM,
        }
    }

    /// Runs it over this road.
    pub(crate) fn run(self, road: &Road) -> Result<Figures> {
        let served = road.serve(self.kind())?;
        let client = start(road, self, served.dial)?;
        let (began, before) = (Instant::now(), road.packets());
        let served = self.serve(&served.socket, || client.is_finished())?;
        let seconds = began.elapsed().as_secs_f64();
        let packets = road.packets().zip(before).map(|(after, before)| (after - before) as f64);
        let told = client.join().map_err(|_| anyhow!("the client panicked"))??;
        let main = if self.is_echo() { told } else { served };
        Ok(Figures { main, packets: packets.map(|packets| packets / seconds / 1e3) })
    }

    /// The server's part; what it measured.
    fn serve(self, socket: &Socket, gone: impl Fn() -> bool) -> Result<f64> {
        let socket = socket.try_clone()?;
        if self.kind() == Type::DGRAM {
            socket.set_read_timeout(Some(Duration::from_millis(100)))?;
            // As much as may be had; the kernel says no by giving less.
            socket.set_recv_buffer_size(4 << 20)?;
            let socket = UdpSocket::from(socket);
            return if self.is_echo() { mirror(&socket, gone) } else { count(&socket) };
        }
        socket.set_nonblocking(true)?;
        let listener = TcpListener::from(socket);
        let began = Instant::now();
        let stream = loop {
            match listener.accept() {
                Ok((stream, _)) => break stream,
                // accept(2) without blocking, so that a rival that never dials cannot hold the bench.
                Err(_) if began.elapsed() < PATIENCE => thread::sleep(Duration::from_millis(1)),
                Err(error) => return Err(error).context("nobody came"),
            }
        };
        stream.set_nonblocking(false)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        if self.is_echo() { mirror_stream(stream) } else { drain(stream) }
    }

    /// The client's part; what it measured.
    fn client(self, socket: Socket, server: SocketAddr) -> Result<f64> {
        socket.set_read_timeout(Some(PATIENCE))?;
        socket.connect(&server.into()).context("connect")?;
        match self {
            Self::Stream => {
                pour(socket.into());
                Ok(0.0)
            }
            Self::Datagrams => {
                shoot(&socket.into());
                Ok(0.0)
            }
            Self::EchoStream => {
                let mut stream = TcpStream::from(socket);
                stream.set_nodelay(true)?;
                median(|byte| {
                    stream.write_all(byte)?;
                    stream.read_exact(byte)
                })
            }
            Self::EchoDatagrams => {
                let socket = UdpSocket::from(socket);
                median(|byte| {
                    socket.send(byte)?;
                    socket.recv(byte).map(|_| ())
                })
            }
        }
    }
}

/// A client in a thread, or in a process where its namespace is another's.
fn start(road: &Road, job: Job, server: SocketAddr) -> Result<JoinHandle<Result<f64>>> {
    let Road::Inside(prefix, _) = road else {
        let socket = road.client(job.kind())?;
        return Ok(thread::spawn(move || job.client(socket, server)));
    };
    let (program, rest) = prefix.split_first().ok_or_else(|| anyhow!("no program"))?;
    let mut child = Command::new(program);
    child.args(rest).arg(std::env::current_exe()?);
    child.args([CLIENT, &format!("{job:?}"), &server.to_string()]);
    let mut child = Reaped(child.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?);
    Ok(thread::spawn(move || {
        let mut told = String::new();
        let out = child.0.stdout.as_mut().ok_or_else(|| anyhow!("no output"))?;
        out.read_to_string(&mut told)?;
        told.trim().parse().with_context(|| format!("the client said {told:?}"))
    }))
}

/// The whole program, where it is a client only.
pub(crate) fn client_process(words: &[String]) -> Result<()> {
    let [job, server] = words else { bail!("a job and an address") };
    let job = Job::ALL.into_iter().find(|own| format!("{own:?}") == *job);
    let job = job.ok_or_else(|| anyhow!("no such job"))?;
    let socket = Socket::new(socket2::Domain::IPV4, job.kind(), None)?;
    println!("{}", job.client(socket, server.parse()?)?);
    Ok(())
}

fn pour(mut stream: TcpStream) {
    let chunk = vec![b'x'; CHUNK];
    // Ends when the server has seen enough.
    while stream.write_all(&chunk).is_ok() {}
}

fn drain(mut stream: TcpStream) -> Result<f64> {
    let mut room = vec![0; CHUNK];
    let (began, mut bytes) = (Instant::now(), 0);
    while began.elapsed() < LASTS {
        bytes += match stream.read(&mut room)? {
            0 => bail!("the client left"),
            more => more,
        };
    }
    Ok(bytes as f64 / began.elapsed().as_secs_f64() / 1e6)
}

fn shoot(socket: &UdpSocket) {
    let began = Instant::now();
    while began.elapsed() < LASTS {
        for _ in 0..64 {
            // ENOBUFS and ECONNREFUSED: what is not received does not count.
            let _ = socket.send(&[b'x'; DATAGRAM]);
        }
    }
}

fn count(socket: &UdpSocket) -> Result<f64> {
    let mut room = [0; DATAGRAM];
    socket.recv(&mut room).context("nothing came")?;
    let (began, mut datagrams) = (Instant::now(), 0);
    while began.elapsed() < LASTS * 9 / 10 {
        datagrams += u32::from(socket.recv(&mut room).is_ok());
    }
    Ok(f64::from(datagrams) / began.elapsed().as_secs_f64() / 1e3)
}

fn mirror(socket: &UdpSocket, gone: impl Fn() -> bool) -> Result<f64> {
    let mut byte = [0];
    while !gone() {
        if let Ok((_, from)) = socket.recv_from(&mut byte) {
            socket.send_to(&byte, from)?;
        }
    }
    Ok(0.0)
}

fn mirror_stream(mut stream: TcpStream) -> Result<f64> {
    stream.set_nodelay(true)?;
    let mut byte = [0];
    while stream.read_exact(&mut byte).is_ok() {
        stream.write_all(&byte)?;
    }
    Ok(0.0)
}

/// The median round trip, µs.
fn median(mut there_and_back: impl FnMut(&mut [u8; 1]) -> std::io::Result<()>) -> Result<f64> {
    let (began, mut trips) = (Instant::now(), Vec::new());
    while began.elapsed() < LASTS {
        let left = Instant::now();
        there_and_back(&mut [b'x']).context("no answer")?;
        trips.push(left.elapsed());
    }
    trips.sort_unstable();
    Ok(trips[trips.len() / 2].as_secs_f64() * 1e6)
}
