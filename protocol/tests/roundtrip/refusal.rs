//! What cannot be understood is answered with a text that helps.

use protocol::message::{ToPage, ToRelay};
use protocol::world::Sheet;

fn refusal(json: &str) -> String {
    serde_json::from_str::<ToRelay>(json).expect_err(json).to_string()
}

#[test]
fn each_names_what_is_wrong() {
    for (json, parts) in [
        (r#"{"shout":{}}"#, &["shout", "hello", "command"][..]),
        (r#"{"hello":{"version":1,"token":"","resume":null,"tokn":1}}"#, &["tokn", "token"]),
        (r#"{"hello":{"version":1}}"#, &["missing field `token`"]),
        (r#"{"hello":{"version":-1,"token":""}}"#, &["-1", "u32"]),
        (r#"{"command":{"do":"reset"}}"#, &["missing field `id`"]),
        (r#"{"command":{"id":1}}"#, &["missing field `do`"]),
        (r#"{"command":{"id":1,"do":"reset","by":2}}"#, &["by", "`id` or `do`"]),
        (r#"{"command":{"id":1,"do":"explode"}}"#, &["explode", "`reset`"]),
        (r#"{"command":{"id":1,"do":{"sned":{}}}}"#, &["sned", "`send`", "`recv`"]),
        (r#"{"command":{"id":1,"do":{"close":{"socket":1,"now":true}}}}"#, &["now", "socket"]),
        (r#"{"command":{"id":1,"do":{"close":{}}}}"#, &["missing field `socket`"]),
        (r#"{"command":{"id":1,"do":{"close":{"socket":4294967296}}}}"#, &["4294967296", "u32"]),
        (r#"{"command":{"id":1,"do":{"close":{"socket":"1"}}}}"#, &["string", "u32"]),
        (
            r#"{"command":{"id":1,"do":{"send":{"socket":1,"all":true,"data":{"txt":"a"}}}}}"#,
            &["txt", "text", "hex", "fill"],
        ),
        (
            r#"{"command":{"id":1,"do":{"send":{"socket":1,"all":true,"data":{"hex":"abc"}}}}}"#,
            &["pairs of the digits 0-9 and a-f"],
        ),
        (
            r#"{"command":{"id":1,"do":{"send":{"socket":1,"all":true,"data":{"hex":"zz"}}}}}"#,
            &["pairs of the digits 0-9 and a-f"],
        ),
        (
            r#"{"command":{"id":1,"do":{"send":{"socket":1,"all":true,"data":{"fill":{"bytes":1,"x":1}}}}}}"#,
            &["x", "bytes"],
        ),
        (
            r#"{"command":{"id":1,"do":{"bind":{"socket":1,"address":"127.0.0.1:99999"}}}}"#,
            &["99999", "0 to 65535"],
        ),
        (
            r#"{"command":{"id":1,"do":{"bind":{"socket":1,"address":"2130706433:80"}}}}"#,
            &["2130706433:80", "write 127.0.0.1:8001"],
        ),
        (
            r#"{"command":{"id":1,"do":{"option":{"socket":1,"set":{"nodelay":true}}}}}"#,
            &["nodelay", "no_delay"],
        ),
        (
            r#"{"command":{"id":1,"do":{"experiment":{"start":{"name":"a","step":1}}}}}"#,
            &["step", "name"],
        ),
        (
            r#"{"command":{"id":1,"do":{"socket":{"net":"up","family":"ipv4","kind":"stream"}}}}"#,
            &["up", "left", "right", "host"],
        ),
        (
            r#"{"command":{"id":1,"do":{"impair":{"from":"left","set":{"delays":1}}}}}"#,
            &["delays", "delay"],
        ),
        (r#"{"command":{"id":1,"do":{"packet":{"drop":{"packet":1}}}}}"#, &["drop", "`kill`"]),
        (
            r#"{"command":{"id":1,"do":{"trap":{"on":true,"match":{"kind":"sync"},"do":"lose","count":1}}}}"#,
            &["sync", "`syn`"],
        ),
        (r#"{"command":{"id":1,"do":{"close":{"socket":1},"reset":null}}}"#, &[]),
        (r#"{"command":{"id":1,"do":"reset"},"hello":{}}"#, &[]),
        (r#"{"command":{"id":1,"id":2,"do":"reset"}}"#, &["duplicate field `id`"]),
        (r#"{"command":{"id":1,"do":"reset"}} x"#, &["trailing"]),
        ("", &["EOF"]),
        ("[]", &[]),
        ("null", &[]),
    ] {
        let text = refusal(json);
        for part in parts {
            assert!(text.contains(part), "{json}: {text:?} lacks {part:?}");
        }
    }
}

#[test]
fn deep_nesting_is_refused() {
    let json = format!("{}{}", r#"{"command":{"id":1,"do":"#, "[".repeat(200_000));
    assert!(serde_json::from_str::<ToRelay>(&json).is_err());
    let json = format!("{}{}", r#"{"reply":{"id":1,"seq":1,"result":{"ok":"#, "[".repeat(200_000));
    assert!(serde_json::from_str::<ToPage>(&json).is_err());
}

#[test]
fn a_sheet_has_only_its_own_letters() {
    assert!(serde_json::from_str::<Sheet>(r#"".swrdcel""#).is_ok());
    let error = serde_json::from_str::<Sheet>(r#""rr?""#).unwrap_err().to_string();
    assert!(error.contains("letters"), "{error}");
}
