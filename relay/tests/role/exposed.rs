//! Beyond loopback: only when told to, and an owner comes from this machine only.

use crate::support::scratch::Scratch;
use crate::support::viewer::Viewer;
use crate::support::{line, need};
use crate::{invited, recording};
use protocol::ErrorKind;
use protocol::command::Invite;
use protocol::message::{Role, ToPage};
use relay::session::Form;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::process::{Child, Command as Program, Stdio};
use std::{env, fs};
use tokio::net::{TcpSocket, TcpStream};

/// What the program says when it does not start.
fn unstarted(arguments: &[&str]) -> String {
    let state = Scratch::new();
    let told = Program::new(env!("CARGO_BIN_EXE_relay"))
        .args(arguments)
        .env("PATCHBAY_STATE", state.path())
        .env("PATCHBAY_ALLOW_STUB", "1")
        .output()
        .expect("it runs");
    assert!(!told.status.success() && told.stdout.is_empty(), "{arguments:?}");
    String::from_utf8(told.stderr).expect("text")
}

#[test]
fn beyond_loopback_it_listens_only_when_told_to_and_never_everywhere() {
    for address in ["192.0.2.7:0", "[2001:db8::7]:0", "[::ffff:192.0.2.7]:0"] {
        let told = unstarted(&["--listen", address]);
        assert!(told.contains("is not loopback") && told.contains("--expose"), "{told}");
    }
    for address in ["0.0.0.0:0", "[::]:0", "[::ffff:0.0.0.0]:0"] {
        let told = unstarted(&["--expose", "--listen", address]);
        assert!(told.contains("name one address of this machine"), "{told}");
    }
    for name in ["*", "http://relay.test", "relay.test/x", "0.0.0.0:7007"] {
        let told = unstarted(&["--name", name]);
        assert!(told.contains("It must"), "{told}");
    }
}

/// Set in the copy of a test that runs in a net of its own.
const INSIDE: &str = "PATCHBAY_TEST_INSIDE";
const HERE: &str = "192.0.2.7";
const AWAY: &str = "192.0.2.8";

#[tokio::test]
async fn an_owner_comes_from_this_machine_only() {
    if env::var_os(INSIDE).is_some() {
        return exposed().await;
    }
    let (Some(unshare), Some(_)) = (need::program(&["unshare"]), need::program(&["ip"])) else {
        return need::skip("unshare", "unshare(1) or ip(8) is not there");
    };
    // Beyond loopback without touching a network: two addresses more on a loopback device of our own.
    let addresses = format!(
        "ip link set lo up && ip addr add {HERE}/32 dev lo && ip addr add {AWAY}/32 dev lo"
    );
    let run = |script: &str| {
        let mut program = Program::new(&unshare);
        program.args(["-rn", "sh", "-c", script]).arg(env::current_exe().expect("this program"));
        program
            .args(["--exact", "exposed::an_owner_comes_from_this_machine_only"])
            .env(INSIDE, "1");
        program.output().expect("it runs")
    };
    let tried = run(&addresses);
    if !tried.status.success() {
        return need::skip("unshare", &String::from_utf8_lossy(&tried.stderr));
    }
    let told = run(&format!("{addresses} && exec \"$0\" \"$@\""));
    let text = String::from_utf8_lossy(&told.stdout).into_owned();
    assert!(told.status.success() && text.contains("1 passed"), "{text}");
}

/// Runs where both addresses are.
async fn exposed() {
    let state = Scratch::new();
    let folder = state.path().to_owned();
    let listen = format!("{HERE}:7007");
    let relay = exposed_relay(&listen, &folder);
    let errors = fs::read_to_string(folder.join("errors")).expect("errors");
    assert!((3..=5).contains(&errors.lines().count()), "{errors}");
    for says in ["everybody who can reach it", "Nothing is encrypted", "from this machine only"] {
        assert!(errors.contains(says), "{errors}");
    }
    assert!(relay.1.starts_with(&format!("http://{listen}/#token=")), "{}", relay.1);
    let owners = relay.1.split("token=").nth(1).expect("a token").to_owned();
    assert!(!errors.contains(&owners));
    let (mut owner, welcome) = Viewer::of(&relay.1, Form::Json).await;
    assert_eq!(welcome.role, Role::Owner);
    let (viewers, _) = invited(&mut owner, 1, Invite::Show).await;
    let mut stranger = Viewer::on(from(AWAY, &listen).await, Form::Json).await;
    match stranger.hello(&owners, None).await {
        ToPage::Refused { kind: ErrorKind::Denied, message } => assert_eq!(
            message,
            "From another machine only the viewers' link is taken, since nothing is encrypted on the way."
        ),
        other => panic!("{other:?}"),
    }
    for (source, token, role) in [
        (AWAY, &viewers, Role::Viewer),
        (HERE, &viewers, Role::Viewer),
        (HERE, &owners, Role::Owner),
    ] {
        let mut guest = Viewer::on(from(source, &listen).await, Form::Postcard).await;
        assert_eq!(guest.greet_with(token, None).await.role, role, "{source}");
    }
    for (source, token, status) in
        [(AWAY, &owners, "401"), (AWAY, &viewers, "401"), (HERE, &owners, "404")]
    {
        assert_eq!(recording(from(source, &listen).await, token).await, status, "{source}");
    }
    drop(relay.0);
}

/// The program, beyond loopback, and its link.
fn exposed_relay(listen: &str, folder: &Path) -> (Running, String) {
    let mut child = Program::new(env!("CARGO_BIN_EXE_relay"))
        .args(["--rung", "loopback", "--expose", "--listen", listen])
        .env("PATCHBAY_STATE", folder)
        .env("PATCHBAY_ALLOW_STUB", "1")
        .stdout(Stdio::piped())
        .stderr(fs::File::create(folder.join("errors")).expect("made"))
        .spawn()
        .expect("it starts");
    let output = child.stdout.take().expect("it is piped");
    let link =
        line::wait("the relay", output, |line| line.strip_prefix("Patchbay: ").map(str::to_owned));
    (Running(child), link)
}

/// Ends with its owner.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A connection from that address.
async fn from(source: &str, to: &str) -> TcpStream {
    let source: IpAddr = source.parse().expect("an address");
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.bind(SocketAddr::new(source, 0)).expect("bound");
    socket.connect(to.parse().expect("an address")).await.expect("connected")
}
