//! Owns the numbers of flows: each direction between two addresses is named once. Bounded.

use super::super::hash::FastMap;
use super::super::packet::Parsed;
use protocol::packet::End;
use protocol::{Address, FlowId, What};
use std::net::SocketAddr;

/// Flows known at once; past it all are named anew.
const KNOWN: usize = protocol::world::KEPT_FLOWS;

type Key = (End, u8, SocketAddr, SocketAddr);

/// The flows that have a number.
#[derive(Default)]
pub struct Flows {
    known: FastMap<Key, FlowId>,
    last: u32,
}

impl Flows {
    /// The first new one gets the number after this.
    pub fn after(last: u32) -> Self {
        Self { last, ..Self::default() }
    }

    /// The number that was given last; 0 for none.
    pub fn last(&self) -> u32 {
        self.last
    }

    /// The packet's flow, and what to tell when it is new.
    pub fn of(&mut self, from: End, packet: &Parsed) -> (FlowId, Option<What>) {
        let key = (from, packet.protocol, packet.src, packet.dst);
        if let Some(flow) = self.known.get(&key) {
            return (*flow, None);
        }
        if self.known.len() >= KNOWN {
            self.known.clear();
        }
        self.last += 1;
        let flow = FlowId(self.last);
        self.known.insert(key, flow);
        let seen = What::FlowSeen {
            flow,
            from,
            protocol: packet.protocol,
            src: Address::Inet(packet.src),
            dst: Address::Inet(packet.dst),
        };
        (flow, Some(seen))
    }
}
