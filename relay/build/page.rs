//! Owns the page's compilation: nested cargo for package `web`, then wasm-bindgen. Never looks at `www`.

use crate::target::TRIPLE;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};
use wasm_bindgen_cli_support::Bindgen;

/// What cargo tells a build script about the native build, and the user about every build: for the
/// page it would be wrong, or make cargo compile everything anew whenever it differs.
const NOT_FOR_THE_PAGE: [&str; 12] = [
    "CARGO_BUILD_RUSTFLAGS",
    "CARGO_BUILD_TARGET",
    "CARGO_ENCODED_RUSTFLAGS",
    "CARGO_MAKEFLAGS",
    "CARGO_TARGET_DIR",
    "CLIPPY_ARGS",
    "MAKEFLAGS",
    "OUT_DIR",
    "RUSTC",
    "RUSTC_WORKSPACE_WRAPPER",
    "RUSTFLAGS",
    "TARGET",
];

/// Compiles `web` into the workspace's one `target/page`; returns the wasm file.
pub(crate) fn compile(workspace: &Path) -> Result<PathBuf, String> {
    let folder = workspace.join("target/page");
    let wasm = folder.join(TRIPLE).join("page/web.wasm");
    if !wasm.exists() {
        announce("building the page too, about a minute this first time");
    }
    let mut cargo = Command::new(env::var_os("CARGO").expect("cargo sets CARGO"));
    cargo.args([
        "build",
        "--locked",
        "--package",
        "web",
        "--lib",
        "--profile",
        "page",
        "--target",
        TRIPLE,
        "--target-dir",
    ]);
    cargo.arg(&folder).current_dir(workspace);
    for name in NOT_FOR_THE_PAGE {
        cargo.env_remove(name);
    }
    let status =
        cargo.status().map_err(|e| format!("The page was not built: cargo did not start: {e}"))?;
    if status.success() {
        Ok(wasm)
    } else {
        Err("The page (package `web`) does not compile; cargo says why below.".into())
    }
}

/// The source files that `wasm` was made of, from the dep-info beside it.
pub(crate) fn sources(wasm: &Path) -> Result<Vec<PathBuf>, String> {
    let info = wasm.with_extension("d");
    let text = fs::read_to_string(&info).map_err(|e| format!("{}: {e}", info.display()))?;
    let (_, files) =
        text.split_once(": ").ok_or_else(|| format!("{} is no dep-info.", info.display()))?;
    // A blank inside a path is written `\ `.
    Ok(files
        .trim()
        .replace("\\ ", "\0")
        .split(' ')
        .map(|file| file.replace('\0', " ").into())
        .collect())
}

/// Runs wasm-bindgen on `wasm`; returns the folder that holds `page.js`, `page_bg.wasm` and any snippets.
pub(crate) fn bind(wasm: &Path, out: &Path) -> Result<PathBuf, String> {
    let folder = out.join("page");
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    }
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(wasm)
        .out_name("page")
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        .omit_default_module_path(false);
    bindgen
        .web(true)
        .and_then(|b| b.generate(&folder))
        .map_err(|e| format!("wasm-bindgen: {e:#}"))?;
    Ok(folder)
}

/// Cargo shows a build script's words only once it has ended; a terminal is told at once.
fn announce(words: &str) {
    if let Ok(mut terminal) = fs::OpenOptions::new().write(true).open("/dev/tty") {
        let _ = write!(terminal, "\r\x1b[K    Patchbay {words}\r\n");
    }
}
