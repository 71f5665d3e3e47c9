//! Owns the names `left` and `right`: this process, and what comes of it, sees an `/etc/hosts` that
//! has them (hosts(5)), in mounts of its own (mount_namespaces(7)). The machine's file stays as it is.

use super::raw;
use crate::errno::name_of;
use crate::wire::End;
use rustix::mount::{
    MountFlags, MountPropagationFlags, UnmountFlags, mount, mount_bind, mount_change, unmount,
};
use std::ffi::CString;
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

const HOSTS: &str = "/etc/hosts";
const SWITCH: &str = "/etc/nsswitch.conf";

/// Gives the names; `spare` is a folder that may be covered for a moment, in these mounts only. A
/// clause that tells why not, otherwise.
pub(super) fn give(spare: &Path) -> Result<(), String> {
    // musl has no such file, and asks HOSTS.
    let switch = fs::read_to_string(SWITCH).unwrap_or_default();
    if !asks_files(&switch) {
        return Err(format!("hosts in {SWITCH} does not begin with files"));
    }
    let old = fs::read(HOSTS).map_err(|error| format!("{HOSTS}: {}", name_of(&error)))?;
    cover(spare, &[lines().as_bytes(), &old].concat())
        .map_err(|error| format!("mount on {HOSTS}: {}", name_of(&error)))
}

fn lines() -> String {
    let line = |end: End| format!("{}\t{1}\n{2}\t{1}\n", end.ipv4(), end.name(), end.ipv6());
    End::BOTH.map(line).concat()
}

/// Whether names are sought in HOSTS before anything that may have the last word (nsswitch.conf(5)).
fn asks_files(switch: &str) -> bool {
    let line = switch.lines().find_map(|line| line.trim_start().strip_prefix("hosts:"));
    // glibc's own order, where no line says another, has files.
    let Some(line) = line else { return true };
    let line = line.split('#').next().unwrap_or_default();
    let before = line.split_whitespace().take_while(|word| *word != "files");
    let (words, last_words) = before.fold((0, 0), |(words, last), word| {
        (words + 1, last + usize::from(word.to_ascii_lowercase().contains("return")))
    });
    words < line.split_whitespace().count() && last_words == 0
}

/// Lays a file with these bytes over HOSTS. It lives in a tmpfs that nobody sees, and ends with the
/// last process that has these mounts.
fn cover(spare: &Path, bytes: &[u8]) -> io::Result<()> {
    raw::unshare_mounts()?;
    // What is mounted outside later shows here; what is mounted here stays here.
    mount_change("/", MountPropagationFlags::DOWNSTREAM | MountPropagationFlags::REC)?;
    let options = CString::new(format!("mode=700,size={}", bytes.len() + (1 << 16)))?;
    let flags = MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOEXEC;
    mount("patchbay", spare, "tmpfs", flags, Some(options.as_c_str()))?;
    let laid = lay(&spare.join("hosts"), bytes);
    // The file is mounted by itself.
    unmount(spare, UnmountFlags::DETACH)?;
    laid
}

fn lay(file: &Path, bytes: &[u8]) -> io::Result<()> {
    fs::write(file, bytes)?;
    fs::set_permissions(file, fs::Permissions::from_mode(0o644))?;
    Ok(mount_bind(file, HOSTS)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_lines_name_both_ends() {
        let all = "10.77.0.1\tleft\nfd77::1\tleft\n10.77.0.2\tright\nfd77::2\tright\n";
        assert_eq!(lines(), all);
    }

    #[test]
    fn files_must_be_asked_first() {
        for fine in [
            "",
            "passwd: compat\n",
            "hosts: files dns",
            "# hosts: dns\n hosts:\tfiles mdns4_minimal [NOTFOUND=return] dns # files",
            "hosts: mymachines files",
            "hosts:files",
        ] {
            assert!(asks_files(fine), "{fine}");
        }
        for other in ["hosts: dns", "hosts: dns # files", "hosts: resolve [!UNAVAIL=return] files"]
        {
            assert!(!asks_files(other), "{other}");
        }
    }
}
