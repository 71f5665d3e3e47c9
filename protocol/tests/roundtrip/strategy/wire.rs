//! Anything of the wire.

use super::{address, family, kind, numbered, payload, socket, text};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;
use protocol::event::{Counter, Program};
use protocol::message::RungName;
use protocol::number::Wide;
use protocol::packet::{
    About, Flags, FragmentHead, Head, IcmpHead, Lost, Mark, OtherHead, PacketFate, TcpHead, UdpHead,
};
use protocol::wire::{Deed, Handling, Impairment, Loss, Match, PacketKind};
use protocol::{End, FlowId, PacketId, SessionId, TrapId, What};

pub(super) fn rung_name() -> impl Strategy<Value = RungName> {
    use RungName as R;
    select(vec![R::Tun, R::Veth, R::Loopback, R::Userspace])
}

pub(super) fn end() -> impl Strategy<Value = End> {
    select(End::BOTH.to_vec())
}

pub(super) fn packet() -> impl Strategy<Value = PacketId> {
    prop_oneof![4 => 0..9_u64, 1 => any::<u64>()].prop_map(PacketId)
}

pub(super) fn flow() -> impl Strategy<Value = FlowId> {
    prop_oneof![4 => 0..3_u32, 1 => any::<u32>()].prop_map(FlowId)
}

fn trap() -> impl Strategy<Value = TrapId> {
    (0..4_u32).prop_map(TrapId)
}

fn by() -> impl Strategy<Value = Option<SessionId>> {
    of(any::<u32>().prop_map(SessionId))
}

fn lost() -> impl Strategy<Value = Lost> {
    use Lost as L;
    select(vec![L::Killed, L::Random, L::Burst, L::Nth, L::QueueFull, L::DeviceFull, L::Cable])
}

pub(super) fn fate() -> impl Strategy<Value = PacketFate> {
    prop_oneof![Just(PacketFate::Delivered), lost().prop_map(PacketFate::Lost)]
}

fn tcp() -> impl Strategy<Value = TcpHead> {
    let sack = vec(any::<(u32, u32)>(), 0..3);
    (any::<(u8, bool)>(), any::<[u32; 4]>(), sack, payload()).prop_map(
        |((flags, again), [seq, ack, window, payload], sack, start)| TcpHead {
            flags: Flags(flags),
            seq,
            ack,
            window,
            payload,
            again,
            sack,
            start,
        },
    )
}

fn fragment() -> impl Strategy<Value = FragmentHead> {
    (0..3_u32, 0..2_u32, any::<(bool, u8, u32)>(), of(numbered())).prop_map(
        |(ident, offset, (more, protocol, payload), numbered)| FragmentHead {
            ident,
            offset,
            more,
            protocol,
            payload,
            numbered,
        },
    )
}

fn head() -> impl Strategy<Value = Head> {
    let about = (address(), address()).prop_map(|(src, dst)| About { src, dst });
    prop_oneof![
        tcp().prop_map(Head::Tcp),
        (any::<u32>(), of(numbered()), payload()).prop_map(|(payload, numbered, start)| {
            Head::Udp(UdpHead { payload, numbered, start })
        }),
        (any::<(u8, u8)>(), of(about)).prop_map(|((kind, code), about)| Head::Icmp(IcmpHead {
            kind,
            code,
            about
        })),
        fragment().prop_map(Head::Fragment),
        any::<(u8, u32)>()
            .prop_map(|(protocol, payload)| Head::Other(OtherHead { protocol, payload })),
        text().prop_map(|why| Head::Unparsed { why }),
    ]
}

fn mark() -> impl Strategy<Value = Mark> {
    prop_oneof![
        Just(Mark::Held),
        Just(Mark::Released),
        any::<u32>().prop_map(|offset| Mark::Damaged { offset }),
        packet().prop_map(|copy| Mark::Copied { copy }),
        any::<u64>().prop_map(|by| Mark::Delayed { by }),
    ]
}

pub(super) fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        select(vec![Deed::Lose, Deed::Hold, Deed::Copy]),
        any::<Option<u32>>().prop_map(|offset| Deed::Damage { offset }),
        any::<u64>().prop_map(|by| Deed::Delay { by }),
    ]
}

pub(super) fn handling() -> impl Strategy<Value = Handling> {
    use Handling as H;
    (0..5, packet(), any::<Option<u32>>()).prop_map(|(which, packet, offset)| match which {
        0 => H::Hold { packet },
        1 => H::Release { packet },
        2 => H::Kill { packet },
        3 => H::Copy { packet },
        _ => H::Damage { packet, offset },
    })
}

