//! Owns the allow-list of names under which this relay may be asked. Pure. It keeps out pages whose
//! name was rebound to loopback (Ollama, CVE-2024-28224); who knows the name still needs the token.

use super::Name;
use axum::http::header::{self, HeaderMap, HeaderName};
use axum::http::{Request, Uri};
use std::net::SocketAddr;

/// A scheme and its own port.
const HTTP: (&str, u16) = ("http", 80);
const HTTPS: (&str, u16) = ("https", 443);

/// The names and origins that are ours.
pub(super) struct Guard {
    hosts: Vec<String>,
    origins: Vec<String>,
}

impl Guard {
    /// For a relay that listens on `address`, and is reached under `names` too: through a tunnel, which
    /// may end TLS.
    pub(super) fn new(address: SocketAddr, names: &[Name]) -> Self {
        let mut guard = Self { hosts: Vec::new(), origins: Vec::new() };
        let own = SocketAddr::new(address.ip(), 0).to_string();
        for host in ["127.0.0.1", "localhost", "[::1]", own.trim_end_matches(":0")] {
            guard.add(host, address.port(), &[HTTP]);
        }
        for Name { host, port } in names {
            guard.add(host, port.unwrap_or(address.port()), &[HTTP, HTTPS]);
        }
        guard
    }

    /// Browsers leave the scheme's own port out (RFC 9110, section 4.2.3).
    fn add(&mut self, host: &str, port: u16, schemes: &[(&str, u16)]) {
        let whole = format!("{host}:{port}");
        for (scheme, usual) in schemes {
            let short = (port == *usual).then(|| host.to_owned());
            for host in [Some(whole.clone()), short].into_iter().flatten() {
                self.origins.push(format!("{scheme}://{host}"));
                if !self.hosts.contains(&host) {
                    self.hosts.push(host);
                }
            }
        }
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
            || only(headers, header::ORIGIN).is_some_and(|origin| self.knows_page(origin))
    }

    /// What to say to who named another.
    pub(super) fn sentence(&self) -> String {
        format!("This relay answers only to the names {}; --name adds one.", self.hosts.join(", "))
    }

    /// An absolute target has one of our schemes, too: none but them leads here.
    fn knows_target(&self, target: &Uri) -> bool {
        match (target.scheme_str(), target.authority()) {
            (_, None) => true,
            (None, Some(authority)) => self.knows(authority.as_str()),
            (Some(scheme), Some(authority)) => self.knows_page(&format!("{scheme}://{authority}")),
        }
    }

    fn knows_page(&self, origin: &str) -> bool {
        self.origins.iter().any(|own| own.eq_ignore_ascii_case(origin))
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
        Guard::new(address.parse().unwrap(), &[])
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
        for scheme in ["https", "ftp", "ws"] {
            assert!(!host(&seven, &format!("{scheme}://localhost:7007/"), &["localhost:7007"]));
        }
        let named =
            Guard::new("127.0.0.1:7007".parse().unwrap(), &["relay.test:443".parse().unwrap()]);
        assert!(host(&named, "https://relay.test/", &["relay.test"]));
        assert!(!host(&named, "http://relay.test/", &["relay.test"]));
    }

    #[test]
    fn the_bound_address_and_the_default_port_are_known() {
        assert!(host(&guard("127.0.0.2:80"), "/", &["127.0.0.2"]));
        assert!(host(&guard("127.0.0.2:81"), "/", &["127.0.0.2:81"]));
        assert!(!host(&guard("127.0.0.2:81"), "/", &["127.0.0.2"]));
        assert_eq!(guard("[::1]:81").hosts.len(), 3);
    }

    fn origin(guard: &Guard, origins: &[&str]) -> bool {
        let mut headers = HeaderMap::new();
        for origin in origins {
            headers.append(header::ORIGIN, origin.parse().unwrap());
        }
        guard.knows_origin(&headers)
    }

    #[test]
    fn a_name_more_is_known_as_exactly() {
        let named = |address: &str, name: &str| {
            Guard::new(address.parse().unwrap(), &[name.parse().unwrap()])
        };
        for (address, name, hosts, origins) in [
            (
                "127.0.0.1:7007",
                "relay.test",
                vec!["relay.test:7007"],
                vec!["http://relay.test:7007", "https://relay.test:7007"],
            ),
            (
                "127.0.0.1:7007",
                "localhost:9000",
                vec!["localhost:9000", "localhost:7007"],
                vec!["http://localhost:9000", "https://localhost:9000", "http://localhost:7007"],
            ),
            (
                "127.0.0.1:7007",
                "relay.test:443",
                vec!["relay.test", "relay.test:443"],
                vec!["https://relay.test", "https://relay.test:443", "http://relay.test:443"],
            ),
            (
                "127.0.0.1:80",
                "relay.test",
                vec!["relay.test", "relay.test:80"],
                vec!["http://relay.test", "http://relay.test:80", "https://relay.test:80"],
            ),
        ] {
            let guard = named(address, name);
            for known in hosts {
                assert!(host(&guard, "/", &[known]), "{name}: {known}");
            }
            for known in origins {
                assert!(origin(&guard, &[known]), "{name}: {known}");
            }
            assert!(host(&guard, "/", &["127.0.0.1:7007"]) == address.ends_with("7007"));
        }
        let guard = named("127.0.0.1:7007", "relay.test");
        for bad in ["relay.test", "relay.test:80", "relay.test:443", "a.relay.test:7007"] {
            assert!(!host(&guard, "/", &[bad]), "{bad}");
        }
        for bad in ["http://relay.test", "https://relay.test", "https://127.0.0.1:7007"] {
            assert!(!origin(&guard, &[bad]), "{bad}");
        }
        assert!(!origin(&named("127.0.0.1:7007", "relay.test:443"), &["http://relay.test"]));
    }

    #[test]
    fn only_our_own_origins_are_known() {
        let seven = guard("127.0.0.1:7007");
        let knows = |origins: &[&str]| origin(&seven, origins);
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
