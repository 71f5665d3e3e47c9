//! Owns decimal fractions, in whole numbers: the floats of std's formatting are 20 kB of page.

/// A quotient with so many places (0 to 9), the last rounded: 1,250 thousandths with 1 place are `1.3`.
/// `unit` is at most 1,000,000,000.
pub fn fixed(value: u64, unit: u64, places: u32) -> String {
    let scale = 10_u64.pow(places);
    let (mut whole, rest) = (value / unit, value % unit);
    let mut part = (rest * scale + unit / 2) / unit;
    if part == scale {
        (whole, part) = (whole + 1, 0);
    }
    if places == 0 {
        return whole.to_string();
    }
    format!("{whole}.{part:0width$}", width = places as usize)
}

/// The same without zeros at its end.
pub fn short(value: u64, unit: u64, places: u32) -> String {
    let text = fixed(value, unit, places);
    if places == 0 { text } else { text.trim_end_matches('0').trim_end_matches('.').to_owned() }
}

/// Seconds of a span with so many places.
pub fn seconds(nanos: u64, places: u32) -> String {
    fixed(nanos, 1_000_000_000, places)
}

#[cfg(test)]
mod tests {
    use super::{fixed, short};

    #[test]
    fn a_fraction_is_rounded_and_padded() {
        assert_eq!(fixed(1_049_999_999, 1_000_000_000, 1), "1.0");
        assert_eq!(fixed(999_950_000, 1_000_000_000, 1), "1.0");
        assert_eq!(fixed(50_000, 1_000_000, 3), "0.050");
        assert_eq!(fixed(1_500, 1_000, 0), "2");
        assert_eq!(fixed(u64::MAX, 1_000_000_000, 9), "18446744073.709551615");
    }

    #[test]
    fn zeros_at_the_end_are_left_out() {
        assert_eq!(short(50_000, 10_000, 4), "5");
        assert_eq!(short(5_000, 10_000, 4), "0.5");
        assert_eq!(short(100_000, 10_000, 4), "10");
        assert_eq!(short(100, 1, 0), "100");
    }
}
