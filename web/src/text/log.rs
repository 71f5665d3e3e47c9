//! Owns one sentence for each event and each error. The calls themselves are lines of code (`code`).

mod errno;
mod gate;
mod lesson;
mod packet;

pub use errno::{errno, failure};

use super::page::{count, name, span};
use crate::code::{self, Dialect};
use crate::seen::Seen;
use crate::text::Language;
use protocol::event::Crossing;
use protocol::{Answer, CallId, Command, Done, Event, Field, Nanos, PacketId, Source, What, World};

/// A line of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// When.
    pub at: Nanos,
    /// Who says so, as a key of the page's words.
    pub who: &'static str,
    /// Whether something failed or was lost.
    pub bad: bool,
    /// The sentence.
    pub text: String,
    /// The packet that it is about: it can be opened.
    pub packet: Option<PacketId>,
    /// Whether somebody who does not look should hear of it.
    pub telling: bool,
}

/// An event as a line; `world` and `seen` know of it already.
pub fn event(language: Language, world: &World, seen: &Seen, event: &Event) -> Line {
    let who = match event.source {
        Source::Relay => "relay",
        Source::Kernel => "kernel",
        Source::Wire => "wire",
        Source::Inferred => "inferred",
        Source::Simulated => "simulated",
    };
    let known = packet::Known { language, world, seen };
    let (bad, text) = sentence(known, event);
    let quiet = event.what.is_packet()
        || matches!(event.what, What::FlowSeen { .. } | What::Counted { .. });
    let telling = !quiet && matches!(event.source, Source::Relay | Source::Wire);
    Line { at: event.at, who, bad, text, packet: packet::about(&event.what), telling }
}

/// Packets that were told in sums, up to a moment: more than this page can be told of one by one.
pub fn thinned(language: Language, at: Nanos, packets: u64) -> Line {
    let packets = count(packets);
    let text = match language {
        Language::English => {
            format!("{packets} packets told in sums: too many for this page to hear of each.")
        }
        Language::Chinese => format!("{packets} 个包只报了总数：太多，来不及逐个告知本页面。"),
    };
    Line { at, who: "relay", bad: false, text, packet: None, telling: true }
}

/// A call with whose it is: `client: send(b"hello")`.
fn asked(language: Language, world: &World, ask: &Command) -> String {
    let code = code::call(Dialect::Python, world, ask);
    match ask.socket() {
        Some(socket) => format!("{}: {code}", name(language, world, socket)),
        None => code,
    }
}

fn asked_by(language: Language, world: &World, call: CallId) -> String {
    match world.calls.get(&call) {
        Some(call) => asked(language, world, &call.ask),
        None => format!("{} {call}", language.pick("call", "调用")),
    }
}

