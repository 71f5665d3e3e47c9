//! Owns what must hold.

use super::case::interrupted;
use crate::support::lab::Bench;
use protocol::command::Kind;
use protocol::packet::{Lost, PacketFate};
use protocol::world::{DatagramLedger, Ledger};
use protocol::{Done, Failure, SocketId, What, World};

/// At a quiet moment nothing is unexplained, and what is not knowable is so for a reason.
pub(super) fn balances(world: &World) {
    let wire = world.wire.as_ref().expect("a wire");
    for flow in wire.flows.values() {
        assert_eq!(flow.on_wire(), 0, "{flow:?}");
        assert_eq!(flow.packets, flow.delivered + flow.all_lost(), "{flow:?}");
    }
    for socket in world.sockets.values().filter(|socket| socket.is_open()) {
        if socket.kind == Kind::Datagram {
            let ledger = world.datagram_ledger(socket.id).expect("it is ours");
            let holds = match ledger.unexplained {
                Some(unexplained) => unexplained == 0,
                None => may_be_unknown(world, socket.id, &ledger),
            };
            assert!(holds && ledger.quiet, "{}: {ledger:?}, {socket:?}, {world:?}", socket.id);
        } else if let Some(Ledger::Stream(ledger)) = world.ledger(socket.id) {
            assert!(ledger.unexplained == Some(0), "{}: {ledger:?}, {world:?}", socket.id);
            assert!(ledger.quiet, "{}: {ledger:?}, {world:?}", socket.id);
        }
    }
}

fn may_be_unknown(world: &World, id: SocketId, ledger: &DatagramLedger) -> bool {
    let wire = world.wire.as_ref().expect("a wire");
    let fated = world.sockets[&id].fated;
    ledger.damaged > 0 || fated.fragments_copied > 0 || wire.device_dropped != [0, 0]
}

/// Between two events too: a moment that calls itself quiet has nothing unexplained.
pub(super) fn every_moment(bench: &Bench) {
    let mut world = World::default();
    for event in bench.events() {
        world.apply(&event);
        if matches!(event.what, What::DatagramSent { .. } | What::Crossed { .. }) {
            continue;
        }
        for id in world.sockets.keys().copied().collect::<Vec<_>>() {
            let claim = match world.ledger(id) {
                Some(Ledger::Stream(ledger)) => (ledger.quiet, ledger.unexplained),
                Some(Ledger::Datagram(ledger)) => (ledger.quiet, ledger.unexplained),
                None => continue,
            };
            let alarm = claim.0 && claim.1.is_some_and(|unexplained| unexplained > 0);
            let socket = &world.sockets[&id];
            assert!(!alarm, "{id} at {event:?}: {:?} {socket:?}", world.ledger(id));
        }
    }
}

/// Each has one fate, or a second that says that the first could not be.
pub(super) fn packets(bench: &Bench) {
    let packets = bench.packets();
    for packet in &packets {
        let fates: Vec<_> = packet.left.iter().map(|(_, fate)| *fate).collect();
        let full = PacketFate::Lost(Lost::DeviceFull);
        let one = fates.len() == 1 && fates[0] != full;
        assert!(one || fates == [PacketFate::Delivered, full], "{packet:?}");
        assert!(packet.left[0].0 >= packet.entered, "{packet:?}");
    }
    let told = bench.look(|world| {
        let wire = world.wire.as_ref().expect("a wire");
        let flows = wire.flows.values();
        flows.fold((0, 0, 0), |sum, flow| {
            (sum.0 + flow.packets, sum.1 + flow.bytes, sum.2 + flow.delivered)
        })
    });
    let bytes: u64 = packets.iter().map(|packet| u64::from(packet.bytes)).sum();
    let delivered = packets.iter().filter(|packet| packet.delivered()).count() as u64;
    assert_eq!(told, (packets.len() as u64, bytes, delivered));
}

/// A datagram call's end: sent, read or interrupted; the wire never fails a call.
pub(super) fn answer(answer: &Result<Done, Failure>) {
    let nothing = matches!(answer, Err(failure) if failure.short() == "EAGAIN");
    let well = nothing
        || interrupted(answer)
        || matches!(answer, Ok(Done::Sent(_) | Done::Received(_)))
        || matches!(answer, Ok(Done::Burst(burst)) if burst.refused == 0);
    assert!(well, "{answer:?}");
}
