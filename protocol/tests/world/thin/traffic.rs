//! Random traffic as a forwarder tells it: packets of every kind, marks, fates, and all that may come
//! between.

use crate::script::{Script, address, sent};
use crate::wire::{BACK, THERE, UDP, datagram, fragment, segment};
use protocol::command::{Command, Kind, Net};
use protocol::data::Data;
use protocol::packet::{Head, IcmpHead, Lost, Mark, PacketFate};
use protocol::reply::Numbered;
use protocol::sample::Queue;
use protocol::wire::{Deed, Match};
use protocol::{CallId, End, Field, FlowId, PacketId, SessionId, SocketId, TrapId, What};
use std::collections::BTreeMap;

/// TCP, and ICMP, from the left.
const STREAM: FlowId = FlowId(3);
const ERRORS: FlowId = FlowId(4);
/// One that was never seen.
const STRANGE: FlowId = FlowId(99);

pub(super) struct Traffic {
    pub(super) script: Script,
    on_wire: BTreeMap<PacketId, FlowId>,
    last: u64,
    /// Sender and receiver.
    sockets: [SocketId; 2],
    burst: Option<Numbered>,
    idents: u32,
}

impl Traffic {
    pub(super) fn new() -> Self {
        let mut new = Self {
            script: Script::default(),
            on_wire: BTreeMap::new(),
            last: 0,
            sockets: [SocketId(0); 2],
            burst: None,
            idents: 0,
        };
        new.sockets();
        new.wire();
        new
    }

    fn sockets(&mut self) {
        let bound = |script: &mut Script, net, to| {
            let socket = script.socket(net, Kind::Datagram);
            script.bind(socket, to);
            socket
        };
        self.sockets = [
            bound(&mut self.script, Net::Left, "10.77.0.1:4000"),
            bound(&mut self.script, Net::Right, "10.77.0.2:53"),
        ];
        self.burst = None;
    }

    /// The old one's packets are never heard of again.
    fn wire(&mut self) {
        self.on_wire.clear();
        self.script.wired(UDP, "10.77.0.2:53");
        self.script.flow(STREAM, End::Left, 6, "10.77.0.1:4001", "10.77.0.2:80");
        self.script.flow(ERRORS, End::Left, 1, "10.77.0.1:0", "10.77.0.2:0");
    }

    pub(super) fn step(&mut self, (which, much): (u8, u16)) {
        let many = usize::from(much % 50);
        match which % 24 {
            0..=6 => (0..many).for_each(|n| self.enter(u32::from(much) + n as u32)),
            7..=12 => (0..many).for_each(|n| self.leave(usize::from(much) + n)),
            13 | 14 => (0..=many / 10).for_each(|n| self.mark(usize::from(much) + n)),
            15 => self.fail(many),
            16 => self.trap(many),
            17 => self.send(),
            18 => self.begin(),
            _ => self.between(which, much),
        }
    }

    fn tell(&mut self, what: What) {
        self.script.tell(what);
    }

    fn next(&mut self) -> PacketId {
        self.last += 1;
        PacketId(self.last)
    }

    fn any(&self, which: usize) -> Option<(PacketId, FlowId)> {
        let count = self.on_wire.len();
        let nth = (count > 0).then(|| self.on_wire.iter().nth(which % count))??;
        Some((*nth.0, *nth.1))
    }

    fn numbered(&mut self) -> Option<(CallId, u32)> {
        let burst = self.burst.as_mut()?;
        burst.number += 1;
        Some((burst.call, burst.number))
    }

    fn enter(&mut self, which: u32) {
        let (flow, head) = match which % 16 {
            0..=4 => (THERE, datagram(None)),
            5..=9 => (STREAM, segment(which)),
            10 => (ERRORS, Head::Icmp(IcmpHead::default())),
            11 => (STRANGE, segment(0)),
            12 => (BACK, datagram(None)),
            13 => (THERE, Head::Unparsed { why: "Cut short.".into() }),
            14 => (THERE, datagram(self.numbered())),
            _ => {
                let offset = if which.is_multiple_of(3) { 1_480 } else { 0 };
                self.idents += u32::from(offset == 0);
                let numbered = self.numbered().filter(|_| which.is_multiple_of(2));
                (THERE, fragment(self.idents % 8, offset, numbered))
            }
        };
        let packet = self.next();
        let (src, dst) = (address("10.77.0.1:4000"), address("10.77.0.2:53"));
        let (from, bytes) = (End::Left, 20 + which);
        self.tell(What::PacketEntered { packet, flow, from, bytes, src, dst, head });
        self.on_wire.insert(packet, flow);
    }

