//! Owns the answers: their headers, which are the same on all, and their bodies. Never decides which.

use crate::assets::Asset;
use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{self, HeaderName, HeaderValue};
use hyper::{Response, StatusCode};

/// An HTTP answer.
pub(super) type Answer = Response<Full<Bytes>>;

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

/// An empty answer.
pub(super) fn answer(status: StatusCode) -> Answer {
    let mut answer = Answer::default();
    *answer.status_mut() = status;
    for (name, value) in HEADERS {
        answer.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    answer
}

/// A file.
pub(super) fn asset(asset: Asset) -> Answer {
    with(answer(StatusCode::OK), asset.mime, Bytes::from_static(asset.bytes))
}

/// A no, in one sentence.
pub(super) fn refusal(status: StatusCode, sentence: &str) -> Answer {
    let body = Bytes::from(format!("{sentence}\n"));
    let mut no = with(answer(status), "text/plain; charset=utf-8", body);
    if status == StatusCode::METHOD_NOT_ALLOWED {
        no.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
    }
    no
}

fn with(mut answer: Answer, mime: &'static str, body: Bytes) -> Answer {
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(mime));
    *answer.body_mut() = Full::new(body);
    answer
}
