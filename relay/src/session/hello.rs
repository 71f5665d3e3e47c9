//! Owns the judgement of a viewer's first word. Pure.

use super::guests::Guest;
use super::request::reason;
use super::{Guests, Peer};
use protocol::message::{Hello, ToRelay};
use protocol::{ErrorKind, Failure, limit};
use serde_json::Value;

/// The hello and who says it, if it is one, of this version, by somebody who may enter from there.
pub(crate) fn judge(text: &str, guests: &Guests, peer: Peer) -> Result<(Hello, Guest), Failure> {
    let bad = |message: String| Failure::new(ErrorKind::BadRequest, message);
    let value: Value = serde_json::from_str(text).map_err(|error| bad(reason(&error)))?;
    if value.get("command").is_some() {
        return Err(Failure::new(ErrorKind::Denied, "Say hello before the first command."));
    }
    // Another version's hello may have another shape: compare before reading the rest.
    if let Some(version) = value.get("hello").and_then(|hello| hello.get("version"))
        && version.is_number()
        && version.as_u64() != Some(limit::VERSION.into())
    {
        return Err(bad(format!(
            "This relay speaks version {} of the protocol, not {version}; reload the page.",
            limit::VERSION
        )));
    }
    match serde_json::from_str(text).map_err(|error| bad(reason(&error)))? {
        ToRelay::Hello(hello) => {
            let guest = guests.admit(&hello.token, peer)?;
            Ok((hello, guest))
        }
        ToRelay::Command { .. } => {
            Err(Failure::new(ErrorKind::Denied, "Say hello before the first command."))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::Token;
    use ErrorKind::{BadRequest, Denied};

    #[test]
    fn what_is_not_a_good_hello_is_refused_with_its_reason() {
        let guests = Guests::from(Token::from_hex(&"a".repeat(64)).unwrap());
        let judge = |text: &str, peer| judge(text, &guests, peer).map(|(hello, _)| hello);
        let good =
            format!(r#"{{"hello":{{"version":1,"token":"{}","resume":null}}}}"#, "a".repeat(64));
        assert!(judge(&good, Peer::Here).is_ok());
        let away = judge(&good, Peer::Away).unwrap_err();
        assert!(away.kind == Denied && away.message.contains("another machine"));
        for (text, kind, says) in [
            ("", BadRequest, "EOF"),
            ("{", BadRequest, "line 1 column 1"),
            ("null", BadRequest, "expected"),
            (r#"{"hello":{"version":1}}"#, BadRequest, "missing field `token`"),
            (
                r#"{"hello":{"version":2,"other":[]}}"#,
                BadRequest,
                "version 1 of the protocol, not 2",
            ),
            (r#"{"hello":{"version":-1}}"#, BadRequest, "not -1"),
            (r#"{"hello":{"version":"1","token":"","resume":null}}"#, BadRequest, "invalid type"),
            (r#"{"hello":{"version":1,"token":"","resume":null}}"#, Denied, "token"),
            (&good.replace("null", "null,\"more\":1"), BadRequest, "unknown field `more`"),
            (&good.replace("aa\"", "ab\""), Denied, "token"),
            (r#"{"command":{"id":1,"do":"reset"}}"#, Denied, "hello"),
        ] {
            let failure = judge(text, Peer::Here).unwrap_err();
            assert_eq!(failure.kind, kind, "{text}: {}", failure.message);
            assert!(failure.message.contains(says), "{text}: {}", failure.message);
            assert!(!failure.message.contains("aaaa"), "the token is told: {}", failure.message);
        }
    }
}
