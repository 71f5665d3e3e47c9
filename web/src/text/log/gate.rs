//! Owns the sentences of the call gate and of the kernel's stamps.

use crate::text::Language;
use crate::text::page::{count, name, span};
use protocol::event::Stage;
use protocol::{What, World};

/// What happened at the gate.
pub(super) fn sentence(language: Language, world: &World, what: &What) -> String {
    match what {
        What::Gate { on: true, .. } => language
            .pick(
                "From now on every call waits until it is let through.",
                "此后每个调用都要等待放行。",
            )
            .to_owned(),
        What::Gate { .. } => {
            language.pick("Calls begin by themselves again.", "调用恢复自动执行。").to_owned()
        }
        What::CallWaiting { ask, .. } => format!(
            "{} · {}",
            super::asked(language, world, ask),
            language.pick("waits to be let through", "等待放行")
        ),
        What::CallReleased { waiting } => match language {
            Language::English => format!("Waiting call {waiting} may begin."),
            Language::Chinese => format!("等待中的第 {waiting} 个调用已放行。"),
        },
        What::CallWithdrawn { waiting } => match language {
            Language::English => format!("Waiting call {waiting} was withdrawn; it never began."),
            Language::Chinese => format!("等待中的第 {waiting} 个调用已撤回，从未开始。"),
        },
        _ => String::new(),
    }
}

/// What the kernel stamped.
pub(super) fn stamped(language: Language, world: &World, what: &What) -> String {
    match what {
        What::Stamped { socket, stage, byte, plus_minus, .. } => {
            let stage = match stage {
                Stage::Scheduled => language.pick("in the device's queue", "进入设备队列"),
                Stage::Sent => language.pick("handed to the device", "已交给设备"),
                Stage::Acknowledged => {
                    language.pick("acknowledged by the peer's kernel", "对端内核已确认")
                }
                Stage::Received => language.pick("came to the kernel", "到达内核"),
            };
            let up_to = language.pick("up to", "到第");
            format!(
                "{}: {up_to} {} · {stage} · ±{}",
                name(language, world, *socket),
                count(*byte),
                span(*plus_minus)
            )
        }
        What::StampsLost { socket, stamps } => match language {
            Language::English => format!(
                "{}: {} stamps are not told",
                name(language, world, *socket),
                count(u64::from(*stamps))
            ),
            Language::Chinese => format!(
                "{}：有 {} 个时间戳未能给出",
                name(language, world, *socket),
                count(u64::from(*stamps))
            ),
        },
        _ => String::new(),
    }
}
