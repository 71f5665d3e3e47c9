//! A stand-in until the page is built into the binary: its shape, without its files.

/// A file as it is served.
#[derive(Clone, Copy, Debug)]
pub struct Asset {
    /// Its media type.
    pub mime: &'static str,
    /// Its bytes.
    pub bytes: &'static [u8],
}

/// Whether the page is missing.
pub const PAGE_IS_STUB: bool = true;

/// The file served under exactly this path.
pub fn get(path: &str) -> Option<Asset> {
    (path == "/").then_some(Asset { mime: "text/html; charset=utf-8", bytes: b"<!doctype html>" })
}
