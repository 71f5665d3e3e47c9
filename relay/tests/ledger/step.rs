//! Owns what a case may ask for: random steps, by the place of a socket in the case's list.

use proptest::prelude::*;
use protocol::command::{Half, SocketOption};

/// Which sockets a case is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kinds {
    Streams,
    Datagrams,
    Both,
    /// Both, in the family of Unix sockets.
    Unix,
}

/// One step. Places count round the list.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    Send {
        at: usize,
        bytes: usize,
        all: bool,
    },
    Recv {
        at: usize,
        max: u32,
        peek: bool,
    },
    SendTo {
        at: usize,
        to: usize,
        bytes: usize,
    },
    Burst {
        at: usize,
        to: usize,
        count: u32,
        bytes: u32,
    },
    Connect {
        at: usize,
        to: usize,
    },
    Shutdown {
        at: usize,
        how: Half,
    },
    Close {
        at: usize,
    },
    Option {
        at: usize,
        set: SocketOption,
    },
    Nonblocking {
        at: usize,
        on: bool,
    },
    Timeout {
        at: usize,
        after: Option<u64>,
    },
    Interrupt {
        at: usize,
    },
    Reader {
        at: usize,
        max: u32,
        every: u64,
    },
    NoReader {
        at: usize,
    },
    /// A new stream pair.
    Pair {
        narrow: bool,
        v6: bool,
    },
}

fn size() -> impl Strategy<Value = usize> {
    prop_oneof![3 => 0..40_usize, 3 => 1..5_000_usize, 2 => 1..400_000_usize]
}

fn room() -> impl Strategy<Value = u32> {
    prop_oneof![3 => 1..40_u32, 2 => 1..5_000_u32, 2 => Just(65_536)]
}

fn half() -> impl Strategy<Value = Half> {
    prop_oneof![Just(Half::Read), Just(Half::Write), Just(Half::Both)]
}

fn option() -> impl Strategy<Value = SocketOption> {
    prop_oneof![
        any::<bool>().prop_map(SocketOption::NoDelay),
        (1..100_000_u32).prop_map(SocketOption::SendBuffer),
        (1..100_000_u32).prop_map(SocketOption::ReceiveBuffer),
        Just(SocketOption::Linger(Some(0))),
        Just(SocketOption::Keepalive { on: true, idle: Some(60) }),
    ]
}

fn any_kind() -> BoxedStrategy<Step> {
    let at = 0..64_usize;
    prop_oneof![
        8 => (at.clone(), room(), prop::bool::weighted(0.2))
            .prop_map(|(at, max, peek)| Step::Recv { at, max, peek }),
        1 => (at.clone(), half()).prop_map(|(at, how)| Step::Shutdown { at, how }),
        1 => at.clone().prop_map(|at| Step::Close { at }),
        2 => (at.clone(), option()).prop_map(|(at, set)| Step::Option { at, set }),
        1 => (at.clone(), any::<bool>()).prop_map(|(at, on)| Step::Nonblocking { at, on }),
        1 => (at.clone(), prop::option::of(0..3_000_000_u64))
            .prop_map(|(at, after)| Step::Timeout { at, after }),
        1 => at.clone().prop_map(|at| Step::Interrupt { at }),
        2 => (at.clone(), 1..=256_u32, 0..2_000_000_u64)
            .prop_map(|(at, max, every)| Step::Reader { at, max, every }),
        1 => at.prop_map(|at| Step::NoReader { at }),
    ]
    .boxed()
}

fn stream() -> BoxedStrategy<Step> {
    prop_oneof![
        8 => (0..64_usize, size(), any::<bool>())
            .prop_map(|(at, bytes, all)| Step::Send { at, bytes, all }),
        1 => (any::<bool>(), any::<bool>()).prop_map(|(narrow, v6)| Step::Pair { narrow, v6 }),
        10 => any_kind(),
    ]
    .boxed()
}

fn datagram() -> BoxedStrategy<Step> {
    let at = 0..64_usize;
    let length = prop_oneof![Just(0_usize), 1..2_000_usize, 1..65_600_usize];
    prop_oneof![
        4 => (at.clone(), at.clone(), length.clone())
            .prop_map(|(at, to, bytes)| Step::SendTo { at, to, bytes }),
        2 => (at.clone(), length).prop_map(|(at, bytes)| Step::Send { at, bytes, all: false }),
        3 => (at.clone(), at.clone(), 1..300_u32, 12..2_000_u32)
            .prop_map(|(at, to, count, bytes)| Step::Burst { at, to, count, bytes }),
        1 => (at.clone(), at).prop_map(|(at, to)| Step::Connect { at, to }),
        10 => any_kind(),
    ]
    .boxed()
}

/// Batches of steps; between two of them it is quiet.
pub(crate) fn batches(kinds: Kinds) -> impl Strategy<Value = (Kinds, Vec<Vec<Step>>)> {
    let step = match kinds {
        Kinds::Streams => stream(),
        Kinds::Datagrams => datagram(),
        Kinds::Both | Kinds::Unix => prop_oneof![stream(), datagram()].boxed(),
    };
    let batch = prop::collection::vec(step, 1..12);
    (Just(kinds), prop::collection::vec(batch, 1..5))
}
