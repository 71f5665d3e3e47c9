//! Owns the WebSocket: hello, welcome, coming back by itself, and what time it is at the relay.
//! Never looks into events.

use super::app::App;
use super::dom::window;
use super::listener::Listener;
use super::with;
use protocol::message::{POSTCARD, ToRelay, Welcome};
use protocol::{Command, CommandId, Nanos, Seq, codec, limit};
use wasm_bindgen::prelude::*;
use web_sys::{BinaryType, MessageEvent, WebSocket};

/// How the page stands with the relay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// There is no token to say hello with.
    NoToken,
    /// Not yet welcome.
    Connecting,
    /// Welcome.
    Live,
    /// Gone; it is tried again.
    Lost,
    /// Not accepted: why.
    Refused(String),
    /// There is no relay: a recording is shown.
    Replay,
}

/// The relay's clock, as far as the page can tell.
#[derive(Clone, Copy, Default)]
struct Anchor {
    relay: Nanos,
    page: f64,
}

struct Open {
    socket: WebSocket,
    _listeners: [Listener; 3],
}

impl Drop for Open {
    fn drop(&mut self) {
        let _ = self.socket.close();
    }
}

/// The connection.
pub(super) struct Link {
    token: Option<String>,
    /// How it stands.
    pub(super) state: State,
    /// The last welcome, without its snapshot.
    pub(super) welcome: Option<Welcome>,
    open: Option<Open>,
    retry_at: f64,
    wait: f64,
    anchor: Anchor,
}

const FIRST_WAIT: f64 = 250.0;
const LONGEST_WAIT: f64 = 2_000.0;
const KEY: &str = "patchbay.token";

fn now_ms() -> f64 {
    window().performance().map_or(0.0, |performance| performance.now())
}

/// The token of the address, else that of this tab's earlier life.
fn token() -> Option<String> {
    let hash = window().location().hash().unwrap_or_default();
    let stored = || window().session_storage().ok().flatten();
    let fresh = hash.strip_prefix("#token=").and_then(|rest| rest.split('&').next());
    let fresh = fresh.filter(|token| !token.is_empty());
    if let Some(token) = fresh {
        if let Some(storage) = stored() {
            let _ = storage.set_item(KEY, token);
        }
        return Some(token.to_owned());
    }
    stored()?.get_item(KEY).ok().flatten()
}

/// Printable ASCII that needs no escape in JSON; a token or epoch has nothing else.
fn clean(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_graphic() && !matches!(c, '"' | '\\')).collect()
}

impl Link {
    /// Not yet connected.
    pub(super) fn new() -> Self {
        let token = token();
        let state = if token.is_some() { State::Connecting } else { State::NoToken };
        Self {
            token,
            state,
            welcome: None,
            open: None,
            retry_at: 0.0,
            wait: FIRST_WAIT,
            anchor: Anchor::default(),
        }
    }

    /// Another link was opened in this tab.
    pub(super) fn renew(&mut self) {
        let token = token();
        if token.is_some() && token != self.token && self.state != State::Replay {
            *self = Self::new();
        }
    }

    /// Connects when it is time to.
    pub(super) fn poll(&mut self) {
        let waits = matches!(self.state, State::Connecting | State::Lost);
        if self.open.is_none() && waits && now_ms() >= self.retry_at {
            self.connect();
        }
    }

    fn connect(&mut self) {
        let Ok(host) = window().location().host() else { return };
        let Ok(socket) = WebSocket::new_with_str(&format!("ws://{host}/ws"), POSTCARD) else {
            return self.lost();
        };
        socket.set_binary_type(BinaryType::Arraybuffer);
        let listeners = [
            Listener::new(&socket, "open", |_| with(App::hello)),
            Listener::new(&socket, "message", |event| {
                let data = event.unchecked_ref::<MessageEvent>().data();
                if let Ok(buffer) = data.dyn_into::<js_sys::ArrayBuffer>() {
                    let bytes = js_sys::Uint8Array::new(&buffer).to_vec();
                    with(|app| app.heard(&bytes));
                }
            }),
            Listener::new(&socket, "close", |_| with(App::lost)),
        ];
        self.open = Some(Open { socket, _listeners: listeners });
    }

    /// Says hello, going on after `seq` of the epoch that is known.
    pub(super) fn hello(&self, seq: Seq) {
        let (Some(open), Some(token)) = (&self.open, &self.token) else { return };
        let resume = match &self.welcome {
            Some(welcome) if seq > 0 => {
                format!("{{\"epoch\":\"{}\",\"seq\":{seq}}}", clean(&welcome.epoch))
            }
            _ => "null".to_owned(),
        };
        let version = limit::VERSION;
        let token = clean(token);
        let _ = open.socket.send_with_str(&format!(
            "{{\"hello\":{{\"version\":{version},\"token\":\"{token}\",\"resume\":{resume}}}}}"
        ));
    }

    /// The relay's first word.
    pub(super) fn welcomed(&mut self, welcome: Welcome) {
        self.anchor = Anchor { relay: welcome.now, page: now_ms() };
        self.welcome = Some(welcome);
        self.state = State::Live;
        self.wait = FIRST_WAIT;
    }

    /// Not accepted; no use in trying again.
    pub(super) fn refused(&mut self, why: String) {
        self.state = State::Refused(why);
        self.open = None;
    }

    /// A recording takes the relay's place.
    pub(super) fn replays(&mut self, welcome: Welcome) {
        self.open = None;
        self.anchor = Anchor { relay: welcome.now, page: 0.0 };
        self.welcome = Some(welcome);
        self.state = State::Replay;
    }

    /// The connection has ended; the relay's clock is not guessed any further.
    pub(super) fn lost(&mut self) {
        if matches!(self.state, State::Refused(_) | State::Replay) {
            return;
        }
        self.anchor = Anchor { relay: self.now(), page: now_ms() };
        self.open = None;
        self.state = State::Lost;
        self.retry_at = now_ms() + self.wait;
        self.wait = (self.wait * 2.0).min(LONGEST_WAIT);
    }

    /// The relay's moment now.
    pub(super) fn now(&self) -> Nanos {
        if self.state != State::Live {
            return self.anchor.relay;
        }
        self.anchor.relay + ((now_ms() - self.anchor.page).max(0.0) * 1e6) as Nanos
    }

    /// An event of that moment came: the clock is at least there.
    pub(super) fn seen(&mut self, at: Nanos) {
        if at > self.now() {
            // What is seen of a recording is its end so far.
            self.anchor = Anchor { relay: at, page: now_ms() };
        }
    }

    /// Gives a command, if somebody is there.
    pub(super) fn ask(&self, id: CommandId, ask: &Command) -> bool {
        let Some(open) = self.open.as_ref().filter(|_| self.state == State::Live) else {
            return false;
        };
        let frame = codec::encode_command(&ToRelay::Command { id, ask: ask.clone() });
        open.socket.send_with_u8_array(&frame).is_ok()
    }
}
