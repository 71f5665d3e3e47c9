//! Owns what falls on the screen: motion of the viewer's seconds only, begun when the picture learns
//! of a loss. What is lost, and how many, the world says.

use protocol::{CallId, World};
use std::collections::BTreeMap;

/// Viewer's seconds from the first to the last of a lot to begin to fall.
pub(super) const SPREAD: f64 = 0.7;
/// Viewer's seconds that one takes.
const TAKES: f64 = 0.6;

/// A lot of datagrams of one burst that the kernel dropped, falling.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fall {
    /// The burst.
    pub burst: CallId,
    /// How many had been known to be dropped before.
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
        ((view - self.began - late) / TAKES).clamp(0.0, 1.0) as f32
    }

    fn over(&self, view: f64) -> bool {
        view > self.began + SPREAD + TAKES
    }
}

/// All that fall, and how many of each burst have been known before.
#[derive(Default)]
pub(super) struct Falls {
    falls: Vec<Fall>,
    known: BTreeMap<CallId, u32>,
}

impl Falls {
    /// The picture has come to another world.
    pub(super) fn passed(&mut self, world: &World, forward: bool, view: f64) {
        if !forward {
            self.falls.clear();
        }
        self.known.retain(|burst, _| world.bursts.contains_key(burst));
        for (burst, state) in &world.bursts {
            let dropped = state.sheet.tally().dropped;
            let before = self.known.insert(*burst, dropped).unwrap_or(dropped);
            if forward && dropped > before {
                let count = dropped - before;
                self.falls.push(Fall { burst: *burst, first: before, count, began: view });
            }
        }
    }

    /// Forgets what lies on the stack.
    pub(super) fn settle(&mut self, view: f64) {
        self.falls.retain(|fall| !fall.over(view));
    }

    pub(super) fn all(&self) -> &[Fall] {
        &self.falls
    }
}
