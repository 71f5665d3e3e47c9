//! Owns what is said of a recording.

use crate::replay::Replay;
use crate::text::Language;
use protocol::recording::{Ending, FORMAT, OpenError};

/// Why a file cannot be shown.
pub fn unopened(language: Language, error: OpenError) -> String {
    match (language, error) {
        (Language::English, error) => error.to_string(),
        (Language::Chinese, OpenError::Foreign) => "这个文件不是 Patchbay 的录制。".into(),
        (Language::Chinese, OpenError::Newer(format)) => {
            format!("这段录制的格式是 {format}，本页只认识到 {FORMAT}：请用更新的 Patchbay 打开。")
        }
        (Language::Chinese, OpenError::NoHeader) => {
            "这段录制在文件头处就被截断或损坏，无法显示。".into()
        }
    }
}

/// The recording that is shown, made at `date`, and what it lacks.
pub fn recording(language: Language, replay: &Replay, date: &str) -> String {
    if replay.ending() == Ending::Open {
        let percent = replay.permille() / 10;
        return match language {
            Language::English => format!("opening the recording: {percent} %"),
            Language::Chinese => format!("正在打开录制：{percent}%"),
        };
    }
    let kernel = &replay.header().kernel;
    let mut told = match language {
        Language::English => format!("recording of {date} · {kernel}"),
        Language::Chinese => format!("{date} 的录制 · {kernel}"),
    };
    let lacks = match replay.ending() {
        Ending::Open | Ending::Whole => "",
        Ending::Unclosed => {
            language.pick(" · its relay ended without closing it", " · 中继没有把它收尾")
        }
        Ending::Cut(_) => language.pick(" · its end is cut off", " · 末尾被截断"),
        Ending::Damaged(_) => {
            language.pick(" · damaged; shown up to there", " · 文件损坏，只显示到损坏处")
        }
    };
    told.push_str(lacks);
    if replay.missing() > 0 {
        told.push_str(language.pick(" · some events are missing", " · 缺少一些事件"));
    }
    told
}
