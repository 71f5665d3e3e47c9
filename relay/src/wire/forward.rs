//! Owns the wire's middle: the one thread through whose hands every packet passes. Reads from one end,
//! tells the journal, impairs, and writes to the other end; does what is asked of single packets.
//!
//! Reading order: `enter` (a packet comes) → `line` (what is under way) → `leave` (it goes) → `order`
//! (what is asked).

mod enter;
mod failing;
pub mod flow;
pub mod kept;
mod leave;
mod line;
mod order;

use super::device::Device;
use super::impair::Line as Weather;
use super::lasting::{Given, Lasting};
use super::packet::Reader;
use super::trap::Traps;
use crate::journal::Journal;
use crate::lab::Outcome;
use protocol::packet::End;
use protocol::wire::Impairment;
use protocol::{Command, ErrorKind, Failure, Nanos, PacketId, SessionId, Source, What};
use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec};
use std::os::fd::{AsFd, OwnedFd};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;
use std::{io, thread};
use tokio::sync::{Notify, oneshot};

/// Packets taken from one end before the other has its turn.
const TURN: usize = 32;
/// And their bytes: what the processor's cache still holds when they are written.
const TURN_BYTES: usize = 256 * 1024;
/// How often the devices' own drop counters are read, while anything moves.
const DEVICE_EVERY: Nanos = 10_000_000;

/// What somebody asks of the wire.
struct Order {
    by: Option<SessionId>,
    ask: Command,
    reply: Option<oneshot::Sender<Outcome>>,
}

/// A handle on the forwarder; it ends when the last is dropped.
#[derive(Clone)]
pub struct Forwarder {
    orders: mpsc::Sender<Order>,
    wake: Arc<Wake>,
    journal: Journal,
    arrivals: Arc<Notify>,
    devices: Arc<[Device; 2]>,
    busy: Arc<AtomicBool>,
    failed: failing::Why,
}

/// Wakes the forwarder from its sleep, also by being dropped last.
struct Wake(OwnedFd);

impl Wake {
    fn ring(&self) {
        // A counter that is full wakes as well as one that grows.
        let _ = rustix::io::write(&self.0, &1_u64.to_ne_bytes());
    }
}

impl Drop for Forwarder {
    fn drop(&mut self) {
        // The sender goes after this body: the thread may wake too early, and looks again.
        self.wake.ring();
    }
}

impl Forwarder {
    /// Starts the thread on the wire's two near ends.
    ///
    /// # Errors
    /// `EMFILE`, `ENFILE` (eventfd(2)), `EAGAIN` (pthread_create(3)).
    pub fn start(devices: [Device; 2], journal: Journal, seed: u32) -> io::Result<Self> {
        Self::start_after(devices, journal, seed, Lasting::default())
    }

    /// The same after other wires of this epoch.
    ///
    /// # Errors
    /// See [`Forwarder::start`].
    pub fn start_after(
        devices: [Device; 2],
        journal: Journal,
        seed: u32,
        lasting: Lasting,
    ) -> io::Result<Self> {
        let wake = rustix::event::eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?;
        let wake = Arc::new(Wake(wake));
        let (orders, incoming) = mpsc::channel();
        let arrivals = Arc::new(Notify::new());
        let devices = Arc::new(devices);
        let busy = Arc::new(AtomicBool::new(false));
        let near = Arc::clone(&devices);
        let mut post = Post::new(near, journal.clone(), seed, Arc::clone(&arrivals), lasting);
        let failed = post.failing.why();
        let ring = Arc::downgrade(&wake);
        let bell = wake.0.try_clone()?;
        thread::Builder::new().name("wire".into()).spawn({
            let busy = Arc::clone(&busy);
            move || while post.turn(&bell, &incoming, &busy) && ring.strong_count() > 0 {}
        })?;
        Ok(Self { orders, wake, journal, arrivals, devices, busy, failed })
    }

    /// Whether all that the ends' kernels have sent or dropped is told, and all that was told to be
    /// delivered is written: what the journal says of the wire is what is on it.
    pub fn rests(&self) -> bool {
        let mut fds = [
            PollFd::from_borrowed_fd(self.devices[0].fd(), PollFlags::IN),
            PollFd::from_borrowed_fd(self.devices[1].fd(), PollFlags::IN),
        ];
        // In this order: a packet that is no longer seen waiting has made the thread busy before.
        let none = rustix::event::poll(&mut fds, Some(&Timespec::default()));
        none == Ok(0) && !self.busy.load(Ordering::SeqCst)
    }

    /// Why a device gives no more packets, in one sentence; none while both do.
    pub fn failed(&self) -> Option<&str> {
        self.failed.get().map(String::as_str)
    }

    /// Rings after packets were delivered: what their receivers' kernels say may have changed.
    pub fn arrivals(&self) -> Arc<Notify> {
        Arc::clone(&self.arrivals)
    }

    /// Asks something of the wire; done when it is done, with its events in the journal.
    pub fn ask(
        &self,
        by: Option<SessionId>,
        ask: Command,
    ) -> impl Future<Output = Outcome> + Send + 'static {
        let (reply, answer) = oneshot::channel();
        let sent = self.orders.send(Order { by, ask, reply: Some(reply) });
        self.wake.ring();
        let journal = self.journal.clone();
        async move {
            let gone = || Failure::new(ErrorKind::NoWire, "The wire has ended; restart it.");
            match sent {
                Ok(()) => answer.await.unwrap_or_else(|_| (journal.seq(), Err(gone()))),
                Err(_) => (journal.seq(), Err(gone())),
            }
        }
    }
}

