//! Owns the order of events: one clock, one counter, one bounded ring, and the world they add up to.
//! Never knows who writes or who reads.

use protocol::packet::Head;
use protocol::{Event, Nanos, Seq, Source, What, World};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::sync::watch;

/// Bytes of events kept in memory.
pub const RING_BYTES: usize = 64 * 1024 * 1024;

/// The journal of one epoch. Cheap to clone; all clones are one.
#[derive(Clone)]
pub struct Journal {
    shared: Arc<Shared>,
}

struct Shared {
    epoch: String,
    began: Nanos,
    began_unix_ns: u64,
    state: Mutex<State>,
    newest: watch::Sender<Seq>,
    ring_bytes: usize,
}

#[derive(Default)]
struct State {
    ring: VecDeque<Event>,
    bytes: usize,
    world: World,
}

impl State {
    fn push(&mut self, event: Event, most: usize) {
        self.world.apply(&event);
        self.bytes += weight(&event);
        self.ring.push_back(event);
        while self.bytes > most
            && let Some(old) = self.ring.pop_front()
        {
            self.bytes -= weight(&old);
        }
    }
}

/// What a reader finds after the event that it has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Read {
    /// The next events, none if there are none yet.
    Events(Vec<Event>),
    /// They have left the ring; the oldest one there.
    Lost {
        /// The oldest event that can still be read.
        oldest: Seq,
    },
}

impl Journal {
    /// A new epoch, named `epoch`, beginning now.
    pub fn new(epoch: String) -> Self {
        Self::bounded(epoch, RING_BYTES)
    }

    /// The same with a ring of another size.
    pub fn bounded(epoch: String, ring_bytes: usize) -> Self {
        let unix = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let shared = Shared {
            epoch,
            began: monotonic(),
            began_unix_ns: unix.as_nanos() as u64,
            state: Mutex::default(),
            newest: watch::Sender::new(0),
            ring_bytes,
        };
        Self { shared: Arc::new(shared) }
    }

    /// The epoch's name.
    pub fn epoch(&self) -> &str {
        &self.shared.epoch
    }

    /// The wall clock at the epoch's beginning, ns since 1970.
    pub fn began_unix_ns(&self) -> u64 {
        self.shared.began_unix_ns
    }

    /// Nanoseconds since the epoch began (`CLOCK_MONOTONIC`).
    pub fn now(&self) -> Nanos {
        monotonic().saturating_sub(self.shared.began)
    }

    /// Appends: takes the clock, assigns seq, pushes and folds under one lock, so `at` never decreases.
    pub fn append(&self, source: Source, what: What) -> (Seq, Nanos) {
        self.append_all(std::iter::once((source, what)))
    }

    /// Appends several at one moment, under one lock; the last one's seq, and the moment.
    pub fn append_all(&self, news: impl Iterator<Item = (Source, What)>) -> (Seq, Nanos) {
        let (seq, at) = {
            let mut state = self.lock();
            let at = self.now().max(state.world.at);
            for (source, what) in news {
                let event = Event { seq: state.world.seq + 1, at, source, what };
                state.push(event, self.shared.ring_bytes);
            }
            (state.world.seq, at)
        };
        self.shared.newest.send_replace(seq);
        (seq, at)
    }

    /// Appends if the world, at that very moment, says that it is so; whether it did.
    pub fn append_if(
        &self,
        source: Source,
        what: What,
        is_so: impl FnOnce(&World) -> bool,
    ) -> bool {
        let seq = {
            let mut state = self.lock();
            if !is_so(&state.world) {
                return false;
            }
            let event = Event {
                seq: state.world.seq + 1,
                at: self.now().max(state.world.at),
                source,
                what,
            };
            state.push(event, self.shared.ring_bytes);
            state.world.seq
        };
        self.shared.newest.send_replace(seq);
        true
    }

    /// The last seq assigned.
    pub fn seq(&self) -> Seq {
        *self.shared.newest.borrow()
    }

    /// Tells of each new seq.
    pub fn watch(&self) -> watch::Receiver<Seq> {
        self.shared.newest.subscribe()
    }

    /// The world now, at its own `seq`.
    pub fn snapshot(&self) -> World {
        self.lock().world.clone()
    }

    /// Looks at the world now, without a copy. Keep it short: writers wait.
    pub fn look<T>(&self, look: impl FnOnce(&World) -> T) -> T {
        look(&self.lock().world)
    }

