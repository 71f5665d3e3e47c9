//! Owns the wasm target's standard library: sees whether it is there, and asks rustup for it if not.
//! Never installs a toolchain.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The target that browsers run.
pub(crate) const TRIPLE: &str = "wasm32-unknown-unknown";

/// Returns once the toolchain in use can compile for [`TRIPLE`].
pub(crate) fn ensure() -> Result<(), String> {
    let libraries = libraries()?;
    if libraries.is_dir() {
        return Ok(());
    }
    let add = match toolchain(&libraries) {
        Some(name) => vec!["target", "add", "--toolchain", name, TRIPLE],
        None => vec!["target", "add", TRIPLE],
    };
    let command = format!("rustup {}", add.join(" "));
    let added = Command::new("rustup").args(&add).status().is_ok_and(|status| status.success());
    if added && libraries.is_dir() {
        return Ok(());
    }
    Err(format!(
        "The page needs Rust's standard library for {TRIPLE}, and it could not be added: run `{command}`, then build again."
    ))
}

/// Where the standard library for [`TRIPLE`] lies, or would.
fn libraries() -> Result<PathBuf, String> {
    let rustc = env::var_os("RUSTC").expect("cargo sets RUSTC");
    let output = Command::new(&rustc)
        .args(["--print", "target-libdir", "--target", TRIPLE])
        .output()
        .map_err(|e| format!("{} did not start: {e}", rustc.display()))?;
    let text = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() || text.trim().is_empty() {
        return Err(format!("{} does not know the target {TRIPLE}.", rustc.display()));
    }
    Ok(text.trim().into())
}

/// The rustup name of the toolchain that holds `libraries`: `…/toolchains/NAME/lib/rustlib/…`.
fn toolchain(libraries: &Path) -> Option<&str> {
    let root = libraries
        .ancestors()
        .find(|path| path.parent().is_some_and(|parent| parent.ends_with("toolchains")))?;
    root.file_name()?.to_str()
}
