//! Datagrams as a kernel keeps its books: a small buffer, drops counted, a sender refused now and then.

use super::Step;
use crate::script::{Script, address, received, sent, two};
use proptest::prelude::*;
use protocol::command::Command;
use protocol::data::Data;
use protocol::reply::{Burst, Done, Numbered};
use protocol::sample::{Queue, Run};
use protocol::world::Fate;
use protocol::{CallId, Field, SocketId, What};
use std::collections::{BTreeMap, VecDeque};

const SENDER: SocketId = SocketId(1);
const RECEIVER: SocketId = SocketId(2);
const ROOM: usize = 20;

/// One datagram in the buffer: its number, where it has one.
type Letter = Option<Numbered>;

/// A receiver, and the journal of it.
pub(super) struct Post {
    pub(super) script: Script,
    queue: VecDeque<Letter>,
    drops: u32,
    told_drops: u32,
    /// What really became of each numbered datagram.
    truth: BTreeMap<CallId, Vec<Fate>>,
    under_way: Option<(CallId, u32, u32)>,
    walked: bool,
}

impl Post {
    pub(super) fn new() -> Self {
        Self {
            script: two(),
            queue: VecDeque::new(),
            drops: 0,
            told_drops: 0,
            truth: BTreeMap::new(),
            under_way: None,
            walked: false,
        }
    }

    pub(super) fn step(&mut self, (which, much): Step) {
        match which % 8 {
            0 => self.begin(u32::from(much % 60)),
            1 | 2 => self.advance(u32::from(much % 30)),
            3 => self.single(),
            4 | 5 => self.read(usize::from(much % 12), false),
            6 => self.read(1, true),
            _ => self.walk(much.is_multiple_of(4)),
        }
    }

    fn arrive(&mut self, letter: Letter) -> Fate {
        if self.queue.len() < ROOM {
            self.queue.push_back(letter);
            Fate::Waiting
        } else {
            self.drops += 1;
            Fate::Dropped
        }
    }

    fn begin(&mut self, count: u32) {
        if self.under_way.is_none() {
            let to = Some(address("10.77.0.2:53"));
            let ask = Command::Burst { socket: SENDER, address: to, count, bytes: 12 };
            let call = self.script.begin(&ask);
            self.truth.insert(call, vec![Fate::Unsent; count as usize]);
            self.under_way = Some((call, 0, count));
            self.walked = false;
        }
    }

    fn advance(&mut self, much: u32) {
        let Some((call, done, count)) = self.under_way else { return };
        self.walked = false;
        let until = (done + much).min(count);
        for number in done + 1..=until {
            let refused = (number + call.0).is_multiple_of(17);
            let fate = if refused {
                Fate::Refused
            } else {
                let fate = self.arrive(Some(Numbered { call, number }));
                self.script.tell(What::DatagramSent { call, number });
                fate
            };
            self.truth.get_mut(&call).unwrap()[number as usize - 1] = fate;
        }
        self.under_way = Some((call, until, count));
        if until == count {
            let refused =
                self.truth[&call].iter().filter(|fate| **fate == Fate::Refused).count() as u32;
            let done = Burst { sent: count - refused, refused, errno: None };
            self.script.end(call, &Done::Burst(done));
            self.under_way = None;
        }
    }

    fn single(&mut self) {
        if self.under_way.is_none() {
            let ask = Command::SendTo {
                socket: SENDER,
                address: address("10.77.0.2:53"),
                data: Data::Text("x".into()),
            };
            self.script.done(&ask, &sent(1));
            self.arrive(None);
            self.walked = false;
        }
    }

    fn read(&mut self, count: usize, peek: bool) {
        for _ in 0..count.min(self.queue.len()) {
            let letter = self.queue[0];
            let mut got = received(b"x");
            got.from = Some(address("10.77.0.1:4000"));
            (got.numbered, got.peek) = (letter, peek);
            if !peek {
                self.queue.pop_front();
                if let Some(Numbered { call, number }) = letter {
                    self.truth.get_mut(&call).unwrap()[number as usize - 1] = Fate::Read;
                }
            }
            let ask = Command::RecvFrom { socket: RECEIVER, max: 9, peek };
            self.script.done(&ask, &Done::Received(got));
            self.walked = false;
        }
    }

    /// A stale walk read the drop counter before the last drops.
    fn walk(&mut self, stale: bool) {
        if !stale {
            self.told_drops = self.drops;
        }
        let runs = self
            .queue
            .iter()
            .flatten()
            .map(|letter| Run { call: letter.call, first: letter.number, count: 1 })
            .collect();
        let queue = Queue { datagrams: self.queue.len() as u32, bytes: 0, runs };
        let fields =
            [Field::Drops(self.told_drops), Field::Queue(Some(queue)), Field::Steady(true)];
        self.script.sample(RECEIVER, fields.to_vec());
        self.walked = self.told_drops == self.drops;
    }

    /// The world agrees with these books, and claims nothing that is not so.
    pub(super) fn look(&self) -> Result<(), TestCaseError> {
        for (call, burst) in &self.script.world.bursts {
            for (place, (told, truth)) in burst.sheet.iter().zip(&self.truth[call]).enumerate() {
                let honest = match told {
                    Fate::Unsent => matches!(truth, Fate::Unsent | Fate::Refused),
                    Fate::Sent => !matches!(truth, Fate::Unsent | Fate::Refused),
                    Fate::Waiting | Fate::Read | Fate::Dropped | Fate::Refused => told == *truth,
                    Fate::Discarded | Fate::Lost => false,
                };
                prop_assert!(honest, "{} of {}: {:?}, truly {:?}", place + 1, call, told, truth);
                if self.walked {
                    prop_assert_ne!(told, Fate::Sent, "a walk settles all");
                }
            }
        }
        let ledger = self.script.datagrams(RECEIVER);
        if self.walked {
            prop_assert_eq!(ledger.unexplained, Some(0), "{:?}", ledger);
            prop_assert_eq!(ledger.quiet, self.under_way.is_none());
            prop_assert_eq!(ledger.waiting, self.queue.len() as u64);
            prop_assert_eq!(ledger.dropped, u64::from(self.drops));
        }
        Ok(())
    }
}
