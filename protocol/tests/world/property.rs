//! Random but possible histories, told by a model kernel that keeps its own books.

mod post;
mod wire;

use crate::script::Script;
use crate::snapshot::through_both;
use post::Post;
use proptest::collection::vec;
use proptest::prelude::*;
use protocol::{Event, World};
use wire::Wire;

/// One step of a history: which, and how much.
type Step = (u8, u16);

fn steps() -> impl Strategy<Value = Vec<Step>> {
    vec((any::<u8>(), 0..400_u16), 0..120)
}

fn fold(mut world: World, events: &[Event]) -> World {
    for event in events {
        world.apply(event);
    }
    world
}

/// Folding on from a snapshot at `place` comes to the same as never having stopped.
fn resumes(script: &Script, place: usize) -> Result<(), TestCaseError> {
    let (before, after) = script.events.split_at(place % (script.events.len() + 1));
    let world = fold(World::default(), before);
    for copy in through_both(&world) {
        prop_assert_eq!(&copy, &world);
        let copy = fold(copy, after);
        prop_assert_eq!(&copy, &script.world);
        prop_assert_eq!(copy.fingerprint(), script.world.fingerprint());
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_stream_always_adds_up(steps in steps(), place: usize) {
        let mut wire = Wire::new();
        for step in steps {
            wire.step(step);
            wire.look()?;
        }
        resumes(&wire.script, place)?;
    }

    #[test]
    fn datagrams_always_add_up(steps in steps(), place: usize) {
        let mut post = Post::new();
        for step in steps {
            post.step(step);
            post.look()?;
        }
        resumes(&post.script, place)?;
    }

    #[test]
    fn equal_fingerprints_are_equal_worlds(steps in steps(), a: usize, b: usize) {
        let mut post = Post::new();
        for step in steps {
            post.step(step);
        }
        let events = &post.script.events;
        let at = |count: usize| {
            // Where it stands in the journal aside, so that equal worlds occur.
            World { seq: 0, at: 0, ..fold(World::default(), &events[..count]) }
        };
        let (a, b) = (at(a % (events.len() + 1)), at(b % (events.len() + 1)));
        prop_assert_eq!(a == b, a.fingerprint() == b.fingerprint());
    }
}
