//! Programs across the wire, and what the page is told of them.

use crate::eye::Eye;
use crate::support::scratch::Scratch;
use crate::{Program, inside, installed, printed, relay};
use protocol::command::{Family, Kind, Net};
use protocol::data::Data;
use protocol::event::Program as Owner;
use protocol::packet::PacketFate;
use protocol::{Command, Done, End, Field, SocketId, TcpState, What};
use std::collections::BTreeSet;

const SERVER: &str = "import socket
s = socket.create_server(('', 8000)); print('ready', flush=True)
c, who = s.accept(); c.sendall(c.recv(100).upper()); input()";
const CLIENT: &str = "import socket
s = socket.create_connection(('right', 8000)); s.sendall(b'hello'); print(s.recv(100).decode(), flush=True)
s.recv(1)";

/// The socket of a process that has just appeared there.
async fn appeared(eye: &mut Eye, pid: u32, end: End) -> (SocketId, String) {
    eye.until("the program's socket appears", |what| match what {
        What::Appeared { socket, net, program: Owner { pid: Some(of), name }, .. }
            if *of == pid && *net == end =>
        {
            Some((*socket, name.clone()))
        }
        _ => None,
    })
    .await
}

async fn state(eye: &mut Eye, socket: SocketId, wanted: TcpState) {
    eye.until(&format!("{socket} is {wanted:?}"), |what| match what {
        What::Sample { socket: of, set } if *of == socket => {
            set.contains(&Field::State(wanted)).then_some(())
        }
        _ => None,
    })
    .await;
}

/// The process's socket that is connected; the one that tried the other family first was refused.
async fn connected(eye: &mut Eye, pid: u32) -> SocketId {
    let mut theirs = BTreeSet::new();
    eye.until("the program is connected", |what| match what {
        What::Appeared { socket, net: End::Left, program, .. } if program.pid == Some(pid) => {
            assert!(program.name.starts_with("python"), "{}", program.name);
            theirs.insert(*socket);
            None
        }
        What::Sample { socket, set } if theirs.contains(socket) => {
            set.contains(&Field::State(TcpState::Established)).then_some(*socket)
        }
        _ => None,
    })
    .await
}

#[tokio::test]
async fn two_programs_talk_and_all_of_it_is_told() {
    let Some(relay) = relay() else { return };
    if !installed("python3") {
        return;
    }
    let mut eye = Eye::of(&relay).await;
    let mut server = Program::start(&mut inside(&relay, "right", &["python3", "-c", SERVER]));
    server.ready("ready");
    let (listener, name) = appeared(&mut eye, server.id(), End::Right).await;
    assert!(name.starts_with("python"), "{name}");
    state(&mut eye, listener, TcpState::Listen).await;
    let mut client = Program::start(&mut inside(&relay, "left", &["python3", "-c", CLIENT]));
    client.ready("HELLO");
    let socket = connected(&mut eye, client.id()).await;
    // Whoever closes first keeps TIME_WAIT for a minute: the connection that the listener has made.
    server.write("\n");
    assert!(server.output().status.success());
    assert!(client.output().status.success());
    for of in [listener, socket] {
        eye.until("it is gone", |what| match what {
            What::Gone { socket } if *socket == of => Some(()),
            _ => None,
        })
        .await;
    }
    // Every packet that entered was delivered.
    let (mut entered, mut delivered) = (BTreeSet::new(), BTreeSet::new());
    for event in &eye.events {
        match &event.what {
            What::PacketEntered { packet, .. } => assert!(entered.insert(*packet)),
            What::PacketLeft { packet, fate, .. } => {
                assert_eq!(*fate, PacketFate::Delivered);
                assert!(delivered.insert(*packet));
            }
            _ => {}
        }
    }
    assert!(entered.len() >= 7, "{entered:?}");
    assert_eq!(entered, delivered);
}

#[tokio::test]
async fn nc_talks_to_nc() {
    let Some(relay) = relay() else { return };
    if !installed("nc") {
        return;
    }
    let mut eye = Eye::of(&relay).await;
    // Port 80 needs no privilege in there.
    let server = Program::start(&mut inside(&relay, "right", &["nc", "-l", "80"]));
    let (listener, _) = appeared(&mut eye, server.id(), End::Right).await;
    state(&mut eye, listener, TcpState::Listen).await;
    let mut client = Program::start(&mut inside(&relay, "left", &["nc", "-N", "right", "80"]));
    client.write("from nc\n");
    let (_, name) = appeared(&mut eye, client.id(), End::Left).await;
    assert_eq!(name, "nc");
    client.output();
    assert_eq!(server.output().stdout, b"from nc\n");
}