pub(super) fn matching() -> impl Strategy<Value = Match> {
    use PacketKind as K;
    let kinds = vec![
        K::Data,
        K::Ack,
        K::Syn,
        K::SynAck,
        K::Fin,
        K::Rst,
        K::Tcp,
        K::Udp,
        K::Icmp,
        K::Fragment,
    ];
    type Numbers = (Option<u16>, Option<u32>, Option<bool>, Option<u32>);
    (of(end()), of(select(kinds)), any::<Numbers>()).prop_map(
        |(from, kind, (port, at_least, again, nth))| Match {
            from,
            kind,
            port,
            at_least,
            again,
            nth,
        },
    )
}

fn loss() -> impl Strategy<Value = Loss> {
    prop_oneof![
        any::<u32>().prop_map(Loss::Random),
        any::<[u32; 4]>().prop_map(|[p, r, bad, good]| Loss::GilbertElliott { p, r, bad, good }),
    ]
}

pub(super) fn impairment() -> impl Strategy<Value = Impairment> {
    type Numbers = ([u64; 2], [u32; 3], Option<u64>, [Option<u32>; 2], bool);
    (any::<Numbers>(), of(loss()), of(matching())).prop_map(
        |(
            ([delay, jitter], [duplicate, reorder, corrupt], rate, [queue, mtu], pulled),
            loss,
            nth,
        )| {
            Impairment {
                delay,
                jitter,
                loss,
                nth,
                duplicate,
                reorder,
                corrupt,
                rate,
                queue,
                mtu,
                pulled,
            }
        },
    )
}

fn packets() -> impl Strategy<Value = What> {
    prop_oneof![
        (flow(), end(), select(vec![1_u8, 6, 17, 58]), address(), address()).prop_map(
            |(flow, from, protocol, src, dst)| What::FlowSeen { flow, from, protocol, src, dst }
        ),
        (packet(), flow(), end(), any::<u32>(), address(), address(), head().boxed()).prop_map(
            |(packet, flow, from, bytes, src, dst, head)| What::PacketEntered {
                packet,
                flow,
                from,
                bytes,
                src,
                dst,
                head,
            }
        ),
        (packet(), mark()).prop_map(|(packet, mark)| What::PacketMarked { packet, mark }),
        (packet(), flow(), fate()).prop_map(|(packet, flow, fate)| What::PacketLeft {
            packet,
            flow,
            fate
        }),
    ]
}

fn traps() -> impl Strategy<Value = What> {
    prop_oneof![
        (by(), trap(), matching(), deed(), any::<u32>()).prop_map(
            |(by, trap, matching, act, count)| What::TrapArmed { by, trap, matching, act, count }
        ),
        (trap(), packet(), 0..3_u32).prop_map(|(trap, packet, left)| What::TrapSprung {
            trap,
            packet,
            left
        }),
        (by(), trap()).prop_map(|(by, trap)| What::TrapDisarmed { by, trap }),
    ]
}

fn itself() -> impl Strategy<Value = What> {
    let counter = (text(), any::<u64>()).prop_map(|(name, value)| Counter { name, value });
    let program = (any::<Option<u32>>(), text()).prop_map(|(pid, name)| Program { pid, name });
    prop_oneof![
        2 => (rung_name(), any::<u32>()).prop_map(|(rung, seed)| What::WireUp { rung, seed }),
        1 => text().prop_map(|why| What::WireDown { why }),
        1 => (by(), end(), impairment(), any::<Option<u32>>())
            .prop_map(|(by, from, set, seed)| What::Impaired { by, from, set, seed }),
        1 => (by(), any::<bool>()).prop_map(|(by, on)| What::Frozen { by, on }),
        1 => (end(), vec(counter, 0..3)).prop_map(|(net, set)| What::Counted { net, set }),
        1 => (end(), any::<u64>())
            .prop_map(|(from, packets)| What::DeviceDropped { from, packets }),
        1 => (socket(), any::<u64>(), end(), family(), kind(), program).prop_map(
            |(socket, cookie, net, family, kind, program)| What::Appeared {
                socket,
                cookie: Wide(cookie),
                net,
                family,
                kind,
                program,
            }
        ),
    ]
}

/// Anything that is told of the wire.
pub(super) fn of_wire() -> impl Strategy<Value = What> {
    prop_oneof![4 => packets().boxed(), 1 => traps().boxed(), 1 => itself().boxed()]
}
