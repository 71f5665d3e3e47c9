//! Owns the weather's form: its inputs as text ↔ an impairment. Bounds are `Impairment::check`'s.

use super::parse::{Problem, decimal, maybe};
use super::trap;
use protocol::wire::{Impairment, Loss, Match, Ppm};
use protocol::{End, Failure, Nanos};

/// Why the weather cannot be set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadWeather {
    /// This input is no number.
    Input(&'static str, Problem),
    /// What was asked for cannot be, in the protocol's own words.
    Whole(Box<(Impairment, Failure)>),
}

/// The form's inputs that are numbers: name, and the key of its unit.
pub const INPUTS: [(&str, &str); 13] = [
    ("delay", "unit_ms"),
    ("jitter", "unit_ms"),
    ("loss", "unit_percent"),
    ("p", "unit_percent"),
    ("r", "unit_percent"),
    ("bad", "unit_percent"),
    ("good", "unit_percent"),
    ("duplicate", "unit_percent"),
    ("reorder", "unit_percent"),
    ("corrupt", "unit_percent"),
    ("rate", "unit_kbit"),
    ("queue", "unit_packets"),
    ("mtu", "unit_bytes"),
];

/// The same, backwards: nothing for 0.
fn written(n: u64, decimals: usize) -> String {
    if n == 0 {
        return String::new();
    }
    let unit = 10_u64.pow(decimals as u32);
    let part = format!("{:0decimals$}", n % unit);
    let part = part.trim_end_matches('0');
    if part.is_empty() { (n / unit).to_string() } else { format!("{}.{part}", n / unit) }
}

struct Reader<'a> {
    text: &'a dyn Fn(&str) -> String,
}

impl Reader<'_> {
    fn number(&self, name: &'static str, decimals: usize) -> Result<Option<u64>, BadWeather> {
        decimal(&(self.text)(name), decimals).map_err(|problem| BadWeather::Input(name, problem))
    }

    fn nanos(&self, name: &'static str) -> Result<Nanos, BadWeather> {
        Ok(self.number(name, 6)?.unwrap_or(0))
    }

    /// Per cent, as parts per million.
    fn share(&self, name: &'static str) -> Result<Ppm, BadWeather> {
        Ok(Ppm::try_from(self.number(name, 4)?.unwrap_or(0)).unwrap_or(Ppm::MAX))
    }

    fn whole(&self, name: &'static str) -> Result<Option<u32>, BadWeather> {
        Ok(self.number(name, 0)?.map(|n| u32::try_from(n).unwrap_or(u32::MAX)))
    }

    fn loss(&self) -> Result<Option<Loss>, BadWeather> {
        Ok(match (self.text)("model").as_str() {
            "random" => match self.share("loss")? {
                0 => None,
                share => Some(Loss::Random(share)),
            },
            "bursts" => Some(Loss::GilbertElliott {
                p: self.share("p")?,
                r: self.share("r")?,
                bad: self.share("bad")?,
                good: self.share("good")?,
            }),
            _ => None,
        })
    }

    fn nth(&self) -> Result<Option<Match>, BadWeather> {
        let text = (self.text)("nth");
        let nth = maybe(&text, 1, i64::from(u32::MAX))
            .map_err(|problem| BadWeather::Input("nth", problem))?;
        let kind = trap::kind((self.text)("nth-kind").as_str());
        Ok(nth.map(|nth| Match { kind, nth: Some(nth as u32), ..Match::default() }))
    }
}

/// The impairment that a form's inputs ask for.
pub fn impairment(text: &dyn Fn(&str) -> String) -> Result<Impairment, BadWeather> {
    let read = Reader { text };
    let set = Impairment {
        delay: read.nanos("delay")?,
        jitter: read.nanos("jitter")?,
        loss: read.loss()?,
        nth: read.nth()?,
        duplicate: read.share("duplicate")?,
        reorder: read.share("reorder")?,
        corrupt: read.share("corrupt")?,
        rate: read.number("rate", 3)?,
        queue: read.whole("queue")?,
        mtu: read.whole("mtu")?,
        pulled: text("pulled") == "on",
    };
    match set.check() {
        Ok(()) => Ok(set),
        Err(failure) => Err(BadWeather::Whole(Box::new((set, failure)))),
    }
}

