//! Lets fuzzing (`relay/fuzz`) and the replay of what it found (`tests/corpus.rs`) reach the readers of
//! others' bytes that are nobody's business otherwise. Only forwards; no part of Patchbay calls it.

use crate::experiment::{Script, read};
use crate::session::{Form, Guests, Peer, hello, request};
use crate::state::Token;
use protocol::message::Hello;
use protocol::{Command, CommandId, Failure};

/// An experiment's text, read and judged as a file `probe.toml`.
///
/// # Errors
/// Place and reason, in one sentence.
pub fn experiment(text: &str) -> Result<Script, String> {
    read::read("probe", text)
}

/// A stranger's first message.
///
/// # Errors
/// Why it is no hello of who knows the token.
pub fn hello(text: &str, token: &Token) -> Result<Hello, Failure> {
    hello::judge(text, &Guests::from(token.clone()), Peer::Here).map(|(hello, _)| hello)
}

/// A viewer's text message, in the JSON form.
///
/// # Errors
/// The asker's number, where one can be made out, and why it is no command.
pub fn text(text: &str) -> Result<(CommandId, Command), (Option<CommandId>, Failure)> {
    told(request::text(Form::Json, text))
}

/// A viewer's binary message, in the postcard form.
///
/// # Errors
/// As [`text`].
pub fn binary(bytes: &[u8]) -> Result<(CommandId, Command), (Option<CommandId>, Failure)> {
    told(request::binary(Form::Postcard, bytes))
}

fn told(
    read: Result<request::Request, request::Misread>,
) -> Result<(CommandId, Command), (Option<CommandId>, Failure)> {
    read.map(|request| (request.id, request.command))
        .map_err(|misread| (misread.id, misread.failure))
}
