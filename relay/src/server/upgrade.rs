//! Owns the WebSocket's opening handshake (RFC 6455, section 4.2). Pure: never touches the stream.

use super::answer::Answer;
use crate::session::Form;
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::{Method, Request, Version};
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

/// What an opening handshake asks for.
pub(super) struct Handshake {
    pub(super) form: Form,
    /// Whether the form was asked for by name, and is to be named in the answer.
    named: bool,
    accept: HeaderValue,
}

/// The handshake, or what it lacks, in one sentence.
pub(super) fn read<B>(request: &Request<B>) -> Result<Handshake, &'static str> {
    let headers = request.headers();
    if *request.method() != Method::GET
        || request.version() != Version::HTTP_11
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
    let accept = derive_accept_key(key.as_bytes());
    let accept = HeaderValue::try_from(accept).map_err(|_| "Sec-WebSocket-Key makes no sense.")?;
    let mut wanted = items(headers, header::SEC_WEBSOCKET_PROTOCOL).peekable();
    let named = wanted.peek().is_some();
    let form = match wanted.find_map(Form::named) {
        Some(form) => form,
        None if named => {
            return Err("The subprotocols here are patchbay.json.v1 and patchbay.postcard.v1.");
        }
        None => Form::Json,
    };
    Ok(Handshake { form, named, accept })
}

/// Makes `answer` the one that accepts the handshake.
pub(super) fn accept(mut answer: Answer, handshake: &Handshake) -> Answer {
    let headers = answer.headers_mut();
    headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(header::SEC_WEBSOCKET_ACCEPT, handshake.accept.clone());
    if handshake.named {
        let name = HeaderValue::from_static(handshake.form.name());
        headers.insert(header::SEC_WEBSOCKET_PROTOCOL, name);
    }
    answer
}

/// The items of a comma-separated header (RFC 9110, section 5.6.1).
fn items(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = &str> {
    let values = headers.get_all(name).into_iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).map(str::trim).filter(|item| !item.is_empty())
}

fn lists(headers: &HeaderMap, name: HeaderName, wanted: &str) -> bool {
    items(headers, name).any(|item| item.eq_ignore_ascii_case(wanted))
}