/// What stands in a form's input when it shows an impairment.
pub fn shown(set: &Impairment, name: &str) -> String {
    let percent = |share: Ppm| written(u64::from(share), 4);
    let maybe = |n: Option<u32>| n.map(|n| n.to_string()).unwrap_or_default();
    let (random, burst) = match set.loss {
        Some(Loss::Random(share)) => (share, [0; 4]),
        Some(Loss::GilbertElliott { p, r, bad, good }) => (0, [p, r, bad, good]),
        None => (0, [0; 4]),
    };
    match name {
        "delay" => written(set.delay, 6),
        "jitter" => written(set.jitter, 6),
        "model" => match set.loss {
            None => "none",
            Some(Loss::Random(_)) => "random",
            Some(Loss::GilbertElliott { .. }) => "bursts",
        }
        .to_owned(),
        "loss" => percent(random),
        "p" => percent(burst[0]),
        "r" => percent(burst[1]),
        "bad" => percent(burst[2]),
        "good" => percent(burst[3]),
        "nth" => maybe(set.nth.as_ref().and_then(|nth| nth.nth)),
        "nth-kind" => trap::kind_name(set.nth.as_ref().and_then(|nth| nth.kind)).to_owned(),
        "duplicate" => percent(set.duplicate),
        "reorder" => percent(set.reorder),
        "corrupt" => percent(set.corrupt),
        "rate" => set.rate.map(|rate| written(rate, 3)).unwrap_or_default(),
        "queue" => maybe(set.queue),
        "mtu" => maybe(set.mtu),
        "pulled" => if set.pulled { "on" } else { "" }.to_owned(),
        _ => String::new(),
    }
}

/// Which directions a form speaks of.
pub fn direction(name: &str) -> Option<End> {
    match name {
        "left" => Some(End::Left),
        "right" => Some(End::Right),
        _ => None,
    }
}

/// A seed, where the numbers shall begin anew.
pub fn seed(text: &str) -> Result<u32, BadWeather> {
    let most = i64::from(u32::MAX);
    match super::parse::number(text, 0, most) {
        Ok(seed) => Ok(seed as u32),
        Err(problem) => Err(BadWeather::Input("seed", problem)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use protocol::wire::presets;

    fn round(set: &Impairment) -> Result<Impairment, BadWeather> {
        impairment(&|name| shown(set, name))
    }

    #[test]
    fn presets_survive_the_form() {
        for one in presets().into_iter().flat_map(|preset| preset.set) {
            assert_eq!(round(&one), Ok(one));
        }
    }

    #[test]
    fn decimals_are_read() {
        assert_eq!(decimal("0.5", 6), Ok(Some(500_000)));
        assert_eq!(decimal(" 1 000", 0), Ok(Some(1_000)));
        assert_eq!(decimal("", 4), Ok(None));
        assert_eq!(decimal("1.23456", 4), Err(Problem::Decimal(4)));
        for wrong in [".", "-1", "x", "1e3"] {
            assert_eq!(decimal(wrong, 2), Err(Problem::Decimal(2)), "{wrong}");
        }
    }

    #[test]
    fn what_is_out_of_range_says_the_protocols_own_sentence() {
        let asked = impairment(&|name| if name == "jitter" { "5".into() } else { String::new() });
        let Err(BadWeather::Whole(whole)) = asked else { panic!("{asked:?}") };
        assert!(whole.1.message.contains("Jitter"), "{}", whole.1.message);
        let asked = impairment(&|name| if name == "delay" { "x".into() } else { String::new() });
        assert_eq!(asked, Err(BadWeather::Input("delay", Problem::Decimal(6))));
    }

    proptest! {
        #[test]
        fn no_text_panics(text in ".{0,20}") {
            let _ = impairment(&|name| if name == "model" { "bursts".into() } else { text.clone() });
            let _ = seed(&text);
        }
    }
}
