//! Owns what a value is held against: exactly this, not this, at least, at most. Pure.

use serde_json::Value;

/// All that is said of one value must hold.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fit {
    /// Exactly this.
    pub is: Option<Value>,
    /// Anything but this.
    pub not: Option<Value>,
    /// A number at least so great.
    pub at_least: Option<f64>,
    /// A number at most so great.
    pub at_most: Option<f64>,
}

impl Fit {
    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether it holds of that value.
    pub fn holds(&self, found: &Value) -> bool {
        let number = || found.as_f64();
        self.is.as_ref().is_none_or(|is| same(is, found))
            && self.not.as_ref().is_none_or(|not| !same(not, found))
            && self.at_least.is_none_or(|least| number().is_some_and(|found| found >= least))
            && self.at_most.is_none_or(|most| number().is_some_and(|found| found <= most))
    }

    /// In words: `is at least 3 and at most 5`.
    pub fn told(&self) -> String {
        let parts = [
            self.is.as_ref().map(Value::to_string),
            self.not.as_ref().map(|not| format!("not {not}")),
            self.at_least.map(|least| format!("at least {least}")),
            self.at_most.map(|most| format!("at most {most}")),
        ];
        format!("is {}", parts.into_iter().flatten().collect::<Vec<_>>().join(" and "))
    }

    /// What an expected value says, where it says a bound: `{ at_least = 3 }`.
    pub fn bound(expected: &Value) -> Option<Self> {
        let fields = expected.as_object().filter(|fields| !fields.is_empty())?;
        let mut fit = Self::default();
        for (key, value) in fields {
            match key.as_str() {
                "at_least" => fit.at_least = Some(value.as_f64()?),
                "at_most" => fit.at_most = Some(value.as_f64()?),
                "not" => fit.not = Some(value.clone()),
                _ => return None,
            }
        }
        Some(fit)
    }
}

/// Whether two values are the same; 1 and 1.0 are.
pub fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => {
            one == other || one.as_f64() == other.as_f64()
        }
        (one, other) => one == other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn all_that_is_said_must_hold() {
        let within = Fit::bound(&json!({ "at_least": 3, "at_most": 5 })).expect("bounds");
        assert!(within.holds(&json!(3)) && within.holds(&json!(5)) && within.holds(&json!(4.5)));
        assert!(
            !within.holds(&json!(2)) && !within.holds(&json!(6)) && !within.holds(&Value::Null)
        );
        assert_eq!(within.told(), "is at least 3 and at most 5");
        let not = Fit::bound(&json!({ "not": "x" })).expect("a bound");
        assert!(not.holds(&json!("y")) && !not.holds(&json!("x")));
        assert_eq!(Fit::bound(&json!({ "hex": "00" })), None);
        assert_eq!(Fit::bound(&json!({})), None);
        assert!(Fit { is: Some(json!(1)), ..Fit::default() }.holds(&json!(1.0)));
    }
}
