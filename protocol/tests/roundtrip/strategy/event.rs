//! Anything that may be told.

use super::wire::{of_wire, packet};
use super::{address, call, command, numbered, payload, socket, text, words};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use protocol::event::{Crossing, Source, Stage, What};
use protocol::experiment::{CodeLine, Verdict};
use protocol::number::Wide;
use protocol::reply::{
    Accepted, Answer, Burst, Copied, Done, ErrorKind, Failure, Invited, Local, Made, Received,
    Sent, Trapped, Value, Whole,
};
use protocol::sample::{Field, Queue, Run, TcpState, Timer, TimerKind};
use protocol::{SessionId, TrapId, WaitingId};

pub(crate) fn source() -> impl Strategy<Value = Source> {
    use Source as S;
    prop_oneof![
        Just(S::Relay),
        Just(S::Kernel),
        Just(S::Wire),
        Just(S::Inferred),
        Just(S::Simulated)
    ]
}

pub(crate) fn error_kind() -> impl Strategy<Value = ErrorKind> {
    use ErrorKind as E;
    proptest::sample::select(vec![
        E::Errno,
        E::BadRequest,
        E::UnknownId,
        E::Denied,
        E::Limit,
        E::Busy,
        E::Interrupted,
        E::TimedOut,
        E::Unsupported,
        E::NoWire,
    ])
}

fn received() -> impl Strategy<Value = Received> {
    (payload(), any::<u32>(), any::<[bool; 3]>(), of(address()), of(numbered())).prop_map(
        |(data, bytes, [truncated, eof, peek], from, numbered)| Received {
            data,
            bytes,
            truncated,
            eof,
            from,
            numbered,
            peek,
        },
    )
}

fn done() -> impl Strategy<Value = Done> {
    let wide = || any::<u64>().prop_map(Wide);
    prop_oneof![
        Just(Done::nothing()),
        (socket(), wide()).prop_map(|(socket, cookie)| Done::Made(Made { socket, cookie })),
        any::<i64>().prop_map(|value| Done::Value(Value { value })),
        address().prop_map(|local| Done::Local(Local { local })),
        (socket(), address(), address(), wide()).prop_map(|(socket, peer, local, cookie)| {
            Done::Accepted(Accepted { socket, peer, local, cookie })
        }),
        any::<(u32, u32)>().prop_map(|(bytes, parts)| Done::Sent(Sent { bytes, parts })),
        received().prop_map(Done::Received),
        (any::<u32>(), any::<u32>(), of(text()))
            .prop_map(|(sent, refused, errno)| { Done::Burst(Burst { sent, refused, errno }) }),
        any::<u32>().prop_map(|trap| Done::Trapped(Trapped { trap: TrapId(trap) })),
        packet().prop_map(|copy| Done::Copied(Copied { copy })),
        payload().prop_map(|data| Done::Whole(Whole { data })),
        (".{0,9}", any::<u32>())
            .prop_map(|(viewers_token, viewers)| Done::Invited(Invited { viewers_token, viewers })),
    ]
}

/// Any answer.
pub(crate) fn answer() -> impl Strategy<Value = Answer> {
    prop_oneof![
        3 => done().prop_map(Answer::Ok),
        1 => (error_kind(), of(text()), text())
            .prop_map(|(kind, errno, message)| Answer::Error(Failure { kind, errno, message })),
    ]
}

fn state() -> impl Strategy<Value = TcpState> {
    use TcpState as S;
    proptest::sample::select(vec![
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
    ])
}

fn timer() -> impl Strategy<Value = Timer> {
    use TimerKind as K;
    let kinds = vec![K::Retransmit, K::Keepalive, K::TimeWait, K::Probe];
    (proptest::sample::select(kinds), any::<u64>(), any::<u8>())
        .prop_map(|(kind, remaining, fired)| Timer { kind, remaining, fired })
}

fn queue() -> impl Strategy<Value = Queue> {
    let run = (call(), any::<u32>(), any::<u32>()).prop_map(|(call, first, count)| Run {
        call,
        first,
        count,
    });
    (any::<u32>(), any::<u64>(), vec(run, 0..3)).prop_map(|(datagrams, bytes, runs)| Queue {
        datagrams,
        bytes,
        runs,
    })
}

fn field() -> impl Strategy<Value = Field> {
    let big = prop_oneof![
        state().prop_map(Field::State),
        of(address()).prop_map(Field::Local),
        of(address()).prop_map(Field::Peer),
        any::<u64>().prop_map(Field::SendQueue),
        any::<u64>().prop_map(Field::Unsent),
        any::<u64>().prop_map(Field::ReceiveQueue),
        any::<u64>().prop_map(Field::Acked),
        any::<u64>().prop_map(Field::Received),
        any::<u64>().prop_map(Field::RoundTrip),
        of(timer()).prop_map(Field::Timer),
        payload().prop_map(Field::Peeked),
        of(queue()).prop_map(Field::Queue),
        any::<bool>().prop_map(Field::Steady),
        of(socket()).prop_map(Field::PeerSocket),
    ];
    let small = (0..10_usize, any::<u32>()).prop_map(|(which, n)| {
        [
            Field::SendLimit,
            Field::ReceiveLimit,
            Field::SendCharged,
            Field::ReceiveCharged,
            Field::AcceptQueue,
            Field::Backlog,
            Field::Drops,
            Field::CongestionWindow,
            Field::PeerWindow,
            Field::Retransmissions,
        ][which](n)
    });
    prop_oneof![2 => big, 1 => small]
}

