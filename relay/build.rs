//! Builds the page and hands it to the relay's binary: `OUT_DIR/assets.rs` lists every embedded file.
//!
//! Owns the order of the steps and what makes cargo run them again. Each step lives in one file:
//! [`target`] (the wasm standard library), [`page`] (nested cargo, wasm-bindgen), [`embed`] (the list).

#[path = "build/embed.rs"]
mod embed;
#[path = "build/page.rs"]
mod page;
#[path = "build/target.rs"]
mod target;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            println!("cargo::error={}", message.replace('\n', " "));
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    println!("cargo::rerun-if-env-changed=PATCHBAY_PAGE");
    let out = path_from("OUT_DIR");
    let workspace =
        path_from("CARGO_MANIFEST_DIR").parent().expect("relay/ lies in the workspace").to_owned();
    if let Some(value) = env::var_os("PATCHBAY_PAGE") {
        if value == "skip" {
            return embed::stub(&out, &workspace);
        }
        return Err(format!("PATCHBAY_PAGE may be unset or `skip`, not `{}`.", value.display()));
    }

    watch(&workspace)?;
    target::ensure()?;
    let wasm = page::compile(&workspace)?;
    for source in page::sources(&wasm)? {
        rerun_if_changed(&source);
    }
    let bound = page::bind(&wasm, &out)?;
    embed::page(&out, &workspace.join("www"), &bound)
}

/// Everything outside the dep-info that changes the page: manifests, the lock, the shell.
fn watch(workspace: &Path) -> Result<(), String> {
    for name in ["Cargo.toml", "Cargo.lock", "rust-toolchain.toml", "www"] {
        rerun_if_changed(&workspace.join(name));
    }
    let entries = fs::read_dir(workspace).map_err(|e| format!("{}: {e}", workspace.display()))?;
    for manifest in
        entries.flatten().map(|entry| entry.path().join("Cargo.toml")).filter(|path| path.is_file())
    {
        rerun_if_changed(&manifest);
    }
    Ok(())
}

fn rerun_if_changed(path: &Path) {
    println!("cargo::rerun-if-changed={}", path.display());
}

fn path_from(name: &str) -> PathBuf {
    env::var_os(name).unwrap_or_else(|| panic!("cargo sets {name}")).into()
}
