//! Any command.

use super::wire::{deed, end, handling, impairment, matching, packet};
use super::{address, call, data, family, kind, net, side, socket, text};
use proptest::option::of;
use proptest::prelude::*;
use protocol::command::{
    Application, Command, Half, Invite, Lesson, Reading, Record, Serving, SocketOption,
};
use protocol::wire::WireOrder;

fn option() -> impl Strategy<Value = SocketOption> {
    use SocketOption as O;
    prop_oneof![
        any::<bool>().prop_map(O::ReuseAddress),
        any::<bool>().prop_map(O::ReusePort),
        any::<u32>().prop_map(O::SendBuffer),
        any::<u32>().prop_map(O::ReceiveBuffer),
        any::<bool>().prop_map(O::NoDelay),
        any::<(bool, Option<u16>)>().prop_map(|(on, idle)| O::Keepalive { on, idle }),
        any::<Option<u16>>().prop_map(O::Linger),
        any::<bool>().prop_map(O::OnlyV6),
        any::<u32>().prop_map(O::Lossy),
        any::<bool>().prop_map(O::Timestamps),
    ]
}

fn half() -> impl Strategy<Value = Half> {
    prop_oneof![Just(Half::Read), Just(Half::Write), Just(Half::Both)]
}

fn lesson() -> impl Strategy<Value = Lesson> {
    prop_oneof![
        text().prop_map(|name| Lesson::Start { name }),
        Just(Lesson::Next),
        Just(Lesson::Stop),
        any::<u32>().prop_map(|choice| Lesson::Bet { choice }),
        Just(Lesson::Again)
    ]
}

fn serving() -> impl Strategy<Value = Serving> {
    let app = prop_oneof![
        any::<(u32, u64)>().prop_map(|(max, every)| Application::Read(Reading { max, every })),
        any::<u32>().prop_map(|max| Application::Echo { max }),
        (any::<u32>(), data()).prop_map(|(max, data)| Application::Answer { max, data }),
        Just(Application::Idle),
        (proptest::option::of(address()), any::<u32>(), any::<u64>())
            .prop_map(|(to, frames, every)| Application::Film { to, frames, every }),
    ];
    (app, any::<bool>()).prop_map(|(app, side_by_side)| Serving { app, side_by_side })
}

fn life() -> impl Strategy<Value = Command> {
    use Command as C;
    prop_oneof![
        (net(), family(), kind(), of(side()), of(text())).prop_map(
            |(net, family, kind, side, name)| { C::Socket { net, family, kind, side, name } }
        ),
        (socket(), option()).prop_map(|(socket, set)| C::Option { socket, set }),
        (socket(), address()).prop_map(|(socket, address)| C::Bind { socket, address }),
        (socket(), any::<i32>()).prop_map(|(socket, backlog)| C::Listen { socket, backlog }),
        socket().prop_map(|socket| C::Accept { socket }),
        (socket(), address()).prop_map(|(socket, address)| C::Connect { socket, address }),
        (socket(), half()).prop_map(|(socket, how)| C::Shutdown { socket, how }),
        socket().prop_map(|socket| C::Close { socket }),
        (socket(), any::<Option<u64>>()).prop_map(|(socket, after)| C::Timeout { socket, after }),
        (socket(), any::<bool>()).prop_map(|(socket, on)| C::Nonblocking { socket, on }),
        (socket(), of(call())).prop_map(|(socket, call)| C::Interrupt { socket, call }),
        (socket(), any::<Option<(u32, u64)>>()).prop_map(|(socket, set)| C::Reader {
            socket,
            set: set.map(|(max, every)| Reading { max, every }),
        }),
        (socket(), of(serving())).prop_map(|(socket, set)| C::Serve { socket, set }),
        lesson().prop_map(C::Experiment),
        any::<u32>().prop_map(|snaplen| C::Record(Record::Start { snaplen })),
        Just(C::Record(Record::Stop)),
        Just(C::Invite(Invite::Show)),
        Just(C::Invite(Invite::Renew)),
        Just(C::Invite(Invite::End)),
        Just(C::Reset),
        any::<bool>().prop_map(|on| C::Pause { on }),
        Just(C::Step),
    ]
}

fn moving() -> impl Strategy<Value = Command> {
    use Command as C;
    let taking = || (socket(), any::<u32>(), any::<bool>());
    prop_oneof![
        (socket(), data(), any::<bool>()).prop_map(|(socket, data, all)| C::Send {
            socket,
            data,
            all
        }),
        taking().prop_map(|(socket, max, peek)| C::Recv { socket, max, peek }),
        (socket(), address(), data()).prop_map(|(socket, address, data)| C::SendTo {
            socket,
            address,
            data
        }),
        taking().prop_map(|(socket, max, peek)| C::RecvFrom { socket, max, peek }),
        (socket(), of(address()), 0..50_u32, any::<u32>())
            .prop_map(|(socket, address, count, bytes)| C::Burst { socket, address, count, bytes }),
    ]
}

fn of_wire() -> impl Strategy<Value = Command> {
    use Command as C;
    prop_oneof![
        (of(end()), impairment(), any::<Option<u32>>()).prop_map(|(from, set, seed)| C::Impair {
            from,
            set,
            seed
        }),
        any::<bool>().prop_map(|on| C::Freeze { on }),
        handling().prop_map(C::Packet),
        (any::<bool>(), matching(), deed(), any::<u32>())
            .prop_map(|(on, matching, act, count)| C::Trap { on, matching, act, count }),
        packet().prop_map(|packet| C::PacketBytes { packet }),
        Just(C::Wire(WireOrder::Restart)),
    ]
}

/// Any command.
pub(crate) fn command() -> impl Strategy<Value = Command> {
    // Boxed: unboxed, a strategy of everything does not fit on a stack.
    prop_oneof![4 => life().boxed(), 4 => moving().boxed(), 1 => of_wire().boxed()]
}
