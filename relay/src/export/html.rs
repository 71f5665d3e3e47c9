//! Owns the one file that replays by itself: shell, styles, scripts, wasm and recording in one HTML
//! document, whose own policy lets nothing else in (Content Security Policy Level 3, by hash).

use super::ExportError;
use crate::assets;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use protocol::recording::{Ending, open};
use sha2::{Digest as _, Sha256};
use std::io::Write;

/// What the page's own script begins with: here the module that it imports stands before it.
const IMPORT: &str = "import init, { replay } from \"/page.js\";";
/// And what stands in its place: wasm-bindgen's own name of what it exports by default.
const INSTEAD: &str = "const init = __wbg_init;";
const SCRIPT: &str = "<script type=\"module\" src=\"/boot.js\"></script>";
const STYLE: &str = "<link rel=\"stylesheet\" href=\"";
const LINK: &str = "<link ";

/// Writes a document that shows a recording in any browser, from a file, without a relay.
///
/// # Errors
/// See [`ExportError`]; `Nothing` in a relay that was built without its page.
pub fn html(recording: &[u8], mut out: impl Write) -> Result<Ending, ExportError> {
    let (_, mut blocks) = open(recording)?;
    blocks.by_ref().for_each(drop);
    let parts = Parts::of_page().ok_or(ExportError::Nothing(
        "This relay was built without its page, so it has none to write.",
    ))?;
    let document = parts.document(recording);
    out.write_all(document.as_bytes())?;
    out.flush()?;
    Ok(blocks.ending())
}

/// The page, taken apart.
struct Parts {
    shell: &'static str,
    styles: Vec<&'static str>,
    script: String,
    wasm: &'static [u8],
}

impl Parts {
    fn of_page() -> Option<Self> {
        let text = |path| std::str::from_utf8(assets::get(path)?.bytes).ok();
        let shell = text("/")?;
        let styles = shell
            .split(STYLE)
            .skip(1)
            .map(|rest| text(rest.split('"').next()?))
            .collect::<Option<_>>()?;
        let boot = text("/boot.js")?.replacen(IMPORT, INSTEAD, 1);
        // In a block of its own: the names of the two do not meet.
        let script = format!("{}\n{{\n{boot}}}\n", text("/page.js")?);
        Some(Self { shell, styles, script, wasm: assets::get("/page_bg.wasm")?.bytes })
    }

    fn document(&self, recording: &[u8]) -> String {
        let (head, body) = self.shell.split_once("</head>").unwrap_or((self.shell, ""));
        let head: String = head
            .lines()
            .filter(|line| !line.starts_with(LINK) && *line != SCRIPT)
            .flat_map(|line| [line, "\n"])
            .collect();
        // The policy comes before what it judges, the character set before the policy.
        let (first, rest) = head.split_once("<meta charset=\"utf-8\">").unwrap_or((&head, ""));
        let policy = self.policy();
        let styles: String =
            self.styles.iter().flat_map(|style| ["<style>", style, "</style>\n"]).collect();
        let (main, end) = body.rsplit_once("</body>").unwrap_or((body, ""));
        let data = |id: &str, bytes: &[u8]| {
            let text = BASE64_STANDARD.encode(bytes);
            format!("<script type=\"application/octet-stream\" id=\"{id}\">{text}</script>\n")
        };
        [
            first,
            "<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" content=\"",
            &policy,
            "\">",
            rest,
            &styles,
            "</head>",
            main,
            &data("inline-wasm", self.wasm),
            &data("inline-recording", recording),
            "<script type=\"module\">",
            &self.script,
            "</script>\n</body>",
            end,
        ]
        .concat()
    }

    fn policy(&self) -> String {
        let hash =
            |text: &str| format!("'sha256-{}'", BASE64_STANDARD.encode(Sha256::digest(text)));
        let styles: Vec<String> = self.styles.iter().map(|style| hash(style)).collect();
        format!(
            "default-src 'none'; script-src {} 'wasm-unsafe-eval'; style-src {}; img-src data:; \
             require-trusted-types-for 'script'; trusted-types 'none'; base-uri 'none'; form-action 'none'",
            hash(&self.script),
            styles.join(" "),
        )
    }
}
