//! Owns the segment that is timed.

use etherparse::{PacketBuilder, TcpHeader, TcpOptionElement};

/// A full segment of an Ethernet's MTU with a timestamp, as Linux sends it.
pub(crate) fn segment(port: u16) -> Vec<u8> {
    let mut header = TcpHeader::new(port, 80, 1, 500);
    (header.ack, header.acknowledgment_number) = (true, 1);
    let timestamp =
        [TcpOptionElement::Noop, TcpOptionElement::Noop, TcpOptionElement::Timestamp(1, 2)];
    header.set_options(&timestamp).unwrap_or_default();
    let mut bytes = Vec::new();
    let builder = PacketBuilder::ipv4([10, 77, 0, 1], [10, 77, 0, 2], 64).tcp_header(header);
    builder.write(&mut bytes, &[b'x'; 1_448]).unwrap_or_default();
    bytes
}
