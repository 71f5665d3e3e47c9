//! Flows: sums of packets, bytes and fates.

use super::{BACK, TCP, THERE, segment};
use crate::script::{Script, address};
use protocol::packet::Lost;
use protocol::world::KEPT_FLOWS;
use protocol::{End, FlowId};

fn wired() -> Script {
    let mut script = Script::default();
    script.wired(TCP, "10.77.0.2:80");
    script
}

#[test]
fn packets_bytes_and_fates_are_summed() {
    let mut script = wired();
    let all: Vec<_> = (0..6).map(|n| script.enter(THERE, segment(n))).collect();
    assert_eq!((script.sums(THERE).packets, script.sums(THERE).bytes), (6, 600));
    assert_eq!(script.sums(THERE).on_wire(), 6);
    script.deliver(THERE, all[1]);
    for (place, why) in [(0, Lost::Random), (2, Lost::Random), (5, Lost::QueueFull)] {
        script.lose(THERE, all[place], why);
    }
    let flow = script.sums(THERE);
    assert_eq!((flow.delivered, flow.all_lost(), flow.on_wire()), (1, 3, 2));
    assert_eq!(flow.lost.iter().collect::<Vec<_>>(), [(&Lost::Random, &2), (&Lost::QueueFull, &1)]);
    assert_eq!(script.sums(BACK).packets, 0);
    let (left, right) = (address("10.77.0.1:4000"), address("10.77.0.2:80"));
    assert_eq!(script.wire().on_wire(&left, &right), 2);
    assert_eq!(script.wire().on_wire(&right, &left), 0);
}

#[test]
fn a_failed_write_is_told_by_a_second_fate() {
    let mut script = wired();
    let [a, b] = [(); 2].map(|()| script.enter(THERE, segment(5)));
    script.deliver(THERE, a);
    script.deliver(THERE, b);
    script.lose(THERE, b, Lost::DeviceFull);
    let flow = script.sums(THERE);
    assert_eq!((flow.delivered, flow.lost[&Lost::DeviceFull], flow.on_wire()), (1, 1, 0));
}

#[test]
fn a_flow_of_which_nothing_is_known_changes_nothing() {
    let mut script = wired();
    let before = script.world.clone();
    script.deliver(FlowId(9), protocol::PacketId(77));
    assert_eq!(script.world.wire, before.wire);
}

#[test]
fn so_many_flows_are_remembered_those_at_rest_forgotten_first() {
    let mut script = wired();
    script.enter(THERE, segment(0));
    let more = 10;
    for n in 0..(KEPT_FLOWS + more) as u32 {
        script.flow(FlowId(n + 3), End::Left, TCP, &format!("10.77.0.1:{n}"), "10.77.0.2:80");
    }
    let flows = &script.wire().flows;
    assert_eq!(flows.len(), KEPT_FLOWS);
    assert!(flows.contains_key(&THERE), "a packet of it is on the wire");
    assert!(!flows.contains_key(&BACK) && !flows.contains_key(&FlowId(3 + more as u32)));
    assert!(flows.contains_key(&FlowId(4 + more as u32)));
}

#[test]
fn busy_flows_are_bounded_too() {
    let mut script = wired();
    for n in 0..=KEPT_FLOWS as u32 {
        script.flow(FlowId(n + 3), End::Left, TCP, &format!("10.77.0.1:{n}"), "10.77.0.2:80");
        script.enter(FlowId(n + 3), segment(0));
    }
    assert_eq!(script.wire().flows.len(), KEPT_FLOWS);
    assert!(!script.wire().flows.contains_key(&FlowId(3)), "the oldest");
}