/// What the thread owns.
struct Post {
    journal: Journal,
    devices: Arc<[Device; 2]>,
    failing: failing::Failing,
    reader: Reader,
    weather: [Weather; 2],
    set: [Impairment; 2],
    traps: Traps,
    line: line::Line,
    flows: flow::Flows,
    kept: kept::Kept,
    frozen: bool,
    next: u64,
    lasting: Lasting,
    /// Events of this turn that the journal has not been told yet.
    news: Vec<(Source, What)>,
    /// Packets that leave as soon as the journal knows.
    leaving: Vec<leave::Leaving>,
    dropped: [u64; 2],
    counted_at: Nanos,
    moved: bool,
    arrivals: Arc<Notify>,
}

impl Post {
    fn new(
        devices: Arc<[Device; 2]>,
        journal: Journal,
        seed: u32,
        arrivals: Arc<Notify>,
        lasting: Lasting,
    ) -> Self {
        let given = lasting.given();
        let weather = End::BOTH.map(|end| Weather::new(side_seed(seed, end)));
        // What the devices dropped while they were made is not this wire's.
        let dropped = [&devices[0], &devices[1]].map(|device| device.dropped().unwrap_or(0));
        Self {
            journal,
            devices,
            failing: failing::Failing::default(),
            reader: Reader::default(),
            weather,
            set: Default::default(),
            traps: Traps::after(given.trap),
            line: line::Line::default(),
            flows: flow::Flows::after(given.flow),
            kept: kept::Kept::default(),
            frozen: false,
            next: given.packet + 1,
            lasting,
            news: Vec::new(),
            leaving: Vec::new(),
            dropped,
            counted_at: 0,
            moved: false,
            arrivals,
        }
    }

    /// Waits for something to do and does it; false when nobody is left to do it for.
    fn turn(
        &mut self,
        bell: &OwnedFd,
        incoming: &mpsc::Receiver<Order>,
        busy: &AtomicBool,
    ) -> bool {
        let ready = self.sleep(bell);
        busy.store(true, Ordering::SeqCst);
        loop {
            match incoming.try_recv() {
                Ok(order) => self.order(order),
                Err(mpsc::TryRecvError::Empty) => break,
                Err(mpsc::TryRecvError::Disconnected) => return false,
            }
        }
        for from in End::BOTH.into_iter().filter(|from| ready[from.index()]) {
            self.take(from);
        }
        self.release_due();
        self.look_at_devices();
        busy.store(self.moved, Ordering::SeqCst);
        true
    }

    /// Which ends have packets.
    fn sleep(&self, bell: &OwnedFd) -> [bool; 2] {
        let wait = self.line.next().map(|at| at.saturating_sub(self.journal.now()));
        // After traffic, once more for the devices' counters.
        let wait =
            if self.moved { Some(wait.unwrap_or(DEVICE_EVERY).min(DEVICE_EVERY)) } else { wait };
        // Longer than any Timespec holds is for ever.
        let wait = wait.and_then(|ns| Timespec::try_from(Duration::from_nanos(ns)).ok());
        // A device that is gone would be ready for ever: the bell stands in for it.
        let [left, right] = End::BOTH.map(|end| {
            if self.failing.gone(end) { bell.as_fd() } else { self.devices[end.index()].fd() }
        });
        let mut fds =
            [left, right, bell.as_fd()].map(|fd| PollFd::from_borrowed_fd(fd, PollFlags::IN));
        // EINTR: the turn finds nothing and sleeps again.
        let _ = rustix::event::poll(&mut fds, wait.as_ref());
        if !fds[2].revents().is_empty() {
            let _ = rustix::io::read(bell, &mut [0_u8; 8]);
        }
        End::BOTH.map(|end| !(self.failing.gone(end) || fds[end.index()].revents().is_empty()))
    }

    fn take(&mut self, from: End) {
        let now = self.journal.now();
        let mut bytes = 0;
        for _ in 0..TURN {
            let read = self.devices[from.index()].read(self.kept.room());
            self.failing.note(from, &read);
            match read {
                Ok(Some(length)) => {
                    self.enter(from, length, now);
                    bytes += length;
                }
                Ok(None) | Err(_) => break,
            }
            if bytes >= TURN_BYTES {
                break;
            }
        }
        self.flush();
    }

    /// Tells the journal, then lets go of what was told to leave.
    fn flush(&mut self) {
        if !self.news.is_empty() {
            self.moved = true;
            self.lasting.set(Given {
                packet: self.next - 1,
                flow: self.flows.last(),
                trap: self.traps.last(),
            });
            self.journal.append_all(self.news.drain(..));
        }
        self.write_out();
    }

    fn tell(&mut self, what: What) {
        self.news.push((Source::Wire, what));
    }

    fn new_id(&mut self) -> PacketId {
        let id = PacketId(self.next);
        self.next += 1;
        id
    }

    fn look_at_devices(&mut self) {
        let now = self.journal.now();
        if !self.moved || now < self.counted_at + DEVICE_EVERY {
            return;
        }
        self.counted_at = now;
        self.moved = false;
        for from in End::BOTH {
            let Ok(all) = self.devices[from.index()].dropped() else { continue };
            if all > self.dropped[from.index()] {
                self.dropped[from.index()] = all;
                let what = What::DeviceDropped { from, packets: all };
                self.news.push((Source::Kernel, what));
            }
        }
        self.flush();
        self.moved = false;
    }
}

/// Each direction has random numbers of its own, both from one seed.
fn side_seed(seed: u32, end: End) -> u64 {
    u64::from(seed) << 1 | end.index() as u64
}
