//! Owns the hostile side, a process of its own with the least claim to a processor, since it stands for
//! others' machines: 1,000 connections at once of seven kinds, each made anew when it has been ended.

use std::cell::Cell;
use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::LocalSet;
use tokio::time::{interval, sleep, timeout};

/// Connections at once.
const CONNECTIONS: usize = 1_000;
/// Of those, how many know the token and never read.
const DEAF: usize = 100;
/// And how many know it and never finish their message.
const UNFINISHED: usize = 50;
/// How long those are held: nobody tells them that they have been left.
const HELD: Duration = Duration::from_secs(15);
/// Until a connection that is not answered is given up.
const PATIENCE: Duration = Duration::from_secs(3);
/// Between two words of one who trickles.
const TRICKLE: Duration = Duration::from_millis(250);
/// Pause before one that was ended comes again.
const AGAIN: Duration = Duration::from_millis(100);
/// What a bomb announces, and the largest message that may come.
const BOMB: usize = 256 * 1024;

#[derive(Clone, Copy)]
enum Attack {
    /// Knows the token; reads nothing, not even its snapshot.
    Deaf,
    /// Knows the token; sends all but the end of the largest message.
    Unfinished,
    /// Half a head.
    Stalled,
    /// A head, byte by byte.
    Trickle,
    /// Fragments without end, before hello.
    Fragments,
    /// A frame of 256 KiB, announced and sent, before hello.
    Bomb,
    /// Comes and goes.
    Drop,
}

struct Target {
    address: SocketAddr,
    token: String,
    tried: Cell<u64>,
    unanswered: Cell<u64>,
    ended: Cell<u64>,
}

impl Target {
    fn of(link: &str) -> Self {
        let (address, token) =
            link.trim_start_matches("http://").split_once("/#token=").expect("a link");
        Self {
            address: address.parse().expect("an address"),
            token: token.into(),
            tried: Cell::default(),
            unanswered: Cell::default(),
            ended: Cell::default(),
        }
    }
}

/// Besieges the relay of that link, and tells how it went.
pub(crate) async fn run(link: &str, span: Duration) {
    let _ = rustix::process::nice(19);
    let target: &'static Target = Box::leak(Box::new(Target::of(link)));
    let crowd = LocalSet::new();
    for place in 0..CONNECTIONS {
        crowd.spawn_local(besiege(target, kind(place)));
    }
    let _ = timeout(span, crowd).await;
    let used = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    let used = Duration::new(used.tv_sec as u64, used.tv_nsec as u32).as_secs_f64();
    let share = used / span.as_secs_f64() * 100.0;
    let [tried, unanswered, ended] =
        [&target.tried, &target.unanswered, &target.ended].map(Cell::get);
    println!(
        "attack: {CONNECTIONS} at once, {tried} tried, {ended} ended, {unanswered} not let in; {share:.0} % of a core"
    );
}

/// Meanwhile an owner comes twice a second, and leaves when welcomed; how that went.
pub(crate) async fn come(link: &str, span: Duration) -> String {
    let target = Target::of(link);
    let mut clock = interval(Duration::from_millis(500));
    let (mut spans, mut tried) = (Vec::new(), 0);
    let visits = async {
        loop {
            clock.tick().await;
            tried += 1;
            let began = Instant::now();
            if let Ok(Ok(())) = timeout(PATIENCE, visit(&target)).await {
                spans.push(began.elapsed().as_secs_f64() * 1e3);
            }
        }
    };
    let _: Result<(), _> = timeout(span, visits).await;
    spans.sort_by(f64::total_cmp);
    let [half, most] = [spans.len() / 2, spans.len().saturating_sub(1)]
        .map(|place| spans.get(place).copied().unwrap_or(f64::NAN));
    format!(
        "owners: {} of {tried} that came meanwhile were welcomed, after {half:.0} ms (median), {most:.0} ms (most)\n",
        spans.len()
    )
}

async fn visit(target: &Target) -> io::Result<()> {
    let mut stream = TcpStream::connect(target.address).await?;
    enter(target, &mut stream).await?;
    let mut word = [0];
    stream.read_exact(&mut word).await.map(|_| ())
}

