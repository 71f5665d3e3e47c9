//! Owns what may be asked of the wire: impairments, traps, and the handling of single packets.
//! Never says what comes of it.

use crate::command::Net;
use crate::packet::{End, PacketId};
use crate::{Address, ErrorKind, Failure, Nanos};
use serde::{Deserialize, Serialize};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// IPv4 addresses of the left and the right end; /24.
pub const IPV4: [Ipv4Addr; 2] = [Ipv4Addr::new(10, 77, 0, 1), Ipv4Addr::new(10, 77, 0, 2)];
/// IPv6 addresses of the left and the right end; /64.
pub const IPV6: [Ipv6Addr; 2] =
    [Ipv6Addr::new(0xfd77, 0, 0, 0, 0, 0, 0, 1), Ipv6Addr::new(0xfd77, 0, 0, 0, 0, 0, 0, 2)];

/// The net where what is sent from `from` to this address comes to: across the wire, or back to itself.
pub fn lands(from: Net, to: &Address) -> Net {
    let ip = to.inet().map(|inet| inet.ip().to_canonical());
    let at = |end: End| match ip {
        Some(IpAddr::V4(v4)) => v4 == end.ipv4(),
        Some(IpAddr::V6(v6)) => v6 == end.ipv6(),
        None => false,
    };
    match from {
        Net::Host => Net::Host,
        Net::Left if at(End::Right) => Net::Right,
        Net::Right if at(End::Left) => Net::Left,
        stays => stays,
    }
}

/// Parts per million: 1,000,000 is always.
pub type Ppm = u32;

/// Always.
pub const ALWAYS: Ppm = 1_000_000;
/// Longest delay or jitter.
pub const DELAY_MAX: Nanos = 60_000_000_000;
/// Packets that a queue before a slow link holds, where nothing else is asked (tc-netem(8), `limit`).
pub const QUEUE: u32 = 1_000;
/// Most packets that such a queue may hold.
pub const QUEUE_MAX: u32 = 100_000;
/// Most bits a second that may be asked for.
pub const RATE_MAX: u64 = 100_000_000_000;
/// Least MTU: what IPv6 needs (RFC 8200, 5).
pub const MTU_MIN: u32 = 1_280;
/// Greatest MTU.
pub const MTU_MAX: u32 = 65_520;
/// The MTU, where nothing else is asked.
pub const MTU: u32 = 1_500;
/// Traps armed at once.
pub const TRAPS: usize = 64;

/// How packets are lost at random (tc-netem(8), `loss`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Loss {
    /// Each by itself (`loss random`).
    Random(Ppm),
    /// In bursts (`loss gemodel p r 1-h 1-k`): a good and a bad state, a change at most once a packet.
    GilbertElliott {
        /// From good to bad.
        p: Ppm,
        /// From bad to good.
        r: Ppm,
        /// Lost while bad (netem's 1-h).
        bad: Ppm,
        /// Lost while good (netem's 1-k).
        good: Ppm,
    },
}

/// What a trap or an nth loss waits for. Every condition that is not null must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Match {
    /// From which end; null is either.
    pub from: Option<End>,
    /// Of which kind; null is any.
    pub kind: Option<PacketKind>,
    /// With this port at either side.
    pub port: Option<u16>,
    /// With at least so many payload bytes.
    pub at_least: Option<u32>,
    /// Sent again (true) or for the first time (false), for TCP.
    pub again: Option<bool>,
    /// The n-th that fits, from 1; null is the next.
    pub nth: Option<u32>,
}

/// Kinds of packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum PacketKind {
    /// A TCP segment or UDP datagram (or a fragment of one) with payload.
    Data,
    /// A TCP segment without payload, SYN, FIN and RST: an acknowledgement only.
    Ack,
    /// SYN without ACK.
    Syn,
    /// SYN with ACK.
    SynAck,
    /// FIN.
    Fin,
    /// RST.
    Rst,
    /// TCP.
    Tcp,
    /// UDP, its fragments too.
    Udp,
    /// ICMP or ICMPv6.
    Icmp,
    /// A fragment.
    Fragment,
}

