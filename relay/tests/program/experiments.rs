//! Experiments as programs: what an experiment did, written in Python, does the same outside of the lab.

use super::{calls, promised, shortened};
use crate::support::lab::Bench;
use crate::support::scratch::Scratch;
use protocol::Command;
use protocol::program::{self, Dialect, Known};
use relay::experiment::{Leases, Library, Player};
use std::net::TcpListener;
use std::process;

/// Those of which the program is not the same, and why not.
const LEFT_OUT: [(&str, &str); 3] = [
    ("time-wait", "the lab's own run leaves its port in TIME_WAIT for a minute"),
    ("loopback-keeps", "its 5,000 receives are more than a program holds"),
    ("backlog", "calls that never end are left out, so that others find a place in the queue"),
];

/// The same with ports that are free now: the lab's own run may have left its own in TIME_WAIT.
fn elsewhere(mut python: String) -> String {
    for port in 8_001..8_200 {
        let own = format!(", {port})");
        if python.contains(&own) {
            let free = TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr());
            python = python.replace(&own, &format!(", {})", free.expect("a port").port()));
        }
    }
    python
}

#[tokio::test(flavor = "multi_thread")]
async fn each_experiment_on_loopback_is_a_program_that_does_the_same() {
    let library = Library::built_in().expect("files that read");
    let mut wrong = Vec::new();
    for name in library.names() {
        let script = library.find(name).expect("it reads");
        if script.needs.is_some() || LEFT_OUT.iter().any(|(own, _)| *own == name) {
            continue;
        }
        let bench = Bench::with_names();
        let ending = Player::new(bench.lab.clone(), Leases::default()).play(&script, None).await;
        assert!(ending.passed(), "{name}: {:?}", ending.broken);
        let calls = calls(&bench);
        let sockets: Vec<Known> = super::sockets(&bench);
        let _ = bench.ask(Command::Reset).await;
        let mut python = program::write(Dialect::Python, &calls, &sockets);
        // Where a port was taken, that is a part of what happened.
        if !promised(&calls, false).contains(&"EADDRINUSE".into()) {
            python = elsewhere(python);
        }
        let scratch = Scratch::new();
        let file = scratch.path().join(Dialect::Python.file());
        std::fs::write(&file, &python).expect("written");
        let began = std::time::Instant::now();
        let mut command = process::Command::new("timeout");
        let output = command.args(["60", "python3"]).arg(&file).output().expect("it runs");
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        println!("{name}: {:?}", began.elapsed());
        let mut printed: Vec<String> = printed.lines().map(shortened).collect();
        let mut wanted = promised(&calls, false);
        // Threads end in whatever order.
        printed.sort();
        wanted.sort();
        if !output.status.success() || printed != wanted {
            let told = String::from_utf8_lossy(&output.stderr).into_owned();
            wrong.push(name);
            println!(
                "=== {name}\n{told}\nprinted {printed:?}\npromised {:?}",
                promised(&calls, false)
            );
        }
    }
    assert_eq!(wrong, [""; 0]);
}
