//! Owns the shortening of a line of code that has too little room: what every reader knows goes first.
//! Never touches what is inside a payload's literal.

/// The line, then shorter and shorter ones that still name the call and what it is about:
/// `setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)`, `setsockopt(SO_REUSEADDR, 1)`, `SO_REUSEADDR, 1`.
pub fn shorter(line: &str) -> Vec<String> {
    let mut all = vec![line.to_owned()];
    for step in [levels, ports, families, option] {
        let last = all.last().map_or("", String::as_str);
        if let Some(next) = step(last).filter(|next| next.len() < last.len()) {
            all.push(next);
        }
    }
    all
}

/// Without the level of an option.
fn levels(line: &str) -> Option<String> {
    let rest = line.strip_prefix("setsockopt(")?;
    let (_, rest) = rest.split_once(", ")?;
    Some(format!("setsockopt({rest}"))
}

/// Only the option and its value.
fn option(line: &str) -> Option<String> {
    let rest = line.strip_prefix("setsockopt(")?;
    Some(rest.strip_suffix(')')?.to_owned())
}

/// Addresses by their ports: `("10.77.0.2", 8001)` becomes `:8001`. In a literal, quotes are escaped.
fn ports(line: &str) -> Option<String> {
    let from = line.rfind("(\"")?;
    let (before, inside) = (&line[..from], &line[from + 2..]);
    let (host, rest) = inside.split_once("\", ")?;
    let (port, after) = rest.split_once(')')?;
    let numeric = |text: &str, more: &str| {
        !text.is_empty() && text.chars().all(|c| c.is_ascii_digit() || more.contains(c))
    };
    if !numeric(host, "abcdef.:%") || !numeric(port, "") {
        return None;
    }
    // An argument by itself stood in parentheses of its own: `connect((…))`.
    Some(format!("{before}:{port}{after}"))
}

/// Without the address family.
fn families(line: &str) -> Option<String> {
    let rest = line.strip_prefix("socket(")?;
    let (_, rest) = rest.split_once(", ")?;
    Some(format!("socket({rest}"))
}

#[cfg(test)]
mod tests {
    use super::shorter;

    #[test]
    fn constants_go_before_what_matters() {
        for (line, shortest) in [
            ("setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)", "SO_REUSEADDR, 1"),
            ("connect((\"10.77.0.2\", 8001))", "connect(:8001)"),
            ("bind((\"::1\", 8001))", "bind(:8001)"),
            ("sendto(b\"hi\", (\"10.77.0.2\", 5005))", "sendto(b\"hi\", :5005)"),
            ("socket(AF_INET, SOCK_DGRAM)", "socket(SOCK_DGRAM)"),
            ("→ conn 1, (\"10.77.0.1\", 59834)", "→ conn 1, :59834"),
            ("recv(1024)", "recv(1024)"),
            ("bind(\"a, b\")", "bind(\"a, b\")"),
        ] {
            assert_eq!(shorter(line).last().map(String::as_str), Some(shortest), "{line}");
        }
    }

    #[test]
    fn a_payload_is_never_touched() {
        for line in
            ["send(b\"(\\\"10.0.0.1\\\", 5)\")", "send(b\"(\")", "send(b\"setsockopt(a, b)\")"]
        {
            assert_eq!(shorter(line), [line]);
        }
    }
}
