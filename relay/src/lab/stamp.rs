//! Owns the kernel's stamps of one socket's sends and receives: takes them in time, tells them on the
//! journal's clock, and says how far off they may be. Off unless asked for: what waits in the error
//! queue shows as `POLLERR`, and is charged to the receive buffer.

use super::desk::Desk;
use super::slot::Slot;
use crate::kernel::stamp::{self, Place};
use protocol::command::Kind;
use protocol::event::Stage;
use protocol::{Done, ErrorKind, Failure, Nanos, SocketId, Source, What, limit};
use rustix::fd::AsFd as _;
use rustix::time::{ClockId, clock_gettime};
use std::cell::{Cell, RefCell};
use std::io;

/// Stamps taken at one look; the rest at the next.
const TURN: usize = 256;
/// A second, the span of [`limit::STAMPS`].
const SECOND: Nanos = 1_000_000_000;
/// By how much the two clocks may part without one of them having been set: the kernel slews a clock
/// by at most 500 parts per million (adjtimex(2)), and this is for what reading them takes.
const SLACK: u64 = 1_000_000;

/// What is known of one socket's stamping.
#[derive(Default)]
pub(super) struct Stamps {
    /// Asked for before there was a connection.
    wished: Cell<bool>,
    on: RefCell<Option<On>>,
    /// The stamp of the receive under way, by `CLOCK_REALTIME`.
    pub(super) received: Cell<Option<u64>>,
}

struct On {
    /// What was sent before the kernel began to count.
    base: u64,
    /// The last look at both clocks.
    clocks: Clocks,
    /// Until when so many more may be told.
    until: Nanos,
    left: u32,
}

/// Both clocks at one moment.
#[derive(Clone, Copy)]
struct Clocks {
    at: Nanos,
    /// `CLOCK_REALTIME` less the journal's clock.
    apart: u64,
    /// How far off that may be.
    give: u64,
}

impl Clocks {
    fn read(now: impl Fn() -> Nanos) -> Self {
        let look = || {
            let before = now();
            let real = clock_gettime(ClockId::Realtime);
            let after = now();
            let real = real.tv_sec.cast_unsigned() * SECOND + real.tv_nsec.cast_unsigned();
            let give = (after - before).div_ceil(2);
            Self { at: after, apart: real.wrapping_sub(before + give), give }
        };
        // The narrowest of a few: others may run in between.
        let looks = [look(), look(), look()];
        looks.into_iter().min_by_key(|look| look.give).unwrap_or(looks[0])
    }

    /// How far the clocks have parted since; None when one of them was set.
    fn parted(&self, since: &Self) -> Option<u64> {
        let parted = self.apart.wrapping_sub(since.apart).cast_signed().unsigned_abs();
        let slewed = self.at.saturating_sub(since.at) / 2_000;
        (parted <= slewed + SLACK + self.give + since.give).then_some(parted)
    }
}

impl Stamps {
    /// Whether the kernel stamps.
    pub(super) fn on(&self) -> bool {
        self.on.borrow().is_some()
    }
}

/// Why it makes no sense, before the kernel is asked.
pub(super) fn check(slot: &Slot) -> Result<(), Failure> {
    let refuse = |kind, why| Err(Failure::new(kind, why));
    if slot.is_unix() {
        refuse(
            ErrorKind::Unsupported,
            "A Unix socket has no device and no peer's kernel to stamp at.",
        )
    } else if slot.is_listening() {
        refuse(ErrorKind::BadRequest, "A listener sends nothing: ask it of a connection.")
    } else if slot.outgoing.current.get().is_some() {
        refuse(ErrorKind::Busy, "A send is under way: stamping begins or ends between two.")
    } else {
        Ok(())
    }
}

impl Desk {
    /// Sets or ends it; 1 when the kernel stamps.
    pub(super) fn set_stamps(&self, slot: &Slot, on: bool) -> io::Result<Done> {
        if slot.stamps.on() {
            self.take_stamps(slot);
        }
        slot.stamps.wished.set(false);
        *slot.stamps.on.borrow_mut() = None;
        slot.stamps.received.set(None);
        match stamp::set(slot.as_fd(), slot.kind == Kind::Stream, on) {
            // A stream that has yet to connect has no bytes to number.
            Err(error) if on && error.raw_os_error() == Some(libc::EINVAL) => {
                slot.stamps.wished.set(true);
            }
            Err(error) => return Err(error),
            Ok(()) if on => self.begin_stamps(slot),
            Ok(()) => {}
        }
        let value = i64::from(stamp::is_on(slot.as_fd())?);
        Ok(Done::Value(protocol::reply::Value { value }))
    }

    fn begin_stamps(&self, slot: &Slot) {
        let base = self.journal.look(|world| {
            let sent = world.sockets.get(&slot.id).map(|socket| socket.sent).unwrap_or_default();
            if slot.kind == Kind::Stream { sent.bytes } else { sent.count }
        });
        let clocks = Clocks::read(|| self.journal.now());
        *slot.stamps.on.borrow_mut() = Some(On { base, clocks, until: 0, left: 0 });
    }