#[tokio::test]
async fn curl_gets_a_file_from_a_web_server() {
    let Some(relay) = relay() else { return };
    if !installed("python3") || !installed("curl") {
        return;
    }
    let folder = Scratch::new();
    std::fs::write(folder.path().join("note"), "written here").expect("written");
    let mut eye = Eye::of(&relay).await;
    let words = ["python3", "-m", "http.server", "8000"];
    let mut command = inside(&relay, "right", &words);
    let server = Program::start(command.current_dir(folder.path()));
    let (listener, _) = appeared(&mut eye, server.id(), End::Right).await;
    state(&mut eye, listener, TcpState::Listen).await;
    let words = ["curl", "--silent", "--noproxy", "*", "http://right:8000/note"];
    assert_eq!(printed(&mut inside(&relay, "left", &words)), "written here");
}

#[tokio::test]
async fn iperf3_measures_the_wire() {
    let Some(relay) = relay() else { return };
    if !installed("iperf3") {
        return;
    }
    let mut eye = Eye::of(&relay).await;
    let server = Program::start(&mut inside(&relay, "right", &["iperf3", "-s", "-1"]));
    let (listener, _) = appeared(&mut eye, server.id(), End::Right).await;
    state(&mut eye, listener, TcpState::Listen).await;
    // The viewer would have to follow every packet.
    drop(eye);
    let words = ["iperf3", "-c", "right", "-n", "1M"];
    assert!(printed(&mut inside(&relay, "left", &words)).contains("receiver"));
}

#[test]
fn ping_reaches_the_other_end() {
    let Some(relay) = relay() else { return };
    if !installed("ping") {
        return;
    }
    let told = printed(&mut inside(&relay, "left", &["ping", "-c", "1", "right"]));
    assert!(told.contains(" 0% packet loss"), "{told}");
}

#[tokio::test]
async fn a_program_talks_to_a_socket_of_the_page() {
    let Some(relay) = relay() else { return };
    if !installed("nc") {
        return;
    }
    let mut eye = Eye::of(&relay).await;
    let (net, family, kind) = (Net::Right, Family::Ipv4, Kind::Stream);
    let made = eye.ask(Command::Socket { net, family, kind, side: None, name: None }).await;
    let Ok(Done::Made(made)) = made else { panic!("{made:?}") };
    let listener = made.socket;
    let address = "10.77.0.2:0".parse().expect("an address");
    let bound = eye.ask(Command::Bind { socket: listener, address }).await;
    let Ok(Done::Local(local)) = bound else { panic!("{bound:?}") };
    eye.ask(Command::Listen { socket: listener, backlog: 1 }).await.expect("listening");
    let port = local.local.port().expect("a port").to_string();
    let mut client = Program::start(&mut inside(&relay, "left", &["nc", "-N", "right", &port]));
    client.write("from nc\n");
    let accepted = eye.ask(Command::Accept { socket: listener }).await;
    let Ok(Done::Accepted(accepted)) = accepted else { panic!("{accepted:?}") };
    assert!(accepted.peer.to_string().starts_with("10.77.0.1:"), "{}", accepted.peer);
    let socket = accepted.socket;
    let got = eye.ask(Command::Recv { socket, max: 100, peek: false }).await;
    let Ok(Done::Received(got)) = got else { panic!("{got:?}") };
    assert_eq!(got.data.bytes(), b"from nc\n");
    let data = Data::Text("from the page\n".into());
    eye.ask(Command::Send { socket, data, all: true }).await.expect("sent");
    eye.ask(Command::Close { socket }).await.expect("closed");
    assert_eq!(client.output().stdout, b"from the page\n");
}

#[test]
fn left_and_right_are_names_in_there_only() {
    let Some(relay) = relay() else { return };
    if !installed("python3") {
        return;
    }
    let hosts = std::fs::read_to_string("/etc/hosts").expect("read");
    let script = "import socket
for name in 'left', 'right', 'localhost':
  print(name, *sorted({a[4][0] for a in socket.getaddrinfo(name, 1)} - {'::1'}))
print(open('/etc/hosts').read(), end='')";
    for end in ["left", "right"] {
        let told = printed(&mut inside(&relay, end, &["python3", "-c", script]));
        let begun = "left 10.77.0.1 fd77::1\nright 10.77.0.2 fd77::2\nlocalhost 127.0.0.1\n";
        assert!(told.starts_with(begun) && told.ends_with(&hosts), "{told}");
    }
    assert_eq!(std::fs::read_to_string("/etc/hosts").expect("read"), hosts);
    let mounts = std::fs::read_to_string("/proc/self/mounts").expect("read");
    assert!(!mounts.contains("patchbay"), "{mounts}");
}
