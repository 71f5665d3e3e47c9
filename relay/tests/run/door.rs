//! How the way into a net is found, and who is refused with which sentence.

use crate::eye::Eye;
use crate::support::line;
use crate::support::need;
use crate::support::relay::Relay;
use crate::support::scratch::Scratch;
use crate::{Program, RELAY, inside, installed, printed, refused, relay, run, told};
use protocol::Command as Ask;
use protocol::wire::WireOrder;
use rustix::process::{Pid, Signal, kill_process};
use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

fn signal(pid: u32, signal: Signal) {
    kill_process(Pid::from_raw(pid.cast_signed()).expect("an id"), signal).expect("signalled");
}

fn port(relay: &Relay) -> String {
    relay.origin().rsplit(':').next().expect("a port").to_owned()
}

/// A relay with another's state folder, killed at the end.
fn beside(relay: &Relay, more: &[&str]) -> (Program, String) {
    let mut command = Command::new(RELAY);
    command.args(["--listen", "127.0.0.1:0"]).args(more);
    command.env("PATCHBAY_STATE", relay.state()).env("PATCHBAY_ALLOW_STUB", "1");
    let mut program = Program::start(&mut command);
    let output = program.0.stdout.take().expect("it is piped");
    let port = line::wait("the relay", output, |line| {
        Some(line.split("/#").next()?.rsplit(':').next()?.to_owned())
    });
    (program, port)
}

/// The doors in a state folder; names of Unix sockets lie there too, each relay's in a folder.
fn doors(state: &Path) -> Vec<PathBuf> {
    all(state)
        .into_iter()
        .filter(|path| path.extension().is_some_and(|end| end == "sock"))
        .collect()
}

/// All that lies beside them.
fn all(state: &Path) -> Vec<PathBuf> {
    let all = fs::read_dir(state.join("run")).expect("read");
    all.map(|entry| entry.expect("an entry").path()).collect()
}

/// The wire's helper of a relay.
fn helper(relay: &Relay) -> u32 {
    let tasks = fs::read_dir(format!("/proc/{}/task", relay.id())).expect("its threads");
    let children: String = tasks
        .map(|task| fs::read_to_string(task.expect("one").path().join("children")))
        .collect::<Result<_, _>>()
        .expect("its children");
    children.trim().parse().expect("one child")
}

#[test]
fn the_door_is_private_and_closed_at_the_end() {
    let Some(mut relay) = relay() else { return };
    let folder = fs::metadata(relay.state().join("run")).expect("the folder");
    assert_eq!(folder.mode() & 0o777, 0o700);
    let all = doors(relay.state());
    assert_eq!(all, [relay.state().join(format!("run/{}.sock", relay.id()))]);
    assert_eq!(fs::metadata(&all[0]).expect("the socket").mode() & 0o777, 0o600);
    signal(relay.id(), Signal::TERM);
    relay.wait();
    assert_eq!(self::all(relay.state()), Vec::<PathBuf>::new());
}

#[test]
fn without_a_relay_there_is_a_sentence() {
    let state = Scratch::new();
    let mut command = Command::new(RELAY);
    command.args(["run", "--on", "left", "true"]).env("PATCHBAY_STATE", state.path());
    let sentence = refused(&mut command);
    assert!(sentence.starts_with("No relay of yours runs"), "{sentence}");
}

#[test]
fn wrong_words_are_the_relays_own_failure() {
    let state = Scratch::new();
    let run = |words: &[&str]| {
        let mut command = Command::new(RELAY);
        command.arg("run").args(words).env("PATCHBAY_STATE", state.path());
        command
    };
    let sentence = refused(&mut run(&["--on", "middle", "--", "true"]));
    assert_eq!(sentence, "--on takes left or right, not middle.");
    for words in [&["--on", "left"][..], &["true"], &["--on", "left", "--at", "x", "true"]] {
        assert_eq!(told(&mut run(words)).0, Some(125), "{words:?}");
    }
    let (code, help, _) = told(&mut run(&["--help"]));
    assert!(code == Some(0) && help.contains("--on <NET>"), "{help}");
}

#[test]
fn a_state_folder_of_another_kind_is_refused() {
    let state = Scratch::new();
    fs::set_permissions(state.path(), fs::Permissions::from_mode(0o755)).expect("opened");
    let mut command = Command::new(RELAY);
    command.args(["run", "--on", "left", "true"]).env("PATCHBAY_STATE", state.path());
    assert!(refused(&mut command).contains("is open to others (mode 755)"));
    if rustix::process::geteuid().is_root() {
        fs::set_permissions(state.path(), fs::Permissions::from_mode(0o700)).expect("closed");
        std::os::unix::fs::chown(state.path(), Some(65534), None).expect("given away");
        assert!(refused(&mut command).contains("belongs to another user"));
    }
}

#[test]
fn of_several_relays_the_port_chooses() {
    let Some(relay) = relay() else { return };
    let (_other, theirs) = beside(&relay, &["--rung", "loopback"]);
    let ours = port(&relay);
    let mut ports = [ours.parse::<u16>().expect("a port"), theirs.parse().expect("a port")];
    ports.sort_unstable();
    let [low, high] = ports;
    assert_eq!(
        refused(&mut inside(&relay, "left", &["true"])),
        format!("2 relays run, at ports {low} and {high}: choose one with --at PORT.")
    );
    assert_eq!(
        refused(&mut run(&relay, &["--on", "left", "--at", "1", "true"])),
        format!("No relay of yours listens at port 1; there is {low} and {high}.")
    );
    assert_eq!(printed(&mut run(&relay, &["--on", "left", "--at", &ours, "echo", "in"])), "in\n");
    assert_eq!(
        refused(&mut run(&relay, &["--on", "left", "--at", &theirs, "true"])),
        format!("The relay at port {theirs} has no wire: it was started on the loopback rung.")
    );
}

