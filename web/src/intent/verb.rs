//! Owns every call as a form: the command that its inputs make. The inputs themselves are a table.

mod form;
mod table;

use super::parse::{Here, Problem, millis};
use form::Form;
use protocol::command::Half;
use protocol::{Command, SocketId};
use table::FORMS;
pub use table::Input;

/// A call, or one of its variants that deserves a form of its own, in the order of the inspector.
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
    Shutdown,
    Close,
    Interrupt,
    Timeout,
    Nonblocking,
    Stop,
    Serve,
    Reader,
    Timestamps,
    ReuseAddress,
    ReusePort,
    SendBuffer,
    ReceiveBuffer,
    NoDelay,
    Keepalive,
    Linger,
    OnlyV6,
    Lossy,
}

/// An input that makes no sense: which, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// Its place among the form's inputs.
    pub input: usize,
    /// Why.
    pub problem: Problem,
}

impl Verb {
    /// All of them, as the inspector lists them.
    pub const ALL: [Self; FORMS.len()] = {
        let mut all = [Self::Bind; FORMS.len()];
        let mut place = 0;
        while place < FORMS.len() {
            all[place] = FORMS[place].0;
            place += 1;
        }
        all
    };

    /// The name of the call or option: the form's key, and its label in both languages.
    pub fn name(self) -> &'static str {
        FORMS[self as usize].1
    }

    /// The verb of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verb| verb.name() == name)
    }

    /// Whether it is a setsockopt.
    pub fn is_option(self) -> bool {
        self >= Self::Timestamps
    }

    /// The part of the inspector in which it stands, as a key of the page's words.
    pub fn part(self) -> &'static str {
        match self {
            Self::Serve | Self::Reader | Self::Stop => "automatic",
            Self::Timestamps => "life",
            _ if self.is_option() => "options",
            _ => "calls",
        }
    }

    /// Its inputs, in order.
    pub fn inputs(self) -> &'static [Input] {
        FORMS[self as usize].2
    }

    /// Where an input counts only for some choices of the form's first: those.
    pub fn when(self, input: usize) -> &'static str {
        match (self, input) {
            (Self::Serve, 1) => "echo answer read",
            (Self::Serve, 2) => "answer",
            (Self::Serve, 3) => "read",
            _ => "",
        }
    }

    /// What stands in an input at first.
    pub fn usual(self, input: usize) -> String {
        match self.inputs().get(input) {
            Some(Input::Number { usual: Some(usual), .. }) => usual.to_string(),
            Some(Input::Flag { usual: true, .. }) => "on".to_owned(),
            Some(Input::Choice(choices)) => choices[0].to_owned(),
            Some(Input::Text { usual }) => (*usual).to_owned(),
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
            Self::Serve => Command::Serve { socket, set: Some(form.serving()?) },
            Self::Reader => {
                let on = form.flag(0);
                Command::Reader { socket, set: on.then(|| form.reading(1, 2)).transpose()? }
            }
            Self::Stop => Command::Serve { socket, set: None },
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
