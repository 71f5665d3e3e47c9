//! What the wire costs. Prints; run it alone: `cargo test --test wire -- figure --ignored --nocapture`.

use super::wire;
use relay::kernel::States;
use relay::kernel::diag::{Diag, Family, Filter, Protocol};
use relay::wire::End;
use std::fs;
use std::time::Instant;

#[test]
#[ignore = "prints figures and proves nothing"]
fn figures() {
    const WIRES: u32 = 20;
    let began = Instant::now();
    let wires: Vec<_> = (0..WIRES).map_while(|_| wire()).collect();
    println!("set up: {:?} each", began.elapsed() / WIRES);
    let Some(parts) = wires.first() else { return };
    let ask = || parts.namespaces.socket(End::Left, libc::AF_INET, libc::SOCK_STREAM, 0);
    const SOCKETS: u32 = 10_000;
    let began = Instant::now();
    for _ in 0..SOCKETS {
        drop(ask().expect("a socket"));
    }
    println!("socket() and close(): {:?} each", began.elapsed() / SOCKETS);
    let status = fs::read_to_string(format!("/proc/{}/status", parts.namespaces.pid()));
    for line in status.expect("its status").lines().filter(|line| line.contains("Rss")) {
        println!("helper {line}");
    }
    let mut diag = Diag::with(parts.diag[0].try_clone().expect("a copy")).expect("a socket");
    let filter = Filter {
        protocol: Protocol::Tcp,
        family: Family::V4,
        states: States::ALL,
        local_port: None,
    };
    let began = Instant::now();
    for _ in 0..100 {
        diag.dump(filter).expect("a dump");
    }
    println!("sock_diag dump of no sockets: {:?}", began.elapsed() / 100);
    let began = Instant::now();
    drop(wires);
    println!("taken down: {:?} each", began.elapsed() / WIRES);
}
