//! What a program in a net is: the user's own, with its terminal, its end and nothing of the relay's.

use crate::{Program, inside, installed, printed, relay, told};
use rustix::process::{Pid, Signal, kill_process};
use std::os::unix::process::ExitStatusExt as _;

#[test]
fn its_end_is_its_own() {
    let Some(relay) = relay() else { return };
    for code in [0, 7, 125] {
        let mut command = inside(&relay, "left", &["sh", "-c", &format!("exit {code}")]);
        assert_eq!(told(&mut command), (Some(code), String::new(), String::new()));
    }
    let mut program = Program::start(&mut inside(&relay, "left", &["sh", "-c", "echo on; cat"]));
    program.ready("on");
    kill_process(Pid::from_raw(program.id().cast_signed()).expect("an id"), Signal::TERM)
        .expect("signalled");
    assert_eq!(program.output().status.signal(), Some(libc::SIGTERM));
}

#[test]
fn what_cannot_be_run_is_told_as_env_does() {
    let Some(relay) = relay() else { return };
    let (code, _, stderr) = told(&mut inside(&relay, "left", &["/no/such"]));
    assert_eq!((code, stderr.as_str()), (Some(127), "relay: /no/such is not found.\n"));
    let (code, _, stderr) = told(&mut inside(&relay, "left", &["/etc/hosts"]));
    assert_eq!((code, stderr.as_str()), (Some(126), "relay: /etc/hosts cannot be run: EACCES.\n"));
}

#[test]
fn it_stands_where_it_was_started() {
    let Some(relay) = relay() else { return };
    let script = "id -u; id -g; pwd; echo $MARK; cat; grep -c . /proc/net/dev; umask";
    let mut here = std::process::Command::new("sh");
    let outside = printed(here.args(["-c", "id -u; id -g; pwd"]).current_dir("/usr"));
    let mut command = inside(&relay, "right", &["sh", "-c", script]);
    let told = printed(command.current_dir("/usr").env("MARK", "marked"));
    // Two lines of head, lo and wire0.
    let umask = printed(std::process::Command::new("sh").args(["-c", "umask"]));
    assert_eq!(told, format!("{outside}marked\n4\n{umask}"));
}

#[test]
fn it_gets_the_callers_descriptors_and_no_other() {
    let Some(relay) = relay() else { return };
    // What this test's own caller has left open is passed on by everybody.
    let script = "exec 9</dev/null; ls /proc/self/fd";
    let outside = printed(std::process::Command::new("sh").args(["-c", script]));
    let mut shell = std::process::Command::new("sh");
    let all = format!("exec 9</dev/null; exec {} run --on left -- ls /proc/self/fd", crate::RELAY);
    let through = printed(shell.args(["-c", &all]).env("PATCHBAY_STATE", relay.state()));
    assert!(outside.lines().any(|line| line == "9"), "{outside}");
    assert_eq!(through, outside);
}

#[test]
fn it_ignores_and_blocks_what_the_caller_does() {
    let Some(relay) = relay() else { return };
    let words = ["grep", "-E", "Sig(Ign|Blk)", "/proc/self/status"];
    let outside = printed(std::process::Command::new(words[0]).args(&words[1..]));
    assert_eq!(printed(&mut inside(&relay, "left", &words)), outside);
}

#[test]
fn ordinary_programs_find_each_net_by_its_devices() {
    let Some(relay) = relay() else { return };
    if !installed("ip") {
        return;
    }
    for (end, address) in [("left", "10.77.0.1/24"), ("right", "10.77.0.2/24")] {
        let told = printed(&mut inside(&relay, end, &["ip", "-4", "-o", "addr"]));
        assert!(told.contains(" 127.0.0.1/8 ") && told.contains(&format!(" {address} ")), "{told}");
    }
}
