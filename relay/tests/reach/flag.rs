//! `--allow` on the command line.

use crate::support::relay::Relay;
use crate::support::scratch::Scratch;
use std::fs::{self, File};
use std::process::Command;

#[test]
fn what_is_no_network_is_told_at_start() {
    for (given, says) in [
        ("192.168.1.5/24", "the network is 192.168.1.0/24."),
        ("224.0.0.0/4", "it is a multicast address."),
        ("example.org", "is no network"),
    ] {
        let out = Command::new(env!("CARGO_BIN_EXE_relay"))
            .args(["--allow", given, "--listen", "127.0.0.1:0"])
            .output()
            .expect("it starts");
        let told = String::from_utf8_lossy(&out.stderr);
        assert!(!out.status.success() && told.contains(says), "{told}");
    }
}

#[test]
fn each_range_is_told_in_a_line() {
    let folder = Scratch::new();
    let told = folder.path().join("told");
    let mut command = Command::new(env!("CARGO_BIN_EXE_relay"));
    command.args(["--rung", "loopback", "--allow", "192.0.2.0/24:80,443", "--allow", "fd00::/8"]);
    command.env("PATCHBAY_ALLOW_STUB", "1").stderr(File::create(&told).expect("a file"));
    let _relay = Relay::by(&mut command, Scratch::new());
    let told = fs::read_to_string(told).expect("text");
    assert_eq!(
        told,
        "Allowed: a socket in net host may reach the network 192.0.2.0/24 and be bound there, on ports \
         80, 443 only.\nAllowed: a socket in net host may reach the network fd00::/8 and be bound there, \
         on any port.\n"
    );
}
