//! Any frame, and any run of events.

use super::event::{answer, error_kind, source};
use super::wire::{fate, flow, rung_name};
use super::{command, text, what, words};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use protocol::experiment::ExperimentHead;
use protocol::limit::Limits;
use protocol::message::{
    Hello, Privilege, Refused, Reply, Resume, Role, Rung, Thin, ToPage, ToRelay, Welcome,
};
use protocol::number::Wide;
use protocol::{CommandId, Event, SessionId, World};

/// Events whose seqs follow each other and whose times never decrease.
pub(crate) fn consecutive(count: std::ops::Range<usize>) -> impl Strategy<Value = Vec<Event>> {
    let parts = vec((0..1_u64 << 40, source(), what()), count);
    (1..1_u64 << 60, 0..1_u64 << 60, parts).prop_map(|(seq, mut at, parts)| {
        let mut events = Vec::new();
        for (seq, (after, source, what)) in (seq..).zip(parts) {
            at += after;
            events.push(Event { seq, at, source, what });
        }
        events
    })
}

/// The world that events come to.
pub(crate) fn fold(events: &[Event]) -> World {
    let mut world = World::default();
    for event in events {
        world.apply(event);
    }
    world
}

fn rung() -> impl Strategy<Value = Rung> {
    use Privilege as P;
    let refused = (rung_name(), text(), text(), text())
        .prop_map(|(rung, step, errno, remedy)| Refused { rung, step, errno, remedy });
    let privilege = proptest::sample::select(vec![P::Userns, P::Root, P::None]);
    (rung_name(), privilege, vec(refused, 0..3)).prop_map(|(name, privilege, refused)| Rung {
        name,
        privilege,
        refused,
    })
}

fn snapshot() -> impl Strategy<Value = Option<World>> {
    of(consecutive(0..20).prop_map(|events| fold(&events)))
}

fn welcome() -> impl Strategy<Value = Welcome> {
    let numbers = any::<(u32, u64, u32, u64, u64)>();
    let limits = any::<[u32; 7]>().prop_map(
        |[message, event_payload, fill, recv, sockets, blocked_calls, burst]| Limits {
            message,
            event_payload,
            fill,
            recv,
            sockets,
            blocked_calls,
            burst,
        },
    );
    let role = prop_oneof![Just(Role::Owner), Just(Role::Viewer)];
    let head = (text(), words(), words(), text(), any::<(bool, bool)>()).prop_map(
        |(name, title, question, group, (needs_wire, own))| ExperimentHead {
            name,
            title,
            question,
            group,
            needs_wire,
            own,
        },
    );
    (numbers, text(), role, snapshot(), rung(), limits, vec(head, 0..3)).prop_map(
        |(
            (version, began, session, seq, now),
            epoch,
            role,
            snapshot,
            rung,
            limits,
            experiments,
        )| Welcome {
            version,
            epoch,
            began_unix_ns: Wide(began),
            role,
            session: SessionId(session),
            seq,
            now,
            snapshot,
            rung,
            limits,
            experiments,
        },
    )
}

fn thin() -> impl Strategy<Value = Thin> {
    let some = || any::<u32>().prop_map(u64::from);
    (flow(), of(fate()), some(), some(), some(), some(), some()).prop_map(
        |(flow, fate, packets, bytes, copied, damaged, last)| Thin {
            flow,
            fate,
            packets,
            bytes,
            copied,
            damaged,
            last,
        },
    )
}

/// Anything that comes to the page.
pub(crate) fn to_page() -> impl Strategy<Value = ToPage> {
    prop_oneof![
        welcome().prop_map(|welcome| ToPage::Welcome(Box::new(welcome))),
        (error_kind(), text()).prop_map(|(kind, message)| ToPage::Refused { kind, message }),
        consecutive(1..2).prop_map(|mut events| ToPage::Event(events.remove(0))),
        (of(any::<u32>()), any::<u64>(), answer()).prop_map(|(id, seq, result)| {
            ToPage::Reply(Reply { id: id.map(CommandId), seq, result })
        }),
        any::<(u64, u64)>().prop_map(|(from, to)| ToPage::Gap { from, to }),
        (any::<[u64; 3]>(), vec(thin(), 0..4))
            .prop_map(|([from, to, at], flows)| ToPage::Thinned { from, to, at, flows }),
    ]
}

/// Anything that comes to the relay.
pub(crate) fn to_relay() -> impl Strategy<Value = ToRelay> {
    let resume = of((text(), any::<u64>()).prop_map(|(epoch, seq)| Resume { epoch, seq }));
    prop_oneof![
        (any::<u32>(), text(), resume).prop_map(|(version, token, resume)| ToRelay::Hello(Hello {
            version,
            token,
            resume
        })),
        (any::<u32>(), command()).prop_map(|(id, ask)| ToRelay::Command { id: CommandId(id), ask }),
    ]
}
