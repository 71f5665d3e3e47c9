//! Owns the rule for what a machine lacks: skip loudly, or fail where `PATCHBAY_REQUIRE` names it.

use std::env;
use std::io::{self, Write as _};
use std::path::PathBuf;

/// Says that the calling test is skipped for want of `what`; panics where `PATCHBAY_REQUIRE` (names
/// with commas between) asks for it.
pub fn skip(what: &str, why: &str) {
    let required = env::var("PATCHBAY_REQUIRE").unwrap_or_default();
    assert!(
        !required.split(',').any(|name| name.trim() == what),
        "PATCHBAY_REQUIRE asks for `{what}`: {why}"
    );
    // Not eprintln!: the test runner would swallow it.
    let thread = std::thread::current();
    let _ = writeln!(io::stderr(), "SKIPPED {}: {why}", thread.name().unwrap_or("a test"));
}

/// The first of these programs that is in `PATH`.
pub fn program(names: &[&str]) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    names.iter().find_map(|name| {
        env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
    })
}
