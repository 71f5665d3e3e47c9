//! `relay run`: unmodified programs inside a net of a real relay's wire. `talk` is what they do there,
//! `process` what they are, `door` how the way in is found or refused, `user` all of it without root.
#![cfg(target_os = "linux")]

#[path = "../support/mod.rs"]
mod support;

mod door;
mod eye;
mod process;
mod talk;
mod user;

use std::io::{Read as _, Write as _};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;
use std::sync::mpsc::channel;
use support::line::{self, DEADLINE};
use support::need;
use support::relay::Relay;

const RELAY: &str = env!("CARGO_BIN_EXE_relay");

/// A relay with a wire, or None after a loud skip.
fn relay() -> Option<Relay> {
    wire_here().then(Relay::without_page)
}

fn wire_here() -> bool {
    static TOLD: OnceLock<String> = OnceLock::new();
    let told = TOLD.get_or_init(|| {
        let check = Command::new(RELAY).arg("check").output().expect("it runs");
        String::from_utf8(check.stdout).expect("text")
    });
    let there = !told.starts_with("loopback");
    if !there {
        need::skip("wire", told);
    }
    there
}

/// Whether the program is installed; says so if not.
fn installed(name: &str) -> bool {
    let found = need::program(&[name]).is_some();
    if !found {
        need::skip("tools", &format!("{name} is not installed"));
    }
    found
}

/// `relay run` for these words, by that relay's user.
fn run(relay: &Relay, words: &[&str]) -> Command {
    let mut command = Command::new(RELAY);
    command.arg("run").args(words).env("PATCHBAY_STATE", relay.state());
    command
}

/// The same inside an end.
fn inside(relay: &Relay, end: &str, words: &[&str]) -> Command {
    run(relay, &[&["--on", end, "--"], words].concat())
}

/// A program that is killed at the end of the test.
struct Program(Child);

impl Program {
    fn start(command: &mut Command) -> Self {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Self(command.spawn().expect("it starts"))
    }

    fn id(&self) -> u32 {
        self.0.id()
    }

    /// Waits until it prints this line; what it prints later is lost.
    fn ready(&mut self, word: &str) {
        let output = self.0.stdout.take().expect("it is piped");
        line::wait("the program", output, |line| (line == word).then_some(()));
    }

    /// Gives it this to read.
    fn write(&mut self, text: &str) {
        self.0.stdin.as_mut().expect("it is open").write_all(text.as_bytes()).expect("written");
    }

    /// Ends its input and waits for its end, with a deadline.
    fn output(mut self) -> Output {
        drop(self.0.stdin.take());
        let (done, told) = channel();
        let (out, err) = (self.0.stdout.take(), self.0.stderr.take());
        std::thread::spawn(move || {
            let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
            if let Some(mut out) = out {
                out.read_to_end(&mut stdout).expect("read");
            }
            err.expect("it is piped").read_to_end(&mut stderr).expect("read");
            let _ = done.send((stdout, stderr));
        });
        let (stdout, stderr) = told.recv_timeout(DEADLINE).expect("it ends in time");
        Output { status: self.0.wait().expect("ended"), stdout, stderr }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Runs it to its end: exit code, output, errors.
fn told(command: &mut Command) -> (Option<i32>, String, String) {
    let Output { status, stdout, stderr } = Program::start(command).output();
    let text = |bytes| String::from_utf8(bytes).expect("text");
    (status.code(), text(stdout), text(stderr))
}

/// What it prints, when all goes well and it has nothing to complain of.
fn printed(command: &mut Command) -> String {
    let (code, stdout, stderr) = told(command);
    assert_eq!((code, stderr.as_str()), (Some(0), ""), "{stdout}");
    stdout
}

/// Asserts that `relay run` itself fails, with code 125 and one sentence; gives the sentence.
fn refused(command: &mut Command) -> String {
    let (code, stdout, stderr) = told(command);
    assert_eq!((code, stdout.as_str(), stderr.lines().count()), (Some(125), "", 1), "{stderr}");
    let sentence = stderr.strip_prefix("relay: ").expect(&stderr).trim_end().to_owned();
    assert!(sentence.ends_with('.'), "{sentence}");
    sentence
}
