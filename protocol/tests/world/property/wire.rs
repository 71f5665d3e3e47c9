//! A TCP connection as a kernel keeps its books: both ways, SYN and FIN counted, acks late.

use super::Step;
use crate::script::{ACCEPTED, CLIENT, Script, pour, received, recv, sent};
use proptest::prelude::*;
use protocol::command::{Command, Half};
use protocol::data::{Data, Hex};
use protocol::reply::Done;
use protocol::{CallId, Field, SocketId, TcpState};

/// One end.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
#[derive(Default)]
struct End {
    /// Σ of what sends took.
    taken: Vec<u8>,
    /// Of which the peer's kernel has them.
    arrived: usize,
    /// Of which the peer's program has read.
    read: usize,
    /// Of which this kernel knows that they arrived.
    acked: usize,
    fin: bool,
    fin_arrived: bool,
    fin_acked: bool,
    closed: bool,
    asleep: Option<(CallId, u32, u32)>,
}

/// A connection, and the journal of it.
pub(super) struct Wire {
    pub(super) script: Script,
    ends: [End; 2],
    sampled: [bool; 2],
}

const IDS: [SocketId; 2] = [CLIENT, ACCEPTED];

impl Wire {
    pub(super) fn new() -> Self {
        Self { script: Script::connected(), ends: Default::default(), sampled: [false; 2] }
    }

    pub(super) fn step(&mut self, (which, much): Step) {
        let way = usize::from(which & 1);
        let much = usize::from(much);
        match which >> 1 & 15 {
            0 | 1 => self.send(way, much),
            2 => self.pour(way, much as u32),
            3 | 4 => self.deliver(way, much),
            5 | 6 => self.ack(way, much),
            7 | 8 => self.recv(way, much, false),
            9 => self.recv(way, much, true),
            10 if much < 60 => self.shutdown(way),
            11 if much < 30 => self.close(way),
            12 => {
                self.sample(way);
                self.sample(1 - way);
            }
            _ => self.sample(way),
        }
    }

    fn quiet(&self, way: usize) -> bool {
        let end = &self.ends[way];
        !end.closed && !end.fin && end.asleep.is_none()
    }

    fn send(&mut self, way: usize, much: usize) {
        if !self.quiet(way) || self.ends[1 - way].closed {
            return;
        }
        let bytes: Vec<u8> =
            (0..much).map(|n| (n * 7 + self.ends[way].taken.len()) as u8).collect();
        // The kernel may take only a part.
        let part = much - much / 3;
        let ask =
            Command::Send { socket: IDS[way], data: Data::Hex(Hex(bytes.clone())), all: false };
        self.script.done(&ask, &sent(part as u32));
        self.ends[way].taken.extend(&bytes[..part]);
        // What was taken may be under way to the other end.
        self.sampled = [false; 2];
    }

    /// A send all that falls asleep; the next time it goes on, ends or is interrupted.
    fn pour(&mut self, way: usize, much: u32) {
        if self.ends[way].closed || self.ends[1 - way].closed {
            return;
        }
        self.sampled = [false; 2];
        let Some((call, whole, taken)) = self.ends[way].asleep else {
            if self.quiet(way) {
                let call = self.script.begin(&pour(IDS[way], much));
                self.script.block(call, 0);
                self.ends[way].asleep = Some((call, much, 0));
            }
            return;
        };
        if much.is_multiple_of(7) {
            self.ends[way].asleep = None;
            return self.script.interrupted(call);
        }
        let now = (taken + much).min(whole);
        let fill = Data::Fill { bytes: whole }.to_bytes();
        self.ends[way].taken.extend(&fill[taken as usize..now as usize]);
        if now == whole {
            self.ends[way].asleep = None;
            self.script.end(call, &sent(whole));
        } else {
            self.ends[way].asleep = Some((call, whole, now));
            self.script.block(call, now);
        }
    }

    fn deliver(&mut self, way: usize, much: usize) {
        let receiver_closed = self.ends[1 - way].closed;
        let end = &mut self.ends[way];
        if receiver_closed {
            return;
        }
        end.arrived = (end.arrived + much).min(end.taken.len());
        end.fin_arrived |= end.fin && end.arrived == end.taken.len() && much.is_multiple_of(2);
        self.sampled = [false; 2];
    }

