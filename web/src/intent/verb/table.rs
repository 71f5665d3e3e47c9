//! Owns the forms' inputs as a table: name, inputs, bounds, what stands there at first.

use super::Verb;
use protocol::limit;

/// One input of a form. All values are text, as inputs hold them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// An address or a bare port; may be left empty where optional.
    Address {
        /// Whether it may be left empty.
        optional: bool,
    },
    /// A whole number with bounds.
    Number {
        /// The least.
        min: i64,
        /// The most.
        max: i64,
        /// What stands there at first; `None` may be left empty.
        usual: Option<i64>,
        /// Its unit, as a key of the page's words; "" for none.
        unit: &'static str,
    },
    /// 0 to 100 with up to four decimals.
    Percent,
    /// On (`"on"`) or off (`""`).
    Flag {
        /// What stands there at first.
        usual: bool,
        /// Its label, as a key of the page's words.
        label: &'static str,
    },
    /// One of a few, by keys of the page's words.
    Choice(&'static [&'static str]),
    /// Payload.
    Text {
        /// What stands there at first.
        usual: &'static str,
    },
}

const fn number(min: i64, max: i64, usual: Option<i64>, unit: &'static str) -> Input {
    Input::Number { min, max, usual, unit }
}

const ON: Input = Input::Flag { usual: true, label: "on" };
const BUFFER: Input = number(0, 0x7fff_ffff, Some(4096), "unit_bytes");
const MAX: Input = number(0, limit::RECV_BYTES as i64, Some(1024), "unit_bytes");
const MAX_AT_LEAST_1: Input = number(1, limit::RECV_BYTES as i64, Some(1024), "unit_bytes");
const EVERY: Input = number(0, 3_600_000, Some(100), "unit_every_ms");
const PEEK: Input = Input::Flag { usual: false, label: "peek" };
const AS: Input = Input::Choice(&["text", "hex", "fill"]);
const TO: Input = Input::Address { optional: false };
const PAYLOAD: Input = Input::Text { usual: "" };

/// Each form: its verb, its name, its inputs. In the order of [`Verb`].
pub(super) const FORMS: [(Verb, &str, &[Input]); 27] = [
    (Verb::Bind, "bind", &[TO]),
    (Verb::Listen, "listen", &[number(i32::MIN as i64, i32::MAX as i64, Some(5), "backlog")]),
    (Verb::Accept, "accept", &[]),
    (Verb::Connect, "connect", &[TO]),
    (Verb::Send, "send", &[PAYLOAD, AS, Input::Choice(&["once", "all"])]),
    (Verb::Recv, "recv", &[MAX, PEEK]),
    (Verb::SendTo, "sendto", &[PAYLOAD, TO, AS]),
    (Verb::RecvFrom, "recvfrom", &[MAX, PEEK]),
    (
        Verb::Burst,
        "burst",
        &[
            number(1, limit::BURST as i64, Some(10), "datagrams"),
            Input::Address { optional: true },
            number(0, 65_507, Some(200), "unit_bytes_each"),
        ],
    ),
    (Verb::Shutdown, "shutdown", &[Input::Choice(&["SHUT_WR", "SHUT_RD", "SHUT_RDWR"])]),
    (Verb::Close, "close", &[]),
    (Verb::Interrupt, "interrupt", &[]),
    (Verb::Timeout, "settimeout", &[number(0, 86_400_000, None, "unit_ms_or_never")]),
    (Verb::Nonblocking, "O_NONBLOCK", &[ON]),
    (Verb::Stop, "stop", &[]),
    (
        Verb::Serve,
        "serve",
        &[
            Input::Choice(&["echo", "answer", "read", "idle", "film"]),
            MAX_AT_LEAST_1,
            Input::Text { usual: "OK" },
            EVERY,
            Input::Choice(&["one_by_one", "side_by_side"]),
        ],
    ),
    (Verb::Reader, "reader", &[ON, MAX_AT_LEAST_1, EVERY]),
    (Verb::Timestamps, "SO_TIMESTAMPING", &[ON]),
    (Verb::ReuseAddress, "SO_REUSEADDR", &[ON]),
    (Verb::ReusePort, "SO_REUSEPORT", &[ON]),
    (Verb::SendBuffer, "SO_SNDBUF", &[BUFFER]),
    (Verb::ReceiveBuffer, "SO_RCVBUF", &[BUFFER]),
    (Verb::NoDelay, "TCP_NODELAY", &[ON]),
    (Verb::Keepalive, "SO_KEEPALIVE", &[ON, number(1, 32_767, None, "unit_idle_s")]),
    (Verb::Linger, "SO_LINGER", &[number(0, 65_535, None, "unit_s_or_off")]),
    (Verb::OnlyV6, "IPV6_V6ONLY", &[ON]),
    (Verb::Lossy, "SO_ATTACH_FILTER", &[Input::Percent]),
];
