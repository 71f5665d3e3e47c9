//! Holds the WebSocket against Autobahn's own cases: an echo route that only test builds have, behind the
//! handshake, the settings and the last words of every session. The cases are kosoku's (PyPI), the
//! report is Autobahn's.

#[path = "../../tests/support/need.rs"]
#[allow(unreachable_pub, dead_code, reason = "it is the integration tests' file")]
mod need;
#[path = "../../tests/support/scratch.rs"]
#[allow(unreachable_pub, dead_code, reason = "likewise")]
mod scratch;

use super::place::Places;
use super::upgrade::{Accepted, Handshake};
use super::{CONNECTIONS, connection};
use crate::session::Config;
use crate::session::link::{End, Incoming, Link, send, sort};
use axum::Router;
use axum::routing::get;
use futures_util::StreamExt as _;
use hyper_util::rt::TokioIo;
use protocol::limit;
use serde_json::{Map, Value};
use std::process::Command;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::spawn_blocking;
use tokio_tungstenite::tungstenite::Message;

/// Cases that Autobahn itself calls not strict or not to be judged, with what it calls them, and why.
const EXPLAINED: [(&str, &str, &str); 5] = [
    ("6.4.3", "NON-STRICT", LATE),
    ("6.4.4", "NON-STRICT", LATE),
    (
        "7.1.6",
        "INFORMATIONAL",
        "What still comes of an answer of 256 KiB after a close is nobody's to say.",
    ),
    ("7.13.1", "INFORMATIONAL", UNDEFINED),
    ("7.13.2", "INFORMATIONAL", UNDEFINED),
];
const LATE: &str = "A text that is no UTF-8 is refused with 1007 at its frame's end, not at the first wrong \
    byte: the library checks frames whole, and section 8.1 of RFC 6455 sets no moment.";
const UNDEFINED: &str =
    "RFC 6455 gives close codes from 5000 on no meaning, so any answer to one will do.";

/// Sections whose messages pass [`limit::MESSAGE`], 256 KiB, but for these cases of theirs: in production
/// the others must end with 1009 (message too big), which Autobahn calls a failure to echo.
const LONG: [&str; 6] = ["9.1.", "9.2.", "9.3.", "9.4.", "9.5.", "9.6."];
const WITHIN: [&str; 4] = ["9.1.1", "9.1.2", "9.2.1", "9.2.2"];
/// Bytes of the suite's longest message.
const LONGEST: usize = 16 * 1024 * 1024;
/// Cases that are run.
const CASES: usize = 301;

/// Sends everything back, as a session sends its answers.
fn echo(most: usize, handshake: Handshake) -> Accepted {
    let Handshake { accepted, upgrade } = handshake;
    let form = accepted.form;
    tokio::spawn(async move {
        let Ok(upgraded) = upgrade.await else { return };
        let stream = TokioIo::new(upgraded);
        let mut link = Link::with(stream, form, &Config::default(), most).await;
        link.admit(most);
        let end = talk(&mut link).await;
        link.close(end).await;
    });
    accepted
}

async fn talk<S>(link: &mut Link<S>) -> End
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
{
    let outbox = link.outbox();
    let (mut sink, mut stream) = link.split();
    loop {
        let answer = match stream.next().await.map_or(Some(Incoming::Ended(End::Gone)), sort) {
            Some(Incoming::Text(text)) => Message::Text(text),
            Some(Incoming::Binary(bytes)) => Message::Binary(bytes),
            Some(Incoming::Ended(end)) => return end,
            None => continue,
        };
        if let Err(end) = send(&mut sink, &outbox, [answer]).await {
            return end;
        }
    }
}

/// Connections to the echo route, served as every connection is.
async fn serve(listener: TcpListener, most: usize) {
    let router = Router::new().route("/", get(async move |handshake| echo(most, handshake)));
    let places = Places::new(CONNECTIONS);
    let (_close, closing) = watch::channel(false);
    while let Ok((stream, _)) = listener.accept().await {
        let (place, router, closing) = (places.enter().await, router.clone(), closing.clone());
        tokio::spawn(connection(stream, router, place, closing, super::Config::default()));
    }
}

/// What Autobahn reports of every case, by its number, where messages may have so many bytes.
async fn report(kosoku: &std::path::Path, most: usize) -> Map<String, Value> {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("bound");
    let address = listener.local_addr().expect("its address").to_string();
    let server = tokio::spawn(serve(listener, most));
    let out = scratch::Scratch::new();
    let mut command = Command::new(kosoku);
    // 12 and 13 are of compression (RFC 7692), which is not offered.
    command.args(["-m", "fuzzingclient", "-x", "12.*", "-x", "13.*", "-p", "4", "-o"]);
    command.arg(out.path()).arg(address);
    let ran = spawn_blocking(move || command.output()).await.expect("no panic");
    server.abort();
    let index = std::fs::read(out.path().join("index.json"));
    let index = index.unwrap_or_else(|why| panic!("no report ({why}): {ran:?}"));
    let index: Value = serde_json::from_slice(&index).expect("JSON");
    let agents = index.as_object().expect("agents");
    agents.values().next().and_then(Value::as_object).expect("one agent").clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_websocket_keeps_to_rfc_6455() {
    let Some(kosoku) = need::program(&["kosoku"]) else {
        need::skip("conformance", "no kosoku in PATH (pip install kosoku)");
        return;
    };
    // Once as in production, and once with no other change than longer messages: nothing may fail then.
    for most in [limit::MESSAGE, LONGEST] {
        let report = report(&kosoku, most).await;
        assert_eq!(report.len(), CASES, "the suite's cases");
        for (case, told) in &report {
            let too_long = most < LONGEST && LONG.iter().any(|section| case.starts_with(section));
            let expected = EXPLAINED.iter().find(|(own, ..)| own == case);
            let expected = match expected {
                Some((_, called, _)) => called,
                None if too_long && !WITHIN.contains(&case.as_str()) => "FAILED",
                None => "OK",
            };
            assert_eq!(told["behavior"], expected, "{case} ({most}): {told}");
            if expected == "FAILED" {
                assert_eq!(told["remoteCloseCode"], 1009, "{case}: {told}");
            }
        }
    }
}