/// What a trap does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Deed {
    /// Loses it.
    Lose,
    /// Holds it, until it is released.
    Hold,
    /// Sends it twice.
    Copy,
    /// Flips a bit of it.
    Damage {
        /// In which byte, from the IP header's first; null takes one of the payload's.
        offset: Option<u32>,
    },
    /// Puts it off.
    Delay {
        /// By how much.
        by: Nanos,
    },
}

/// What is done to one packet on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Handling {
    /// Stop it.
    Hold {
        /// Which.
        packet: PacketId,
    },
    /// Let it go on, at once.
    Release {
        /// Which.
        packet: PacketId,
    },
    /// Lose it.
    Kill {
        /// Which.
        packet: PacketId,
    },
    /// Send it a second time; the copy goes at once.
    Copy {
        /// Which.
        packet: PacketId,
    },
    /// Flip a bit of it.
    Damage {
        /// Which.
        packet: PacketId,
        /// In which byte, from the IP header's first; null takes one of the payload's.
        offset: Option<u32>,
    },
}

impl Handling {
    /// Which packet.
    pub fn packet(self) -> PacketId {
        match self {
            Self::Hold { packet }
            | Self::Release { packet }
            | Self::Kill { packet }
            | Self::Copy { packet }
            | Self::Damage { packet, .. } => packet,
        }
    }
}

/// What is done to the wire itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum WireOrder {
    /// Make it anew; sockets of the old one live on, cut off from each other.
    Restart,
}

/// How one direction of the wire is impaired, with the terms and semantics of tc-netem(8).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Impairment {
    /// Added to every packet; at most [`DELAY_MAX`].
    pub delay: Nanos,
    /// Spread evenly around the delay, plus and minus; at most the delay.
    pub jitter: Nanos,
    /// Random loss; null is none.
    pub loss: Option<Loss>,
    /// The n-th packet that fits is lost, once; null is none.
    pub nth: Option<Match>,
    /// Sent twice.
    pub duplicate: Ppm,
    /// Sent without the delay, past those that wait.
    pub reorder: Ppm,
    /// One bit flipped.
    pub corrupt: Ppm,
    /// Bits a second; null is no limit.
    pub rate: Option<u64>,
    /// Packets that wait for a slow link, or for their delay, at once; null is [`QUEUE`].
    pub queue: Option<u32>,
    /// The sending interface's MTU; null is [`MTU`].
    pub mtu: Option<u32>,
    /// Whether the cable is pulled: everything is lost.
    pub pulled: bool,
}

impl Impairment {
    /// Why it cannot be.
    pub fn check(&self) -> Result<(), Failure> {
        let wrong = |text: String| Err(Failure::new(ErrorKind::BadRequest, text));
        for (name, share) in self.shares() {
            if share > ALWAYS {
                return wrong(format!(
                    "{name} is told in parts per million: 0 to {ALWAYS}, not {share}."
                ));
            }
        }
        if self.delay > DELAY_MAX {
            return wrong(format!("A delay is at most {} s.", DELAY_MAX / 1_000_000_000));
        }
        if self.jitter > self.delay {
            return wrong("Jitter is at most the delay: no packet leaves before it came.".into());
        }
        if self.rate.is_some_and(|rate| !(1..=RATE_MAX).contains(&rate)) {
            return wrong(format!("A rate is 1 to {RATE_MAX} bits a second."));
        }
        if self.queue.is_some_and(|queue| !(1..=QUEUE_MAX).contains(&queue)) {
            return wrong(format!("A queue holds 1 to {QUEUE_MAX} packets."));
        }
        if self.mtu.is_some_and(|mtu| !(MTU_MIN..=MTU_MAX).contains(&mtu)) {
            return wrong(format!("The MTU is {MTU_MIN} to {MTU_MAX} bytes."));
        }
        self.nth.as_ref().map_or(Ok(()), Match::check)
    }

