//! The fold takes any events, even senseless ones from a damaged recording, without a panic.

use crate::strategy::consecutive;
use proptest::prelude::*;
use protocol::{SocketId, World};

/// Asks the world everything that a page asks.
fn look(world: &World) {
    let ids: Vec<SocketId> = world.sockets.keys().copied().collect();
    for id in ids {
        let _ =
            (world.ledger(id), world.datagram_ledger(id), world.far_end(id), world.queued_at(id));
        let socket = &world.sockets[&id];
        let _ = (socket.kept(), socket.kernel.timer_left(world.at), world.aim_of(id));
    }
    for flow in world.wire.iter().flat_map(|wire| wire.flows.values()) {
        let _ = (flow.on_wire(), flow.all_lost());
    }
    for burst in world.bursts.values() {
        let tally = burst.sheet.tally();
        let all = [
            tally.unsent,
            tally.sent,
            tally.waiting,
            tally.read,
            tally.dropped,
            tally.discarded,
            tally.refused,
            tally.lost,
        ];
        assert_eq!(all.iter().sum::<u32>() as usize, burst.sheet.len());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]
    #[test]
    fn never_panics(events in consecutive(0..80)) {
        let mut world = World::default();
        for event in &events {
            world.apply(event);
            look(&world);
        }
    }
}
