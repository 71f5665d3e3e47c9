//! Random bytes against one target, by libFuzzer: `PATCHBAY_FUZZ=TARGET`, and libFuzzer's own arguments.
//! `relay/fuzz/run` is the way to start it. Also holds the memory that one input may cost.

#![no_main]

mod memory;
mod page;
mod targets;

use libfuzzer_sys::fuzz_target;
use std::sync::OnceLock;
use targets::Target;

static TARGET: OnceLock<Target> = OnceLock::new();

fn chosen() -> Target {
    let name = std::env::var("PATCHBAY_FUZZ").unwrap_or_default();
    let all = targets::TARGETS.iter().chain(&page::TARGETS);
    let found = all.clone().find(|(own, _)| *own == name).map(|(_, target)| *target);
    found.unwrap_or_else(|| {
        let names: Vec<&str> = all.map(|(name, _)| *name).collect();
        panic!("PATCHBAY_FUZZ is one of {}, not {name:?}", names.join(", "))
    })
}

fuzz_target!(|bytes: &[u8]| {
    let target = *TARGET.get_or_init(chosen);
    memory::begin();
    target(bytes);
    memory::check(bytes.len());
});
