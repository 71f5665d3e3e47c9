//! The command line: what is printed where, and how it ends.

use relay::assets;
use rustix::process::{Pid, Signal, kill_process};
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

const RELAY: &str = env!("CARGO_BIN_EXE_relay");

fn folder(test: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("command-{test}"));
    let _ = fs::remove_dir_all(&path);
    path
}

fn command(program: &str, state: &Path) -> Command {
    let mut command = Command::new(program);
    command.env("PATCHBAY_STATE", state).env("PATCHBAY_ALLOW_STUB", "1");
    command
}

fn output(arguments: &[&str]) -> Output {
    // Tests run beside each other: each run has a folder of its own.
    static RUNS: AtomicU32 = AtomicU32::new(0);
    let run = RUNS.fetch_add(1, Ordering::Relaxed);
    command(RELAY, &folder(&format!("run-{run}"))).args(arguments).output().expect("run")
}

/// A relay that serves; killed on drop.
struct Serving {
    child: Child,
    stdout: BufReader<ChildStdout>,
    line: String,
}

impl Serving {
    fn start(mut command: Command) -> Self {
        let mut child =
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("start");
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).expect("a line");
        Self { child, stdout, line: line.trim_end().to_owned() }
    }

    fn on_any_port(state: &Path, more: &[&str]) -> Self {
        let mut command = command(RELAY, state);
        command.args(["--listen", "127.0.0.1:0"]).args(more);
        Self::start(command)
    }

    /// "127.0.0.1:PORT" and the token.
    fn link(&self) -> (&str, &str) {
        let link = self.line.strip_prefix("Patchbay: http://").expect(&self.line);
        link.split_once("/#token=").expect(&self.line)
    }

    /// Whether the page is answered.
    fn answers(&self) -> bool {
        let host = self.link().0;
        let mut stream = TcpStream::connect(host).expect("connected");
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        write!(stream, "GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").unwrap();
        let mut heard = String::new();
        stream.read_to_string(&mut heard).is_ok() && heard.starts_with("HTTP/1.1 200 ")
    }

    /// Ends it by `signal`; how long that took, and what it printed after the first line.
    fn end(mut self, signal: Signal) -> (Duration, String) {
        let began = Instant::now();
        kill_process(Pid::from_child(&self.child), signal).expect("signalled");
        assert!(self.child.wait().expect("ended").success());
        let took = began.elapsed();
        let mut rest = String::new();
        self.stdout.read_to_string(&mut rest).unwrap();
        self.child.stderr.take().unwrap().read_to_string(&mut rest).unwrap();
        (took, rest)
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn it_prints_the_link_once_and_ends_on_a_signal() {
    let state = folder("link");
    let mut tokens = Vec::new();
    for signal in [Signal::INT, Signal::TERM] {
        let relay = Serving::on_any_port(&state, &[]);
        let (host, token) = relay.link();
        assert!(host.starts_with("127.0.0.1:") && token.len() == 64, "{}", relay.line);
        tokens.push(token.to_owned());
        assert!(relay.answers());
        let _silent = TcpStream::connect(host).unwrap();
        let (took, rest) = relay.end(signal);
        assert!(took < Duration::from_secs(1), "{took:?}");
        assert_eq!(rest, "");
    }
    assert_eq!(tokens[0], tokens[1], "kept across runs");
    let relay = Serving::on_any_port(&state, &["--new-token"]);
    assert_ne!(relay.link().1, tokens[0]);
}

#[test]
fn a_taken_port_is_told_in_one_sentence() {
    let relay = Serving::on_any_port(&folder("taken"), &[]);
    let refused = output(&["--listen", relay.link().0]);
    let stderr = String::from_utf8(refused.stderr).unwrap();
    assert_eq!((refused.status.code(), refused.stdout.len()), (Some(1), 0));
    assert!(stderr.contains("EADDRINUSE") && stderr.contains("--listen 127.0.0.1:0"), "{stderr}");
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
}

#[test]
fn only_loopback_is_listened_on() {
    for (address, says) in [
        ("0.0.0.0:0", "is not one address"),
        ("[::]:0", "is not one address"),
        ("[::ffff:0.0.0.0]:0", "is not one address"),
        ("192.0.2.1:0", "--expose"),
        ("[::ffff:192.0.2.1]:0", "--expose"),
    ] {
        let refused = output(&["--listen", address]);
        let stderr = String::from_utf8(refused.stderr).unwrap();
        assert_eq!((refused.status.code(), stderr.lines().count()), (Some(1), 1), "{stderr}");
        assert!(stderr.contains(says), "{stderr}");
    }
}

#[test]
fn a_relay_without_its_page_does_not_serve() {
    let mut command = command(RELAY, &folder("stub"));
    command.env_remove("PATCHBAY_ALLOW_STUB").args(["--listen", "127.0.0.1:0"]);
    if !assets::PAGE_IS_STUB {
        assert!(Serving::start(command).answers());
        return;
    }
    let refused = command.output().unwrap();
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8(refused.stderr).unwrap().contains("without its page"));
}

