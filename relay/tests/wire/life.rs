//! The helper lives as long as the wire, and not longer; what it may do is little.

use super::forwarder::Forwarder;
use super::{bound, program, spawn, wait_until, wire};
use relay::wire::{End, WireParts};
use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, recv, send};
use rustix::process::{Pid, Signal, kill_process};
use socket2::{Domain, Type};
use std::fs;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::path::Path;
use std::process::{Child, Command, Stdio};

fn pid(of: u32) -> Pid {
    Pid::from_raw(of.cast_signed()).expect("a process id")
}

/// Whether nobody runs under this id any more; an orphan may wait for init to reap it.
fn gone(pid: u32) -> bool {
    fs::read_to_string(format!("/proc/{pid}/status"))
        .map_or(true, |status| status.contains("State:\tZ"))
}

/// A line of `/proc/PID/status`.
fn status(pid: u32, name: &str) -> String {
    let all = fs::read_to_string(format!("/proc/{pid}/status")).expect("its status");
    let mut lines = all.lines().filter_map(|line| line.split_once(":\t"));
    lines.find(|(key, _)| *key == name).expect("the line").1.to_owned()
}

#[test]
fn without_its_helper_what_is_there_works_on() {
    let Some(parts) = wire() else { return };
    let (listener, address) = bound(&parts, End::Right, Domain::IPV4, Type::STREAM);
    listener.listen(1).expect("listening");
    let (client, _) = bound(&parts, End::Left, Domain::IPV4, Type::STREAM);
    let WireParts { namespaces, devices, .. } = parts;
    let _forwarder = Forwarder::start(devices);
    assert!(namespaces.alive());
    kill_process(pid(namespaces.pid()), Signal::KILL).expect("killed");
    wait_until("it is reaped", || (!namespaces.alive()).then_some(()));
    for _ in 0..2 {
        let refused = namespaces.socket(End::Left, libc::AF_INET, libc::SOCK_STREAM, 0);
        assert_eq!(refused.expect_err("nobody is there").kind(), io::ErrorKind::BrokenPipe);
    }
    let refused = namespaces.mtu(End::Left, 1500).expect_err("nobody is there");
    assert_eq!(refused.kind(), io::ErrorKind::BrokenPipe);
    client.connect(&address.into()).expect("connected");
    let (mut server, _) = TcpListener::from(listener).accept().expect("accepted");
    let mut client = TcpStream::from(client);
    client.write_all(b"still").expect("sent");
    drop(client);
    let mut got = String::new();
    server.read_to_string(&mut got).expect("received");
    assert_eq!(got, "still");
}

#[test]
fn a_helper_that_is_stopped_is_not_waited_for_and_may_go_on() {
    // It waits for five seconds: once is enough.
    if std::env::var_os("PATCHBAY_WIRE_RUNG").is_some() {
        return;
    }
    let Some(parts) = wire() else { return };
    let ask = || parts.namespaces.socket(End::Left, libc::AF_INET, libc::SOCK_STREAM, 0);
    let id = pid(parts.namespaces.pid());
    kill_process(id, Signal::STOP).expect("stopped");
    assert_eq!(ask().expect_err("no answer").kind(), io::ErrorKind::TimedOut);
    assert!(parts.namespaces.alive());
    kill_process(id, Signal::CONT).expect("continued");
    for _ in 0..3 {
        ask().expect("the answer to this question, not to the last one");
    }
}

#[test]
fn it_goes_with_the_wire() {
    let Some(parts) = wire() else { return };
    let id = parts.namespaces.pid();
    assert!(!gone(id));
    drop(parts);
    assert!(!fs::exists(format!("/proc/{id}")).expect("told"), "reaped");
}

/// A process that has a wire: see [`hold`].
struct Holder {
    child: Child,
    line: String,
}