    fn leave(&mut self, which: usize) {
        let Some((packet, flow)) = self.any(which) else { return };
        self.on_wire.remove(&packet);
        let fate = match which % 7 {
            0 => PacketFate::Lost(Lost::Random),
            1 => PacketFate::Lost(Lost::Cable),
            _ => PacketFate::Delivered,
        };
        self.tell(What::PacketLeft { packet, flow, fate });
        if which % 7 == 6 {
            let fate = PacketFate::Lost(Lost::DeviceFull);
            self.tell(What::PacketLeft { packet, flow, fate });
        }
    }

    /// Writes that fail a little later.
    fn fail(&mut self, many: usize) {
        let batch: Vec<_> = self.on_wire.iter().take(many).map(|(p, f)| (*p, *f)).collect();
        for fate in [PacketFate::Delivered, PacketFate::Lost(Lost::DeviceFull)] {
            for &(packet, flow) in &batch {
                self.tell(What::PacketLeft { packet, flow, fate });
                self.on_wire.remove(&packet);
            }
        }
    }

    fn mark(&mut self, which: usize) {
        let Some((packet, flow)) = self.any(which / 5) else { return };
        let mark = match which % 5 {
            0 => Mark::Held,
            1 => Mark::Released,
            2 => Mark::Damaged { offset: 30 },
            3 => Mark::Delayed { by: 5 },
            _ => Mark::Copied { copy: self.next() },
        };
        if let Mark::Copied { copy } = mark {
            self.on_wire.insert(copy, flow);
        }
        self.tell(What::PacketMarked { packet, mark });
    }

    fn trap(&mut self, which: usize) {
        let trap = TrapId(1);
        match (which % 3, self.any(which)) {
            (0, _) => {
                let (matching, act) = (Match::default(), Deed::Hold);
                self.tell(What::TrapArmed { by: None, trap, matching, act, count: 3 });
            }
            (1, Some((packet, _))) => {
                self.tell(What::TrapSprung { trap, packet, left: which as u32 % 2 });
            }
            _ => self.tell(What::TrapDisarmed { by: None, trap }),
        }
    }

    fn send(&mut self) {
        let ask = Command::SendTo {
            socket: self.sockets[0],
            address: address("10.77.0.2:53"),
            data: Data::Text("hi".into()),
        };
        self.script.done(&ask, &sent(2));
    }

    fn begin(&mut self) {
        let ask = Command::Burst {
            socket: self.sockets[0],
            address: Some(address("10.77.0.2:53")),
            count: 40,
            bytes: 12,
        };
        let call = self.script.begin(&ask);
        self.burst = Some(Numbered { call, number: 0 });
    }

    fn between(&mut self, which: u8, much: u16) {
        match which % 24 {
            19 => {
                let queue = Queue { datagrams: u32::from(much % 9), ..Queue::default() };
                let set = vec![Field::Drops(1), Field::Queue(Some(queue)), Field::Steady(true)];
                self.script.sample(self.sockets[1], set);
            }
            20 => self.tell(What::Frozen { by: None, on: much.is_multiple_of(2) }),
            21 if much.is_multiple_of(8) => {
                self.tell(What::Reset { by: Some(SessionId(1)) });
                self.sockets();
            }
            22 if much.is_multiple_of(8) => self.wire(),
            23 if much.is_multiple_of(4) => {
                let number = u32::from(much % 40);
                let call = self.burst.map_or(CallId(1), |burst| burst.call);
                self.tell(What::DatagramSent { call, number });
            }
            _ => self.tell(What::WireDown { why: "Gone.".into() }),
        }
    }
}
