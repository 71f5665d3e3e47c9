//! Machines that offer less: the same tests again, as an ordinary user, without TUN, without user
//! namespaces. Each place is made of private namespaces; this machine is not changed.

use super::support::need;
use super::support::scratch::Scratch;
use super::{program, spawn};
use serde_json::Value;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

/// A program and its first arguments, under which another program runs.
type Place = Vec<String>;

/// An ordinary user, with nothing that root has.
fn nobody() -> Place {
    let who = ["--reuid=65534", "--regid=65534", "--clear-groups", "--no-new-privs"];
    words(&["setpriv"], &who)
}

/// Where further user namespaces are forbidden: root of one, as far as its own namespaces go.
fn no_userns() -> Place {
    let more = ["--user", "--map-root-user", "sh", "-c"];
    words(
        &["unshare"],
        &[&more[..], &[r#"echo 0 > /proc/sys/user/max_user_namespaces; exec "$0" "$@""#]].concat(),
    )
}

/// The same for an ordinary user, who keeps no right there.
fn nobody_no_userns() -> Place {
    let script = r#"echo 0 > /proc/sys/user/max_user_namespaces
                    exec setpriv --ambient-caps=-all --inh-caps=-all "$0" "$@""#;
    let inner = ["unshare", "--user", "--map-current-user", "--keep-caps", "sh", "-c", script];
    [nobody(), words(&inner, &[])].concat()
}

/// Where a command has changed what is mounted, for this place alone.
fn mounted(command: &str) -> Place {
    words(&["unshare", "--mount", "sh", "-c"], &[&format!(r#"{command} && exec "$0" "$@""#)])
}

/// Where /dev/net/tun is root's alone.
fn closed_tun() -> Place {
    let closed = copies().relay.with_file_name("closed");
    mounted(&format!("mount --bind {} /dev/net/tun", closed.display()))
}

/// Where there is no /dev/net/tun.
fn no_tun() -> Place {
    mounted("mount -t tmpfs none /dev/net")
}

fn words(first: &[&str], rest: &[&str]) -> Place {
    first.iter().chain(rest).map(|&word| word.to_owned()).collect()
}

/// Copies of the relay and of this test that everybody may run.
struct Copies {
    _folder: Scratch,
    relay: PathBuf,
    test: PathBuf,
}

fn copies() -> &'static Copies {
    static COPIES: OnceLock<Copies> = OnceLock::new();
    COPIES.get_or_init(|| {
        let folder = Scratch::new();
        let open = fs::Permissions::from_mode(0o755);
        fs::set_permissions(folder.path(), open.clone()).expect("opened");
        let copy = |from: &Path, name| {
            let to = folder.path().join(name);
            fs::copy(from, &to).expect("copied");
            fs::set_permissions(&to, open.clone()).expect("opened");
            to
        };
        let test = std::env::current_exe().expect("this program");
        let (relay, test) = (copy(&program(), "relay"), copy(&test, "test"));
        fs::write(folder.path().join("closed"), "").expect("made");
        fs::set_permissions(folder.path().join("closed"), fs::Permissions::from_mode(0o600))
            .unwrap();
        Copies { _folder: folder, relay, test }
    })
}

fn in_place(place: &[String], program: &Path, arguments: &[&str]) -> Command {
    let mut all = place.iter().map(std::ffi::OsStr::new).chain([program.as_os_str()]);
    let mut command = Command::new(all.next().expect("a program"));
    command.args(all).args(arguments);
    command
}

fn output(command: &mut Command) -> Output {
    let child = spawn(command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()));
    child.wait_with_output().expect("its output")
}

/// Whether these places can be made here; says so if not.
fn possible() -> bool {
    let works = |program: &str, arguments: &[&str]| {
        need::program(&[program]).is_some()
            && output(Command::new(program).args(arguments).arg("true")).status.success()
    };
    let possible = rustix::process::geteuid().is_root()
        && fs::exists("/dev/net/tun").unwrap_or(false)
        && need::program(&["mount"]).is_some()
        && works("setpriv", &["--no-new-privs"])
        && works("unshare", &["--mount"])
        && works("unshare", &["--user", "--map-root-user"]);
    if !possible {
        need::skip("place", "it takes root, util-linux and /dev/net/tun to make other machines");
    }
    possible
}

/// What `relay check --json` tells there.
fn check(place: &[String]) -> Value {
    let Output { status, stdout, stderr } =
        output(&mut in_place(place, &copies().relay, &["check", "--json"]));
    let errors = String::from_utf8_lossy(&stderr);
    assert!(status.success(), "{place:?}: {errors}");
    serde_json::from_slice(&stdout).unwrap_or_else(|error| panic!("{error}: {errors}"))
}

/// Runs the tests of the wire there.
fn suite(place: &[String], rung: &str) {
    let names = ["traffic::", "noise::", "setting::", "life::"];
    let mut suite = in_place(place, &copies().test, &names);
    suite
        .env("PATCHBAY_WIRE_RELAY", &copies().relay)
        .env("PATCHBAY_WIRE_RUNG", rung)
        .env("PATCHBAY_REQUIRE", "wire");
    let run = output(&mut suite);
    let told = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success(), "{place:?}\n{told}\n{}", String::from_utf8_lossy(&run.stderr));
    assert!(told.contains("test result: ok. 2"), "twenty and more: {told}");
}

fn refusal<'a>(told: &'a Value, rung: &str) -> (&'a str, &'a str, &'a str) {
    let all = told["refused"].as_array().expect("a list");
    let one = all.iter().find(|one| one["rung"] == rung).unwrap_or_else(|| panic!("{told}"));
    let text = |name| one[name].as_str().expect("a text");
    (text("step"), text("errno"), text("remedy"))
}

fn name(told: &Value) -> (&str, &str) {
    (told["name"].as_str().expect("a name"), told["privilege"].as_str().expect("a right"))
}

#[test]
fn an_ordinary_user_has_the_tun_wire() {
    if !possible() {
        return;
    }
    if fs::metadata("/dev/net/tun").expect("its mode").permissions().mode() & 0o6 != 0o6 {
        return need::skip("place", "/dev/net/tun is root's alone");
    }
    let told = check(&nobody());
    assert_eq!(name(&told), ("tun", "userns"), "{told}");
    assert_eq!(told["unset"], Value::Array(Vec::new()));
    suite(&nobody(), "Tun Userns");
}

#[test]
fn an_ordinary_user_without_tun_has_the_veth_wire() {
    if !possible() {
        return;
    }
    let place = [closed_tun(), nobody()].concat();
    let told = check(&place);
    assert_eq!(name(&told), ("veth", "userns"), "{told}");
    let (step, errno, remedy) = refusal(&told, "tun");
    assert_eq!((step, errno), ("open /dev/net/tun", "EACCES"));
    assert!(remedy.contains("chmod 666"), "{remedy}");
    suite(&place, "Veth Userns");
}

#[test]
fn something_else_in_the_place_of_tun_is_told() {
    if !possible() {
        return;
    }
    let told = check(&mounted("mount --bind /dev/null /dev/net/tun"));
    assert_eq!(name(&told), ("veth", "userns"), "{told}");
    let (step, errno, _) = refusal(&told, "tun");
    assert_eq!((step, errno), ("ioctl(TUNSETIFF)", "ENOTTY"));
    let told = check(&no_tun());
    let (step, errno, remedy) = refusal(&told, "tun");
    assert_eq!((step, errno), ("open /dev/net/tun", "ENOENT"));
    assert!(remedy.contains("modprobe tun"), "{remedy}");
}

#[test]
fn root_needs_no_user_namespace() {
    if !possible() {
        return;
    }
    let told = check(&no_userns());
    assert_eq!(name(&told), ("tun", "root"), "{told}");
    let (step, errno, _) = refusal(&told, "veth");
    assert_eq!((step, errno), ("unshare(CLONE_NEWUSER)", "ENOSPC"));
    suite(&no_userns(), "Tun Root");
}

#[test]
fn root_without_tun_and_user_namespaces_has_the_veth_wire() {
    if !possible() {
        return;
    }
    suite(&[no_tun(), no_userns()].concat(), "Veth Root");
}

#[test]
fn without_any_right_there_is_loopback_and_a_remedy() {
    if !possible() {
        return;
    }
    let told = check(&nobody_no_userns());
    assert_eq!(name(&told), ("loopback", "none"), "{told}");
    assert_eq!(told["refused"].as_array().map(Vec::len), Some(2), "{told}");
    for rung in ["tun", "veth"] {
        let (step, errno, remedy) = refusal(&told, rung);
        assert_eq!((step, errno), ("unshare(CLONE_NEWUSER)", "ENOSPC"));
        assert!(remedy.contains("user.max_user_namespaces"), "{remedy}");
    }
}

#[test]
fn read_only_settings_are_told_and_do_no_harm() {
    if !possible() {
        return;
    }
    let read_only = "mount --bind /proc/sys /proc/sys && mount -o remount,bind,ro /proc/sys";
    let told = check(&mounted(read_only));
    assert_eq!(name(&told), ("tun", "userns"), "{told}");
    let unset = told["unset"].as_array().expect("a list");
    assert!(unset.contains(&"net.ipv4.tcp_no_metrics_save: EROFS".into()), "{told}");
    assert!(unset.contains(&"net.ipv4.ip_unprivileged_port_start: EROFS".into()), "{told}");
}
