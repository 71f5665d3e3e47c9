//! The invariants of the lab, on random sequences of calls against the real kernel: at every quiet
//! moment nothing is unexplained, every byte read is the byte sent, every call is answered.
//! `PATCHBAY_CASES` raises the number of sequences.
//!
//! `unexplained` is null, "not knowable", in these cases only:
//! - a stream one end of which is closed or reset, while bytes may still be under way;
//! - datagrams whose receiver has an error pending (a peek would consume it), or has read one whose
//!   sender was closed meanwhile (its address tells nobody then).
#![cfg(target_os = "linux")]

#[path = "../support/mod.rs"]
mod support;

mod case;
mod check;
mod step;

use proptest::test_runner::{Config, TestRunner};

fn run(cases: u32, kinds: step::Kinds) {
    let cases = match std::env::var("PATCHBAY_CASES") {
        Ok(text) => text.parse().expect("PATCHBAY_CASES is a number"),
        Err(_) => cases,
    };
    let config =
        Config { cases, max_shrink_iters: 30, failure_persistence: None, ..Config::default() };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    TestRunner::new(config)
        .run(&step::batches(kinds), |batches| {
            runtime.block_on(case::run(&batches));
            Ok(())
        })
        .unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn streams_balance() {
    run(80, step::Kinds::Streams);
}

#[test]
fn datagrams_balance() {
    run(80, step::Kinds::Datagrams);
}

#[test]
fn both_at_once_balance() {
    run(80, step::Kinds::Both);
}

#[test]
fn unix_sockets_balance() {
    run(80, step::Kinds::Unix);
}
