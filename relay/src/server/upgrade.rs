//! Owns the WebSocket's opening handshake (RFC 6455, section 4.2). Never touches the stream.

use super::answer::Refusal;
use crate::session::Form;
use axum::extract::FromRequestParts;
use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode, Version};
use axum::response::{IntoResponse, Response};
use hyper::upgrade::OnUpgrade;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

/// An opening handshake that may be accepted.
pub(super) struct Handshake {
    pub(super) accepted: Accepted,
    /// Gives the stream once the answer is written.
    pub(super) upgrade: OnUpgrade,
}

/// The answer that accepts it.
pub(super) struct Accepted {
    pub(super) form: Form,
    /// Whether the form was asked for by name, and is to be named in the answer.
    named: bool,
    key: HeaderValue,
}

impl<S: Sync> FromRequestParts<S> for Handshake {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let bad = |lacks| Refusal::new(StatusCode::BAD_REQUEST, lacks);
        let accepted = read(parts).map_err(bad)?;
        let upgrade = parts.extensions.remove::<OnUpgrade>();
        upgrade
            .map(|upgrade| Self { accepted, upgrade })
            .ok_or_else(|| bad("This connection cannot become a WebSocket."))
    }
}

/// The answer, or what the handshake lacks, in one sentence.
fn read(request: &Parts) -> Result<Accepted, &'static str> {
    let headers = &request.headers;
    if request.method != Method::GET
        || request.version != Version::HTTP_11
        || !lists(headers, header::CONNECTION, "upgrade")
        || !lists(headers, header::UPGRADE, "websocket")
    {
        return Err("A WebSocket opens here, with GET, HTTP/1.1, Connection and Upgrade.");
    }
    if headers.get(header::SEC_WEBSOCKET_VERSION).is_none_or(|version| version != "13") {
        return Err("Sec-WebSocket-Version must be 13.");
    }
    let key = headers.get(header::SEC_WEBSOCKET_KEY).filter(|key| key.len() == 24);
    let key = key.ok_or("Sec-WebSocket-Key must be 16 bytes in base64.")?;
    let key = HeaderValue::try_from(derive_accept_key(key.as_bytes()))
        .map_err(|_| "Sec-WebSocket-Key makes no sense.")?;
    let mut wanted = items(headers, header::SEC_WEBSOCKET_PROTOCOL).peekable();
    let named = wanted.peek().is_some();
    let form = match wanted.find_map(Form::named) {
        Some(form) => form,
        None if named => {
            return Err("The subprotocols here are patchbay.json.v1 and patchbay.postcard.v1.");
        }
        None => Form::Json,
    };
    Ok(Accepted { form, named, key })
}

impl IntoResponse for Accepted {
    fn into_response(self) -> Response {
        let fixed = [
            (header::CONNECTION, HeaderValue::from_static("upgrade")),
            (header::UPGRADE, HeaderValue::from_static("websocket")),
            (header::SEC_WEBSOCKET_ACCEPT, self.key),
        ];
        let named = self.named.then(|| [(header::SEC_WEBSOCKET_PROTOCOL, self.form.name())]);
        (StatusCode::SWITCHING_PROTOCOLS, fixed, named, ()).into_response()
    }
}

/// The items of a comma-separated header (RFC 9110, section 5.6.1).
fn items(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = &str> {
    let values = headers.get_all(name).into_iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).map(str::trim).filter(|item| !item.is_empty())
}

fn lists(headers: &HeaderMap, name: HeaderName, wanted: &str) -> bool {
    items(headers, name).any(|item| item.eq_ignore_ascii_case(wanted))
}
