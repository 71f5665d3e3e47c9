//! What the relay reads in TCP segments, against what Wireshark reads in the same: made-up connections
//! that send, resend, probe, acknowledge selectively, end and begin anew, some without their SYN.

#[path = "support/need.rs"]
#[expect(unreachable_pub, reason = "other tests take it as a part of their support")]
mod need;

use etherparse::{PacketBuilder, TcpHeader, TcpOptionElement};
use protocol::packet::{End, Flags, Head, TcpHead};
use rand_pcg::Pcg32;
use rand_pcg::rand_core::{Rng as _, SeedableRng as _};
use relay::wire::packet::Reader;
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};

/// Connections in the series.
const CONNECTIONS: u16 = 300;
/// Segments of each, about.
const SEGMENTS: u32 = 30;
/// libpcap's magic for microseconds, and its link type for bare IP packets.
const MAGIC: u32 = 0xa1b2_c3d4;
const RAW: u32 = 101;

/// One end of a connection.
#[derive(Clone, Copy)]
struct Side {
    next: u32,
    scale: Option<u8>,
}

struct Series {
    chance: Pcg32,
    packets: Vec<(End, Vec<u8>)>,
    port: u16,
    sides: [Side; 2],
}

impl Series {
    fn below(&mut self, bound: u32) -> u32 {
        self.chance.next_u32() % bound
    }

    fn push(
        &mut self,
        from: End,
        seq: u32,
        flags: Flags,
        options: &[TcpOptionElement],
        payload: &[u8],
    ) {
        let (left, right) = ([10, 77, 0, 1], [10, 77, 0, 2]);
        let (ips, ports) = match from {
            End::Left => ([left, right], [self.port, 80]),
            End::Right => ([right, left], [80, self.port]),
        };
        let window = self.below(65_536) as u16;
        let mut header = TcpHeader::new(ports[0], ports[1], seq, window);
        (header.syn, header.ack) = (flags.has(Flags::SYN), flags.has(Flags::ACK));
        (header.fin, header.rst) = (flags.has(Flags::FIN), flags.has(Flags::RST));
        if header.ack {
            header.acknowledgment_number = self.sides[from.opposite().index()].next;
        }
        header.set_options(options).expect("they fit");
        let mut bytes = Vec::new();
        let builder = PacketBuilder::ipv4(ips[0], ips[1], 64).tcp_header(header);
        builder.write(&mut bytes, payload).expect("a packet");
        self.packets.push((from, bytes));
    }

    /// A handshake, of which all, part or none is seen.
    fn begin(&mut self, seen: bool) {
        for side in 0..2 {
            let scale = (self.below(4) > 0).then(|| self.below(15) as u8);
            self.sides[side] = Side { next: self.chance.next_u32(), scale };
        }
        let [left, right] = self.sides;
        let options = |side: Side| -> Vec<TcpOptionElement> {
            side.scale.map(TcpOptionElement::WindowScale).into_iter().collect()
        };
        let again = 1 + self.below(3) / 2;
        if seen {
            (0..again)
                .for_each(|_| self.push(End::Left, left.next, Flags::SYN, &options(left), b""));
        }
        self.sides[0].next = left.next.wrapping_add(1);
        if seen {
            let flags = Flags::SYN | Flags::ACK;
            self.push(End::Right, right.next, flags, &options(right), b"");
        }
        self.sides[1].next = right.next.wrapping_add(1);
        self.push(End::Left, self.sides[0].next, Flags::ACK, &[], b"");
    }

    fn go_on(&mut self) {
        let from = End::BOTH[self.below(2) as usize];
        let next = self.sides[from.index()].next;
        let other = self.sides[from.opposite().index()].next;
        match self.below(8) {
            0..4 => {
                let payload = vec![b'x'; 2 + self.below(100) as usize];
                let times = if self.below(3) == 0 { 2 } else { 1 };
                (0..times).for_each(|_| self.push(from, next, Flags::ACK, &[], &payload));
                self.sides[from.index()].next = next.wrapping_add(payload.len() as u32);
            }
            4 => self.push(from, next.wrapping_sub(1), Flags::ACK, &[], b""),
            5 => {
                let block = |place: u32| (other.wrapping_add(place), other.wrapping_add(place + 9));
                let more = [(self.below(2) == 0).then(|| block(30)), None, None];
                let sack = TcpOptionElement::SelectiveAcknowledgement(block(10), more);
                self.push(from, next, Flags::ACK, &[sack], b"");
            }
            _ => self.push(from, next, Flags::ACK, &[], b""),
        }
    }

