//! Owns the sentences of experiments: their plans, bets and verdicts.

use crate::text::Language;
use protocol::event::Words;
use protocol::experiment::Verdict;
use protocol::world::Bet;
use protocol::{What, World};

/// What an experiment planned, asked or concluded.
pub(super) fn sentence(language: Language, world: &World, what: &What) -> String {
    let said = |words: &Words| language.pick(&words.en, &words.zh).clone();
    match what {
        What::ExperimentPlanned { question, .. } => said(question),
        What::ExperimentActed { act } => match language {
            Language::English => format!("Act {act} of the lesson begins."),
            Language::Chinese => format!("课程的第 {act} 幕开始。"),
        },
        What::BetAsked { ask, .. } => {
            format!("{}{}", language.pick("A bet: ", "猜一猜："), said(ask))
        }
        What::BetPlaced { counts } => {
            let all: u32 = counts.iter().sum();
            match language {
                Language::English => format!("Bets placed so far: {all}"),
                Language::Chinese => format!("已有 {all} 人给出猜测"),
            }
        }
        What::BetMarked { choice, found } => {
            let bet = world.lesson.as_ref().and_then(|lesson| lesson.bet.as_ref());
            marked(language, bet, *choice, found)
        }
        What::ExperimentVerdict { is, here } => {
            format!("{}{}", language.pick(verdict(*is).0, verdict(*is).1), said(here))
        }
        _ => String::new(),
    }
}

fn marked(language: Language, bet: Option<&Bet>, choice: Option<u32>, found: &str) -> String {
    let right = choice.and_then(|choice| bet?.choices.get(choice as usize));
    match right {
        Some(words) => format!(
            "{}{} ({found})",
            language.pick("The bet is decided: ", "结果揭晓："),
            language.pick(&words.en, &words.zh)
        ),
        None => {
            format!("{}{found}", language.pick("No choice of the bet fits: ", "没有一个选项猜对："))
        }
    }
}

fn verdict(is: Verdict) -> (&'static str, &'static str) {
    match is {
        Verdict::True => ("It is so. ", "说得对。"),
        Verdict::Loose => ("It is so with a reservation. ", "大致对，但有保留。"),
        Verdict::Wrong => ("It is not so. ", "说得不对。"),
        Verdict::Fair => ("It is a fair simplification. ", "这样简化是合理的。"),
    }
}
