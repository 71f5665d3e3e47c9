//! Programs that are not ours at the other end: python3, curl and nc.

use crate::support::lab::{Bench, DEADLINE, ok_bytes, received};
use crate::support::{line, need};
use protocol::command::{Family, Kind};
use protocol::reply::Done;
use protocol::{Address, Command, SocketId};
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Child, Command as Process, Stdio};

/// A program, killed at the end of the test.
struct Program(Child);

impl Program {
    /// Starts it; `input` is all that it can read.
    fn start(path: &PathBuf, arguments: &[&str], input: &str) -> Self {
        let mut child = Process::new(path)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut stdin = child.stdin.take().expect("it is piped");
        stdin.write_all(input.as_bytes()).expect("written");
        Self(child)
    }

    /// Waits for its end; what it printed.
    async fn output(mut self) -> String {
        let mut stdout = self.0.stdout.take().expect("it is piped");
        let printed = tokio::task::spawn_blocking(move || std::io::read_to_string(&mut stdout));
        let printed = tokio::time::timeout(DEADLINE, printed).await.expect("it ends in time");
        printed.expect("no panic").expect("text")
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The program's path; where it is missing, says that the test is skipped.
fn program(name: &str) -> Option<PathBuf> {
    let found = need::program(&[name]);
    if found.is_none() {
        need::skip("tools", &format!("{name} is not installed"));
    }
    found
}

/// Accepts somebody from outside, who is shown and whose balance is not knowable.
async fn accept(bench: &Bench, listener: SocketId) -> SocketId {
    let Ok(Done::Accepted(accepted)) = bench.ask(Command::Accept { socket: listener }).await else {
        panic!("nobody came")
    };
    let socket = accepted.socket;
    let peer = bench.look(|world| world.sockets[&socket].kernel.peer.clone());
    assert_eq!(peer, Some(accepted.peer));
    outside(bench, socket);
    socket
}

/// The other end is none of ours.
fn outside(bench: &Bench, socket: SocketId) {
    bench.look(|world| {
        assert!(world.sockets[&socket].kernel.peer.is_some());
        assert_eq!((world.far_end(socket), world.ledger(socket)), (None, None));
    });
}

/// Reads until the text ends so, or the stream ends.
async fn read_until(bench: &Bench, socket: SocketId, ending: &str) -> String {
    let mut all = Vec::new();
    loop {
        let got = received(bench.recv(socket, 4_096).await);
        all.extend_from_slice(got.data.bytes());
        if got.eof || (!ending.is_empty() && all.ends_with(ending.as_bytes())) {
            return String::from_utf8(all).expect("text");
        }
    }
}

#[tokio::test]
async fn a_python_client_is_answered() {
    let Some(python) = program("python3") else { return };
    let bench = Bench::new();
    for family in [Family::Ipv4, Family::Ipv6] {
        let (listener, address) = bench.listener_of(family, 1).await;
        let inet = address.inet().expect("inet");
        let script = "import socket, sys
s = socket.create_connection((sys.argv[1], int(sys.argv[2])))
s.sendall(b'hello'); print(s.recv(100).decode(), end=''); s.close()";
        let (ip, port) = (inet.ip().to_string(), inet.port().to_string());
        let client = Program::start(&python, &["-c", script, &ip, &port], "");
        let server = accept(&bench, listener).await;
        assert_eq!(received(bench.recv(server, 100).await).data.bytes(), b"hello");
        assert_eq!(ok_bytes(bench.send(server, "你好").await), 6);
        assert_eq!(client.output().await, "你好");
        assert!(received(bench.recv(server, 100).await).eof);
        outside(&bench, server);
    }
}

#[tokio::test]
async fn a_python_web_server_answers_us() {
    let Some(python) = program("python3") else { return };
    let folder = crate::support::scratch::Scratch::new();
    std::fs::write(folder.path().join("note"), "written here").expect("written");
    let bench = Bench::new();
    let path = folder.path().to_str().expect("text");
    let arguments = ["-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory", path];
    let mut server = Program::start(&python, &arguments, "");
    let output = server.0.stdout.take().expect("it is piped");
    // "Serving HTTP on 127.0.0.1 port 40123 (http://…) ..."
    let port: u16 = line::wait("http.server", output, |line| {
        line.split_once(" port ")?.1.split(' ').next()?.parse().ok()
    });
    let address: Address = format!("127.0.0.1:{port}").parse().expect("an address");
    let client = bench.connect(&address).await;
    outside(&bench, client);
    bench.send(client, "GET /note HTTP/1.0\r\n\r\n").await.expect("sent");
    let answer = read_until(&bench, client, "").await;
    assert!(answer.starts_with("HTTP/1.0 200 OK\r\n"), "{answer}");
    assert!(answer.ends_with("\r\n\r\nwritten here"), "{answer}");
}

#[tokio::test]
async fn curl_gets_what_is_answered_by_hand() {
    let Some(curl) = program("curl") else { return };
    let bench = Bench::new();
    let (listener, address) = bench.listener(1).await;
    let url = format!("http://{address}/greeting");
    let client =
        Program::start(&curl, &["--silent", "--noproxy", "*", "--max-time", "20", &url], "");
    let server = accept(&bench, listener).await;
    let request = read_until(&bench, server, "\r\n\r\n").await;
    assert!(request.starts_with("GET /greeting HTTP/1.1\r\n"), "{request}");
    let answer = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello";
    assert_eq!(ok_bytes(bench.send(server, answer).await) as usize, answer.len());
    assert_eq!(client.output().await, "hello");
    bench.close(server).await;
}

#[tokio::test]
async fn nc_speaks_and_ends() {
    let Some(nc) = program("nc") else { return };
    let bench = Bench::new();
    let (listener, address) = bench.listener(1).await;
    let port = address.port().expect("a port").to_string();
    let client = Program::start(&nc, &["-N", "127.0.0.1", &port], "from nc\n");
    let server = accept(&bench, listener).await;
    assert_eq!(read_until(&bench, server, "").await, "from nc\n");
    bench.send(server, "from the lab\n").await.expect("sent");
    bench.close(server).await;
    assert_eq!(client.output().await, "from the lab\n");
}

#[tokio::test]
async fn nc_sends_a_datagram_and_is_answered() {
    let Some(nc) = program("nc") else { return };
    let bench = Bench::new();
    let (socket, address) = bench.bound(Family::Ipv4, Kind::Datagram).await;
    let port = address.port().expect("a port").to_string();
    let client = Program::start(&nc, &["-u", "-w", "1", "127.0.0.1", &port], "ping");
    let got = received(bench.recv_from(socket, 100).await);
    assert_eq!(got.data.bytes(), b"ping");
    let from = got.from.expect("who sent it");
    bench.send_to(socket, &from, "pong").await.expect("sent");
    assert_eq!(client.output().await, "pong");
    bench.look(|world| {
        let ledger = world.datagram_ledger(socket).expect("ours");
        assert_eq!((ledger.unexplained, world.sockets[&socket].from_outside), (None, 1));
        assert_eq!(world.ledger(socket), None);
    });
}