    fn shares(&self) -> Vec<(&'static str, Ppm)> {
        let mut shares = vec![
            ("duplicate", self.duplicate),
            ("reorder", self.reorder),
            ("corrupt", self.corrupt),
        ];
        match self.loss {
            Some(Loss::Random(share)) => shares.push(("loss", share)),
            Some(Loss::GilbertElliott { p, r, bad, good }) => {
                shares.extend([("p", p), ("r", r), ("bad", bad), ("good", good)]);
            }
            None => {}
        }
        shares
    }

    /// Whether packets pass as on a clean wire.
    pub fn is_clean(&self) -> bool {
        *self == Self { mtu: self.mtu, queue: self.queue, ..Self::default() }
            && self.mtu.is_none_or(|mtu| mtu == MTU)
    }
}

impl Match {
    /// Why it cannot be.
    pub fn check(&self) -> Result<(), Failure> {
        if self.nth == Some(0) {
            return Err(Failure::new(ErrorKind::BadRequest, "The first that fits is number 1."));
        }
        Ok(())
    }
}

/// A named weather for both directions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preset {
    /// Its name, in small letters.
    pub name: &'static str,
    /// Each direction, from left and from right.
    pub set: [Impairment; 2],
}

/// The weathers that the page offers, from clean to worst; rates and delays as commonly measured.
pub fn presets() -> Vec<Preset> {
    const MS: Nanos = 1_000_000;
    const MBIT: u64 = 1_000_000;
    let both = |name, one: Impairment| Preset { name, set: [one.clone(), one] };
    let link = |delay: Nanos, jitter: Nanos, rate: u64| Impairment {
        delay,
        jitter,
        rate: Some(rate),
        ..Impairment::default()
    };
    let wifi = Impairment {
        loss: Some(Loss::GilbertElliott { p: 20_000, r: 300_000, bad: 700_000, good: 0 }),
        ..link(3 * MS, 2 * MS, 20 * MBIT)
    };
    vec![
        both("clean", Impairment::default()),
        both("slow", Impairment { delay: 400 * MS, ..Impairment::default() }),
        both("lan", link(MS / 2, 0, 1_000 * MBIT)),
        Preset { name: "dsl", set: [link(15 * MS, MS, 10 * MBIT), link(15 * MS, MS, 50 * MBIT)] },
        Preset {
            name: "4g",
            set: [link(35 * MS, 15 * MS, 10 * MBIT), link(35 * MS, 15 * MS, 30 * MBIT)],
        },
        both(
            "satellite",
            Impairment { loss: Some(Loss::Random(5_000)), ..link(300 * MS, 0, 20 * MBIT) },
        ),
        both("wifi", wifi),
        both("black hole", Impairment { pulled: true, ..Impairment::default() }),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn presets_can_be_asked_for() {
        for preset in presets() {
            for one in preset.set {
                assert_eq!(one.check(), Ok(()), "{}", preset.name);
            }
        }
    }

    #[test]
    fn what_is_out_of_range_is_named() {
        let clean = Impairment::default;
        for (wrong, says) in [
            (Impairment { duplicate: 1_000_001, ..clean() }, "duplicate"),
            (Impairment { loss: Some(Loss::Random(2_000_000)), ..clean() }, "loss"),
            (Impairment { delay: DELAY_MAX + 1, ..clean() }, "60 s"),
            (Impairment { jitter: 1, ..clean() }, "Jitter"),
            (Impairment { rate: Some(0), ..clean() }, "rate"),
            (Impairment { queue: Some(0), ..clean() }, "queue"),
            (Impairment { mtu: Some(1_279), ..clean() }, "MTU"),
            (Impairment { nth: Some(Match { nth: Some(0), ..Match::default() }), ..clean() }, "1"),
        ] {
            let failure = wrong.check().unwrap_err();
            assert_eq!(failure.kind, ErrorKind::BadRequest);
            assert!(failure.message.contains(says), "{}", failure.message);
        }
    }
}
