//! Owns how much may go beyond the lab's own sockets and how fast. Pure: the time is an argument.

use protocol::limit::{FAR_BYTES, FAR_CALLS, FOREIGN_SPAN, FOREIGN_TARGETS};
use protocol::{ErrorKind, Failure};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// The foreign addresses that were named within the last [`FOREIGN_SPAN`].
#[derive(Debug, Default)]
pub struct Targets(BTreeMap<SocketAddr, Instant>);

impl Targets {
    /// Notes that an address is named; `limit` where [`FOREIGN_TARGETS`] others were within the span.
    pub fn name(&mut self, target: SocketAddr, now: Instant) -> Result<(), Failure> {
        let span = Duration::from_nanos(FOREIGN_SPAN);
        self.0.retain(|_, named| now.saturating_duration_since(*named) < span);
        if self.0.len() >= FOREIGN_TARGETS && !self.0.contains_key(&target) {
            return Err(Failure::new(
                ErrorKind::Limit,
                format!(
                    "{FOREIGN_TARGETS} addresses that are not this lab's were named within a minute, \
                     and {target} would be another; wait."
                ),
            ));
        }
        self.0.insert(target, now);
        Ok(())
    }
}

/// What went beyond loopback and the wire: two buckets, of calls and of bytes, that hold a second's
/// worth each and fill within a second (the generic cell rate algorithm of ITU-T I.371).
#[derive(Clone, Copy, Debug, Default)]
pub struct Meter {
    /// When each bucket is full again.
    calls: Option<Instant>,
    bytes: Option<Instant>,
}

const SECOND: Duration = Duration::from_secs(1);

impl Meter {
    /// Counts a call that hands over so many bytes; or how long until it may be made.
    pub fn take(&mut self, bytes: usize, now: Instant) -> Result<(), Duration> {
        let cost = [SECOND / FAR_CALLS, cost_of(bytes)];
        let full = [self.calls, self.bytes].map(|full| full.map_or(now, |full| full.max(now)));
        let over = |at: usize| (full[at] + cost[at]).saturating_duration_since(now + SECOND);
        match over(0).max(over(1)) {
            Duration::ZERO => {
                [self.calls, self.bytes] = [0, 1].map(|at| Some(full[at] + cost[at]));
                Ok(())
            }
            wait => Err(wait),
        }
    }

    /// Counts bytes that went.
    pub fn spend(&mut self, bytes: usize, now: Instant) {
        self.bytes = Some(self.bytes.map_or(now, |full| full.max(now)) + cost_of(bytes));
    }

    /// Bytes that may go now.
    pub fn room(&self, now: Instant) -> usize {
        let owed = self.bytes.map_or(Duration::ZERO, |full| full.saturating_duration_since(now));
        let free = SECOND.saturating_sub(owed);
        (free.as_nanos() * u128::from(FAR_BYTES) / SECOND.as_nanos()) as usize
    }
}

fn cost_of(bytes: usize) -> Duration {
    Duration::from_nanos((bytes as u64).saturating_mul(1_000_000_000) / u64::from(FAR_BYTES))
}

/// Why a single call is refused for its pace.
pub fn too_fast() -> Failure {
    Failure::new(
        ErrorKind::Limit,
        format!(
            "Beyond loopback and the wire this relay makes at most {FAR_CALLS} calls and sends at most \
             {} MiB a second; try again.",
            FAR_BYTES >> 20
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(port: u16) -> SocketAddr {
        ([127, 0, 0, 1], port).into()
    }

    #[test]
    fn so_many_targets_in_any_minute() {
        let (mut targets, begun) = (Targets::default(), Instant::now());
        let named = (1..=1_000).filter(|port| targets.name(at(*port), begun).is_ok()).count();
        assert_eq!(named, FOREIGN_TARGETS);
        // One that is known may be named again, and stays known from then on.
        let later = begun + Duration::from_secs(59);
        targets.name(at(1), later).expect("known");
        let refused = targets.name(at(999), later).expect_err("full");
        assert_eq!(refused.kind, ErrorKind::Limit);
        assert!(refused.message.ends_with('.'));
        let minute = begun + Duration::from_mins(1);
        let named = (2_000..3_000).filter(|port| targets.name(at(*port), minute).is_ok()).count();
        assert_eq!(named, FOREIGN_TARGETS - 1);
    }

    #[test]
    fn a_second_holds_a_seconds_worth() {
        let (mut meter, begun) = (Meter::default(), Instant::now());
        let mut taken = 0;
        let mut now = begun;
        while now < begun + Duration::from_secs(3) {
            match meter.take(1, now) {
                Ok(()) => taken += 1,
                Err(wait) => now += wait,
            }
        }
        // A full bucket, and what ran in within three seconds.
        assert!((4 * FAR_CALLS - 1..=4 * FAR_CALLS).contains(&taken), "{taken}");
    }

    #[test]
    fn bytes_are_counted_too() {
        let (mut meter, now) = (Meter::default(), Instant::now());
        assert_eq!(meter.room(now), FAR_BYTES as usize);
        meter.take(FAR_BYTES as usize, now).expect("a full bucket");
        assert_eq!(meter.room(now), 0);
        let wait = meter.take(FAR_BYTES as usize / 2, now).expect_err("an empty one");
        assert_eq!(wait, Duration::from_millis(500));
        meter.take(FAR_BYTES as usize / 2, now + wait).expect("half full again");
        // What was refused cost nothing.
        assert_eq!(meter.room(now + wait), 0);
        assert_eq!(meter.room(now + wait + Duration::from_secs(9)), FAR_BYTES as usize);
    }
}
