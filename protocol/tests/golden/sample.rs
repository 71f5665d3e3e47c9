//! What the kernel tells of a socket.

use crate::golden;
use protocol::data::Payload;
use protocol::sample::{Field, Queue, Run, TcpState, Timer, TimerKind};
use protocol::{CallId, SocketId};

golden! { states, TcpState:
    TcpState::Close => TcpState::Close, r#""CLOSE""#;
    TcpState::Listen => TcpState::Listen, r#""LISTEN""#;
    TcpState::SynSent => TcpState::SynSent, r#""SYN_SENT""#;
    TcpState::SynRecv => TcpState::SynRecv, r#""SYN_RECV""#;
    TcpState::Established => TcpState::Established, r#""ESTABLISHED""#;
    TcpState::FinWait1 => TcpState::FinWait1, r#""FIN_WAIT1""#;
    TcpState::FinWait2 => TcpState::FinWait2, r#""FIN_WAIT2""#;
    TcpState::CloseWait => TcpState::CloseWait, r#""CLOSE_WAIT""#;
    TcpState::LastAck => TcpState::LastAck, r#""LAST_ACK""#;
    TcpState::Closing => TcpState::Closing, r#""CLOSING""#;
    TcpState::TimeWait => TcpState::TimeWait, r#""TIME_WAIT""#;
}

#[test]
fn states_are_shown_as_they_are_written() {
    use TcpState as S;
    for state in [
        S::Close,
        S::Listen,
        S::SynSent,
        S::SynRecv,
        S::Established,
        S::FinWait1,
        S::FinWait2,
        S::CloseWait,
        S::LastAck,
        S::Closing,
        S::TimeWait,
    ] {
        assert_eq!(serde_json::to_value(state).unwrap(), state.name());
    }
}

golden! { timers, TimerKind:
    TimerKind::Retransmit => TimerKind::Retransmit, r#""retransmit""#;
    TimerKind::Keepalive => TimerKind::Keepalive, r#""keepalive""#;
    TimerKind::TimeWait => TimerKind::TimeWait, r#""time_wait""#;
    TimerKind::Probe => TimerKind::Probe, r#""probe""#;
}

golden! { fields, Field:
    Field::State(_) => Field::State(TcpState::Established), r#"{"state":"ESTABLISHED"}"#;
    Field::Local(_) => Field::Local(Some("127.0.0.1:1".parse().unwrap())), r#"{"local":"127.0.0.1:1"}"#;
    Field::Peer(_) => Field::Peer(None), r#"{"peer":null}"#;
    Field::SendQueue(_) => Field::SendQueue(5), r#"{"send_queue":5}"#;
    Field::Unsent(_) => Field::Unsent(4), r#"{"unsent":4}"#;
    Field::ReceiveQueue(_) => Field::ReceiveQueue(3), r#"{"receive_queue":3}"#;
    Field::SendLimit(_) => Field::SendLimit(4608), r#"{"send_limit":4608}"#;
    Field::ReceiveLimit(_) => Field::ReceiveLimit(2304), r#"{"receive_limit":2304}"#;
    Field::SendCharged(_) => Field::SendCharged(832), r#"{"send_charged":832}"#;
    Field::ReceiveCharged(_) => Field::ReceiveCharged(1280), r#"{"receive_charged":1280}"#;
    Field::AcceptQueue(_) => Field::AcceptQueue(1), r#"{"accept_queue":1}"#;
    Field::Backlog(_) => Field::Backlog(128), r#"{"backlog":128}"#;
    Field::Drops(_) => Field::Drops(922), r#"{"drops":922}"#;
    Field::RoundTrip(_) => Field::RoundTrip(50_000), r#"{"round_trip":50000}"#;
    Field::CongestionWindow(_) => Field::CongestionWindow(10), r#"{"congestion_window":10}"#;
    Field::PeerWindow(_) => Field::PeerWindow(64_240), r#"{"peer_window":64240}"#;
    Field::Retransmissions(_) => Field::Retransmissions(2), r#"{"retransmissions":2}"#;
    Field::Acked(_) => Field::Acked(6), r#"{"acked":6}"#;
    Field::Received(_) => Field::Received(7), r#"{"received":7}"#;
    Field::Timer(_) => Field::Timer(Some(Timer {
        kind: TimerKind::Retransmit, remaining: 200_000_000, fired: 1,
    })), r#"{"timer":{"kind":"retransmit","remaining":200000000,"fired":1}}"#;
    Field::Peeked(_) => Field::Peeked(Payload::new(*b"ab")), r#"{"peeked":{"hex":"6162"}}"#;
    Field::Queue(_) => Field::Queue(Some(Queue {
        datagrams: 3, bytes: 36, runs: vec![Run { call: CallId(7), first: 1, count: 2 }],
    })), r#"{"queue":{"datagrams":3,"bytes":36,"runs":[{"call":7,"first":1,"count":2}]}}"#;
    Field::Steady(_) => Field::Steady(true), r#"{"steady":true}"#;
    Field::PeerSocket(_) => Field::PeerSocket(Some(SocketId(3))), r#"{"peer_socket":3}"#;
}
