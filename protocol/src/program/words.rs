//! Owns what the three languages share: the names of variables, addresses, literals.

use super::Known;
use crate::command::SocketOption;
use crate::data::Data;
use crate::table::{Set, Table};
use crate::world::Call;
use crate::{Address, Answer, CallId, Command, Done, SocketId};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// Bytes of a payload that are written out; what follows them is filled up.
const LITERAL: usize = 256;

/// What a program calls things.
#[derive(Clone, Debug, Default)]
pub struct Words {
    names: Table<SocketId, String>,
    /// Ports that the kernel chose and somebody goes to, and whose they are.
    chosen: Table<u16, SocketId>,
    /// After which call they are known.
    told: Table<CallId, SocketId>,
    /// Whether the wire's addresses stay as they are.
    on_wire: bool,
    pub(super) wire: bool,
    pub(super) unix: bool,
}

/// An address as a program reaches it.
pub(super) enum Place {
    /// An IP address and a port that were asked for.
    Inet(IpAddr, u16),
    /// An IP address, and the port that the kernel chose for a socket.
    Of(IpAddr, String),
    /// A name in a folder.
    Unix(String),
}

/// What a send writes.
pub(super) enum Payload {
    /// A text without quotes, control characters or backslashes.
    Text(String),
    /// These bytes.
    Bytes(Vec<u8>),
    /// The alphabet, again and again.
    Fill(u32),
    /// Bytes of which only the first are known, and how many there were.
    Cut(Vec<u8>, u32),
}

/// Words that are no names in one of the languages, or that the programs use themselves.
const TAKEN: [&str; 47] = [
    "accept", "addr", "and", "as", "auto", "bind", "break", "case", "char", "close", "const",
    "connect", "do", "else", "enum", "errno", "for", "from", "if", "import", "in", "int", "later",
    "listen", "long", "loop", "main", "match", "mod", "move", "not", "or", "pool", "print", "recv",
    "return", "room", "select", "send", "short", "socket", "static", "struct", "time", "type",
    "use", "while",
];

impl Words {
    /// Those of some calls, and of the sockets that they act on.
    pub fn of(calls: &[Call], sockets: &[Known]) -> Self {
        let mut words = Self::default();
        for known in sockets {
            words.name(known.id, &known.name);
        }
        for call in calls {
            if let Command::Socket { net, .. } = &call.ask {
                words.wire |= net.end().is_some();
            }
            words.unix |= matches!(address_of(&call.ask), Some(Address::Unix(_)));
            let socket = match &call.result {
                Some(Answer::Ok(Done::Made(made))) => Some(made.socket),
                Some(Answer::Ok(Done::Accepted(accepted))) => Some(accepted.socket),
                _ => None,
            };
            if let Some(socket) = socket.filter(|socket| !words.names.contains_key(socket)) {
                words.name(socket, "");
            }
        }
        words.ports(calls, sockets);
        words
    }

    /// Finds the ports that the kernel chose and somebody goes to, and the call that made each known.
    fn ports(&mut self, calls: &[Call], sockets: &[Known]) {
        let mut chosen: Table<u16, (SocketId, CallId)> = Table::new();
        let mut asked: Set<u16> = Set::new();
        for call in calls {
            let (Some(socket), Some(Answer::Ok(done))) = (call.ask.socket(), &call.result) else {
                continue;
            };
            let local = match done {
                Done::Local(done) => Some(&done.local),
                Done::Sent(_) | Done::Burst(_) => sockets
                    .iter()
                    .find(|known| known.id == socket)
                    .and_then(|known| known.local.as_ref()),
                _ => None,
            };
            let Some(port) = local.and_then(Address::port) else { continue };
            match &call.ask {
                Command::Bind { address, .. } if address.port() != Some(0) => {
                    if !chosen.contains_key(&port) {
                        asked.add(port);
                    }
                }
                _ => {
                    chosen.or_insert(port, (socket, call.id));
                }
            }
        }
        let sought =
            calls.iter().filter_map(|call| address_of(&call.ask)).filter_map(Address::port);
        for port in sought.filter(|port| *port != 0 && !asked.contains(port)) {
            if let Some((socket, call)) = chosen.get(&port) {
                self.chosen.insert(port, *socket);
                self.told.insert(*call, *socket);
            }
        }
    }

    /// The same for a reader who looks at the wire: its addresses stay.
    #[must_use]
    pub fn where_it_is(self) -> Self {
        Self { on_wire: true, ..self }
    }

    /// A port that the kernel chose for a socket: it is written by name.
    pub fn choose(&mut self, port: u16, socket: SocketId) {
        self.chosen.insert(port, socket);
    }

    /// The socket whose port is known after a call, and is needed later.
    pub(super) fn port_after(&self, call: CallId) -> Option<String> {
        self.told.get(&call).map(|socket| self.of_socket(*socket))
    }

