//! Owns the estimate of how wide a text is: there is no canvas here. It errs on the wide side, so that
//! what fits here fits there.

use crate::shape::Font;

/// Width of one character in ems.
fn em(c: char, mono: bool) -> f32 {
    let wide = is_wide(c);
    match c {
        _ if wide => 1.0,
        _ if mono => 0.605,
        'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '\'' | '|' | ' ' | '·' | '!' => 0.33,
        'f' | 't' | 'r' | '(' | ')' | '[' | ']' | '-' | '/' | '"' => 0.42,
        'm' | 'w' | 'M' | 'W' | '@' | '%' | '→' | '—' | '…' | '×' => 0.95,
        '0'..='9' | '–' => 0.64,
        'c' | 's' | 'k' | 'v' | 'x' | 'y' | 'z' | '_' => 0.57,
        'A'..='Z' => 0.69,
        _ => 0.615,
    }
}

/// Whether a character is as wide as it is high.
pub(crate) fn is_wide(c: char) -> bool {
    matches!(c as u32,
        0x1100..=0x115f | 0x2e80..=0xa4cf | 0xac00..=0xd7a3 | 0xf900..=0xfaff
        | 0xfe30..=0xfe4f | 0xff00..=0xff60 | 0xffe0..=0xffe6 | 0x1f300..=0x1faff | 0x20000..=0x3fffd)
}

/// The estimated width in CSS pixels.
pub(crate) fn width(text: &str, font: Font) -> f32 {
    let ems: f32 = text.chars().map(|c| em(c, font.mono)).sum();
    ems * font.size * if font.weight > 500 && !font.mono { 1.09 } else { 1.0 }
}

/// The text cut with an ellipsis so that it is no wider than `most`; empty where nothing fits.
pub(crate) fn cut(text: &str, font: Font, most: f32) -> String {
    if width(text, font) <= most {
        return text.to_owned();
    }
    let dots = width("…", font);
    let mut wide = 0.0;
    let mut kept = String::new();
    for c in text.chars() {
        wide += width(c.encode_utf8(&mut [0; 4]), font);
        if wide + dots > most {
            break;
        }
        kept.push(c);
    }
    if kept.is_empty() { kept } else { kept + "…" }
}