    /// At most `most` events after `seq`.
    pub fn read(&self, seq: Seq, most: usize) -> Read {
        self.read_within(seq, most, usize::MAX)
    }

    /// The same, and no more than fill so many bytes of memory; one event always does.
    pub fn read_within(&self, seq: Seq, most: usize, bytes: usize) -> Read {
        let state = self.lock();
        let oldest = state.ring.front().map_or(state.world.seq + 1, |event| event.seq);
        if seq + 1 < oldest {
            return Read::Lost { oldest };
        }
        let skip = (seq + 1 - oldest) as usize;
        let mut left = bytes;
        let fits = |event: &&Event| {
            let fits = left > 0;
            left = left.saturating_sub(weight(event));
            fits
        };
        Read::Events(state.ring.iter().skip(skip).take(most).take_while(fits).cloned().collect())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `CLOCK_MONOTONIC` in ns (clock_gettime(2)).
#[cfg(unix)]
fn monotonic() -> Nanos {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    now.tv_sec as u64 * 1_000_000_000 + now.tv_nsec as u64
}

/// Since it was first asked, in ns (`QueryPerformanceCounter`).
#[cfg(windows)]
fn monotonic() -> Nanos {
    static FIRST: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
    FIRST.get_or_init(std::time::Instant::now).elapsed().as_nanos() as Nanos
}

/// What an event costs in memory, its heap included (an upper estimate).
fn weight(event: &Event) -> usize {
    const HEAP: usize = 2 * protocol::limit::EVENT_PAYLOAD;
    size_of::<Event>()
        + match &event.what {
            What::DatagramSent { .. }
            | What::Crossed { .. }
            | What::Gone { .. }
            | What::PacketMarked { .. }
            | What::PacketLeft { .. }
            | What::Stamped { .. }
            | What::StampsLost { .. } => 0,
            What::PacketEntered { head, .. } => head_weight(head),
            What::Sample { set, .. } => set.capacity() * size_of::<protocol::Field>() + 64,
            _ => HEAP,
        }
}

/// What a packet's head has on the heap.
fn head_weight(head: &Head) -> usize {
    match head {
        Head::Tcp(tcp) => tcp.start.bytes().len() + tcp.sack.len() * size_of::<(u32, u32)>(),
        Head::Udp(udp) => udp.start.bytes().len(),
        Head::Unparsed { why } => why.len(),
        Head::Icmp(_) | Head::Fragment(_) | Head::Other(_) => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::SocketId;

    fn gone(n: u32) -> What {
        What::Gone { socket: SocketId(n) }
    }

    #[test]
    fn seq_has_no_holes_and_time_never_goes_back() {
        let journal = Journal::new("e".into());
        let stamps: Vec<_> = (0..100).map(|n| journal.append(Source::Relay, gone(n))).collect();
        assert!(stamps.windows(2).all(|pair| pair[0].0 + 1 == pair[1].0 && pair[0].1 <= pair[1].1));
        let Read::Events(events) = journal.read(0, 1000) else { panic!("lost") };
        assert_eq!(
            events.iter().map(|event| event.seq).collect::<Vec<_>>(),
            (1..=100).collect::<Vec<_>>()
        );
        assert_eq!(journal.read(100, 10), Read::Events(vec![]));
    }

    #[test]
    fn a_read_is_bounded_in_bytes_and_never_stands_still() {
        let journal = Journal::new("e".into());
        (0..100).for_each(|n| {
            journal.append(Source::Relay, gone(n));
        });
        for (bytes, fit) in [(1, 1), (10 * size_of::<Event>(), 10), (usize::MAX, 50)] {
            let Read::Events(events) = journal.read_within(20, 50, bytes) else { panic!("lost") };
            assert_eq!((events.len(), events[0].seq), (fit, 21));
        }
    }

    #[test]
    fn a_full_ring_forgets_the_oldest_and_says_so() {
        let journal = Journal::bounded("e".into(), 10 * size_of::<Event>());
        (0..100).for_each(|n| {
            journal.append(Source::Relay, gone(n));
        });
        let Read::Lost { oldest } = journal.read(0, 10) else { panic!("still there") };
        let Read::Events(events) = journal.read(oldest - 1, 1000) else { panic!("lost") };
        assert_eq!(
            (events.first().map(|e| e.seq), events.last().map(|e| e.seq)),
            (Some(oldest), Some(100))
        );
        assert_eq!(journal.snapshot().seq, 100);
    }
}
