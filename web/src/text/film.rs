//! Owns what is said of a film: what its player has played, missed and waited for.

use super::Language;
use super::decimal::seconds;
use super::picture::number;
use crate::film::{Playing, Tally};
use protocol::Nanos;
use protocol::command::Kind;

fn count(n: u32) -> String {
    number(u64::from(n))
}

fn millis(nanos: Nanos) -> String {
    number((nanos + 500_000) / 1_000_000)
}

/// What came of all frames so far, in numbers.
pub fn says(language: Language, kind: Kind, frames: u32, tally: &Tally) -> String {
    let [frames, sent, arrived] = [frames, tally.sent, tally.arrived].map(count);
    let [played, missing, late] = [tally.played, tally.missing, tally.late].map(count);
    let came = match language {
        Language::English => {
            format!("{sent} of {frames} frames sent, {arrived} arrived, {played} played")
        }
        Language::Chinese => {
            format!("共 {frames} 帧：已发 {sent}，到达 {arrived}，播放 {played}")
        }
    };
    let gone = match (kind, language, tally.missing) {
        (Kind::Stream, Language::English, 0) => "none missing".to_owned(),
        (Kind::Stream, Language::Chinese, 0) => "没有缺失".to_owned(),
        (_, Language::English, _) => format!("{missing} missing, {late} too late"),
        (_, Language::Chinese, _) => format!("缺失 {missing}，迟到 {late}"),
    };
    [came, gone].join(language.pick("; ", "；"))
}

/// How it was to look and to listen: specks and clicks, or stalls; and how late it is now.
pub fn delay(language: Language, kind: Kind, playing: &Playing) -> String {
    let tally = &playing.tally;
    let behind = millis(tally.delay);
    match kind {
        Kind::Datagram => {
            let gaps = count(tally.missing + tally.late);
            match language {
                Language::English => {
                    format!(
                        "Specks and clicks: {gaps}. Never waits: {behind} ms behind the sender."
                    )
                }
                Language::Chinese => {
                    format!("雪花点和杂音：{gaps} 处。从不等待，比发送端晚 {behind} 毫秒。")
                }
            }
        }
        Kind::Stream => {
            let (stalls, long) = (count(tally.stalls), seconds(tally.stalled, 2));
            let next = count(playing.turn.map_or(0, |turn| turn + 1));
            let waits = match (tally.waits, language) {
                (false, _) => String::new(),
                (true, Language::English) => format!("Waits for frame {next}. "),
                (true, Language::Chinese) => format!("正在等第 {next} 帧。"),
            };
            let plural = if tally.stalls == 1 { "time" } else { "times" };
            match language {
                Language::English => format!(
                    "{waits}Stalled {stalls} {plural}, {long} s in all; now {behind} ms behind the sender."
                ),
                Language::Chinese => {
                    format!("{waits}卡顿 {stalls} 次，共 {long} 秒；现在比发送端晚 {behind} 毫秒。")
                }
            }
        }
    }
}

/// From whom to whom.
pub fn way(from: &str, to: &str) -> String {
    [from, " → ", to].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_said_in_both_languages() {
        let tally = Tally {
            sent: 200,
            arrived: 190,
            played: 188,
            missing: 10,
            late: 2,
            ..Tally::default()
        };
        let udp = says(Language::English, Kind::Datagram, 200, &tally);
        assert_eq!(udp, "200 of 200 frames sent, 190 arrived, 188 played; 10 missing, 2 too late");
        let whole = Tally { missing: 0, late: 0, ..tally };
        let tcp = says(Language::Chinese, Kind::Stream, 200, &whole);
        assert_eq!(tcp, "共 200 帧：已发 200，到达 190，播放 188；没有缺失");
    }

    #[test]
    fn stalls_are_told_with_what_is_waited_for() {
        let tally = Tally {
            stalls: 1,
            stalled: 310_000_000,
            waits: true,
            delay: 460_400_000,
            ..Tally::default()
        };
        let playing = Playing { turn: Some(9), tally, ..Playing::default() };
        assert_eq!(
            delay(Language::English, Kind::Stream, &playing),
            "Waits for frame 10. Stalled 1 time, 0.31 s in all; now 460 ms behind the sender."
        );
    }
}
