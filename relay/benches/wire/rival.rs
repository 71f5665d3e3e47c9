//! Owns the others that carry bytes in user space without root, where they are installed.

use super::road::{Reaped, Road};
use anyhow::Result;
use socket2::Type;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

/// Where slirp4netns shows the host's loopback (slirp4netns(1)).
const HOST: Ipv4Addr = Ipv4Addr::new(10, 0, 2, 2);

/// What keeps one alive: its processes.
pub(crate) type Rival = Vec<Reaped>;

/// All that there are; those that are not are named. Never pasta: started by root it leaves processes
/// behind that nobody can reap and that do not rest.
pub(crate) fn all() -> Vec<(&'static str, Road, Option<Rival>)> {
    let mut all = Vec::new();
    eprintln!("SKIPPED: pasta is not measured: as root it leaves busy processes behind.");
    for (name, start) in
        [("socat", socat as fn() -> Result<(Road, Option<Rival>)>), ("slirp4netns", slirp)]
    {
        if which(name).is_none() {
            eprintln!("SKIPPED: {name} is not installed.");
            continue;
        }
        match start() {
            Ok((road, keeper)) => all.push((name, road, keeper)),
            Err(error) => eprintln!("SKIPPED: {name}: {error:#}"),
        }
    }
    all
}

fn which(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

fn words(line: &str) -> Vec<String> {
    line.split_ascii_whitespace().map(str::to_owned).collect()
}

/// A proxy on loopback: two sockets, no packets. Its blocks as large as ours.
#[expect(clippy::unnecessary_wraps, reason = "the others may fail")]
fn socat() -> Result<(Road, Option<Rival>)> {
    let start = |kind, own, server| {
        let (from, to) = if kind == Type::STREAM {
            (format!("TCP4-LISTEN:{own},nodelay"), format!("TCP4:127.0.0.1:{server},nodelay"))
        } else {
            (format!("UDP4-LISTEN:{own}"), format!("UDP4:127.0.0.1:{server}"))
        };
        let mut child = Command::new("socat");
        child.args(["-b131072", &from, &to]).stdin(Stdio::null()).stderr(Stdio::null());
        child
    };
    Ok((Road::Proxy(start), None))
}

/// A namespace behind a TAP device whose packets slirp4netns ends in sockets of the host's.
fn slirp() -> Result<(Road, Option<Rival>)> {
    let mut space = Command::new("unshare");
    space.args(["-r", "-n", "--", "sleep", "600"]).stdin(Stdio::null());
    let space = Reaped(space.spawn()?);
    // Neither program says when it is ready.
    sleep(Duration::from_millis(200));
    let id = space.0.id().to_string();
    let mut slirp = Command::new("slirp4netns");
    slirp.args(["--configure", "--mtu=65520", &id, "tap0"]);
    slirp.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let slirp = Reaped(slirp.spawn()?);
    sleep(Duration::from_millis(500));
    let prefix = words(&format!("nsenter -t {id} -U -n --preserve-credentials --"));
    Ok((Road::Inside(prefix, HOST), Some(vec![slirp, space])))
}