fn kind(place: usize) -> Attack {
    const STRANGERS: [Attack; 5] =
        [Attack::Stalled, Attack::Trickle, Attack::Fragments, Attack::Bomb, Attack::Drop];
    match place {
        0..DEAF => Attack::Deaf,
        place if place < DEAF + UNFINISHED => Attack::Unfinished,
        place => STRANGERS[place % STRANGERS.len()],
    }
}

async fn besiege(target: &'static Target, attack: Attack) {
    loop {
        target.tried.set(target.tried.get() + 1);
        match timeout(PATIENCE, connect(target.address, attack)).await {
            Ok(Ok(mut stream)) => {
                // How an attack ends is the relay's business.
                let _ = play(target, attack, &mut stream).await;
                target.ended.set(target.ended.get() + 1);
            }
            _ => target.unanswered.set(target.unanswered.get() + 1),
        }
        sleep(AGAIN).await;
    }
}

async fn connect(address: SocketAddr, attack: Attack) -> io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    if matches!(attack, Attack::Deaf) {
        socket.set_recv_buffer_size(4_096)?;
    }
    // Ports are not to run out: a connection is given up without TIME-WAIT.
    socket.set_zero_linger()?;
    socket.connect(address).await
}

async fn play(target: &Target, attack: Attack, stream: &mut TcpStream) -> io::Result<()> {
    match attack {
        Attack::Drop => Ok(()),
        Attack::Stalled => {
            stream.write_all(b"GET / HTTP/1.1\r\nHost: ").await?;
            end(stream).await
        }
        Attack::Trickle => loop {
            stream.write_all(b"G").await?;
            if let Ok(ended) = timeout(TRICKLE, end(stream)).await {
                return ended;
            }
        },
        Attack::Fragments => {
            open(target, stream).await?;
            stream.write_all(&frame(0x01, &[b' '; 100])).await?;
            loop {
                stream.write_all(&frame(0x00, &[b' '; 100])).await?;
                if let Ok(ended) = timeout(TRICKLE, end(stream)).await {
                    return ended;
                }
            }
        }
        Attack::Bomb => {
            open(target, stream).await?;
            stream.write_all(&frame(0x81, &vec![b' '; BOMB])).await?;
            end(stream).await
        }
        Attack::Deaf => {
            enter(target, stream).await?;
            sleep(HELD).await;
            Ok(())
        }
        Attack::Unfinished => {
            enter(target, stream).await?;
            stream.write_all(&frame(0x01, &vec![b' '; BOMB / 2])).await?;
            stream.write_all(&frame(0x00, &vec![b' '; BOMB / 2])[..BOMB / 2]).await?;
            let _ = timeout(HELD, end(stream)).await;
            Ok(())
        }
    }
}

/// Waits until the relay ends it.
async fn end(stream: &mut TcpStream) -> io::Result<()> {
    let mut bytes = [0; 4_096];
    while stream.read(&mut bytes).await? > 0 {}
    Ok(())
}

/// Shows the token.
async fn enter(target: &Target, stream: &mut TcpStream) -> io::Result<()> {
    open(target, stream).await?;
    let hello = format!(r#"{{"hello":{{"version":1,"token":"{}","resume":null}}}}"#, target.token);
    stream.write_all(&frame(0x81, hello.as_bytes())).await
}

/// Opens a WebSocket.
async fn open(target: &Target, stream: &mut TcpStream) -> io::Result<()> {
    let ask = format!(
        "GET /ws HTTP/1.1\r\nHost: {}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        target.address
    );
    stream.write_all(ask.as_bytes()).await?;
    let mut answer = [0; 512];
    if stream.read(&mut answer).await? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(())
}

/// A frame whose mask is zero.
fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![first];
    match payload.len() {
        short @ 0..126 => frame.push(0x80 | short as u8),
        126..65_536 => {
            frame.push(0x80 | 126);
            frame.extend((payload.len() as u16).to_be_bytes());
        }
        long => {
            frame.push(0x80 | 127);
            frame.extend((long as u64).to_be_bytes());
        }
    }
    frame.extend([0; 4]);
    frame.extend(payload);
    frame
}