    /// Gives a socket a name like `text`, as an identifier that nobody else has.
    pub fn name(&mut self, id: SocketId, text: &str) {
        let mut name: String = text
            .chars()
            .map(
                |letter| {
                    if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '_' }
                },
            )
            .collect();
        let bare = name.trim_matches('_').len();
        if bare == 0
            || name.starts_with(|first: char| first.is_ascii_digit())
            || TAKEN.contains(&name.as_str())
        {
            name =
                format!("s{}{}", id.0, if bare == 0 { String::new() } else { format!("_{name}") });
        }
        if self.names.values().any(|other| *other == name) {
            name = format!("{name}_{}", id.0);
        }
        self.names.insert(id, name);
    }

    /// A socket's name.
    pub fn of_socket(&self, id: SocketId) -> String {
        self.names.get(&id).cloned().unwrap_or_else(|| format!("s{}", id.0))
    }

    /// All names, in the order of the sockets.
    pub(super) fn names(&self) -> impl Iterator<Item = &String> {
        self.names.values()
    }

    /// Where an address leads from a program on one machine.
    pub(super) fn place(&self, address: &Address) -> Place {
        let inet = match address {
            Address::Unix(name) => return Place::Unix(name.clone()),
            Address::Inet(inet) => *inet,
            // No call that began has one: a relay puts the address in its place.
            Address::Name { port, .. } => SocketAddr::from((Ipv4Addr::UNSPECIFIED, *port)),
        };
        let ip = if self.on_wire { inet.ip() } else { on_one_machine(inet.ip()) };
        match self.chosen.get(&inet.port()) {
            Some(owner) if inet.port() != 0 => Place::Of(ip, self.of_socket(*owner)),
            _ => Place::Inet(ip, inet.port()),
        }
    }
}

fn address_of(ask: &Command) -> Option<&Address> {
    match ask {
        Command::Bind { address, .. }
        | Command::Connect { address, .. }
        | Command::SendTo { address, .. } => Some(address),
        Command::Burst { address, .. } => address.as_ref(),
        _ => None,
    }
}

/// The wire's ends, on loopback.
fn on_one_machine(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V4(ip) if ip == crate::wire::IPV4[0] => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V4(ip) if ip == crate::wire::IPV4[1] => Ipv4Addr::new(127, 0, 0, 2).into(),
        IpAddr::V6(ip) if crate::wire::IPV6.contains(&ip) => Ipv6Addr::LOCALHOST.into(),
        other => other,
    }
}

/// What a send writes; `cut` is its whole length, where the journal kept only its beginning.
pub(super) fn payload(data: &Data, cut: Option<u32>) -> Payload {
    if let Data::Fill { bytes } = data {
        return Payload::Fill(*bytes);
    }
    let bytes = data.slice(0..LITERAL);
    let whole = cut.unwrap_or(u32::try_from(data.len()).unwrap_or(u32::MAX));
    if bytes.len() < whole as usize {
        return Payload::Cut(bytes, whole);
    }
    match String::from_utf8(bytes) {
        Ok(text)
            if !text.contains(|letter: char| letter.is_control() || "\"\\".contains(letter)) =>
        {
            Payload::Text(text)
        }
        Ok(text) => Payload::Bytes(text.into_bytes()),
        Err(error) => Payload::Bytes(error.into_bytes()),
    }
}

/// Bytes between quotes, as all three languages read them: `hi\n\xff`. In C a letter that could be read
/// as a digit of the escape before it is escaped too.
pub(super) fn quoted(bytes: &[u8]) -> String {
    let mut text = String::from("\"");
    let mut escaped = false;
    for byte in bytes {
        let printable = (b' '..=b'~').contains(byte) && !b"\"\\?".contains(byte);
        if printable && !(escaped && byte.is_ascii_hexdigit()) {
            text.push(char::from(*byte));
            escaped = false;
        } else {
            text.push_str("\\x");
            for half in [byte >> 4, byte & 15] {
                text.push(char::from(b"0123456789abcdef"[usize::from(half)]));
            }
            escaped = true;
        }
    }
    text.push('"');
    text
}

/// Nanoseconds as seconds, written with as many places as they need.
pub(super) fn seconds(nanos: u64) -> String {
    let (whole, part) = (nanos / 1_000_000_000, nanos % 1_000_000_000);
    let places = format!("{part:09}");
    match places.trim_end_matches('0') {
        "" => format!("{whole}.0"),
        places => format!("{whole}.{places}"),
    }
}

/// What is said in the place of a call that no program here writes.
pub(super) fn unwritten(words: &Words, ask: &Command) -> Option<String> {
    let Command::Option { socket, set } = ask else { return None };
    let what = match set {
        SocketOption::Lossy(_) => "a filter that loses datagrams (SO_ATTACH_FILTER)",
        SocketOption::Timestamps(_) => "SO_TIMESTAMPING",
        _ => return None,
    };
    Some(["left out: ", what, " on ", &words.of_socket(*socket)].concat())
}

/// What a call gave, in a remark.
pub(super) fn seen(answer: Option<&Answer>) -> Option<String> {
    match answer? {
        Answer::Ok(Done::Sent(sent)) => Some(sent.bytes.to_string()),
        Answer::Ok(Done::Burst(burst)) => Some(burst.sent.to_string()),
        Answer::Ok(Done::Received(received)) if received.truncated => {
            Some(format!("{} bytes, the rest cut off", received.bytes))
        }
        Answer::Ok(Done::Received(received)) => Some(format!("{} bytes", received.bytes)),
        Answer::Error(failure) => Some(failure.short().to_owned()),
        Answer::Ok(_) => None,
    }
}
