//! What happens in one life of the relay: histories of the fold's own property tests, which only tell
//! what a kernel and a forwarder could.

#[path = "../../../protocol/tests/world/property/post.rs"]
#[allow(dead_code, reason = "its books are looked at by the fold's own tests")]
mod post;
#[path = "../../../protocol/tests/world/property/wire.rs"]
#[allow(dead_code, reason = "its books are looked at by the fold's own tests")]
mod stream;
#[path = "../../../protocol/tests/world/thin/traffic.rs"]
mod traffic;

use crate::dice::Dice;
use protocol::{Event, Source, What};

/// One step of a history: which, and how much.
type Step = (u8, u16);

/// All that happens, in order.
pub(crate) fn of(dice: &mut Dice) -> Vec<(Source, What)> {
    let steps: Vec<Step> =
        (0..8 + dice.scale(64)).map(|_| (dice.next() as u8, dice.below(400) as u16)).collect();
    let events = match dice.below(8) {
        0..=2 => {
            let mut post = post::Post::new();
            for step in steps {
                post.step(step);
            }
            post.script.events
        }
        3..=5 => {
            let mut stream = stream::Wire::new();
            for step in steps {
                stream.step(step);
            }
            stream.script.events
        }
        _ => {
            let mut traffic = traffic::Traffic::new();
            // Now and then more than a viewer is told one by one.
            let floods = if dice.one_in(4) { 40 } else { 0 };
            for _ in 0..floods {
                traffic.step((dice.below(13) as u8, dice.below(400) as u16));
            }
            for step in steps {
                traffic.step(step);
            }
            traffic.script.events
        }
    };
    events.into_iter().map(|Event { source, what, .. }| (source, what)).collect()
}
