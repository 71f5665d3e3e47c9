//! A snapshot is the world, whatever the encoding; the fingerprint tells worlds apart.

use crate::script::{ACCEPTED, CLIENT, Script};
use protocol::{Field, World};

/// The same world, written and read as JSON and as postcard.
pub(crate) fn through_both(world: &World) -> [World; 2] {
    let json = serde_json::to_string(world).unwrap();
    let postcard = postcard::to_allocvec(world).unwrap();
    [serde_json::from_str(&json).unwrap(), postcard::from_bytes(&postcard).unwrap()]
}

#[test]
fn every_step_of_a_script_survives() {
    let mut script = Script::connected();
    script.send(CLIENT, "hello");
    script.recv(ACCEPTED, b"he");
    script.close(ACCEPTED);
    let mut world = World::default();
    for event in &script.events {
        world.apply(event);
        for copy in through_both(&world) {
            assert_eq!(copy, world);
            assert_eq!(copy.fingerprint(), world.fingerprint());
        }
    }
    assert_eq!(world, script.world);
}

#[test]
fn each_step_has_its_own_fingerprint() {
    let mut script = Script::connected();
    for n in 0..50 {
        script.sample(CLIENT, vec![Field::SendQueue(n)]);
    }
    let mut world = World::default();
    let mut seen = std::collections::BTreeSet::from([world.fingerprint()]);
    for event in &script.events {
        world.apply(event);
        assert!(seen.insert(world.fingerprint()), "event {}", event.seq);
    }
}

#[test]
fn a_viewer_may_begin_anywhere() {
    let script = Script::connected();
    let mut world = World::default();
    world.apply(script.events.last().unwrap());
    assert_eq!(world.seq, script.world.seq);
}
