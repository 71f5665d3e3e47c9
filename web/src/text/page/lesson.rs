//! Owns the sentences about an experiment: how far it is, what was bet, what became of its promises.

use crate::text::Language;
use protocol::event::Words;
use protocol::experiment::Verdict;

/// An experiment's number on the path.
pub fn experiment_number(language: Language, number: usize) -> String {
    match language {
        Language::English => format!("Experiment {number}"),
        Language::Chinese => format!("实验 {number}"),
    }
}

/// How far it is.
pub fn step_of(language: Language, step: u32, steps: u32) -> String {
    match language {
        Language::English => format!("step {step} of {steps}"),
        Language::Chinese => format!("第 {step} 步，共 {steps} 步"),
    }
}

/// What is asked of whoever bets. `keys`: whether there is a keyboard to be told of.
pub fn bet_open(language: Language, choices: usize, keys: bool) -> String {
    match language {
        _ if !keys => language.pick("Choose.", "请选择。").to_owned(),
        Language::English => format!("Choose, or press 1 to {choices}."),
        Language::Chinese => format!("请选择，或按数字键 1 到 {choices}。"),
    }
}

/// How many have bet.
pub fn bets(language: Language, counts: &[u32]) -> String {
    let all: u32 = counts.iter().sum();
    match (language, all) {
        (_, 0) => String::new(),
        (Language::English, 1) => "1 bet in the room".to_owned(),
        (Language::English, _) => format!("{all} bets in the room"),
        (Language::Chinese, _) => format!("全场 {all} 人已猜"),
    }
}

/// How many bets of this page were right.
pub fn tally(language: Language, right: usize, of: usize) -> String {
    match (language, of) {
        (_, 0) => String::new(),
        (Language::English, _) => format!("right so far: {right} of {of}"),
        (Language::Chinese, _) => format!("{of} 次猜中 {right} 次"),
    }
}

/// Who claims something and what: the speaker in the page's language, the original words, and in English
/// their translation ("" in Chinese). The relay tells the three as one sentence, `WHO: “WORDS”`.
pub fn claim(language: Language, claim: &Words) -> [String; 3] {
    let (english, chinese) = (parted(&claim.en, ": “"), parted(&claim.zh, "：“"));
    let who = language.pick(english.0, chinese.0).to_owned();
    let original = ["“", chinese.1, "”"].concat();
    [who, original, language.pick(english.1, "").to_owned()]
}

/// What stands before the quotation and in it; all of it is quoted where nobody is named.
fn parted<'a>(said: &'a str, opens: &str) -> (&'a str, &'a str) {
    let parts = said.split_once(opens);
    parts.and_then(|(who, rest)| Some((who, rest.strip_suffix('”')?))).unwrap_or(("", said))
}

/// What became of the promises.
pub fn promises(language: Language, held: u32, broken: usize) -> String {
    match (language, broken) {
        (Language::English, 0) => format!("{held} promises checked, all held"),
        (Language::English, _) => format!("{held} promises held, {broken} did not"),
        (Language::Chinese, 0) => format!("核对了 {held} 项预期，全部符合"),
        (Language::Chinese, _) => format!("{held} 项预期符合，{broken} 项不符"),
    }
}

/// The button that leads on.
pub fn next_experiment(language: Language, title: &str) -> String {
    [language.pick("Next: ", "下一个："), title].concat()
}

/// The key of a verdict's word.
pub fn verdict_key(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::True => "verdict_true",
        Verdict::Loose => "verdict_loose",
        Verdict::Wrong => "verdict_wrong",
        Verdict::Fair => "verdict_fair",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_is_told_with_who_makes_it() {
        let words = Words {
            en: "The tutorial says: “See: “data” stays.”".to_owned(),
            zh: "教程写道：“数据不会消失”".to_owned(),
        };
        assert_eq!(
            claim(Language::English, &words),
            ["The tutorial says", "“数据不会消失”", "See: “data” stays."]
        );
        assert_eq!(claim(Language::Chinese, &words), ["教程写道", "“数据不会消失”", ""]);
        let bare = Words { en: "It stays.".to_owned(), zh: "还在".to_owned() };
        assert_eq!(claim(Language::English, &bare), ["", "“还在”", "It stays."]);
    }
}
