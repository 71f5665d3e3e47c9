//! The same as an ordinary user, who can gain no privilege, and as root where no user namespace is.

use crate::eye::Eye;
use crate::support::need;
use crate::support::relay::Relay;
use crate::support::scratch::Scratch;
use crate::{Program, RELAY, inside, printed, told, wire_here};
use protocol::What;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::Command;

const NOBODY: u32 = 65534;

/// A relay of theirs.
struct Theirs {
    _folder: Scratch,
    program: PathBuf,
    relay: Relay,
}

fn nobody(program: &Path) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--reuid=65534", "--regid=65534", "--clear-groups", "--no-new-privs"]);
    command.arg(program).current_dir("/");
    command
}

impl Theirs {
    fn start() -> Option<Self> {
        if !rustix::process::geteuid().is_root() || need::program(&["setpriv"]).is_none() {
            need::skip("place", "it takes root and setpriv to be another user");
            return None;
        }
        if !wire_here() {
            return None;
        }
        let (folder, state) = (Scratch::new(), Scratch::new());
        // The build's folder may be closed to them.
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("opened");
        let program = folder.path().join("relay");
        fs::copy(RELAY, &program).expect("copied");
        chown(state.path(), Some(NOBODY), Some(NOBODY)).expect("given away");
        let mut command = nobody(&program);
        let relay = Relay::by(command.env("PATCHBAY_ALLOW_STUB", "1"), state);
        Some(Self { _folder: folder, program, relay })
    }

    fn inside(&self, end: &str, words: &[&str]) -> Command {
        let mut command = nobody(&self.program);
        command.args(["run", "--on", end, "--"]).args(words);
        // Of the caller's PATH they may not read all.
        command
            .env("PATCHBAY_STATE", self.relay.state())
            .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        command
    }
}

#[tokio::test]
async fn programs_talk_by_name_and_are_told_of() {
    let Some(theirs) = Theirs::start() else { return };
    if !Path::new("/usr/bin/nc").exists() {
        return need::skip("tools", "nc is not installed");
    }
    let mut eye = Eye::of(&theirs.relay).await;
    let server = Program::start(&mut theirs.inside("right", &["nc", "-l", "80"]));
    let (pid, name) = eye
        .until("the listener appears", |what| match what {
            What::Appeared { program, .. } => Some((program.pid, program.name.clone())),
            _ => None,
        })
        .await;
    assert_eq!((pid, name.as_str()), (Some(server.id()), "nc"));
    let mut client = Program::start(&mut theirs.inside("left", &["nc", "-N", "right", "80"]));
    client.write("without root\n");
    client.output();
    assert_eq!(server.output().stdout, b"without root\n");
}

#[test]
fn they_stay_who_they_are_and_gain_nothing() {
    let Some(theirs) = Theirs::start() else { return };
    let ids = printed(&mut theirs.inside("left", &["sh", "-c", "id -u; id -g"]));
    assert_eq!(ids, "65534\n65534\n");
    let status = printed(&mut theirs.inside("left", &["cat", "/proc/self/status"]));
    for set in ["CapInh", "CapPrm", "CapEff", "CapAmb"] {
        assert!(status.contains(&format!("{set}:\t0000000000000000\n")), "{status}");
    }
    let (code, _, stderr) =
        told(&mut theirs.inside("left", &["ip", "link", "set", "wire0", "down"]));
    assert!(code != Some(0) && stderr.contains("not permitted"), "{stderr}");
    let program = theirs.program.to_str().expect("text");
    let again = ["sh", "-c", "exec \"$0\" run --on right true", program];
    let (code, _, stderr) = told(&mut theirs.inside("left", &again));
    assert_eq!(code, Some(125));
    assert!(stderr.starts_with("relay: This is inside a net already"), "{stderr}");
}

#[test]
fn root_needs_no_user_namespace() {
    let mut unshare = Command::new("unshare");
    unshare.args(["--user", "--map-root-user"]);
    let possible = rustix::process::geteuid().is_root()
        && unshare.arg("true").status().is_ok_and(|status| status.success());
    if !possible || !wire_here() {
        return need::skip("place", "it takes root and util-linux to make another machine");
    }
    let script = "echo 0 > /proc/sys/user/max_user_namespaces; exec \"$0\" \"$@\"";
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "sh", "-c", script, RELAY]);
    let relay = Relay::by(command.env("PATCHBAY_ALLOW_STUB", "1"), Scratch::new());
    let words = "readlink /proc/self/ns/user; readlink /proc/self/ns/net; getent ahostsv4 right";
    let told = printed(&mut inside(&relay, "left", &["sh", "-c", words]));
    let ours = |name| fs::read_link(format!("/proc/self/ns/{name}")).expect("read");
    assert!(told.starts_with(&format!("{}\nnet:", ours("user").display())), "{told}");
    assert!(!told.contains(&ours("net").display().to_string()), "{told}");
    assert!(told.contains("\n10.77.0.2 "), "{told}");
}