impl Holder {
    fn start(shell: &str) -> Self {
        let this = std::env::current_exe().expect("this program");
        let mut command = Command::new("sh");
        command
            .args(["-c", &format!("{shell}; exec \"$0\" --exact life::hold --ignored --nocapture")])
            .arg(this)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut child = spawn(&mut command);
        let out = BufReader::new(child.stdout.take().expect("it is piped"));
        let mut lines = out.lines().map_while(Result::ok);
        let line = lines.find_map(|line| Some(line.split_once("HELD ")?.1.to_owned()));
        Self { child, line: line.expect("a word from it") }
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
#[ignore = "a process of its own, which other tests start"]
fn hold() {
    let Some(parts) = wire() else { return println!("HELD none") };
    let ask = || parts.namespaces.socket(End::Left, libc::AF_INET, libc::SOCK_STREAM, 0);
    let (mut sockets, mut last) = (Vec::new(), 0);
    if std::env::var_os("PATCHBAY_WIRE_FILL").is_some() {
        last = loop {
            match ask() {
                Ok(socket) => sockets.push(socket),
                Err(error) => break error.raw_os_error().unwrap_or(0),
            }
        };
        sockets.clear();
    }
    println!("HELD {} {last} {}", parts.namespaces.pid(), ask().is_ok());
    let _ = io::stdin().read_to_end(&mut Vec::new());
}

#[test]
fn it_goes_with_a_relay_that_is_killed() {
    if wire().is_none() {
        return;
    }
    let mut holder = Holder::start(":");
    let id: u32 = holder.line.split(' ').next().and_then(|id| id.parse().ok()).expect("its id");
    assert!(!gone(id));
    holder.child.kill().expect("killed");
    wait_until("the helper is gone", || gone(id).then_some(()));
}

#[test]
fn a_relay_without_descriptors_is_told_so_and_recovers() {
    if wire().is_none() {
        return;
    }
    let holder = Holder::start("ulimit -n 64; export PATCHBAY_WIRE_FILL=1");
    let told = format!(" {} true", libc::EMFILE);
    assert!(holder.line.ends_with(&told), "{}", holder.line);
}

#[test]
fn it_keeps_no_right_and_no_descriptor_that_it_does_not_need() {
    let Some(parts) = wire() else { return };
    let id = parts.namespaces.pid();
    // CAP_NET_ADMIN is 12, CAP_SYS_ADMIN 21.
    let kept = format!("{:016x}", (1 << 12) | (1 << 21));
    for set in ["CapPrm", "CapEff", "CapBnd"] {
        assert_eq!(status(id, set), kept, "{set}");
    }
    assert_eq!(status(id, "CapInh"), format!("{:016x}", 0));
    assert_eq!(status(id, "NoNewPrivs"), "1");
    assert_eq!(status(id, "Threads"), "1");
    let open = fs::read_dir(format!("/proc/{id}/fd")).expect("its descriptors");
    let open: Vec<_> = open.map(|entry| fs::read_link(entry.unwrap().path()).unwrap()).collect();
    let nets = open.iter().filter(|link| link.to_string_lossy().starts_with("net:")).count();
    let users = open.iter().filter(|link| link.to_string_lossy().starts_with("user:")).count();
    // Its input is the control socket; its output is nowhere; home and the two ends.
    assert_eq!((nets, open.len()), (3, 6 + users), "{open:?}");
    assert_eq!(fs::read(format!("/proc/{id}/environ")).expect("its environment"), b"");
    assert_eq!(fs::read_link(format!("/proc/{id}/cwd")).expect("its folder"), Path::new("/"));
}

/// The helper, and our end of its control socket.
fn by_hand(arguments: &[&str]) -> (Child, OwnedFd) {
    let (ours, theirs) = rustix::net::socketpair(
        AddressFamily::UNIX,
        SocketType::SEQPACKET,
        SocketFlags::CLOEXEC,
        None,
    )
    .expect("a pair");
    let mut command = Command::new(program());
    command.arg("wire-helper").args(arguments).stdin(Stdio::from(theirs));
    (spawn(&mut command), ours)
}

#[test]
fn what_is_no_request_is_refused() {
    let Some(parts) = wire() else { return };
    let told = format!("{:?} {:?}", parts.rung.privilege, parts.rung.name).to_lowercase();
    let (mut helper, control) = by_hand(&told.split(' ').collect::<Vec<_>>());
    let mut room = [0; 8192];
    let (length, _) = recv(&control, &mut room[..], RecvFlags::empty()).expect("its greeting");
    assert_eq!((length > 0, room[0]), (true, 0), "ready");
    recv(&control, &mut room[..], RecvFlags::empty()).expect("its copies are closed");
    for garbage in [&[0xff; 5000][..], &[1, 9], &[1, 0, 0, 0, 0, 0, 7], &[0xff; 9000]] {
        send(&control, garbage, SendFlags::NOSIGNAL).expect("sent");
        let (length, _) = recv(&control, &mut room[..], RecvFlags::empty()).expect("an answer");
        // Number 0, Err, EBADMSG in postcard's zigzag.
        assert_eq!(&room[..length], [0, 1, 148, 1]);
    }
    drop(control);
    assert!(helper.wait().expect("ended").success(), "it ends with its relay");
}

#[test]
fn by_hand_it_does_nothing() {
    for arguments in [&[][..], &["root"], &["root", "sock"], &["userns", "tun", "more"]] {
        let (mut helper, control) = by_hand(arguments);
        assert_eq!(helper.wait().expect("ended").code(), Some(1));
        let heard = recv(&control, &mut [0; 8][..], RecvFlags::empty()).expect("the end");
        assert_eq!(heard.0, 0);
    }
    let mut alone = Command::new(program());
    alone.args(["wire-helper", "userns", "tun"]).stdin(Stdio::null());
    assert_eq!(spawn(&mut alone).wait().expect("ended").code(), Some(1));
}
