//! Sentences of events.

use super::*;
use protocol::{Failure, SocketId};

fn line(language: Language, what: What) -> Line {
    event(language, &World::default(), &Event { seq: 1, at: 5, source: Source::Kernel, what })
}

#[test]
fn a_sample_is_one_line() {
    let set = vec![Field::State(protocol::TcpState::Established), Field::SendQueue(5)];
    let line = line(Language::English, What::Sample { socket: SocketId(3), set });
    assert!(line.text.ends_with("ESTABLISHED · send queue 5 B"), "{}", line.text);
    assert_eq!((line.who, line.bad), ("kernel", false));
}

#[test]
fn a_failure_is_bad_and_said() {
    let result = Answer::Error(Failure::errno("EADDRINUSE", "x"));
    let line = line(Language::English, What::CallEnded { call: CallId(1), result });
    assert!(line.bad && line.text.contains("EADDRINUSE"), "{}", line.text);
}
