//! Owns the writing of sysctls in the namespace where the helper stands (proc_sys_net(5)). Knows no
//! path but those in its own list and in [`Key`].

use crate::errno::name_of;
use crate::wire::Key;
use rustix::process::getegid;
use std::fs::OpenOptions;
use std::io::{self, Write as _};

/// What both ends are given: no memory from one connection to the next, plain exponential SYN
/// retries, every ICMP error, port 80 for programs without privilege, IPv6 without the link-local
/// address for which routers would be asked.
const ALWAYS: &[(&str, &str)] = &[
    ("net/ipv4/tcp_no_metrics_save", "1"),
    ("net/ipv4/tcp_syn_linear_timeouts", "0"),
    ("net/ipv4/icmp_ratelimit", "0"),
    ("net/ipv4/icmp_msgs_per_sec", "1000000"),
    ("net/ipv4/icmp_msgs_burst", "1000000"),
    ("net/ipv6/icmp/ratelimit", "0"),
    ("net/ipv4/ip_unprivileged_port_start", "0"),
    ("net/ipv6/conf/default/disable_ipv6", "0"),
    ("net/ipv6/conf/default/addr_gen_mode", "1"),
];
const PING: &str = "net/ipv4/ping_group_range";

/// Buckets for the sockets of namespaces made from here: the host's tables take 0.25 ms to walk when
/// they are empty, these 0.06 ms. Older kernels share the host's.
pub(super) fn prepare_children() {
    let _ = write("net/ipv4/tcp_child_ehash_entries", "1024");
    let _ = write("net/ipv4/udp_child_hash_entries", "256");
}

/// Gives the namespace all that the ends always have; what is refused goes to `unset`, once. What this
/// kernel does not have is not refused: older ones behave so by themselves, save that ICMP errors of
/// one host are limited to 50 in a burst.
pub(super) fn set_all(unset: &mut Vec<String>) {
    for (path, value) in ALWAYS {
        note(path, write(path, value), unset);
    }
    note(PING, allow_ping(), unset);
}

/// Writes one that was asked for.
pub(super) fn set(key: Key, values: &[u32]) -> io::Result<()> {
    let words: Vec<String> = values.iter().map(u32::to_string).collect();
    write(key.path(), &words.join("\t"))
}

/// ping(8) without privilege, for every group; in a user namespace only its own group has a number.
fn allow_ping() -> io::Result<()> {
    let own = getegid().as_raw();
    write(PING, "0\t2147483647").or_else(|_| write(PING, &format!("{own}\t{own}")))
}

fn note(path: &str, done: io::Result<()>, unset: &mut Vec<String>) {
    match done {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => {
            let what = format!("{}: {}", path.replace('/', "."), name_of(&error));
            if !unset.contains(&what) {
                unset.push(what);
            }
        }
    }
}

fn write(path: &str, value: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).open(format!("/proc/sys/{path}"))?;
    file.write_all(value.as_bytes())
}
