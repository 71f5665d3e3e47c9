//! Owns what text from files and networks may do to a terminal: nothing. Pure.

use std::fmt::Write as _;

/// The text with all that would steer a terminal shown instead: control characters (ISO/IEC 6429, ECMA-48) but
/// line ends and tabs, and what turns the direction of writing (UAX #9). In the form `\u001b`, which is the
/// same character within JSON.
pub fn harmless(text: &str) -> String {
    let mut harmless = String::with_capacity(text.len());
    for own in text.chars() {
        match own {
            '\n' | '\t' => harmless.push(own),
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' => {
                shown(&mut harmless, own);
            }
            _ if own.is_control() => shown(&mut harmless, own),
            _ => harmless.push(own),
        }
    }
    harmless
}

fn shown(text: &mut String, own: char) {
    // Writing into memory does not fail.
    let _ = write!(text, "\\u{:04x}", u32::from(own));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_steers_a_terminal() {
        assert_eq!(harmless("a\tb\n你好 é"), "a\tb\n你好 é");
        assert_eq!(
            harmless("\u{1b}]0;x\u{7}\r\u{7f}\u{9b}"),
            r"\u001b]0;x\u0007\u000d\u007f\u009b"
        );
        assert_eq!(harmless("a\u{202e}b\u{2066}"), r"a\u202eb\u2066");
    }

    #[test]
    fn json_stays_what_it_says() {
        let told = serde_json::json!({"name": "\u{1b}[2J\u{7f}\u{9b}\u{202e}\n\t"});
        let read: serde_json::Value = serde_json::from_str(&harmless(&told.to_string())).unwrap();
        assert_eq!(read, told);
    }
}
