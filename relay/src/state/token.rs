//! Owns the secret that opens a session: 256 random bits. Never prints itself by accident.

use std::fmt;
use subtle::ConstantTimeEq as _;

/// 256 bits from the kernel (getrandom(2)), as 64 hex digits.
#[derive(Clone)]
pub struct Token(String);

impl Token {
    /// Digits of a token.
    pub const LEN: usize = 64;

    /// A new one.
    pub fn random() -> std::io::Result<Self> {
        let mut halves = [[0; 16]; 2];
        getrandom::fill(halves.as_flattened_mut()).map_err(std::io::Error::other)?;
        let [high, low] = halves.map(u128::from_be_bytes);
        Ok(Self(format!("{high:032x}{low:032x}")))
    }

    /// One that was written down; none where the text is not 64 lower-case hex digits.
    pub fn from_hex(text: &str) -> Option<Self> {
        let fine = text.len() == Self::LEN
            && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        fine.then(|| Self(text.to_owned()))
    }

    /// Whether `claim` is the token; takes as long for a near miss as for a far one.
    pub fn matches(&self, claim: &str) -> bool {
        self.0.as_bytes().ct_eq(claim.as_bytes()).into()
    }

    /// The digits, for the printed link and the state file only.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_matches_itself_only() {
        let token = Token::random().unwrap();
        let mut near = token.reveal().to_owned();
        near.replace_range(63.., if near.ends_with('0') { "1" } else { "0" });
        assert!(token.matches(token.reveal()));
        for other in [near.as_str(), "", &token.reveal()[..63], &format!("{}0", token.reveal())] {
            assert!(!token.matches(other));
        }
        assert!(!Token::random().unwrap().matches(token.reveal()));
    }

    #[test]
    fn only_a_whole_token_is_read() {
        let token = Token::random().unwrap();
        assert!(Token::from_hex(token.reveal()).is_some());
        for text in ["", "0", &"g".repeat(64), &"A".repeat(64), &"0".repeat(65)] {
            assert!(Token::from_hex(text).is_none(), "{text}");
        }
    }

    #[test]
    fn debug_tells_nothing() {
        assert_eq!(format!("{:?}", Token::random().unwrap()), "Token");
    }
}
