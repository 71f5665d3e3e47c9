//! Owns what a recording tells of its packets once all of it is known: bytes, marks and the one fate.

use protocol::command::Net;
use protocol::packet::{Head, Mark, PacketFate};
use protocol::recording::{Block, Reading, Stored};
use protocol::{Command, End, Event, FlowId, Nanos, PacketId, SocketId, What};
use std::collections::HashMap;

/// A packet, from its entry to its end.
#[derive(Clone, Debug)]
pub(super) struct Told {
    pub(super) from: End,
    pub(super) bytes: u32,
    pub(super) entered: Nanos,
    pub(super) again: bool,
    pub(super) marks: Vec<Mark>,
    /// Of which it is a copy, made by the wire.
    pub(super) original: Option<PacketId>,
    pub(super) end: Option<(Nanos, PacketFate)>,
    /// Its first bytes as it entered, and as it left where that is not the same.
    pub(super) kept: Option<Stored>,
    pub(super) changed: Option<Stored>,
}

/// A call's beginning or end at one end of the wire, as one line.
#[derive(Clone, Debug)]
pub(super) struct Remark {
    pub(super) at: Nanos,
    pub(super) end: End,
    pub(super) text: String,
}

/// All of a recording's packets and calls.
#[derive(Debug, Default)]
pub(super) struct All {
    pub(super) packets: HashMap<PacketId, Told>,
    pub(super) remarks: Vec<Remark>,
    flows: HashMap<FlowId, End>,
    nets: HashMap<SocketId, End>,
    calls: HashMap<protocol::CallId, (End, String)>,
    loose: HashMap<PacketId, Vec<Stored>>,
}

impl All {
    /// Reads every block.
    pub(super) fn of(blocks: &mut Reading<'_>) -> Self {
        let mut all = Self::default();
        for block in blocks {
            match block {
                Block::Events(events) => events.iter().for_each(|event| all.event(event)),
                Block::Packets(packets) => {
                    for stored in packets {
                        all.loose.entry(stored.packet).or_default().push(stored);
                    }
                }
                Block::Snapshot(world) => all.known(&world),
                Block::Header(_) | Block::Missing { .. } | Block::Closed(_) => {}
            }
        }
        for (id, stored) in std::mem::take(&mut all.loose) {
            let Some(packet) = all.packets.get_mut(&id) else { continue };
            let mut stored = stored.into_iter();
            packet.kept = stored.next();
            packet.changed = stored.last();
        }
        all
    }

    /// What stood before the first event.
    fn known(&mut self, world: &protocol::World) {
        for (id, socket) in &world.sockets {
            if let Some(end) = end_of(socket.net) {
                self.nets.insert(*id, end);
            }
        }
        for (id, flow) in world.wire.iter().flat_map(|wire| &wire.flows) {
            self.flows.insert(*id, flow.from);
        }
    }

    fn event(&mut self, event: &Event) {
        match &event.what {
            What::FlowSeen { flow, from, .. } => {
                self.flows.insert(*flow, *from);
            }
            What::PacketEntered { packet, from, bytes, head, .. } => {
                let again = matches!(head, Head::Tcp(tcp) if tcp.again);
                self.packets.insert(*packet, Told::new(*from, *bytes, event.at, again));
            }
            What::PacketMarked { packet, mark } => {
                let Some(told) = self.packets.get_mut(packet) else { return };
                told.marks.push(*mark);
                if let Mark::Copied { copy } = mark {
                    let twin = Told {
                        original: Some(*packet),
                        ..Told::new(told.from, told.bytes, event.at, told.again)
                    };
                    self.packets.insert(*copy, twin);
                }
            }
            What::PacketLeft { packet, fate, .. } => {
                if let Some(told) = self.packets.get_mut(packet) {
                    told.end = Some((event.at, *fate));
                }
            }
            What::CallBegan { call, ask, .. } => self.began(event.at, *call, ask),
            What::CallEnded { call, result } => self.ended(event.at, *call, result),
            _ => {}
        }
    }

    fn began(&mut self, at: Nanos, call: protocol::CallId, ask: &Command) {
        let end = match ask {
            Command::Socket { net, .. } => end_of(*net),
            other => other.socket().and_then(|socket| self.nets.get(&socket).copied()),
        };
        let Some(end) = end else { return };
        let name = serde_json::to_string(ask).unwrap_or_default();
        self.remarks.push(Remark { at, end, text: format!("call {call} begins: {name}") });
        self.calls.insert(call, (end, name));
    }

    fn ended(&mut self, at: Nanos, call: protocol::CallId, result: &protocol::Answer) {
        let Some((end, _)) = self.calls.remove(&call) else { return };
        if let protocol::Answer::Ok(done) = result {
            match done {
                protocol::Done::Made(made) => self.nets.insert(made.socket, end),
                protocol::Done::Accepted(accepted) => self.nets.insert(accepted.socket, end),
                _ => None,
            };
        }
        let result = serde_json::to_string(result).unwrap_or_default();
        self.remarks.push(Remark { at, end, text: format!("call {call} ends: {result}") });
    }
}

impl Told {
    fn new(from: End, bytes: u32, entered: Nanos, again: bool) -> Self {
        Self {
            from,
            bytes,
            entered,
            again,
            marks: Vec::new(),
            original: None,
            end: None,
            kept: None,
            changed: None,
        }
    }
}

fn end_of(net: Net) -> Option<End> {
    match net {
        Net::Left => Some(End::Left),
        Net::Right => Some(End::Right),
        Net::Host => None,
    }
}