    /// A call begins on a socket for which stamps were wished: it may be connected by now.
    pub(super) fn wished_stamps(&self, slot: &Slot) {
        if slot.stamps.wished.get() && stamp::set(slot.as_fd(), true, true).is_ok() {
            slot.stamps.wished.set(false);
            self.begin_stamps(slot);
        }
    }

    /// Takes and tells what the kernel has stamped of this socket's sends.
    pub(super) fn take_stamps(&self, slot: &Slot) {
        let mut on = slot.stamps.on.borrow_mut();
        let Some(on) = &mut *on else { return };
        let Ok(stamps) = stamp::take(slot.as_fd(), TURN) else { return };
        let clocks = Clocks::read(|| self.journal.now());
        let parted = clocks.parted(&on.clocks);
        on.clocks = clocks;
        if stamps.is_empty() {
            return;
        }
        let sent = self.journal.look(|world| {
            let sent = world.sockets.get(&slot.id).map(|socket| socket.sent).unwrap_or_default();
            if slot.kind == Kind::Stream { sent.bytes } else { sent.count }
        });
        let mut lost = 0;
        for stamp in stamps {
            let stage = match stamp.place {
                Place::Scheduled => Stage::Scheduled,
                Place::Sent => Stage::Sent,
                Place::Acknowledged => Stage::Acknowledged,
            };
            match parted.filter(|_| on.may_tell()) {
                Some(parted) => {
                    let byte = number(on.base, sent, stamp.key);
                    self.tell_stamp(slot.id, stage, byte, stamp.realtime, clocks, parted);
                }
                None => lost += 1,
            }
        }
        if lost > 0 {
            let what = What::StampsLost { socket: slot.id, stamps: lost };
            self.journal.append(Source::Kernel, what);
        }
    }

    /// Tells when what was just received came to the kernel.
    pub(super) fn tell_received(&self, slot: &Slot) {
        let Some(realtime) = slot.stamps.received.take() else { return };
        let mut on = slot.stamps.on.borrow_mut();
        let Some(on) = &mut *on else { return };
        let clocks = Clocks::read(|| self.journal.now());
        let parted = clocks.parted(&on.clocks).filter(|_| on.may_tell());
        let read = self.journal.look(|world| {
            let read = world.sockets.get(&slot.id).map(|socket| socket.read).unwrap_or_default();
            if slot.kind == Kind::Stream { read.bytes } else { read.count }
        });
        if let Some(parted) = parted {
            self.tell_stamp(slot.id, Stage::Received, read, realtime, clocks, parted);
        } else {
            let what = What::StampsLost { socket: slot.id, stamps: 1 };
            self.journal.append(Source::Kernel, what);
        }
    }

    fn tell_stamp(
        &self,
        socket: SocketId,
        stage: Stage,
        byte: u64,
        realtime: u64,
        clocks: Clocks,
        parted: u64,
    ) {
        let at = realtime.wrapping_sub(clocks.apart).min(clocks.at + clocks.give);
        let plus_minus = clocks.give + parted;
        let what = What::Stamped { socket, stage, byte, at, plus_minus };
        self.journal.append(Source::Kernel, what);
    }
}

impl On {
    /// Whether one more may be told in this second.
    fn may_tell(&mut self) -> bool {
        if self.clocks.at >= self.until {
            (self.until, self.left) = (self.clocks.at + SECOND, limit::STAMPS);
        }
        let may = self.left > 0;
        self.left = self.left.saturating_sub(1);
        may
    }
}

/// The number from 1 that a key stands for: the kernel counts from `base` in 32 bits, and no further
/// than what was handed to it.
fn number(base: u64, sent: u64, key: u32) -> u64 {
    const ROUND: u64 = 1 << 32;
    // A call under way may have handed over more than was told, but never a round.
    let most = sent.saturating_sub(base) + ROUND / 2;
    let rounds = most.saturating_sub(key.into()) / ROUND;
    base + rounds * ROUND + u64::from(key) + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_go_on_after_the_kernels_count_begins_anew() {
        assert_eq!(number(0, 5, 4), 5);
        assert_eq!(number(6, 11, 4), 11);
        let round = 1_u64 << 32;
        assert_eq!(number(0, round + 10, 9), round + 10);
        assert_eq!(number(0, round + 10, u32::MAX), round);
        assert_eq!(number(0, 3, 100), 101, "handed over, not told yet");
    }

    #[test]
    fn a_clock_that_was_set_is_noticed_and_one_that_drifts_is_told() {
        let then = Clocks { at: SECOND, apart: 1_000 * SECOND, give: 50 };
        let drifted = Clocks { at: 2 * SECOND, apart: then.apart + 400, give: 50 };
        assert_eq!(drifted.parted(&then), Some(400));
        let set_back = Clocks { apart: then.apart - SECOND, ..drifted };
        let set_on = Clocks { apart: then.apart + 2_000_000, ..drifted };
        assert_eq!((set_back.parted(&then), set_on.parted(&then)), (None, None));
    }
}