#[test]
fn a_relay_that_is_stopped_is_named() {
    let Some(relay) = relay() else { return };
    signal(relay.id(), Signal::STOP);
    let sentence = refused(&mut inside(&relay, "left", &["true"]));
    assert!(sentence.contains(&format!("process id {} does not answer", relay.id())), "{sentence}");
    signal(relay.id(), Signal::CONT);
    assert_eq!(printed(&mut inside(&relay, "left", &["echo", "in"])), "in\n");
}

#[test]
fn a_killed_relay_leaves_nothing_that_hangs() {
    let Some(mut relay) = relay() else { return };
    if !installed("python3") {
        return;
    }
    let script = "import socket, errno
print('ready', flush=True); input()
try: socket.create_connection(('right', 9), 10)
except OSError as e: print(errno.errorcode.get(e.errno, e), flush=True)";
    let mut program = Program::start(&mut inside(&relay, "left", &["python3", "-c", script]));
    let mut out = std::io::BufReader::new(program.0.stdout.take().expect("it is piped"));
    let mut next = || {
        let mut line = String::new();
        std::io::BufRead::read_line(&mut out, &mut line).expect("a line");
        line
    };
    assert_eq!(next(), "ready\n");
    relay.kill();
    let gone = std::time::Instant::now();
    while fs::exists(format!("/proc/{}/ns", relay.id())).expect("told") {
        assert!(gone.elapsed() < Duration::from_secs(10));
    }
    // Its end of the wire went with it.
    program.write("\n");
    assert_eq!(next(), "ENETUNREACH\n");
    assert!(program.output().status.success());
    assert_eq!(doors(relay.state()).len(), 1);
    assert!(refused(&mut inside(&relay, "left", &["true"])).starts_with("No relay of yours"));
    assert_eq!(doors(relay.state()).len(), 0, "removed by whoever found it");
}

#[test]
fn a_relay_that_starts_removes_what_dead_ones_left() {
    let Some(mut relay) = relay() else { return };
    relay.kill();
    let (other, _) = beside(&relay, &[]);
    let own = relay.state().join(format!("run/{}.sock", other.id()));
    assert_eq!(doors(relay.state()), [own]);
    assert_eq!(printed(&mut inside(&relay, "left", &["echo", "in"])), "in\n");
}

#[tokio::test]
async fn a_new_wire_is_handed_out_when_the_old_one_has_lost_its_helper() {
    let Some(relay) = relay() else { return };
    let net = || printed(&mut inside(&relay, "left", &["readlink", "/proc/self/ns/net"]));
    let before = net();
    assert_eq!(net(), before);
    let mut eye = Eye::of(&relay).await;
    signal(helper(&relay), Signal::KILL);
    eye.until("the wire is down", |what| {
        matches!(what, protocol::What::WireDown { .. }).then_some(())
    })
    .await;
    assert_eq!(
        refused(&mut inside(&relay, "left", &["true"])),
        format!(
            "The relay at port {} has no wire: the helper that keeps its nets is gone; restart the wire.",
            port(&relay)
        )
    );
    eye.ask(Ask::Wire(WireOrder::Restart)).await.expect("a new wire");
    let after = net();
    assert_ne!(after, before);
    assert_eq!(net(), after);
}

#[test]
fn another_user_gets_nothing() {
    let Some(relay) = relay() else { return };
    if !rustix::process::geteuid().is_root() || need::program(&["setpriv"]).is_none() {
        return need::skip("place", "it takes root and setpriv to be another user");
    }
    let door = doors(relay.state()).remove(0);
    let script = "import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET); s.settimeout(10)
try:
  s.connect(sys.argv[1])
  print(socket.recv_fds(s, 1000, 9)[:2])
except OSError as e: print(e.__class__.__name__)";
    let ask = || {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups", "/usr/bin/python3"]);
        printed(command.args(["-c", script]).arg(&door).current_dir("/"))
    };
    if !Path::new("/usr/bin/python3").exists() {
        return need::skip("tools", "/usr/bin/python3 is not installed");
    }
    assert_eq!(ask(), "PermissionError\n", "the folder is private");
    for path in [relay.state(), &relay.state().join("run"), &door] {
        fs::set_permissions(path, fs::Permissions::from_mode(0o777)).expect("opened");
    }
    assert_eq!(ask(), "(b'', [])\n", "and so is the door");
}

#[test]
fn where_names_cannot_be_given_the_program_runs_all_the_same() {
    let Some(relay) = relay() else { return };
    let mounts = Command::new("unshare").args(["--mount", "true"]).status();
    if !mounts.is_ok_and(|status| status.success()) {
        return need::skip("place", "it takes root and util-linux to make another machine");
    }
    let folder = Scratch::new();
    let switch = folder.path().join("nsswitch");
    fs::write(&switch, "hosts: dns\n").expect("written");
    let script = r#"mount --bind "$0" /etc/nsswitch.conf && exec "$@""#;
    let mut command = Command::new("unshare");
    command.args(["--mount", "sh", "-c", script]).arg(&switch).arg(RELAY);
    command.args(["run", "--on", "left", "echo", "in"]).env("PATCHBAY_STATE", relay.state());
    let (code, stdout, stderr) = told(&mut command);
    assert_eq!((code, stdout.as_str()), (Some(0), "in\n"));
    assert_eq!(
        stderr,
        "relay: the names left and right are not known in there (hosts in /etc/nsswitch.conf does \
         not begin with files); use 10.77.0.1 and 10.77.0.2.\n"
    );
}
