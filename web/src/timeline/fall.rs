//! Owns what falls on the screen: motion of the viewer's seconds only, begun when the picture learns
//! of a loss. What is lost, and how many, the world and the packets say.

use super::packet::Packet;
use protocol::table::Table;
use protocol::world::Tally;
use protocol::{CallId, PacketId, World};

/// Viewer's seconds from the first to the last of a lot to begin to fall.
pub(super) const SPREAD: f64 = 0.7;
/// Viewer's seconds that one takes.
const TAKES: f64 = 0.6;

/// Single packets that fall at once at most.
const MOST: usize = 64;

/// Who lost a datagram: never one heap for both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loser {
    /// The wire.
    Wire,
    /// The receiver's kernel, for want of buffer.
    Buffer,
}

impl Loser {
    /// How many of a burst it has lost.
    pub fn count(self, tally: &Tally) -> u32 {
        match self {
            Self::Wire => tally.lost,
            Self::Buffer => tally.dropped,
        }
    }
}

/// A lot of datagrams of one burst, falling.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fall {
    /// The burst.
    pub burst: CallId,
    /// Who lost them.
    pub by: Loser,
    /// How many had been known to be lost there before.
    pub first: u32,
    /// How many fall now.
    pub count: u32,
    /// When they began to fall, viewer's seconds.
    pub began: f64,
}

impl Fall {
    /// How far down the `nth` of this lot (from 0) is: 0 not yet falling, 1 on the stack.
    pub fn progress(&self, nth: u32, view: f64) -> f32 {
        let late = f64::from(nth) / f64::from(self.count.max(1)) * SPREAD;
        crate::order::within((view - self.began - late) / TAKES, 0.0, 1.0) as f32
    }

    fn over(&self, view: f64) -> bool {
        view > self.began + SPREAD + TAKES
    }
}

/// All that fall, and how many of each burst have been known before.
#[derive(Default)]
pub(super) struct Falls {
    lots: Vec<Fall>,
    known: Table<CallId, [u32; 2]>,
    packets: Vec<(PacketId, f64)>,
}

impl Falls {
    /// The picture has come to another world.
    pub(super) fn passed(&mut self, world: &World, forward: bool, view: f64) {
        if !forward {
            self.lots.clear();
            self.packets.clear();
        }
        self.known.retain(|burst, _| world.bursts.contains_key(burst));
        for (burst, state) in &world.bursts {
            let tally = state.sheet.tally();
            let now = [Loser::Wire, Loser::Buffer].map(|by| (by, by.count(&tally)));
            let before = self.known.insert(*burst, now.map(|(_, count)| count));
            let before = before.unwrap_or(now.map(|(_, count)| count));
            for ((by, count), first) in now.into_iter().zip(before) {
                if forward && count > first {
                    let count = count - first;
                    self.lots.push(Fall { burst: *burst, by, first, count, began: view });
                }
            }
        }
    }

    /// Packets that the picture has just seen lost.
    pub(super) fn lost<'a>(&mut self, packets: impl Iterator<Item = &'a Packet>, view: f64) {
        let room = MOST.saturating_sub(self.packets.len());
        self.packets.extend(packets.take(room).map(|packet| (packet.id, view)));
    }

    /// How far down a lost packet is: 0 where it was lost, 1 where it comes to lie.
    pub(super) fn down(&self, packet: PacketId, view: f64) -> f32 {
        let began = self.packets.iter().find(|(own, _)| *own == packet);
        began
            .map_or(1.0, |(_, began)| crate::order::within((view - began) / TAKES, 0.0, 1.0) as f32)
    }

    /// Forgets what lies on the stack.
    pub(super) fn settle(&mut self, view: f64) {
        self.lots.retain(|fall| !fall.over(view));
        self.packets.retain(|(_, began)| view <= began + TAKES);
    }

    pub(super) fn all(&self) -> &[Fall] {
        &self.lots
    }
}
