//! Owns the words of controls, captions and panels. The shell (`www/index.html`) names them by key.

mod counter;
mod facts;
mod gate;
mod invite;
mod lesson;
mod life;
mod name;
mod recording;
mod verb;
mod words;

pub use counter::{Row, counters};
pub use facts::{fact_terms, facts};
pub use gate::{Gate, gate, waits};
pub use invite::{is_loopback, link, viewers};
pub use lesson::{
    bet_open, bets, claim, experiment_number, next_experiment, promises, step_of, tally,
    verdict_key,
};
pub use life::{Life, Station, life};
pub use name::{kind, name, side, summary};
pub use recording::{recorded, recording, unopened};
pub use verb::{automatic, gloss, runs_here};
pub use words::{both, word};

pub use super::picture::{number as count, span};

use crate::intent::{Problem, Refusal};
use crate::text::{Language, decimal};
use protocol::command::Side;
use protocol::message::{Privilege, Rung, RungName};
use protocol::{CallId, Nanos};

/// A moment of the relay's clock: `6.140 s`.
pub fn moment(at: Nanos) -> String {
    format!("{}.{:03} s", count(at / 1_000_000_000), at / 1_000_000 % 1_000)
}

/// How fast the picture runs and how far it is behind: `×1/3 · 0.8 s behind`.
pub fn pace(language: Language, rate: f64, behind: Nanos, paused: bool) -> String {
    let behind = if behind < 50_000_000 {
        language.pick("live", "实时").to_owned()
    } else {
        let seconds = decimal::seconds(behind, 1);
        match language {
            Language::English => format!("{seconds} s behind"),
            Language::Chinese => format!("落后 {seconds} 秒"),
        }
    };
    if paused {
        return format!("{} · {behind}", language.pick("paused", "已暂停"));
    }
    format!("{} · {behind}", self::rate(rate))
}

/// `×1/3`, `×2`, `×1`.
fn rate(rate: f64) -> String {
    if rate <= 0.0 {
        return "×0".to_owned();
    }
    match (1.0 / rate).round() as u64 {
        0 | 1 => format!("×{}", (rate + 0.5) as u64),
        slow => {
            // Two digits say enough; more would only flicker.
            let unit = 10_u64.pow(slow.ilog10().saturating_sub(1));
            format!("×1/{}", count((slow + unit / 2) / unit * unit))
        }
    }
}

/// The announcement of a span that was not shown.
pub fn skipped(language: Language, span: Nanos) -> String {
    let seconds = decimal::seconds(span, 1);
    match language {
        Language::English => format!("skipped {seconds} s"),
        Language::Chinese => format!("跳过了 {seconds} 秒"),
    }
}

/// What this machine offers, in one line.
pub fn rung(language: Language, rung: &Rung) -> String {
    match rung.name {
        RungName::Tun | RungName::Veth => {
            let right = match rung.privilege {
                Privilege::Root => language.pick("as root", "以 root 身份"),
                _ => language.pick("no root", "无需 root"),
            };
            let real = language.pick("real kernel TCP and UDP", "真实的内核 TCP 与 UDP");
            format!("{real}{}{right}", language.pick(", ", "，"))
        }
        RungName::Loopback => crate::text::wire::missing(language, rung).unwrap_or_default(),
        RungName::Userspace => {
            language.pick("a simulated path in user space", "用户态的模拟路径").to_owned()
        }
    }
}

/// What lies between the walls, in one line.
pub fn wire(language: Language, rung: &Rung) -> &'static str {
    match rung.name {
        RungName::Tun | RungName::Veth => {
            language.pick("the wire: every packet passes here", "线路：每个数据包都经过这里")
        }
        RungName::Loopback => language.pick(
            "loopback · packets are not seen: dashed lines are inferred",
            "回环接口 · 看不到数据包：虚线是推断出来的",
        ),
        RungName::Userspace => language.pick("simulated, not the kernel’s", "模拟路径，不是内核的"),
    }
}

