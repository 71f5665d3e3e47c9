//! Owns the calls for the ladder, longer than the world remembers them.

use super::Move;
use super::bound::Bound;
use protocol::event::Crossing;
use protocol::table::Table;
use protocol::world::Call;
use protocol::{Answer, CallId, Command, Event, Nanos, What, World};
use std::collections::VecDeque;

/// Calls kept at most.
const KEPT: usize = 20_000;
/// How far back a send is looked for whose bytes cross.
const SEARCHED: usize = 256;

/// Calls in the order in which they began.
#[derive(Default)]
pub(super) struct Calls {
    pub(in crate::timeline) kept: Bound<KEPT>,
    stored: VecDeque<Call>,
    places: Table<CallId, u64>,
    fallen: u64,
}

impl Calls {
    pub(super) fn restart(&mut self, world: &World) {
        *self = Self::default();
        let mut calls: Vec<_> = world.calls.values().cloned().collect();
        crate::order::by_key(&mut calls, |call| (call.began, call.id));
        for call in calls {
            self.add(call);
        }
    }

    fn add(&mut self, call: Call) {
        self.places.insert(call.id, self.fallen + self.stored.len() as u64);
        self.stored.push_back(call);
        if self.kept.is_passed(self.stored.len())
            && let Some(old) = self.stored.pop_front()
        {
            self.places.remove(&old.id);
            self.fallen += 1;
        }
    }

    fn get_mut(&mut self, id: CallId) -> Option<&mut Call> {
        let place = self.places.get(&id)?.checked_sub(self.fallen)?;
        self.stored.get_mut(place as usize)
    }

    pub(super) fn get(&self, id: CallId) -> Option<&Call> {
        let place = self.places.get(&id)?.checked_sub(self.fallen)?;
        self.stored.get(place as usize)
    }

    pub(super) fn push(&mut self, event: &Event) {
        match &event.what {
            What::CallBegan { call, by, ask, cut } => self.add(Call {
                id: *call,
                by: *by,
                ask: ask.clone(),
                cut: *cut,
                began: event.at,
                blocked: None,
                bytes: 0,
                ended: None,
                result: None,
            }),
            What::CallBlocked { call, bytes } => {
                if let Some(call) = self.get_mut(*call) {
                    call.blocked.get_or_insert(event.at);
                    call.bytes = *bytes;
                }
            }
            What::CallEnded { call, result } => {
                if let Some(call) = self.get_mut(*call) {
                    call.ended = Some(event.at);
                    call.result = Some(result.clone());
                }
            }
            _ => {}
        }
    }

    pub(super) fn before(&self, at: Nanos) -> impl Iterator<Item = &Call> {
        let end = self.stored.partition_point(|call| call.began <= at);
        self.stored.range(..end).rev()
    }

    /// How many began at or before a moment.
    pub(super) fn begun(&self, at: Nanos) -> usize {
        self.stored.partition_point(|call| call.began <= at)
    }

    /// The payload of the one send that was in the kernel while `moving` crossed, if it took exactly
    /// as many bytes.
    pub(super) fn bytes_of(&self, moving: &Move) -> Option<Vec<u8>> {
        let (Crossing::Data { bytes } | Crossing::Datagram { bytes }) = moving.what else {
            return None;
        };
        let mut sends = self.before(moving.ended).take(SEARCHED).filter_map(|call| {
            let (Command::Send { socket, data, .. } | Command::SendTo { socket, data, .. }) =
                &call.ask
            else {
                return None;
            };
            let overlaps = call.ended.is_none_or(|ended| ended >= moving.began);
            (*socket == moving.from && overlaps).then_some((call, data))
        });
        let (call, data) = sends.next().filter(|_| sends.next().is_none())?;
        let took = match &call.result {
            Some(Answer::Ok(protocol::reply::Done::Sent(sent))) => sent.bytes,
            _ => return None,
        };
        (took == bytes && call.cut.is_none() && data.len() == took as usize)
            .then(|| data.to_bytes())
    }
}
