//! Owns the reading of a form's inputs, each by its place and its kind.

use super::super::parse::{self, Here, Problem, maybe, number};
use super::{Input, Verb, Wrong};
use protocol::command::{Application, Reading, Serving, SocketOption};

/// Frames of a film that a form asks for: five seconds.
const FILM: u32 = 250;

/// The inputs of one form.
pub(super) struct Form {
    pub(super) verb: Verb,
    pub(super) here: Here,
    pub(super) texts: Vec<String>,
}

impl Form {
    pub(super) fn text(&self, input: usize) -> &str {
        self.texts.get(input).map_or("", String::as_str)
    }

    pub(super) fn flag(&self, input: usize) -> bool {
        self.text(input) == "on"
    }

    pub(super) fn number(&self, input: usize) -> Result<i64, Wrong> {
        let Some(Input::Number { min, max, .. }) = self.verb.inputs().get(input) else {
            return Ok(0);
        };
        number(self.text(input), *min, *max).map_err(at(input))
    }

    pub(super) fn maybe(&self, input: usize) -> Result<Option<i64>, Wrong> {
        let Some(Input::Number { min, max, .. }) = self.verb.inputs().get(input) else {
            return Ok(None);
        };
        maybe(self.text(input), *min, *max).map_err(at(input))
    }

    pub(super) fn address(&self, input: usize) -> Result<protocol::Address, Wrong> {
        let bare = if self.verb == Verb::Bind { self.here.own() } else { self.here.far() };
        parse::address(self.text(input), self.here, bare).map_err(at(input))
    }

    pub(super) fn maybe_address(&self, input: usize) -> Result<Option<protocol::Address>, Wrong> {
        if self.text(input).trim().is_empty() { Ok(None) } else { self.address(input).map(Some) }
    }

    pub(super) fn payload(&self, text: usize, form: usize) -> Result<protocol::data::Data, Wrong> {
        parse::payload(self.text(text), self.text(form)).map_err(at(text))
    }

    /// What an automatic reader does, by the places of its two inputs.
    pub(super) fn reading(&self, max: usize, every: usize) -> Result<Reading, Wrong> {
        let (max, every) = (self.number(max)? as u32, self.number(every)?);
        Ok(Reading { max, every: parse::millis(every) })
    }

    pub(super) fn serving(&self) -> Result<Serving, Wrong> {
        let max = || self.number(1).map(|max| max as u32);
        let app = match self.text(0) {
            "echo" => Application::Echo { max: max()? },
            "answer" => Application::Answer {
                max: max()?,
                data: parse::payload(self.text(2), "text").map_err(at(2))?,
            },
            "read" => Application::Read(self.reading(1, 3)?),
            "film" => Application::Film { to: None, frames: FILM, every: protocol::film::EVERY },
            _ => Application::Idle,
        };
        Ok(Serving { app, side_by_side: self.text(4) == "side_by_side" })
    }

    /// Per cent, as parts per million.
    fn share(&self, input: usize) -> Result<u32, Wrong> {
        let share = parse::decimal(self.text(input), 4).map_err(at(input))?.unwrap_or(0);
        let most = 100 * 10_000;
        if share > most {
            return Err(Wrong { input, problem: Problem::Number(0, 100) });
        }
        Ok(share as u32)
    }

    pub(super) fn option(&self, verb: Verb) -> Result<SocketOption, Wrong> {
        Ok(match verb {
            Verb::ReusePort => SocketOption::ReusePort(self.flag(0)),
            Verb::SendBuffer => SocketOption::SendBuffer(self.number(0)? as u32),
            Verb::ReceiveBuffer => SocketOption::ReceiveBuffer(self.number(0)? as u32),
            Verb::NoDelay => SocketOption::NoDelay(self.flag(0)),
            Verb::Keepalive => {
                SocketOption::Keepalive { on: self.flag(0), idle: self.maybe(1)?.map(|s| s as u16) }
            }
            Verb::Linger => SocketOption::Linger(self.maybe(0)?.map(|s| s as u16)),
            Verb::OnlyV6 => SocketOption::OnlyV6(self.flag(0)),
            Verb::Timestamps => SocketOption::Timestamps(self.flag(0)),
            Verb::Lossy => SocketOption::Lossy(self.share(0)?),
            _ => SocketOption::ReuseAddress(self.flag(0)),
        })
    }
}

fn at(input: usize) -> impl Fn(Problem) -> Wrong {
    move |problem| Wrong { input, problem }
}
