//! Owns the files that are embedded in the binary: the page and its shell. Knows exact paths only; never
//! touches the file system or HTTP.

/// A file as it is served.
#[derive(Clone, Copy, Debug)]
pub struct Asset {
    /// Its media type (RFC 9110, section 8.3), with a charset where it is text.
    pub mime: &'static str,
    /// Its bytes.
    pub bytes: &'static [u8],
}

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// The file served under exactly this path: "/", "/page.js". Nothing is decoded, joined or searched.
pub fn get(path: &str) -> Option<Asset> {
    FILES.iter().find(|(name, _)| *name == path).map(|(_, asset)| *asset)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(path: &str) -> &'static str {
        std::str::from_utf8(get(path).unwrap_or_else(|| panic!("{path} is embedded")).bytes)
            .expect("UTF-8")
    }

    #[test]
    fn the_page_is_embedded() {
        let wasm = get("/page_bg.wasm").expect("tests need the page: unset PATCHBAY_PAGE");
        assert_eq!(get("/").unwrap().mime, "text/html; charset=utf-8");
        assert_eq!(wasm.mime, "application/wasm");
        assert!(wasm.bytes.starts_with(b"\0asm"));
    }

    #[test]
    fn only_exact_paths_are_found() {
        for path in [
            "",
            "index.html",
            "/index.html",
            "//",
            "/page.js/",
            "/../www/style.css",
            "/%70age.js",
            "/PAGE.JS",
            "/page.js\0",
        ] {
            assert!(get(path).is_none(), "{path:?}");
        }
    }

    #[test]
    fn the_shell_asks_only_for_what_is_embedded() {
        let html = text("/");
        let mut asked = 0;
        for attribute in [" src=\"", " href=\""] {
            for rest in html.split(attribute).skip(1) {
                let path = rest.split('"').next().unwrap();
                assert!(get(path).is_some(), "{path}");
                asked += 1;
            }
        }
        assert!(asked >= 3, "script, style, icon");
        assert!(text("/boot.js").contains("\"/page.js\""));
        assert!(text("/page.js").contains("page_bg.wasm"));
    }

    #[test]
    fn the_shell_keeps_to_the_policy() {
        let html = text("/");
        assert!(
            !html.contains("<style") && !html.contains(" style=") && !html.contains(" on"),
            "inline style or handler"
        );
        assert!(
            html.split("<script").skip(1).all(|tag| tag.starts_with(" type=\"module\" src=")),
            "inline script"
        );
    }

    #[test]
    fn every_file_has_bytes_and_a_path_of_its_own() {
        for (i, (path, asset)) in FILES.iter().enumerate() {
            assert!(path.starts_with('/') && !asset.bytes.is_empty(), "{path}");
            assert!(FILES[..i].iter().all(|(other, _)| other != path), "{path} twice");
        }
    }
}