    fn ack(&mut self, way: usize, much: usize) {
        let end = &mut self.ends[way];
        end.acked = (end.acked + much).min(end.arrived);
        end.fin_acked |= end.fin_arrived && end.acked == end.taken.len();
        self.sampled[way] = false;
    }

    /// The program at `way` reads what the other end sent.
    fn recv(&mut self, way: usize, much: usize, peek: bool) {
        if self.ends[way].closed {
            return;
        }
        let from = &mut self.ends[1 - way];
        let until = (from.read + much).min(from.arrived);
        let mut got = received(&from.taken[from.read..until]);
        if got.bytes == 0 && !from.fin_arrived {
            return;
        }
        got.peek = peek;
        got.eof = got.bytes == 0 && from.read == from.taken.len();
        if !peek {
            from.read = until;
        }
        self.script.done(&recv(IDS[way]), &Done::Received(got));
        self.sampled[way] = false;
    }

    fn shutdown(&mut self, way: usize) {
        if self.quiet(way) {
            let ask = Command::Shutdown { socket: IDS[way], how: Half::Write };
            self.script.done(&ask, &Done::nothing());
            self.ends[way].fin = true;
            self.sampled[way] = false;
        }
    }

    fn close(&mut self, way: usize) {
        if self.quiet(way) {
            self.script.close(IDS[way]);
            self.ends[way].closed = true;
            self.sampled[way] = false;
        }
    }

    /// The state, while neither end is wholly done (then the kernel says CLOSE).
    fn state(&self, way: usize) -> TcpState {
        let (own, other) = (&self.ends[way], &self.ends[1 - way]);
        match (own.fin, own.fin_acked, other.fin_arrived) {
            (false, _, false) => TcpState::Established,
            (false, _, true) => TcpState::CloseWait,
            (true, false, false) => TcpState::FinWait1,
            (true, true, false) => TcpState::FinWait2,
            // Which of the two it is depends on who was first; both count alike.
            (true, false, true) if way == 0 => TcpState::Closing,
            (true, false, true) => TcpState::LastAck,
            (true, true, true) => TcpState::Close,
        }
    }

    fn sample(&mut self, way: usize) {
        let (own, other) = (&self.ends[way], &self.ends[1 - way]);
        if own.closed {
            return;
        }
        let syn = u64::from(way == 0);
        let acked = own.acked as u64 + syn + u64::from(own.fin_acked);
        let queue = (own.taken.len() - own.acked) as u64 + u64::from(own.fin && !own.fin_acked);
        let received = other.arrived as u64 + u64::from(other.fin_arrived);
        let set = vec![
            Field::State(self.state(way)),
            Field::Acked(acked),
            Field::SendQueue(queue),
            Field::Received(received),
            Field::ReceiveQueue((other.arrived - other.read) as u64),
            Field::Steady(true),
        ];
        self.script.sample(IDS[way], set);
        self.sampled[way] = true;
    }

    /// The world agrees with these books.
    pub(super) fn look(&self) -> Result<(), TestCaseError> {
        for way in [0, 1] {
            let (own, other) = (&self.ends[way], &self.ends[1 - way]);
            let ledger = self.script.stream(IDS[way]);
            prop_assert_eq!(ledger.sent, own.taken.len() as u64);
            prop_assert_eq!(ledger.read, own.read as u64);
            let open = !own.closed && !other.closed;
            if self.sampled == [true; 2] && open {
                prop_assert!(ledger.quiet);
                prop_assert_eq!(ledger.waiting, (own.arrived - own.read) as u64);
                prop_assert_eq!(ledger.unexplained, Some(0), "{:?}", ledger);
                if self.state(way) != TcpState::Close && self.state(1 - way) != TcpState::Close {
                    prop_assert_eq!(ledger.kept, (own.taken.len() - own.arrived) as u64);
                }
                prop_assert_eq!(ledger.discarded, 0);
            }
            if other.closed {
                prop_assert_eq!(ledger.discarded, ledger.sent - ledger.read);
                prop_assert_eq!(ledger.unexplained, Some(0));
            }
            let socket = self.script.at(IDS[way]);
            if self.sampled[way]
                && self.state(way) != TcpState::Close
                && let Some(kept) = socket.kept()
            {
                prop_assert_eq!(kept, &own.taken[own.acked..]);
            }
        }
        Ok(())
    }
}
