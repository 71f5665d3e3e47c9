//! Owns what an experiment waits to see: values in the world, and balances.

use super::super::found::{self, Root};
use super::super::script::See;
use super::{PATIENCE, Player};
use protocol::World;
use protocol::world::Ledger;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

impl Player {
    pub(super) async fn see(&mut self, place: usize, see: &See) {
        let root = match self.root(&see.role).await {
            Ok(root) => root,
            Err(wrong) => {
                return self.check(place, false, format!("{} is there", see.role), wrong);
            }
        };
        let other = match &see.same_as {
            Some(spot) => match self.root(&spot.role).await {
                Ok(other) => Some((other, spot.path.as_str())),
                Err(wrong) => {
                    return self.check(place, false, format!("{} is there", spot.role), wrong);
                }
            },
            None => None,
        };
        let fit = see.fit();
        let fits = |world: &World| {
            let found = found::at(world, &root, &see.path);
            let same = |(other, path): &(Root, &str)| found::at(world, other, path) == found;
            fit.holds(&found) && other.as_ref().is_none_or(same)
        };
        let patience = see.within.map_or(PATIENCE, Duration::from_secs_f64);
        let mut held = self.until(patience, fits).await;
        if held && let Some(seconds) = see.stays {
            held = self.stays(Duration::from_secs_f64(seconds), fits).await;
        }
        let found = self.lab.journal().look(|world| found::at(world, &root, &see.path));
        self.check(place, held, promised(see), found.to_string());
    }

    pub(super) async fn balanced(&mut self, place: usize, role: &str) {
        let id = match self.role(role).await {
            Ok(id) => id,
            Err(wrong) => return self.check(place, false, format!("{role} is there"), wrong),
        };
        let held = self
            .until(PATIENCE, |world| match world.ledger(id) {
                Some(Ledger::Stream(ledger)) => ledger.quiet && ledger.unexplained == Some(0),
                Some(Ledger::Datagram(ledger)) => ledger.quiet && ledger.unexplained == Some(0),
                None => false,
            })
            .await;
        let found = self.lab.journal().look(|world| format!("{:?}", world.ledger(id)));
        self.check(place, held, format!("nothing of {role}'s flow is unexplained"), found);
    }

    /// Whether the world comes to say so in time. While calls wait at the gate, time does not count.
    async fn until(&self, patience: Duration, mut fits: impl FnMut(&World) -> bool) -> bool {
        let journal = self.lab.journal();
        let mut news = journal.watch();
        let mut deadline = Instant::now() + patience;
        while !journal.look(&mut fits) {
            if journal.look(|world| !world.waiting.is_empty()) {
                deadline = Instant::now() + patience;
                if news.changed().await.is_err() {
                    break;
                }
            } else if !matches!(timeout_at(deadline, news.changed()).await, Ok(Ok(()))) {
                break;
            }
        }
        journal.look(&mut fits)
    }

    /// Whether the world goes on to say so for that long.
    async fn stays(&self, span: Duration, mut fits: impl FnMut(&World) -> bool) -> bool {
        let journal = self.lab.journal();
        let mut news = journal.watch();
        let end = Instant::now() + span;
        while journal.look(&mut fits) {
            if !matches!(timeout_at(end, news.changed()).await, Ok(Ok(()))) {
                return journal.look(&mut fits);
            }
        }
        false
    }
}

/// What must be seen, in words.
fn promised(see: &See) -> String {
    let fit = see.fit();
    let mut text = format!("{} {}", see.role, see.path);
    if !fit.is_empty() {
        text = format!("{text} {}", fit.told());
    }
    if let Some(spot) = &see.same_as {
        text = format!("{text} is the same as {} {}", spot.role, spot.path);
    }
    match see.stays {
        Some(seconds) => format!("{text} for {seconds} s"),
        None => text,
    }
}
