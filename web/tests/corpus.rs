//! Gives the fuzzer's seeds and finds (`relay/fuzz`) to what only the page reads.

#[path = "../../relay/fuzz/src/page.rs"]
#[allow(unreachable_pub, missing_docs, reason = "it is the fuzzer's file")]
mod page;

use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn every_seed_and_every_find_is_taken() {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("../relay/fuzz");
    for (name, target) in page::TARGETS {
        let folders = [fuzz.join("corpus").join(name), fuzz.join("regression").join(name)];
        let entries = folders.iter().flat_map(|folder| fs::read_dir(folder).into_iter().flatten());
        let files: Vec<PathBuf> = entries.map(|entry| entry.expect("readable").path()).collect();
        assert!(files.len() >= 2, "{name} has {} inputs", files.len());
        for file in files {
            let bytes = fs::read(&file).expect("readable");
            let taken = std::panic::catch_unwind(|| target(&bytes));
            assert!(taken.is_ok(), "{name} breaks on {}", file.display());
        }
    }
}
