//! Owns the words on the link for those who look on. Pure; the token passes through and is kept nowhere.

use super::count;
use crate::text::Language;

/// The link: the page's own address, and the token in the part that browsers send nowhere.
pub fn link(origin: &str, token: &str) -> String {
    [origin, "/#token=", token].concat()
}

/// Whether an address's host is this machine's loopback, which nobody else reaches.
pub fn is_loopback(host: &str) -> bool {
    let digits = |rest: &str| rest.bytes().all(|own| own == b'.' || own.is_ascii_digit());
    host == "localhost"
        || host == "[::1]"
        || host.ends_with(".localhost")
        || host.strip_prefix("127.").is_some_and(digits)
}

/// How many look on.
pub fn viewers(language: Language, viewers: u32) -> String {
    let number = count(u64::from(viewers));
    match (language, viewers) {
        (Language::English, 0) => "Nobody looks on now.".to_owned(),
        (Language::English, 1) => "1 page looks on now.".to_owned(),
        (Language::English, _) => [&number, " pages look on now."].concat(),
        (Language::Chinese, 0) => "目前没有人旁观。".to_owned(),
        (Language::Chinese, _) => ["目前有 ", &number, " 个页面在旁观。"].concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_is_in_the_fragment() {
        assert_eq!(link("http://[::1]:7007", "ab"), "http://[::1]:7007/#token=ab");
    }

    #[test]
    fn only_loopback_is_this_machines_own() {
        for own in ["localhost", "a.localhost", "127.0.0.1", "127.9.0.1", "[::1]"] {
            assert!(is_loopback(own), "{own}");
        }
        for other in ["192.168.0.7", "127.0.0.1.evil.test", "[fe80::1]", "10.127.0.1", "host"] {
            assert!(!is_loopback(other), "{other}");
        }
    }

    #[test]
    fn viewers_are_counted_in_words() {
        assert_eq!(viewers(Language::English, 1), "1 page looks on now.");
        assert_eq!(viewers(Language::Chinese, 1_200), "目前有 1,200 个页面在旁观。");
    }
}
