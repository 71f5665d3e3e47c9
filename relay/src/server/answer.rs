//! Owns the answers: their headers, which are the same on all, and their bodies. Never decides which.

use crate::assets::Asset;
use axum::http::StatusCode;
use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};

/// What the page may do: load its own files and wasm, and speak with this relay ('self' covers
/// ws: of the same host and port, CSP 3 section 6.7.2.8). No inline script, no innerHTML, no frames.
const CONTENT_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; \
    connect-src 'self'; style-src 'self'; img-src 'self' data:; \
    require-trusted-types-for 'script'; trusted-types 'none'; frame-ancestors 'none'; \
    base-uri 'none'; form-action 'none'";

const HEADERS: [(HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CACHE_CONTROL, "no-cache"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// Sets the headers that every answer carries.
pub(super) fn strict(headers: &mut HeaderMap) {
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

impl IntoResponse for Asset {
    fn into_response(self) -> Response {
        ([(header::CONTENT_TYPE, self.mime)], self.bytes).into_response()
    }
}

/// A no, in one sentence.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    sentence: String,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, sentence: impl Into<String>) -> Self {
        Self { status, sentence: sentence.into() }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut no = (self.status, format!("{}\n", self.sentence)).into_response();
        if self.status == StatusCode::METHOD_NOT_ALLOWED {
            no.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
        }
        no
    }
}
