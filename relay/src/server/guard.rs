//! Owns the allow-list of names under which this relay may be asked. Pure. It keeps out pages whose
//! name was rebound to loopback (Ollama, CVE-2024-28224); who knows the name still needs the token.

use axum::http::header::{self, HeaderMap, HeaderName};
use axum::http::{Request, Uri};
use std::net::SocketAddr;

/// The names and origins that are ours.
pub(super) struct Guard {
    hosts: Vec<String>,
}

impl Guard {
    /// For a relay that listens on `address`.
    pub(super) fn new(address: SocketAddr) -> Self {
        let port = address.port();
        let mut names = vec!["127.0.0.1".to_owned(), "localhost".into(), "[::1]".into()];
        let own = SocketAddr::new(address.ip(), 0).to_string();
        let own = own.trim_end_matches(":0");
        if !names.iter().any(|name| name == own) {
            names.push(own.into());
        }
        let mut hosts: Vec<String> = names.iter().map(|name| format!("{name}:{port}")).collect();
        // Browsers leave the scheme's own port out (RFC 9110, section 4.2.3).
        if port == 80 {
            hosts.extend(names);
        }
        Self { hosts }
    }

    /// Whether the request names us, once and exactly, and no other host in its target (RFC 9112,
    /// section 3.2.2: an absolute target overrides Host).
    pub(super) fn knows_host<B>(&self, request: &Request<B>) -> bool {
        let named = only(request.headers(), header::HOST).is_some_and(|host| self.knows(host));
        named && self.knows_target(request.uri())
    }

    /// Whether the page that asks, if it is one, is ours.
    pub(super) fn knows_origin(&self, headers: &HeaderMap) -> bool {
        !headers.contains_key(header::ORIGIN)
            || only(headers, header::ORIGIN)
                .and_then(|origin| origin.strip_prefix("http://"))
                .is_some_and(|host| self.knows(host))
    }

    /// What to say to who named another.
    pub(super) fn sentence(&self) -> String {
        format!("This relay answers only to the names {}.", self.hosts.join(", "))
    }

    fn knows_target(&self, target: &Uri) -> bool {
        target.authority().is_none_or(|authority| self.knows(authority.as_str()))
    }

    fn knows(&self, host: &str) -> bool {
        self.hosts.iter().any(|own| own.eq_ignore_ascii_case(host))
    }
}

/// A header's value, where it is there exactly once.
fn only(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(guard: &Guard, target: &str, hosts: &[&str]) -> bool {
        let mut request = Request::builder().uri(target);
        for host in hosts {
            request = request.header(header::HOST, *host);
        }
        guard.knows_host(&request.body(()).unwrap())
    }

    fn guard(address: &str) -> Guard {
        Guard::new(address.parse().unwrap())
    }

    #[test]
    fn only_exact_hosts_are_known() {
        let seven = guard("127.0.0.1:7007");
        for good in ["127.0.0.1:7007", "localhost:7007", "LocalHost:7007", "[::1]:7007"] {
            assert!(host(&seven, "/", &[good]), "{good}");
        }
        for bad in [
            "127.0.0.1",
            "localhost",
            "127.0.0.1:70070",
            "127.0.0.1:80",
            "evil.test:7007",
            "0.0.0.0:7007",
            "127.1:7007",
            "2130706433:7007",
            "localhost.:7007",
            "localhost:7007.evil.test",
            "",
            "user@localhost:7007",
            "[::ffff:127.0.0.1]:7007",
            "127.0.0.1:7007 ",
            "127.0.0.1:07007",
        ] {
            assert!(!host(&seven, "/", &[bad]), "{bad}");
        }
        assert!(!host(&seven, "/", &[]));
        assert!(!host(&seven, "/", &["localhost:7007", "localhost:7007"]));
        assert!(!host(&seven, "http://evil.test/", &["localhost:7007"]));
        assert!(host(&seven, "http://localhost:7007/", &["localhost:7007"]));
    }

    #[test]
    fn the_bound_address_and_the_default_port_are_known() {
        assert!(host(&guard("127.0.0.2:80"), "/", &["127.0.0.2"]));
        assert!(host(&guard("127.0.0.2:81"), "/", &["127.0.0.2:81"]));
        assert!(!host(&guard("127.0.0.2:81"), "/", &["127.0.0.2"]));
        assert_eq!(guard("[::1]:81").hosts.len(), 3);
    }

    #[test]
    fn only_our_own_origins_are_known() {
        let seven = guard("127.0.0.1:7007");
        let knows = |origins: &[&str]| {
            let mut headers = HeaderMap::new();
            for origin in origins {
                headers.append(header::ORIGIN, origin.parse().unwrap());
            }
            seven.knows_origin(&headers)
        };
        assert!(
            knows(&[]) && knows(&["http://127.0.0.1:7007"]) && knows(&["http://localhost:7007"])
        );
        for bad in [
            "null",
            "",
            "http://evil.test:7007",
            "https://127.0.0.1:7007",
            "http://127.0.0.1",
            "127.0.0.1:7007",
            "http://127.0.0.1:7007/",
            "http://0.0.0.0:7007",
            "file://",
        ] {
            assert!(!knows(&[bad]), "{bad}");
        }
        assert!(!knows(&["http://127.0.0.1:7007", "null"]));
    }
}