fn sentence(known: packet::Known, event: &Event) -> (bool, String) {
    let packet::Known { language, world, .. } = known;
    let text = match &event.what {
        What::CallBegan { ask, .. } => asked(language, world, ask),
        What::CallBlocked { call, bytes } => {
            let asleep = language.pick("the program falls asleep in it", "程序在其中阻塞");
            let taken = if *bytes == 0 {
                String::new()
            } else {
                format!(", {} B", count(u64::from(*bytes)))
            };
            format!("{} · {asleep}{taken}", asked_by(language, world, *call))
        }
        What::CallEnded { call, result } => return ended(language, world, *call, result),
        What::Sample { socket, set } => {
            let mut text = name(language, world, *socket);
            text.push_str(": ");
            for (place, field) in set.iter().enumerate() {
                if place > 0 {
                    text.push_str(" · ");
                }
                text.push_str(&self::field(language, field));
            }
            text
        }
        What::Gone { socket } => format!(
            "socket {socket}: {}",
            language.pick("the kernel has forgotten it", "内核已经不再记得它")
        ),
        What::DatagramSent { call, number } => match language {
            Language::English => format!("sendto took datagram {number} of burst {call}"),
            Language::Chinese => format!("sendto 收下了第 {call} 批的第 {number} 个数据报"),
        },
        What::Crossed { from, to, what, began, ended } => format!(
            "{} → {}: {} · {} {}",
            name(language, world, *from),
            name(language, world, *to),
            crossing(language, *what),
            language.pick("within", "历时不超过"),
            span(ended.saturating_sub(*began)),
        ),
        What::FlowSeen { .. }
        | What::PacketEntered { .. }
        | What::PacketMarked { .. }
        | What::PacketLeft { .. }
        | What::WireUp { .. }
        | What::WireDown { .. }
        | What::Impaired { .. }
        | What::Frozen { .. }
        | What::TrapArmed { .. }
        | What::TrapSprung { .. }
        | What::TrapDisarmed { .. }
        | What::Counted { .. }
        | What::DeviceDropped { .. }
        | What::Appeared { .. } => return packet::sentence(known, &event.what),
        What::Gate { .. }
        | What::CallWaiting { .. }
        | What::CallReleased { .. }
        | What::CallWithdrawn { .. } => gate::sentence(language, world, &event.what),
        What::Stamped { .. } | What::StampsLost { .. } => {
            gate::stamped(language, world, &event.what)
        }
        What::RecordingBegan { file, .. } => {
            format!("{}{file}", language.pick("The journal is written to ", "日志写入 "))
        }
        What::RecordingEnded { why, .. } => match why {
            None => language.pick("The recording is whole.", "录制完成。").to_owned(),
            Some(why) => {
                format!("{}{why}", language.pick("The recording ended: ", "录制中止："))
            }
        },
        What::Reset { .. } => language.pick("Everything was closed.", "全部已关闭。").to_owned(),
        What::ExperimentBegan { title, .. } => {
            format!(
                "{}{}",
                language.pick("A lesson begins: ", "课程开始："),
                language.pick(&title.en, &title.zh)
            )
        }
        What::ExperimentSaid { say, .. } => language.pick(&say.en, &say.zh).clone(),
        What::ExperimentChecked { step, held: true, found, .. } => match language {
            Language::English => format!("Step {step} kept its promise: {found}"),
            Language::Chinese => format!("第 {step} 步与预期相符：{found}"),
        },
        What::ExperimentChecked { step, expected, found, .. } => {
            return (true, super::page::broken(language, *step, expected, found));
        }
        What::ExperimentPlanned { .. }
        | What::ExperimentActed { .. }
        | What::BetAsked { .. }
        | What::BetPlaced { .. }
        | What::BetMarked { .. }
        | What::ExperimentVerdict { .. } => lesson::sentence(language, world, &event.what),
        What::ExperimentEnded { passed: true } => language
            .pick("The lesson is over; every promise held.", "课程结束；每一步都与预期相符。")
            .to_owned(),
        What::ExperimentEnded { .. } => {
            return (
                true,
                language
                    .pick(
                        "The lesson is over; not every promise held.",
                        "课程结束；并非每一步都与预期相符。",
                    )
                    .to_owned(),
            );
        }
    };
    (false, text)
}

fn ended(language: Language, world: &World, call: CallId, result: &Answer) -> (bool, String) {
    let head = asked_by(language, world, call);
    let code = world
        .calls
        .get(&call)
        .map(|call| code::result(Dialect::Python, world, &call.ask, result))
        .unwrap_or_default();
    match result {
        Answer::Ok(done) => {
            let said = done_words(language, done);
            let joint = if said.is_empty() { "" } else { " · " };
            (false, format!("{head} → {code}{joint}{said}"))
        }
        Answer::Error(error) => {
            (true, format!("{head} → {} · {}", error.short(), failure(language, error)))
        }
    }
}

/// What a call came to, in a few words: its code result and what it means.
pub fn outcome(
    language: Language,
    world: &World,
    ask: &Command,
    result: &Answer,
) -> (bool, String) {
    match result {
        Answer::Error(error) => (true, format!("{} · {}", error.short(), failure(language, error))),
        Answer::Ok(done) => {
            let code = code::result(Dialect::Python, world, ask, result);
            let said = done_words(language, done);
            let joint = if code.is_empty() || said.is_empty() { "" } else { " · " };
            (false, format!("→ {code}{joint}{said}"))
        }
    }
}

fn done_words(language: Language, done: &Done) -> String {
    match done {
        Done::Sent(sent) if sent.parts > 1 => match language {
            Language::English => {
                format!(
                    "the kernel took {} bytes in {} parts",
                    count(u64::from(sent.bytes)),
                    sent.parts
                )
            }
            Language::Chinese => {
                format!("内核分 {} 次收下 {} 字节", sent.parts, count(u64::from(sent.bytes)))
            }
        },
        Done::Sent(_) => language.pick("taken by the kernel", "内核已收下").to_owned(),
        Done::Received(received) if received.eof => {
            language.pick("the other end sends no more", "对端不再发送").to_owned()
        }
        Done::Received(received) if received.truncated => match language {
            Language::English => "the rest of the datagram is gone".to_owned(),
            Language::Chinese => "数据报其余部分已丢弃".to_owned(),
        },
        Done::Burst(burst) => match (language, burst.refused) {
            (Language::English, 0) => format!("sendto took all {}", count(u64::from(burst.sent))),
            (Language::Chinese, 0) => {
                format!("sendto 收下全部 {} 个", count(u64::from(burst.sent)))
            }
            (Language::English, refused) => format!(
                "sendto took {}, refused {}",
                count(u64::from(burst.sent)),
                count(u64::from(refused))
            ),
            (Language::Chinese, refused) => format!(
                "sendto 收下 {} 个，拒绝 {} 个",
                count(u64::from(burst.sent)),
                count(u64::from(refused))
            ),
        },
        Done::Value(value) => match language {
            Language::English => format!("the kernel reads back {}", value.value),
            Language::Chinese => format!("内核读回的值是 {}", value.value),
        },
        _ => String::new(),
    }
}

