//! Owns every call as a form: its inputs, their bounds and defaults, and the command that they make.

mod form;

use super::parse::{Here, Problem, millis};
use form::Form;
use protocol::command::{Half, Reading};
use protocol::{Command, SocketId, limit};

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
    Text,
}

/// A call, or one of its variants that deserves a form of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each is named as its call or option; Verb::name says it")]
pub enum Verb {
    Bind,
    Listen,
    Accept,
    Connect,
    Send,
    Recv,
    SendTo,
    RecvFrom,
    Burst,
    Reader,
    Shutdown,
    Close,
    Interrupt,
    Timeout,
    Nonblocking,
    ReuseAddress,
    ReusePort,
    SendBuffer,
    ReceiveBuffer,
    NoDelay,
    Keepalive,
    Linger,
    OnlyV6,
}

/// An input that makes no sense: which, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// Its place among the form's inputs.
    pub input: usize,
    /// Why.
    pub problem: Problem,
}

const ON: Input = Input::Flag { usual: true, label: "on" };
const BUFFER: Input =
    Input::Number { min: 0, max: 0x7fff_ffff, usual: Some(4096), unit: "unit_bytes" };
const MAX: Input =
    Input::Number { min: 0, max: limit::RECV_BYTES as i64, usual: Some(1024), unit: "unit_bytes" };
const PEEK: Input = Input::Flag { usual: false, label: "peek" };
const AS: Input = Input::Choice(&["text", "hex", "fill"]);

impl Verb {
    /// All of them, as the inspector lists them.
    pub const ALL: [Self; 23] = [
        Self::Bind,
        Self::Listen,
        Self::Accept,
        Self::Connect,
        Self::Send,
        Self::Recv,
        Self::SendTo,
        Self::RecvFrom,
        Self::Burst,
        Self::Reader,
        Self::Shutdown,
        Self::Close,
        Self::Interrupt,
        Self::Timeout,
        Self::Nonblocking,
        Self::ReuseAddress,
        Self::ReusePort,
        Self::SendBuffer,
        Self::ReceiveBuffer,
        Self::NoDelay,
        Self::Keepalive,
        Self::Linger,
        Self::OnlyV6,
    ];

