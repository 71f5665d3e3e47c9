//! Owns random journals of the wire: packets that enter, are marked, and leave, in any mixture.

use crate::script::Script;
use crate::script::story;
use crate::script::wire::{again, datagram, fragment, on, segment, unreachable};
use proptest::prelude::*;
use protocol::packet::{Flags, Lost, Mark, PacketFate};
use protocol::{End, PacketId, Source, What};

/// Something that happens on the wire.
#[derive(Clone, Debug)]
pub(crate) enum WireDeed {
    Segment(bool, String, u8, bool),
    Datagram(bool, String),
    Part(u32),
    Icmp,
    /// The nth on the wire leaves: delivered, or lost for a reason.
    Leave(usize, u8),
    /// The nth on the wire is marked.
    Mark(usize, u8),
    Freeze(bool),
    Pull(bool),
    Wait(u64),
}

pub(crate) fn wire_deeds(most: usize) -> impl Strategy<Value = Vec<WireDeed>> {
    let text = prop_oneof!["[a-z]{0,12}", "你好|héllo|\\PC{0,6}", "[\\x00-\\x1f]{1,8}"];
    let flags = prop_oneof![Just(16u8), Just(24), Just(2), Just(18), Just(17), Just(4)];
    let deed = prop_oneof![
        5 => (any::<bool>(), text.clone(), flags, any::<bool>())
            .prop_map(|(left, text, flags, again)| WireDeed::Segment(left, text, flags, again)),
        3 => (any::<bool>(), text).prop_map(|(left, text)| WireDeed::Datagram(left, text)),
        1 => (0u32..4).prop_map(WireDeed::Part),
        1 => Just(WireDeed::Icmp),
        5 => (0usize..8, 0u8..12).prop_map(|(n, fate)| WireDeed::Leave(n, fate)),
        2 => (0usize..8, 0u8..5).prop_map(|(n, mark)| WireDeed::Mark(n, mark)),
        1 => any::<bool>().prop_map(WireDeed::Freeze),
        1 => any::<bool>().prop_map(WireDeed::Pull),
        5 => (0u64..600_000).prop_map(WireDeed::Wait),
    ];
    proptest::collection::vec(deed, 1..most)
}

pub(crate) fn play(deeds: &[WireDeed]) -> Script {
    let (mut script, _) = story::connected(100, 0);
    let kind = protocol::command::Kind::Datagram;
    script.at_end(kind, End::Right, Some("speaker"), Some(5005));
    script.at_end(kind, End::Left, Some("voice"), Some(5004));
    let mut flying: Vec<PacketId> = Vec::new();
    let mut seq = 1;
    for deed in deeds {
        script.wait(3);
        match deed {
            WireDeed::Segment(left, text, flags, repeats) => {
                let (from, ports) =
                    if *left { (End::Left, (43_210, 8001)) } else { (End::Right, (8001, 43_210)) };
                if !repeats {
                    seq += text.len() as u32;
                }
                let head = segment(Flags(*flags), seq, 1, text);
                let head = if *repeats { again(head) } else { head };
                flying.push(script.enter(from, ports, head));
            }
            WireDeed::Datagram(left, text) => {
                let (from, ports) =
                    if *left { (End::Left, (5004, 5005)) } else { (End::Right, (5005, 5004)) };
                flying.push(script.enter(from, ports, datagram(text, None)));
            }
            WireDeed::Part(nth) => {
                let head = fragment(7, *nth, *nth < 3, None);
                flying.push(script.enter(End::Left, (5004, 5005), head));
            }
            WireDeed::Icmp => {
                let head = unreachable(on(End::Left, 5004), on(End::Right, 5005));
                flying.push(script.enter(End::Right, (0, 0), head));
            }
            WireDeed::Leave(n, fate) if !flying.is_empty() => {
                let packet = flying.remove(n % flying.len());
                let lost = [
                    Lost::Killed,
                    Lost::Random,
                    Lost::Burst,
                    Lost::Nth,
                    Lost::QueueFull,
                    Lost::DeviceFull,
                    Lost::Cable,
                ];
                match lost.get(usize::from(*fate)) {
                    Some(why) => script.lose(packet, *why),
                    None => script.leave(packet, PacketFate::Delivered),
                }
            }
            WireDeed::Mark(n, mark) if !flying.is_empty() => {
                let packet = flying[n % flying.len()];
                match mark {
                    0 => script.mark(packet, Mark::Held),
                    1 => script.mark(packet, Mark::Released),
                    2 => script.mark(packet, Mark::Damaged { offset: 30 }),
                    3 => flying.push(script.copy(packet)),
                    _ => script.mark(packet, Mark::Delayed { by: 50_000_000 }),
                }
            }
            WireDeed::Freeze(on) => {
                script.tell(Source::Relay, What::Frozen { by: None, on: *on });
            }
            WireDeed::Pull(pulled) => {
                let set = protocol::wire::Impairment {
                    delay: 100_000_000,
                    pulled: *pulled,
                    ..protocol::wire::Impairment::default()
                };
                let from = End::Left;
                script.tell(Source::Relay, What::Impaired { by: None, from, set, seed: None });
            }
            WireDeed::Wait(micros) => {
                script.wait(*micros);
            }
            WireDeed::Leave(..) | WireDeed::Mark(..) => {}
        }
    }
    script.wait(20);
    script
}
