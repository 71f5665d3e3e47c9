//! Owns `OUT_DIR/assets.rs`: which file is served under which path, as what. Never compiles anything.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// Embeds the shell in `www` and the page that wasm-bindgen made in `bound`.
pub(crate) fn page(out: &Path, www: &Path, bound: &Path) -> Result<(), String> {
    let mut assets = files_below(www)?;
    assets.extend(files_below(bound)?);
    for (path, _) in &mut assets {
        if path == "/index.html" {
            "/".clone_into(path);
        }
    }
    write(out, false, assets)
}

/// Embeds one page that says that it is none.
pub(crate) fn stub(out: &Path, workspace: &Path) -> Result<(), String> {
    let file = workspace.join("relay/build/stub.html");
    println!("cargo::rerun-if-changed={}", file.display());
    write(out, true, vec![("/".to_owned(), file)])
}

fn write(out: &Path, stub: bool, mut assets: Vec<(String, PathBuf)>) -> Result<(), String> {
    assets.sort();
    let mut code = format!(
        "/// Whether `PATCHBAY_PAGE=skip` left the page out.\npub const PAGE_IS_STUB: bool = {stub};\n\n"
    );
    code.push_str("static FILES: &[(&str, Asset)] = &[\n");
    for (path, file) in &assets {
        let shown = file.display();
        let mime = mime(file).ok_or_else(|| {
            format!("{shown} has no known media type; name it in relay/build/embed.rs.")
        })?;
        let file = file
            .to_str()
            .ok_or_else(|| format!("{shown} is not UTF-8, so rustc cannot embed it."))?;
        let entry =
            format!("({path:?}, Asset {{ mime: {mime:?}, bytes: include_bytes!({file:?}) }})");
        writeln!(code, "    {entry},").expect("a String takes it");
    }
    code.push_str("];\n");
    let list = out.join("assets.rs");
    fs::write(&list, code).map_err(|e| format!("{}: {e}", list.display()))
}

/// Every file below `folder` with the path under which it is served.
fn files_below(folder: &Path) -> Result<Vec<(String, PathBuf)>, String> {
    let mut found = Vec::new();
    walk(folder, "", &mut found).map_err(|e| format!("{}: {e}", folder.display()))?;
    Ok(found)
}

fn walk(folder: &Path, prefix: &str, found: &mut Vec<(String, PathBuf)>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = format!("{prefix}/{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            walk(&entry.path(), &path, found)?;
        } else {
            found.push((path, entry.path()));
        }
    }
    Ok(())
}

fn mime(file: &Path) -> Option<&'static str> {
    Some(match file.extension()?.to_str()? {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "wasm" => "application/wasm",
        _ => return None,
    })
}
