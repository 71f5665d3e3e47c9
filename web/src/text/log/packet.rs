//! Owns one terse line for each event of the wire: `SYN left → right, lost: your trap`.

use super::super::wire;
use crate::seen::Seen;
use crate::text::Language;
use crate::text::page::{count, name, span};
use protocol::event::Counter;
use protocol::message::RungName;
use protocol::packet::{Head, Mark, PacketFate};
use protocol::{FlowId, PacketId, What, World};

/// What the sentence needs to know.
#[derive(Clone, Copy)]
pub(super) struct Known<'a> {
    pub(super) language: Language,
    pub(super) world: &'a World,
    pub(super) seen: &'a Seen,
}

/// The packet that an event is about.
pub(super) fn about(what: &What) -> Option<PacketId> {
    match what {
        What::PacketEntered { packet, .. }
        | What::PacketMarked { packet, .. }
        | What::PacketLeft { packet, .. }
        | What::TrapSprung { packet, .. } => Some(*packet),
        _ => None,
    }
}

/// Whether it is bad news, and the sentence.
pub(super) fn sentence(known: Known, what: &What) -> (bool, String) {
    let language = known.language;
    let pick = |english: &str, chinese: &str| language.pick(english, chinese).to_owned();
    let colon = language.pick(": ", "：");
    let text = match what {
        What::FlowSeen { from, protocol, src, dst, .. } => {
            let protocol = crate::text::layer::protocol(*protocol);
            let new = pick("a new flow", "新的流");
            format!("{new}{colon}{protocol} {src} → {dst} ({})", wire::way(language, *from))
        }
        What::PacketEntered { packet, from, head, .. } => {
            known.packet(*packet, Some((*from, head)))
        }
        What::PacketMarked { packet, mark } => {
            let what = known.packet(*packet, None);
            format!("{what}{}{}", language.pick(", ", "，"), known.mark(*mark))
        }
        What::PacketLeft { packet, flow, fate } => return known.left(*packet, *flow, *fate),
        What::WireUp { rung, seed } => {
            let by = match rung {
                RungName::Veth => "veth",
                _ => "TUN",
            };
            match language {
                Language::English => format!("The wire is up ({by}); seed {seed}."),
                Language::Chinese => format!("线路已建立（{by}），种子 {seed}。"),
            }
        }
        What::WireDown { why } => {
            return (
                true,
                format!(
                    "{}{colon}{}",
                    pick("The wire takes no new sockets", "线路上不能再新建套接字"),
                    wire::down(language, why)
                ),
            );
        }
        What::Impaired { from, set, seed, .. } => {
            let weather = wire::one_way(language, set);
            let from = wire::end(language, *from);
            let seed = seed.map(|seed| format!(" · {} {seed}", pick("seed", "种子")));
            let seed = seed.unwrap_or_default();
            match language {
                Language::English => format!("Weather from {from}: {weather}{seed}"),
                Language::Chinese => format!("{from}发出方向的网络状况：{weather}{seed}"),
            }
        }
        What::Frozen { on: true, .. } => {
            pick("The wire is held; kernel timers run on.", "线路已按住；内核定时器照常走。")
        }
        What::Frozen { .. } => pick("The wire runs again.", "线路已放开。"),
        What::TrapArmed { matching, act, count, .. } => {
            let armed = pick("Trap armed", "陷阱已设好");
            format!("{armed}{colon}{}", wire::trap(language, matching, *act, *count))
        }
        What::TrapSprung { packet, left, .. } => {
            let what = known.packet(*packet, None);
            let more = match (*left, language) {
                (0, _) => String::new(),
                (n, Language::English) => format!("; {n} more to catch"),
                (n, Language::Chinese) => format!("；还会再抓 {n} 个"),
            };
            format!("{}{colon}{what}{more}", pick("The trap has sprung", "陷阱触发"))
        }
        What::TrapDisarmed { .. } => pick("Trap disarmed.", "陷阱已撤。"),
        What::Counted { net, set } => {
            let one = |c: &Counter| format!("{} {}", c.name, count(c.value));
            let all: Vec<String> = set.iter().take(6).map(one).collect();
            let more = if set.len() > 6 { " …" } else { "" };
            format!("{}{colon}{}{more}", wire::end(language, *net), all.join(" · "))
        }
        What::DeviceDropped { from, packets } => {
            let (from, packets) = (wire::end(language, *from), count(*packets));
            let text = match language {
                Language::English => {
                    format!("{from}’s device dropped {packets} packets before the wire saw them.")
                }
                Language::Chinese => format!("{from}的网卡在线路看到之前丢弃了 {packets} 个包。"),
            };
            return (true, text);
        }
        What::Appeared { socket, program, .. } => {
            let socket = name(language, known.world, *socket);
            let name = if program.name.is_empty() { "?" } else { &program.name };
            let pid = program.pid.map(|pid| format!(", pid {pid}")).unwrap_or_default();
            match language {
                Language::English => format!("{socket}: made by another program ({name}{pid})"),
                Language::Chinese => format!("{socket}：由外部程序创建（{name}{pid}）"),
            }
        }
        _ => String::new(),
    };
    (false, text)
}

impl Known<'_> {
    /// `SYN left → right`.
    fn packet(self, id: PacketId, told: Option<(protocol::End, &Head)>) -> String {
        let language = self.language;
        let own = self.seen.get(id).map(|packet| (packet.from, &packet.head));
        match told.or(own) {
            Some((from, head)) => {
                format!("{} {}", wire::head(language, head), wire::way(language, from))
            }
            None => format!("{} {id}", language.pick("packet", "数据包")),
        }
    }

    fn mark(self, mark: Mark) -> String {
        let language = self.language;
        match mark {
            Mark::Held => language.pick("held", "被扣住").to_owned(),
            Mark::Released => language.pick("let go", "被放行").to_owned(),
            Mark::Damaged { offset } => match language {
                Language::English => format!("a bit of byte {offset} flipped"),
                Language::Chinese => format!("第 {offset} 字节翻转了一位"),
            },
            Mark::Copied { copy } => match language {
                Language::English => format!("sent twice; the copy is packet {copy}"),
                Language::Chinese => format!("发了两遍；副本是数据包 {copy}"),
            },
            Mark::Delayed { by } => match language {
                Language::English => format!("put off by {}", wire::delay(by)),
                Language::Chinese => format!("被推迟 {}", wire::delay(by)),
            },
        }
    }

    fn left(self, id: PacketId, flow: FlowId, fate: PacketFate) -> (bool, String) {
        let language = self.language;
        let known = self.seen.get(id);
        let mut text = self.packet(id, None);
        if known.is_none()
            && let Some(flow) = self.world.wire.as_ref().and_then(|wire| wire.flows.get(&flow))
        {
            text.push(' ');
            text.push_str(&wire::way(language, flow.from));
        }
        match fate {
            PacketFate::Delivered => {
                let took = known.and_then(|own| Some(own.left?.0.saturating_sub(own.entered)));
                let took = took.map(span).unwrap_or_default();
                let said = match language {
                    Language::English => format!(", delivered after {took}"),
                    Language::Chinese => format!("，{took} 后送达"),
                };
                (false, text + &said)
            }
            PacketFate::Lost(why) => {
                let trapped = known.is_some_and(|own| own.trap.is_some());
                let why = wire::lost(language, why, trapped);
                (true, text + language.pick(", lost: ", "，丢失：") + why)
            }
        }
    }
}