#[test]
fn check_tells_the_rung() {
    let told: serde_json::Value =
        serde_json::from_slice(&output(&["check", "--json"]).stdout).expect("json");
    assert!(told["refused"].is_array() && told["unset"].is_array(), "{told}");
    let (name, privilege) = (told["name"].as_str().unwrap(), told["privilege"].as_str().unwrap());
    let words = String::from_utf8(output(&["check"]).stdout).unwrap();
    let privilege = if privilege == "userns" { "a user namespace" } else { privilege };
    assert!(words.starts_with(&format!("{name} (privilege: {privilege})\n")), "{words}");
}

#[test]
fn schema_is_json_of_both_ways() {
    let schema: serde_json::Value = serde_json::from_slice(&output(&["schema"]).stdout).unwrap();
    assert_eq!(schema["to_relay"]["title"], "ToRelay");
    assert_eq!(schema["to_page"]["title"], "ToPage");
}

#[test]
fn it_survives_running_out_of_descriptors() {
    let mut shell = command("sh", &folder("descriptors"));
    shell.args(["-c", "ulimit -n 40 && exec \"$0\" --listen 127.0.0.1:0", RELAY]);
    let relay = Serving::start(shell);
    let silent: Vec<_> =
        (0..60).map(|_| TcpStream::connect(relay.link().0).expect("connected")).collect();
    drop(silent);
    assert!(relay.answers());
}

#[test]
fn relays_that_start_together_agree_on_a_token() {
    let state = folder("together");
    let start = || Serving::on_any_port(&state, &[]);
    let tokens = std::thread::scope(|scope| {
        let relays: Vec<_> = (0..8).map(|_| scope.spawn(start)).collect();
        relays
            .into_iter()
            .map(|relay| relay.join().unwrap().link().1.to_owned())
            .collect::<std::collections::BTreeSet<_>>()
    });
    assert_eq!(tokens.len(), 1, "{tokens:?}");
}

/// The folders of socket names in a state folder.
fn folders_of_names(state: &Path) -> Vec<String> {
    let names = fs::read_dir(state.join("run")).expect("a folder").map(|entry| entry.unwrap());
    let names = names.map(|entry| entry.file_name().into_string().unwrap());
    names.filter(|name| Path::new(name).extension().is_some_and(|end| end == "d")).collect()
}

#[test]
fn names_of_sockets_have_a_private_folder_that_goes_with_the_relay() {
    use std::os::unix::fs::PermissionsExt as _;
    let state = folder("names");
    let mut killed = Serving::on_any_port(&state, &["--rung", "loopback"]);
    let of = |serving: &Serving| format!("{}.d", serving.child.id());
    let own = of(&killed);
    let path = state.join("run").join(&own);
    let mode = fs::metadata(&path).expect("a folder").permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
    std::os::unix::net::UnixDatagram::bind(path.join("left-over")).expect("bound");
    killed.child.kill().expect("killed");
    killed.child.wait().expect("ended");
    assert_eq!(folders_of_names(&state), [own]);
    // The next removes it, and leaves one that lives alone.
    let next = Serving::on_any_port(&state, &["--rung", "loopback"]);
    assert_eq!(folders_of_names(&state), [of(&next)]);
    let other = Serving::on_any_port(&state, &["--rung", "loopback"]);
    assert_eq!(folders_of_names(&state).len(), 2);
    for serving in [other, next] {
        serving.end(Signal::TERM);
    }
    assert!(folders_of_names(&state).is_empty());
}

#[test]
fn what_a_file_says_does_not_steer_the_terminal() {
    let own = folder("steers");
    fs::create_dir_all(&own).unwrap();
    fs::write(own.join("mine.toml"), "group = \"a\\u001b]0;x\\u0007\\u202e\"\n").unwrap();
    let refused = output(&["experiment", "list", "--experiments", own.to_str().unwrap()]);
    let stderr = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(1), "{stderr}");
    assert!(stderr.contains(r"a\u001b]0;x\u0007\u202e"), "{stderr:?}");
    assert!(!stderr.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{stderr:?}");
    fs::remove_dir_all(&own).unwrap();
}
