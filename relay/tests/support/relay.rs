//! Owns a relay under test: the real binary, on a port of its own, with a state folder of its own.

use super::line;
use super::scratch::Scratch;
use std::path::Path;
use std::process::{Child, Command, Stdio};

pub struct Relay {
    child: Child,
    url: String,
    state: Scratch,
    arguments: Vec<&'static str>,
}

impl Relay {
    /// Starts the relay and waits until it serves.
    pub fn start() -> Self {
        Self::with(&[])
    }

    /// The same with some more arguments, such as `--rung loopback`.
    pub fn with(arguments: &[&'static str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_relay"));
        let mut relay = Self::run(command.args(arguments));
        relay.arguments = arguments.to_vec();
        relay
    }

    /// The same for a test that needs no page, so that one built without it will do.
    pub fn without_page() -> Self {
        Self::run(Command::new(env!("CARGO_BIN_EXE_relay")).env("PATCHBAY_ALLOW_STUB", "1"))
    }

    /// The same, with or without its page, after shell commands such as `ulimit -n 64`.
    pub fn after(commands: &str) -> Self {
        let script = format!("{commands}; exec \"$0\" \"$@\"");
        let mut shell = Command::new("sh");
        shell.args(["-c", &script, env!("CARGO_BIN_EXE_relay")]);
        Self::run(shell.env("PATCHBAY_ALLOW_STUB", "1"))
    }

    fn run(command: &mut Command) -> Self {
        Self::by(command, Scratch::new())
    }

    /// The same by a command of the test's own, which ends with the relay's program, and with that
    /// state folder.
    pub fn by(command: &mut Command, state: Scratch) -> Self {
        let (child, url) = serve(command, "127.0.0.1:0", state.path());
        Self { child, url, state, arguments: Vec::new() }
    }

    /// Ends it at once, as a crash does.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Waits for its end.
    pub fn wait(&mut self) {
        let _ = self.child.wait();
    }

    /// Starts it anew, after [`kill`](Self::kill): on the same port, with the same state folder.
    pub fn start_again(&mut self) {
        let address = self.origin().trim_start_matches("http://").to_owned();
        let mut command = Command::new(env!("CARGO_BIN_EXE_relay"));
        // With its page, if it was built with one.
        command.args(&self.arguments).env("PATCHBAY_ALLOW_STUB", "1");
        (self.child, self.url) = serve(&mut command, &address, self.state.path());
    }

    /// The link as printed: `http://127.0.0.1:PORT/#token=…`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The link without its token: `http://127.0.0.1:PORT`.
    pub fn origin(&self) -> &str {
        self.url.split("/#").next().expect("split gives at least one")
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Its `PATCHBAY_STATE`.
    pub fn state(&self) -> &Path {
        self.state.path()
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.kill();
    }
}

fn serve(command: &mut Command, address: &str, state: &Path) -> (Child, String) {
    let mut child = command
        .args(["--listen", address])
        .env("PATCHBAY_STATE", state)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the relay starts");
    let output = child.stdout.take().expect("it is piped");
    let url =
        line::wait("the relay", output, |line| line.strip_prefix("Patchbay: ").map(str::to_owned));
    (child, url)
}
