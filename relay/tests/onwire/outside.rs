//! Other programs on the wire: their sockets appear, their packets have fates, and they go.

use crate::support::lab::{Bench, ok_bytes};
use crate::support::line;
use crate::support::need;
use protocol::command::{Family, Kind, Net};
use protocol::event::Program;
use protocol::packet::{Lost, PacketFate};
use protocol::wire::PacketKind;
use protocol::{Address, Command, End, SocketId, TcpState, What};
use std::process::{Child, Command as Process, Stdio};

/// Joins right by the descriptors that it has for input and errors, then does what is asked.
const JOIN: &str = "
import ctypes, os, socket, sys
libc = ctypes.CDLL(None, use_errno=True)
for fd in [0, 2]:
    if not os.path.samestat(os.fstat(fd), os.stat('/dev/null')) and libc.setns(fd, 0):
        print('setns:', os.strerror(ctypes.get_errno()), flush=True)
    os.dup2(os.open('/dev/null', os.O_RDWR), fd)
";

const STREAM: &str = "
listener = socket.create_server(('10.77.0.2', 0), backlog=3)
print('PORT', listener.getsockname()[1], flush=True)
while True:
    connection, _ = listener.accept()
    while data := connection.recv(100):
        connection.sendall(data.upper())
";

const DATAGRAM: &str = "
post = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
post.bind(('fd77::2', 0))
print('PORT', post.getsockname()[1], flush=True)
while True:
    data, peer = post.recvfrom(100)
    post.sendto(data.upper(), peer)
";

/// A python3 in right; ended when dropped.
struct Outsider {
    child: Child,
    port: u16,
}

impl Drop for Outsider {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn start(bench: &Bench, script: &str) -> Option<Outsider> {
    let Some(python) = need::program(&["python3"]) else {
        need::skip("tools", "python3 is not installed");
        return None;
    };
    let join = bench.lab.namespaces().expect("a helper").join().expect("descriptors");
    let [_, right] = join.nets;
    let mut child = Process::new(python)
        .args(["-c", &format!("{JOIN}{script}")])
        .stdin(join.user.map_or(Stdio::null(), Stdio::from))
        .stdout(Stdio::piped())
        .stderr(Stdio::from(right))
        .spawn()
        .expect("it starts");
    let stdout = child.stdout.take().expect("a pipe");
    let port = line::wait("python3", stdout, |line| line.strip_prefix("PORT ")?.parse().ok());
    Some(Outsider { child, port })
}

/// The outside socket bound to that port, once it has appeared.
async fn appeared(bench: &Bench, outsider: &Outsider) -> SocketId {
    let (socket, program) = bench
        .until("it appears", |world| {
            let there = world.sockets.values().find(|socket| {
                let local = socket.kernel.local.as_ref();
                local.is_some_and(|at| at.port() == Some(outsider.port)) && socket.net == Net::Right
            })?;
            Some((there.id, there.program.clone()))
        })
        .await;
    let Some(Program { pid, name }) = program else { panic!("it is not ours") };
    assert_eq!(pid, Some(outsider.child.id()));
    assert!(name.starts_with("python"), "{name}");
    socket
}

#[tokio::test]
async fn a_server_appears_talks_and_goes() {
    let Some(bench) = Bench::on_wire() else { return };
    let Some(mut outsider) = start(&bench, STREAM) else { return };
    let listener = appeared(&bench, &outsider).await;
    bench.state(listener, TcpState::Listen).await;
    let address: Address = format!("10.77.0.2:{}", outsider.port).parse().expect("an address");
    let client = bench.connect_from(End::Left, &address).await;
    assert_eq!(ok_bytes(bench.send(client, "hello").await), 5);
    assert_eq!(bench.read_all(client, 5).await, b"HELLO");
    let server = bench
        .until("its connection appears", |world| {
            let far = world.far_end(client)?;
            let kernel = &world.sockets[&far].kernel;
            (kernel.state == Some(TcpState::Established)).then_some(far)
        })
        .await;
    assert_eq!(bench.look(|world| world.far_end(server)), Some(client));
    let told = bench.look(|world| world.sockets[&server].program.clone()).expect("its program");
    assert_eq!(told.pid, Some(outsider.child.id()));
    let packets = bench.packets();
    let both = |from| packets.iter().any(|one| one.is_data(from) && one.delivered());
    assert!(both(End::Left) && both(End::Right));
    let refused = bench.ask(Command::Close { socket: listener }).await;
    assert_eq!(crate::support::lab::error(refused), "denied");
    // The client first, so that nothing of the server rests in TIME_WAIT.
    bench.close(client).await;
    bench.state(server, TcpState::CloseWait).await;
    outsider.child.kill().expect("killed");
    outsider.child.wait().expect("ended");
    bench.gone(listener).await;
    bench.gone(server).await;
    let gone =
        |event: &protocol::Event| matches!(event.what, What::Gone { socket } if socket == listener);
    assert_eq!(bench.events().iter().filter(|event| gone(event)).count(), 1);
}

#[tokio::test]
async fn its_packets_are_in_our_hands() {
    let Some(bench) = Bench::on_wire() else { return };
    let Some(outsider) = start(&bench, DATAGRAM) else { return };
    let there = appeared(&bench, &outsider).await;
    let address: Address = format!("[fd77::2]:{}", outsider.port).parse().expect("an address");
    let (left, _) = bench.bound_in(End::Left, Family::Ipv6, Kind::Datagram).await;
    bench.lose(End::Right, PacketKind::Udp, 1).await;
    for text in ["one", "two"] {
        bench.send_to(left, &address, text).await.expect("sent");
    }
    assert_eq!(bench.read_text(left).await, "TWO", "its first answer is lost");
    let packets = bench.packets();
    let lost = packets.iter().find(|one| !one.delivered()).expect("lost");
    assert_eq!(lost.fate(), Some(PacketFate::Lost(Lost::Killed)));
    assert_eq!((lost.from, &lost.src), (End::Right, &address));
    bench.look(|world| {
        let ledger = world.datagram_ledger(there).expect("a balance");
        assert_eq!(ledger.unexplained, None, "what it reads nobody tells us");
    });
}
