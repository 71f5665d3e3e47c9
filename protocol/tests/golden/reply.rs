//! What a call comes to.

use crate::{check, golden};
use protocol::data::Payload;
use protocol::number::Wide;
use protocol::reply::{
    Accepted, Answer, Burst, Copied, Done, ErrorKind, Failure, Invited, Local, Made, Nothing,
    Numbered, Received, Sent, Trapped, Value, Whole,
};
use protocol::{Address, CallId, PacketId, SocketId, TrapId};

fn address(text: &str) -> Address {
    text.parse().unwrap()
}

golden! { done, Done:
    Done::Nothing(_) => Done::Nothing(Nothing {}), "{}";
    Done::Made(_) => Done::Made(Made { socket: SocketId(3), cookie: Wide(9_007_199_254_740_993) }),
        r#"{"socket":3,"cookie":"9007199254740993"}"#;
    Done::Value(_) => Done::Value(Value { value: -1 }), r#"{"value":-1}"#;
    Done::Local(_) => Done::Local(Local { local: address("127.0.0.1:8001") }),
        r#"{"local":"127.0.0.1:8001"}"#;
    Done::Accepted(_) => Done::Accepted(Accepted {
        socket: SocketId(4), peer: address("10.77.0.1:40000"), local: address("10.77.0.2:8001"),
        cookie: Wide(5),
    }, ), r#"{"socket":4,"peer":"10.77.0.1:40000","local":"10.77.0.2:8001","cookie":"5"}"#;
    Done::Sent(_) => Done::Sent(Sent { bytes: 5, parts: 1 }), r#"{"bytes":5,"parts":1}"#;
    Done::Received(_) => Done::Received(Received {
        data: Payload::new(*b"hello"), bytes: 5, truncated: false, eof: false,
        from: Some(address("10.77.0.1:40000")),
        numbered: Some(Numbered { call: CallId(7), number: 1 }), peek: false,
    }), r#"{"data":{"hex":"68656c6c6f"},"bytes":5,"truncated":false,"eof":false,
        "from":"10.77.0.1:40000","numbered":{"call":7,"number":1},"peek":false}"#;
    Done::Burst(_) => Done::Burst(Burst { sent: 990, refused: 10, errno: Some("EAGAIN".into()) }),
        r#"{"sent":990,"refused":10,"errno":"EAGAIN"}"#;
    Done::Trapped(_) => Done::Trapped(Trapped { trap: TrapId(2) }), r#"{"trap":2}"#;
    Done::Copied(_) => Done::Copied(Copied { copy: PacketId(89) }), r#"{"copy":89}"#;
    Done::Whole(_) => Done::Whole(Whole { data: Payload::new(*b"E") }), r#"{"data":{"hex":"45"}}"#;
    Done::Invited(_) => Done::Invited(Invited { viewers_token: "ab".into(), viewers: 2 }),
        r#"{"viewers_token":"ab","viewers":2}"#;
}

#[test]
fn the_end_of_a_stream() {
    check(
        &Done::Received(Received {
            data: Payload::default(),
            bytes: 0,
            truncated: false,
            eof: true,
            from: None,
            numbered: None,
            peek: false,
        }),
        r#"{"data":{"hex":""},"bytes":0,"truncated":false,"eof":true,"from":null,"numbered":null,
            "peek":false}"#,
    );
}

golden! { answers, Answer:
    Answer::Ok(_) => Answer::Ok(Done::Sent(Sent { bytes: 5, parts: 1 })),
        r#"{"ok":{"bytes":5,"parts":1}}"#;
    Answer::Error(_) => Answer::Error(Failure::errno("EADDRINUSE", "Taken.")),
        r#"{"error":{"kind":"errno","errno":"EADDRINUSE","message":"Taken."}}"#;
}

#[test]
fn a_failure_that_the_kernel_did_not_name() {
    check(
        &Failure::new(ErrorKind::UnknownId, "No such socket."),
        r#"{"kind":"unknown_id","errno":null,"message":"No such socket."}"#,
    );
}

golden! { kinds, ErrorKind:
    ErrorKind::Errno => ErrorKind::Errno, r#""errno""#;
    ErrorKind::BadRequest => ErrorKind::BadRequest, r#""bad_request""#;
    ErrorKind::UnknownId => ErrorKind::UnknownId, r#""unknown_id""#;
    ErrorKind::Denied => ErrorKind::Denied, r#""denied""#;
    ErrorKind::Limit => ErrorKind::Limit, r#""limit""#;
    ErrorKind::Busy => ErrorKind::Busy, r#""busy""#;
    ErrorKind::Interrupted => ErrorKind::Interrupted, r#""interrupted""#;
    ErrorKind::TimedOut => ErrorKind::TimedOut, r#""timed_out""#;
    ErrorKind::Unsupported => ErrorKind::Unsupported, r#""unsupported""#;
    ErrorKind::NoWire => ErrorKind::NoWire, r#""no_wire""#;
}
