//! Owns the words of the scrubber and of the graphs.

use super::Language;
use super::picture::{bytes, number, span};
use crate::timeline::{Counts, MarkKind, Measure, Trouble};
use protocol::Nanos;

/// What a measure is called, and who says so: the kernel's own name of it.
pub fn measure(language: Language, measure: Measure) -> (&'static str, &'static str) {
    let (english, chinese, source) = match measure {
        Measure::SendQueue => ("send queue", "发送队列", "SIOCOUTQ"),
        Measure::InFlight => ("in flight, unacked", "在途未确认", "SIOCOUTQ − SIOCOUTQNSD"),
        Measure::ReceiveQueue => ("receive queue", "接收队列", "FIONREAD"),
        Measure::Window => ("window the peer offers", "对端通告的窗口", "TCP_INFO snd_wnd"),
        Measure::Congestion => ("congestion window", "拥塞窗口", "TCP_INFO snd_cwnd"),
        Measure::RoundTrip => ("round trip, smoothed", "平滑往返时间", "TCP_INFO rtt"),
        Measure::Retransmissions => ("segments sent again", "重传报文段", "TCP_INFO total_retrans"),
        Measure::Acked => ("throughput, acked", "吞吐量（已确认）", "TCP_INFO bytes_acked"),
        Measure::Drops => ("dropped by the socket", "套接字丢弃", "SK_MEMINFO_DROPS"),
    };
    (language.pick(english, chinese), source)
}

/// A value with its unit.
pub fn value(language: Language, measure: Measure, value: u64) -> String {
    match measure {
        Measure::SendQueue | Measure::InFlight | Measure::ReceiveQueue | Measure::Window => {
            bytes(value)
        }
        Measure::Acked => bytes(value) + "/s",
        Measure::Congestion | Measure::Retransmissions => {
            let plural = if value == 1 { "segment" } else { "segments" };
            [number(value).as_str(), " ", language.pick(plural, "段")].concat()
        }
        Measure::RoundTrip => span(value),
        Measure::Drops => number(value),
    }
}

/// In which intervals throughput is counted: `per 50 ms`.
pub fn interval(language: Language, interval: Nanos) -> String {
    let whole = match interval {
        0..1_000_000_000 => [&number(interval / 1_000_000), " ms"].concat(),
        _ => [&number(interval / 1_000_000_000), " s"].concat(),
    };
    [language.pick("per ", "每 "), &whole].concat()
}

/// So many samples are drawn as one: their least and greatest.
pub fn merged(language: Language, each: usize) -> String {
    let each = number(each as u64);
    match language {
        Language::English => ["least and greatest of ", &each].concat(),
        Language::Chinese => ["每 ", &each, " 次采样取最小与最大"].concat(),
    }
}

/// Nothing to draw.
pub fn nothing(language: Language, chosen: bool) -> &'static str {
    if chosen {
        language.pick(
            "The kernel has not been asked about this socket yet.",
            "还没有向内核询问过这个套接字。",
        )
    } else {
        language.pick(
            "Choose a socket: what the kernel said of it through time is drawn here.",
            "选择一个套接字：内核对它的说法会按时间画在这里。",
        )
    }
}

/// The span that is shown of all that can be: `12.4 ms of 8.10 s`.
pub fn zoomed(language: Language, length: Nanos, whole: Nanos) -> String {
    // Two digits after the point would only flicker.
    let brief = |nanos: Nanos| match nanos {
        10_000_000_000..100_000_000_000 => super::decimal::seconds(nanos, 1) + " s",
        _ => span(nanos),
    };
    let (length, whole) = (brief(length), brief(whole));
    match language {
        Language::English => [&length, " of ", &whole].concat(),
        Language::Chinese => [&length, " / 共 ", &whole].concat(),
    }
}

/// What is shown slower than it was: `50 µs shown as 1.2 s`.
pub fn slowed(language: Language, was: Nanos, takes: Nanos) -> String {
    let takes = super::decimal::short(takes, 1_000_000_000, 1);
    match language {
        Language::English => [&span(was), " shown as ", &takes, " s"].concat(),
        Language::Chinese => [&span(was), " 放成 ", &takes, " 秒"].concat(),
    }
}

/// How often each kind of thing happened in the span shown.
pub fn counts(language: Language, counts: &Counts) -> String {
    let of = |kinds: &[MarkKind]| number(u64::from(counts.all(kinds)));
    let calls = of(&[MarkKind::StreamCall, MarkKind::DatagramCall]);
    let packets = of(&[MarkKind::Tcp, MarkKind::Udp, MarkKind::Other]);
    let [again, blocks] = [of(&[MarkKind::Again]), of(&[MarkKind::Block])];
    let [lost, drops, errors] =
        [of(&[MarkKind::Loss]), of(&[MarkKind::Drop]), of(&[MarkKind::Error])];
    match language {
        Language::English => format!(
            "In this span: {calls} calls ({blocks} slept), {packets} packets ({again} sent again), {lost} lost on the wire, {drops} times a kernel dropped something, {errors} errors."
        ),
        Language::Chinese => format!(
            "这段时间内：{calls} 次调用（{blocks} 次阻塞），{packets} 个包（{again} 个重传），线上丢失 {lost} 个，内核 {drops} 次报告丢弃，{errors} 个错误。"
        ),
    }
}

/// What a jump looks for.
pub fn sought(language: Language, trouble: Trouble) -> &'static str {
    match trouble {
        Trouble::Any => language.pick("any trouble", "任何异常"),
        Trouble::Loss => language.pick("losses", "丢失"),
        Trouble::Again => language.pick("resends", "重传"),
        Trouble::Block => language.pick("blocks", "阻塞"),
        Trouble::Error => language.pick("errors", "错误"),
    }
}

/// What a jump came to where no single event tells it: packets told in sums.
pub fn summed(language: Language, count: u32) -> String {
    let count = number(u64::from(count));
    match language {
        Language::English => [&count, " packets lost, told in one sum"].concat(),
        Language::Chinese => ["丢失 ", &count, " 个包（只报了总数）"].concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_said_as_people_say_them() {
        let english = Language::English;
        assert_eq!(zoomed(english, 12_400_000, 8_100_000_000), "12.4 ms of 8.10 s");
        assert_eq!(slowed(english, 50_000, 5_000_000_000), "50 µs shown as 5 s");
        assert_eq!(slowed(Language::Chinese, 50_000, 1_200_000_000), "50 µs 放成 1.2 秒");
        assert_eq!(interval(english, 50_000_000), "per 50 ms");
        assert_eq!(value(english, Measure::Congestion, 1), "1 segment");
        assert_eq!(value(english, Measure::Acked, 1_000), "1,000 B/s");
    }
}