    fn end(&mut self) {
        for from in End::BOTH {
            let next = self.sides[from.index()].next;
            self.push(from, next, Flags::FIN | Flags::ACK, &[], b"");
            self.sides[from.index()].next = next.wrapping_add(1);
            let other = self.sides[from.opposite().index()].next;
            self.push(from.opposite(), other, Flags::ACK, &[], b"");
        }
        if self.below(2) == 0 {
            self.push(End::Left, self.sides[0].next, Flags::RST, &[], b"");
        }
    }

    fn new(seed: u64) -> Self {
        let side = Side { next: 0, scale: None };
        let chance = Pcg32::seed_from_u64(seed);
        let mut series = Self { chance, packets: Vec::new(), port: 0, sides: [side; 2] };
        for connection in 0..CONNECTIONS {
            series.port = 20_000 + connection;
            let seen = series.below(4) > 0;
            for _ in 0..=series.below(2) * u32::from(seen) {
                series.begin(seen);
                (0..SEGMENTS).for_each(|_| series.go_on());
                series.end();
            }
        }
        series
    }

    /// As a capture file, 50 ms between packets, so that none seems to have overtaken another.
    fn pcap(&self) -> Vec<u8> {
        let mut file = Vec::new();
        for word in [MAGIC, 4 << 16 | 2, 0, 0, 65_535, RAW] {
            file.extend(word.to_le_bytes());
        }
        for (number, (_, bytes)) in self.packets.iter().enumerate() {
            let micros = number as u64 * 50_000;
            let (second, micro) = ((micros / 1_000_000) as u32, (micros % 1_000_000) as u32);
            for word in [second, micro, bytes.len() as u32, bytes.len() as u32] {
                file.extend(word.to_le_bytes());
            }
            file.extend(bytes);
        }
        file
    }
}

/// A segment as one line of tshark's: the fields asked for, with tabs between.
fn line(head: &TcpHead) -> String {
    let mut line = format!("{}\t{}\t{}\t{}\t", head.seq, head.ack, head.window, head.payload);
    let edges = |edge: fn(&(u32, u32)) -> u32| -> String {
        head.sack.iter().map(edge).map(|edge| edge.to_string()).collect::<Vec<_>>().join(",")
    };
    write!(line, "{}\t{}\t{}", edges(|block| block.0), edges(|block| block.1), head.again)
        .expect("a string");
    line
}

#[test]
fn segments_say_what_wireshark_says() {
    let Some(tshark) = need::program(&["tshark"]) else {
        return need::skip("tools", "tshark is not installed");
    };
    let series = Series::new(1);
    const AGAIN: [&str; 4] =
        ["retransmission", "fast_retransmission", "spurious_retransmission", "keep_alive"];
    let fields = ["seq", "ack", "window_size", "len", "options.sack_le", "options.sack_re"];
    let mut asked = Command::new(tshark);
    asked.args(["-r", "-", "-n", "-T", "fields", "-o", "tcp.check_checksum:FALSE"]);
    for field in fields {
        asked.args(["-e", &format!("tcp.{field}")]);
    }
    for field in AGAIN {
        asked.args(["-e", &format!("tcp.analysis.{field}")]);
    }
    asked.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = asked.spawn().expect("it runs");
    let (mut stdin, pcap) = (child.stdin.take().expect("a pipe"), series.pcap());
    let writer = std::thread::spawn(move || stdin.write_all(&pcap));
    let told = child.wait_with_output().expect("it ends");
    writer.join().expect("no panic").expect("all was taken");
    let told = String::from_utf8(told.stdout).expect("text");
    assert_eq!(told.lines().count(), series.packets.len());

    let mut reader = Reader::default();
    let mut again = 0;
    for (number, ((from, bytes), told)) in series.packets.iter().zip(told.lines()).enumerate() {
        let Head::Tcp(head) = reader.read(*from, bytes).head else { panic!("no segment") };
        let mut parts: Vec<&str> = told.split('\t').collect();
        let analysed = parts.split_off(fields.len());
        let repeats = analysed.iter().any(|flag| !flag.is_empty());
        again += u32::from(repeats);
        let ack = if head.flags.has(Flags::ACK) { parts[1] } else { "0" };
        parts[1] = ack;
        let expected = format!("{}\t{repeats}", parts.join("\t"));
        assert_eq!(line(&head), expected, "packet {} ({:?})", number + 1, head.flags);
    }
    assert!(again > 500, "the series repeats too little: {again}");
}
