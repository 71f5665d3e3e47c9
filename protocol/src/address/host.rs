//! Owns which texts are names of hosts. Never resolves one.

/// Bytes of a name (RFC 1035, 2.3.4, as written with dots).
pub const LONGEST: usize = 253;
/// Bytes of one of its labels.
const LABEL: usize = 63;

/// Whether a text is the name of a host and can be nothing else: labels of A-Z a-z 0-9 and inner
/// hyphens (RFC 1123, 2.1), at most 253 bytes, no dot at the end, and a last label that begins with
/// a letter.
///
/// That last rule keeps out what resolvers take for numbers (inet_aton(3)): `2130706433`,
/// `0x7f000001`, `127.1`, `0177.0.0.1`. Names beyond ASCII are written in their `xn--` form.
pub fn is_name(text: &str) -> bool {
    let alphanumeric = |at: Option<&u8>| at.is_some_and(u8::is_ascii_alphanumeric);
    let label = |label: &str| {
        let bytes = label.as_bytes();
        bytes.len() <= LABEL
            && alphanumeric(bytes.first())
            && alphanumeric(bytes.last())
            && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
    };
    let last = text.rsplit('.').next().unwrap_or_default();
    text.len() <= LONGEST
        && text.split('.').all(label)
        && last.starts_with(|first: char| first.is_ascii_alphabetic())
}

/// Whether the name is `localhost` or ends so: loopback, whatever a resolver would say (RFC 6761, 6.3).
pub fn is_localhost(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or_default();
    last.eq_ignore_ascii_case("localhost")
}
