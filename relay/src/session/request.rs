//! Owns the reading of what an accepted viewer says. Pure: bytes in, a command or a reasoned no out.

use super::Form;
use protocol::message::ToRelay;
use protocol::{Command, CommandId, ErrorKind, Failure, codec};
use serde_json::Value;

/// A command and the asker's number for it.
#[derive(Debug, PartialEq)]
pub(crate) struct Request {
    pub(crate) id: CommandId,
    pub(crate) command: Command,
}

/// What cannot be carried out, with the asker's number where one can be made out.
#[derive(Debug, PartialEq)]
pub(crate) struct Misread {
    pub(crate) id: Option<CommandId>,
    pub(crate) failure: Failure,
}

/// The command of one message.
pub(crate) fn text(form: Form, text: &str) -> Result<Request, Misread> {
    if form != Form::Json {
        return misread(None, "After hello, this session speaks binary frames only.".into());
    }
    match serde_json::from_str(text) {
        Ok(message) => command(message),
        Err(error) => misread(id_of(text), reason(&error)),
    }
}

/// The command of one binary message.
pub(crate) fn binary(form: Form, bytes: &[u8]) -> Result<Request, Misread> {
    if form != Form::Postcard {
        return misread(None, "This session speaks JSON in text frames, not binary.".into());
    }
    match codec::decode_command(bytes) {
        Ok(message) => command(message),
        Err(error) => misread(None, sentence(&error.to_string())),
    }
}

/// Why a text is not what it should be, and where, in one sentence.
pub(super) fn reason(error: &serde_json::Error) -> String {
    sentence(&format!("the message cannot be read: {error}"))
}

fn command(message: ToRelay) -> Result<Request, Misread> {
    match message {
        ToRelay::Command { id, ask } => Ok(Request { id, command: ask }),
        ToRelay::Hello(_) => misread(None, "Hello has been accepted already.".into()),
    }
}

fn misread(id: Option<CommandId>, message: String) -> Result<Request, Misread> {
    Err(Misread { id, failure: Failure::new(ErrorKind::BadRequest, message) })
}

/// The number that a misread message gives itself: `{"…":{"id":N,…}}`.
fn id_of(text: &str) -> Option<CommandId> {
    let value: Value = serde_json::from_str(text).ok()?;
    let id = value.as_object()?.values().find_map(|inner| inner.get("id"))?;
    id.as_u64()?.try_into().ok().map(CommandId)
}

/// Serde repeats what it was given; a sentence has an end.
fn sentence(text: &str) -> String {
    const LONGEST: usize = 600;
    let mut cut: String = text.chars().take(LONGEST).collect();
    cut.push_str(if cut.len() < text.len() { "…" } else { "." });
    let first = cut.chars().next().map(|first| first.to_uppercase().to_string());
    first.map_or(cut.clone(), |first| first + &cut.chars().skip(1).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn no(result: Result<Request, Misread>) -> (Option<u32>, String) {
        let misread = result.unwrap_err();
        assert_eq!(misread.failure.kind, ErrorKind::BadRequest);
        (misread.id.map(|id| id.0), misread.failure.message)
    }

    #[test]
    fn a_misread_text_names_what_and_where() {
        for (said, id, says) in [
            (r#"{"command":{"id":7,"do":{"close":{"socket":1}}"#, None, "line 1 column 46"),
            (
                r#"{"command":{"id":7,"do":{"clos":{"socket":1}}}}"#,
                Some(7),
                "unknown variant `clos`",
            ),
            (
                r#"{"command":{"id":7,"do":{"close":{"socket":1,"x":0}}}}"#,
                Some(7),
                "unknown field `x`",
            ),
            (r#"{"command":{"id":7,"do":{"close":{}}}}"#, Some(7), "missing field `socket`"),
            (r#"{"command":{"id":7,"do":{"close":{"socket":-1}}}}"#, Some(7), "-1"),
            (r#"{"command":{"id":4294967296,"do":"reset"}}"#, None, "4294967296"),
            (r#"{"comand":{"id":7,"do":"reset"}}"#, Some(7), "unknown variant `comand`"),
            (r#"{"command":{"id":7,"do":"reset"}} "#, None, ""),
            (r#"{"hello":{"version":1,"token":"","resume":null}}"#, None, "already"),
            ("[]", None, "line 1"),
            ("\0", None, "line 1"),
        ] {
            if says.is_empty() {
                assert!(text(Form::Json, said).is_ok());
                continue;
            }
            let (found, message) = no(text(Form::Json, said));
            assert_eq!(found, id, "{said}");
            assert!(message.contains(says), "{said}: {message}");
        }
        let (_, message) = no(text(Form::Json, &format!(r#"{{"{}":1}}"#, "é".repeat(100_000))));
        assert!(message.len() < 2_000, "{}", message.len());
        no(text(Form::Json, &"[".repeat(100_000)));
    }

    #[test]
    fn each_form_keeps_to_itself() {
        let reset = ToRelay::Command { id: CommandId(7), ask: Command::Reset };
        let bytes = codec::encode_command(&reset);
        let json = serde_json::to_string(&reset).unwrap();
        assert!(binary(Form::Postcard, &bytes).is_ok() && text(Form::Json, &json).is_ok());
        no(binary(Form::Json, &bytes));
        no(text(Form::Postcard, &json));
        for cut in 0..bytes.len() {
            no(binary(Form::Postcard, &bytes[..cut]));
        }
    }

    proptest! {
        #[test]
        fn no_message_is_too_strange(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = binary(Form::Postcard, &bytes);
            let _ = text(Form::Json, &String::from_utf8_lossy(&bytes));
        }
    }
}