/// What was inferred to have crossed.
fn crossing(language: Language, what: Crossing) -> String {
    match what {
        Crossing::Syn => "SYN".to_owned(),
        Crossing::SynAck => "SYN-ACK".to_owned(),
        Crossing::Ack => "ACK".to_owned(),
        Crossing::Fin => "FIN".to_owned(),
        Crossing::Reset => "RST".to_owned(),
        Crossing::Data { bytes } => format!("{} B", count(u64::from(bytes))),
        Crossing::Datagram { bytes } => {
            format!(
                "{} {} B",
                language.pick("a datagram of", "一个数据报"),
                count(u64::from(bytes))
            )
        }
        Crossing::Datagrams { first, count: many, .. } => match language {
            Language::English => format!("datagrams {first} to {}", first + many.saturating_sub(1)),
            Language::Chinese => {
                format!("第 {first} 到 {} 个数据报", first + many.saturating_sub(1))
            }
        },
    }
}

fn field(language: Language, field: &Field) -> String {
    let bytes = |term: &str, n: u64| format!("{term} {} B", count(n));
    let plain = |term: &str, n: u32| format!("{term} {}", count(u64::from(n)));
    let address = |term: &str, own: &Option<protocol::Address>| match own {
        Some(own) => format!("{term} {own}"),
        None => format!("{term} –"),
    };
    match field {
        Field::State(state) => state.name().to_owned(),
        Field::Local(own) => address(language.pick("own address", "自己的地址"), own),
        Field::Peer(own) => address(language.pick("other end", "对端"), own),
        Field::SendQueue(n) => bytes(language.pick("send queue", "发送队列"), *n),
        Field::Unsent(n) => bytes(language.pick("not sent", "未发出"), *n),
        Field::ReceiveQueue(n) => bytes(language.pick("receive queue", "接收队列"), *n),
        Field::SendLimit(n) => plain("SO_SNDBUF", *n),
        Field::ReceiveLimit(n) => plain("SO_RCVBUF", *n),
        Field::SendCharged(n) => plain(language.pick("send charge", "发送占用"), *n),
        Field::ReceiveCharged(n) => plain(language.pick("receive charge", "接收占用"), *n),
        Field::AcceptQueue(n) => plain(language.pick("accept queue", "接受队列"), *n),
        Field::Backlog(n) => plain("backlog", *n),
        Field::Drops(n) => plain(language.pick("dropped", "已丢弃"), *n),
        Field::RoundTrip(ns) => format!("rtt {}", span(*ns)),
        Field::CongestionWindow(n) => plain("cwnd", *n),
        Field::PeerWindow(n) => bytes(language.pick("peer’s window", "对端窗口"), u64::from(*n)),
        Field::Retransmissions(n) => plain(language.pick("sent again", "重传"), *n),
        Field::Acked(n) => bytes(language.pick("acknowledged", "已确认"), *n),
        Field::Received(n) => bytes(language.pick("received", "已收到"), *n),
        Field::Timer(None) => language.pick("no timer", "无定时器").to_owned(),
        Field::Timer(Some(timer)) => {
            format!("{} {}", language.pick("timer", "定时器"), span(timer.remaining))
        }
        Field::Peeked(payload) => {
            format!("{} {} B", language.pick("peeked", "窥视"), payload.bytes().len())
        }
        Field::Queue(None) => language.pick("queue not knowable", "队列不可知").to_owned(),
        Field::Queue(Some(queue)) => {
            plain(language.pick("datagrams waiting", "等待的数据报"), queue.datagrams)
        }
        Field::PeerSocket(Some(far)) => {
            format!("{} {far}", language.pick("other end is socket", "对端是套接字"))
        }
        Field::PeerSocket(None) => {
            language.pick("other end not ours", "对端不属于本程序").to_owned()
        }
        Field::Steady(true) => language.pick("steady", "稳定").to_owned(),
        Field::Steady(false) => language.pick("moving", "变动中").to_owned(),
    }
}

#[cfg(test)]
mod tests;