/// What is wrong with an input, in one sentence.
pub fn problem(language: Language, problem: &Problem) -> String {
    match (problem, language) {
        (Problem::Empty, Language::English) => "Something must be written here.".to_owned(),
        (Problem::Empty, Language::Chinese) => "这里不能为空。".to_owned(),
        (Problem::Number(min, max), Language::English) => {
            format!("Write a whole number from {min} to {max}.")
        }
        (Problem::Number(min, max), Language::Chinese) => {
            format!("请填 {min} 到 {max} 之间的整数。")
        }
        (Problem::Port(port), Language::English) => {
            format!("{port} is no port: ports are 0 to 65535.")
        }
        (Problem::Port(port), Language::Chinese) => format!("{port} 不是端口：端口为 0 到 65535。"),
        (Problem::Address(text), Language::English) => {
            format!(
                "“{text}” is no address: write 8001, 127.0.0.1:8001, [::1]:8001, localhost:8001 or unix:NAME."
            )
        }
        (Problem::Address(text), Language::Chinese) => {
            format!(
                "“{text}”不是地址：可写 8001、127.0.0.1:8001、[::1]:8001、localhost:8001 或 unix:名字。"
            )
        }
        (Problem::Hex, Language::English) => {
            "Hex is pairs of the digits 0 to 9 and a to f.".to_owned()
        }
        (Problem::Hex, Language::Chinese) => "十六进制须成对书写，用 0–9 和 a–f。".to_owned(),
        (Problem::Decimal(0), Language::English) => "Write a whole number.".to_owned(),
        (Problem::Decimal(0), Language::Chinese) => "请填整数。".to_owned(),
        (Problem::Decimal(most), Language::English) => {
            format!("Write a number such as 5 or 0.5, with at most {most} decimals.")
        }
        (Problem::Decimal(most), Language::Chinese) => {
            format!("请填数字，如 5 或 0.5，小数最多 {most} 位。")
        }
        (Problem::TooLong(most), Language::English) => {
            format!(
                "One message carries at most {} bytes; use fill for more.",
                count(u64::from(*most))
            )
        }
        (Problem::TooLong(most), Language::Chinese) => {
            format!("一条消息最多 {} 字节；更多请用 fill。", count(u64::from(*most)))
        }
    }
}

/// Why a form is out of use, in one sentence.
pub fn refusal(language: Language, refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::Closed => language
            .pick("close() was called: no more calls can be made.", "已经 close()：不能再调用。"),
        Refusal::Outside => language.pick(
            "It belongs to another program; only that can use it.",
            "它属于别的程序，只有那个程序能用它。",
        ),
        Refusal::OnlyDatagram => {
            language.pick("This needs a datagram socket.", "这需要数据报套接字。")
        }
        Refusal::NothingRuns => {
            language.pick("Nothing runs by itself here.", "这里没有自动程序在运行。")
        }
    }
}

/// The number of new log lines, for the polite summary.
pub fn summary_of_log(language: Language, new: usize, last: &str) -> String {
    match (language, new) {
        (_, 1) => last.to_owned(),
        (Language::English, _) => format!("{new} events. Last: {last}"),
        (Language::Chinese, _) => format!("{new} 个事件。最后：{last}"),
    }
}

/// A run of numbered datagrams that sendto took.
pub fn datagrams_sent(language: Language, call: CallId, first: u32, last: u32) -> String {
    let (first, last) = (count(u64::from(first)), count(u64::from(last)));
    match language {
        Language::English => format!("sendto took datagrams {first} to {last} of burst {call}"),
        Language::Chinese => format!("sendto 收下了第 {call} 批的第 {first} 到 {last} 个数据报"),
    }
}

/// Bytes as pairs of hex digits.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(bytes.len() * 3);
    for (place, byte) in bytes.iter().enumerate() {
        if place > 0 {
            text.push(' ');
        }
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text
}

/// A bundle's button: `14 sockets on the left: show them`.
pub fn bundle(language: Language, side: Side, count: usize) -> String {
    let (count, side) = (count.to_string(), self::side(language, side));
    match language {
        Language::English => [&count, " sockets on the ", side, ": show them"].concat(),
        Language::Chinese => [side, "的 ", &count, " 个套接字：列出来"].concat(),
    }
}

/// A promise of an experiment that the kernel did not keep.
pub fn broken(language: Language, step: u32, expected: &str, found: &str) -> String {
    match language {
        Language::English => {
            format!("Step {step} did not come out as promised: expected {expected}, found {found}.")
        }
        Language::Chinese => format!("第 {step} 步与预期不符：预期 {expected}，实际 {found}。"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_read_well() {
        assert_eq!(moment(6_140_000_000), "6.140 s");
    }

    #[test]
    fn the_pace_is_said() {
        assert_eq!(pace(Language::English, 1.0 / 3.0, 800_000_000, false), "×1/3 · 0.8 s behind");
        assert_eq!(pace(Language::English, 1.0, 0, false), "×1 · live");
        assert_eq!(pace(Language::English, 1.0 / 18_962.0, 0, false), "×1/19,000 · live");
        assert_eq!(pace(Language::English, 0.93, 0, false), "×1 · live");
        assert_eq!(pace(Language::English, 0.0, 2_000_000_000, true), "paused · 2.0 s behind");
    }
}
