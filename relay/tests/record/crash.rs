//! The real relay with `--record`: killed in the middle, its file opens; ended by SIGTERM, it is whole.

use crate::Told;
use crate::support::line::DEADLINE;
use crate::support::need;
use crate::support::relay::Relay;
use crate::support::scratch::Scratch;
use protocol::What;
use protocol::recording::Ending;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

const RELAY: &str = env!("CARGO_BIN_EXE_relay");

/// A relay that records to a file in its own scratch folder.
fn recording() -> (Relay, PathBuf) {
    let state = Scratch::new();
    let file = state.path().join("it.patchbay");
    let mut command = Command::new(RELAY);
    command.env("PATCHBAY_ALLOW_STUB", "1").arg("--record").arg(&file);
    (Relay::by(&mut command, state), file)
}

/// The first minute in Python; false after a loud skip.
fn hello(relay: &Relay) -> bool {
    let Some(python) = need::program(&["python3"]) else {
        need::skip("tools", "python3 is not installed");
        return false;
    };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/hello.py");
    let done = Command::new(python).arg(script).arg(relay.url()).output().expect("it runs");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    true
}

/// Reads the file until it tells of so many closed calls.
fn until_closed(file: &Path, calls: usize) -> Told {
    let began = Instant::now();
    loop {
        let told = Told::read(&std::fs::read(file).expect("a file"));
        let closed = told.events().into_iter().filter(|event| {
            matches!(&event.what, What::CallBegan { ask: protocol::Command::Close { .. }, .. })
        });
        if closed.count() >= calls {
            return told;
        }
        assert!(began.elapsed() < DEADLINE, "{calls} closes are not in the file");
        std::thread::yield_now();
    }
}

#[test]
fn a_killed_relay_leaves_a_file_that_opens() {
    let (mut relay, file) = recording();
    if !hello(&relay) {
        return;
    }
    until_closed(&file, 3);
    relay.kill();
    let told = until_closed(&file, 3);
    assert_eq!(told.ending, Ending::Unclosed);
    assert_eq!(told.header.after, 0);
    assert!(told.header.kernel.starts_with("Linux "), "{}", told.header.kernel);

    let out = file.with_extension("jsonl");
    let export = Command::new(RELAY).arg("export").arg(&file).arg("--jsonl").arg(&out).output();
    let export = export.expect("it runs");
    assert!(export.status.success());
    let said = String::from_utf8_lossy(&export.stderr).into_owned();
    assert!(said.contains("ended without closing"), "{said}");
    let lines = std::fs::read_to_string(&out).unwrap();
    let events = lines.lines().filter(|line| line.starts_with(r#"{"event":"#)).count();
    assert_eq!(events, told.events().len());
    assert!(lines.lines().next().unwrap().starts_with(r#"{"header":"#));
}

#[test]
fn a_relay_that_is_asked_to_end_closes_its_recording() {
    let (mut relay, file) = recording();
    if !hello(&relay) {
        return;
    }
    let kill = Command::new("kill").args(["-TERM", &relay.id().to_string()]).status();
    assert!(kill.expect("kill is there").success());
    relay.wait();
    let told = until_closed(&file, 3);
    assert_eq!(told.ending, Ending::Whole);
}

#[test]
fn a_file_that_is_there_is_not_written_over() {
    let state = Scratch::new();
    let file = state.path().join("it.patchbay");
    std::fs::write(&file, "mine").unwrap();
    let relay = Command::new(RELAY)
        .args(["--listen", "127.0.0.1:0", "--record"])
        .arg(&file)
        .env("PATCHBAY_ALLOW_STUB", "1")
        .env("PATCHBAY_STATE", state.path())
        .output()
        .expect("it runs");
    assert!(!relay.status.success());
    let said = String::from_utf8_lossy(&relay.stderr).into_owned();
    assert!(said.contains("(EEXIST)"), "{said}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "mine");
}

#[test]
fn what_is_no_recording_gets_one_sentence() {
    let scratch = Scratch::new();
    let say = |name: &str, bytes: &[u8], sentence: &str| {
        let file = scratch.path().join(name);
        std::fs::write(&file, bytes).unwrap();
        let out = scratch.path().join("out");
        for order in [["export", "--jsonl"], ["export", "--pcapng"], ["export", "--html"]] {
            let done = Command::new(RELAY)
                .args([order[0], order[1]])
                .args([&out, &file])
                .output()
                .expect("it runs");
            let said = String::from_utf8_lossy(&done.stderr).into_owned();
            assert!(!done.status.success() && said.contains(sentence), "{name}: {said}");
            assert_eq!(said.lines().count(), 1, "{said}");
            assert!(!out.exists(), "{name}: nothing is left");
        }
    };
    say("text", b"hello", "is not a recording of Patchbay");
    say("empty", b"", "is not a recording of Patchbay");
    say("newer", b"\x89PBREC\r\n\x09", "has format 9");
    say("cut", b"\x89PBREC\r\n\x01\x01", "cut short or damaged in its header");
}
