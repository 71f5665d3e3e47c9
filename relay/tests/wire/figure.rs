//! What the wire costs. Prints; run it alone: `cargo test --test wire -- figure --ignored --nocapture`.

use super::wire;
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
    let began = Instant::now();
    drop(wires);
    println!("taken down: {:?} each", began.elapsed() / WIRES);
}