    /// The name of the call or option: the form's key, and its label in both languages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bind => "bind",
            Self::Listen => "listen",
            Self::Accept => "accept",
            Self::Connect => "connect",
            Self::Send => "send",
            Self::Recv => "recv",
            Self::SendTo => "sendto",
            Self::RecvFrom => "recvfrom",
            Self::Burst => "burst",
            Self::Reader => "reader",
            Self::Shutdown => "shutdown",
            Self::Close => "close",
            Self::Interrupt => "interrupt",
            Self::Timeout => "settimeout",
            Self::Nonblocking => "O_NONBLOCK",
            Self::ReuseAddress => "SO_REUSEADDR",
            Self::ReusePort => "SO_REUSEPORT",
            Self::SendBuffer => "SO_SNDBUF",
            Self::ReceiveBuffer => "SO_RCVBUF",
            Self::NoDelay => "TCP_NODELAY",
            Self::Keepalive => "SO_KEEPALIVE",
            Self::Linger => "SO_LINGER",
            Self::OnlyV6 => "IPV6_V6ONLY",
        }
    }

    /// The verb of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verb| verb.name() == name)
    }

    /// Whether it is a setsockopt.
    pub fn is_option(self) -> bool {
        self >= Self::ReuseAddress
    }

    /// Its inputs, in order.
    pub fn inputs(self) -> &'static [Input] {
        match self {
            Self::Bind | Self::Connect => &[Input::Address { optional: false }],
            Self::Listen => &[Input::Number {
                min: i32::MIN as i64,
                max: i32::MAX as i64,
                usual: Some(5),
                unit: "backlog",
            }],
            Self::Accept | Self::Close | Self::Interrupt => &[],
            Self::Send => &[Input::Text, AS, Input::Choice(&["once", "all"])],
            Self::Recv | Self::RecvFrom => &[MAX, PEEK],
            Self::SendTo => &[Input::Text, Input::Address { optional: false }, AS],
            Self::Burst => &[
                Input::Number {
                    min: 1,
                    max: limit::BURST as i64,
                    usual: Some(10),
                    unit: "datagrams",
                },
                Input::Address { optional: true },
                Input::Number { min: 0, max: 65_507, usual: Some(200), unit: "unit_bytes_each" },
            ],
            Self::Reader => &[
                ON,
                Input::Number {
                    min: 1,
                    max: limit::RECV_BYTES as i64,
                    usual: Some(1024),
                    unit: "unit_bytes",
                },
                Input::Number { min: 0, max: 3_600_000, usual: Some(100), unit: "unit_every_ms" },
            ],
            Self::Shutdown => &[Input::Choice(&["SHUT_WR", "SHUT_RD", "SHUT_RDWR"])],
            Self::Timeout => {
                &[Input::Number { min: 0, max: 86_400_000, usual: None, unit: "unit_ms_or_never" }]
            }
            Self::SendBuffer | Self::ReceiveBuffer => &[BUFFER],
            Self::Nonblocking
            | Self::ReuseAddress
            | Self::ReusePort
            | Self::NoDelay
            | Self::OnlyV6 => &[ON],
            Self::Keepalive => {
                &[ON, Input::Number { min: 1, max: 32_767, usual: None, unit: "unit_idle_s" }]
            }
            Self::Linger => {
                &[Input::Number { min: 0, max: 65_535, usual: None, unit: "unit_s_or_off" }]
            }
        }
    }

    /// What stands in an input at first.
    pub fn usual(self, input: usize) -> String {
        match self.inputs().get(input) {
            Some(Input::Number { usual: Some(usual), .. }) => usual.to_string(),
            Some(Input::Flag { usual: true, .. }) => "on".to_owned(),
            Some(Input::Choice(choices)) => choices[0].to_owned(),
            _ => String::new(),
        }
    }

    /// The command that the inputs' values make; those that are missing have their usual value.
    pub fn command(
        self,
        socket: SocketId,
        here: Here,
        values: &[String],
    ) -> Result<Command, Wrong> {
        let mut values = values.to_vec();
        values.extend((values.len()..self.inputs().len()).map(|input| self.usual(input)));
        let form = Form { verb: self, here, texts: values };
        Ok(match self {
            Self::Bind => Command::Bind { socket, address: form.address(0)? },
            Self::Listen => Command::Listen { socket, backlog: form.number(0)? as i32 },
            Self::Accept => Command::Accept { socket },
            Self::Connect => Command::Connect { socket, address: form.address(0)? },
            Self::Send => {
                Command::Send { socket, data: form.payload(0, 1)?, all: form.text(2) == "all" }
            }
            Self::Recv => Command::Recv { socket, max: form.number(0)? as u32, peek: form.flag(1) },
            Self::SendTo => {
                Command::SendTo { socket, address: form.address(1)?, data: form.payload(0, 2)? }
            }
            Self::RecvFrom => {
                Command::RecvFrom { socket, max: form.number(0)? as u32, peek: form.flag(1) }
            }
            Self::Burst => Command::Burst {
                socket,
                count: form.number(0)? as u32,
                address: form.maybe_address(1)?,
                bytes: form.number(2)? as u32,
            },
            Self::Reader => Command::Reader {
                socket,
                set: if form.flag(0) {
                    Some(Reading { max: form.number(1)? as u32, every: millis(form.number(2)?) })
                } else {
                    None
                },
            },
            Self::Shutdown => Command::Shutdown {
                socket,
                how: match form.text(0) {
                    "SHUT_RD" => Half::Read,
                    "SHUT_RDWR" => Half::Both,
                    _ => Half::Write,
                },
            },
            Self::Close => Command::Close { socket },
            Self::Interrupt => Command::Interrupt { socket, call: None },
            Self::Timeout => Command::Timeout { socket, after: form.maybe(0)?.map(millis) },
            Self::Nonblocking => Command::Nonblocking { socket, on: form.flag(0) },
            option => Command::Option { socket, set: form.option(option)? },
        })
    }
}

#[cfg(test)]
mod tests;