fn crossing() -> impl Strategy<Value = Crossing> {
    use Crossing as C;
    prop_oneof![
        proptest::sample::select(vec![C::Syn, C::SynAck, C::Ack, C::Fin, C::Reset]),
        any::<u32>().prop_map(|bytes| C::Data { bytes }),
        any::<u32>().prop_map(|bytes| C::Datagram { bytes }),
        (call(), any::<u32>(), any::<u32>()).prop_map(|(call, first, count)| C::Datagrams {
            call,
            first,
            count
        }),
    ]
}

fn told() -> impl Strategy<Value = What> {
    prop_oneof![
        (socket(), socket(), crossing(), any::<u64>(), any::<u64>()).prop_map(
            |(from, to, what, began, ended)| What::Crossed { from, to, what, began, ended }
        ),
        of(any::<u32>()).prop_map(|by| What::Reset { by: by.map(SessionId) }),
        (text(), words(), any::<u32>()).prop_map(|(name, title, steps)| What::ExperimentBegan {
            name,
            title,
            steps
        }),
        (any::<u32>(), words(), words(), of(words()), of(socket())).prop_map(
            |(step, say, note, button, at)| What::ExperimentSaid { step, say, note, button, at }
        ),
        (any::<u32>(), any::<bool>(), text(), text()).prop_map(|(step, held, expected, found)| {
            What::ExperimentChecked { step, held, expected, found }
        }),
        any::<bool>().prop_map(|passed| What::ExperimentEnded { passed }),
        of_experiment(),
        (text(), any::<u32>()).prop_map(|(file, snaplen)| What::RecordingBegan { file, snaplen }),
        (any::<u64>(), of(text())).prop_map(|(bytes, why)| What::RecordingEnded { bytes, why }),
    ]
}

fn of_experiment() -> impl Strategy<Value = What> {
    let line = (any::<u32>(), text(), text(), text(), text())
        .prop_map(|(act, role, python, rust, c)| CodeLine { act, role, python, rust, c });
    let verdict = proptest::sample::select(vec![
        Verdict::True,
        Verdict::Loose,
        Verdict::Wrong,
        Verdict::Fair,
    ]);
    prop_oneof![
        (words(), of(words()), vec(line, 0..3)).prop_map(|(question, claim, lines)| {
            What::ExperimentPlanned { question, claim, lines }
        }),
        any::<u32>().prop_map(|act| What::ExperimentActed { act }),
        (any::<u32>(), words(), vec(words(), 0..5))
            .prop_map(|(step, ask, choices)| What::BetAsked { step, ask, choices }),
        vec(any::<u32>(), 0..5).prop_map(|counts| What::BetPlaced { counts }),
        (of(any::<u32>()), text()).prop_map(|(choice, found)| What::BetMarked { choice, found }),
        (verdict, words()).prop_map(|(is, here)| What::ExperimentVerdict { is, here }),
    ]
}

fn at_gate() -> impl Strategy<Value = What> {
    let by = || of(any::<u32>()).prop_map(|by| by.map(SessionId));
    let waiting = || (0..4_u32).prop_map(WaitingId);
    prop_oneof![
        (by(), any::<bool>()).prop_map(|(by, on)| What::Gate { by, on }),
        (waiting(), by(), command(), of(any::<u32>()))
            .prop_map(|(waiting, by, ask, cut)| What::CallWaiting { waiting, by, ask, cut }),
        waiting().prop_map(|waiting| What::CallReleased { waiting }),
        waiting().prop_map(|waiting| What::CallWithdrawn { waiting }),
    ]
}

fn stamps() -> impl Strategy<Value = What> {
    let stages = vec![Stage::Scheduled, Stage::Sent, Stage::Acknowledged, Stage::Received];
    let byte = prop_oneof![4 => 0..60_u64, 1 => any::<u64>()];
    prop_oneof![
        4 => (socket(), proptest::sample::select(stages), byte, any::<u64>(), any::<u64>())
            .prop_map(|(socket, stage, byte, at, plus_minus)| What::Stamped {
                socket,
                stage,
                byte,
                at,
                plus_minus,
            }),
        1 => (socket(), any::<u32>())
            .prop_map(|(socket, stamps)| What::StampsLost { socket, stamps }),
    ]
}

/// Anything.
pub(crate) fn what() -> impl Strategy<Value = What> {
    prop_oneof![
        6 => (call(), of(any::<u32>()), command(), of(any::<u32>())).prop_map(
            |(call, by, ask, cut)| What::CallBegan { call, by: by.map(SessionId), ask, cut }
        ),
        2 => (call(), any::<u32>()).prop_map(|(call, bytes)| What::CallBlocked { call, bytes }),
        6 => (call(), answer()).prop_map(|(call, result)| What::CallEnded { call, result }),
        4 => (socket(), vec(field(), 0..5)).prop_map(|(socket, set)| What::Sample { socket, set }),
        1 => socket().prop_map(|socket| What::Gone { socket }),
        2 => (call(), 0..60_u32).prop_map(|(call, number)| What::DatagramSent { call, number }),
        1 => told().boxed(),
        1 => at_gate().boxed(),
        1 => stamps().boxed(),
        8 => of_wire().boxed(),
    ]
}
