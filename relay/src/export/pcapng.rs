//! Owns the capture file (draft-ietf-opsawg-pcapng): each end of the wire is an interface; marks, fates
//! and calls are comments of packets.

use super::ExportError;
use super::told::{All, Remark, Told};
use pcap_file::pcapng::PcapNgWriter;
use pcap_file::pcapng::blocks::enhanced_packet::{EnhancedPacketBlock, EnhancedPacketOption};
use pcap_file::pcapng::blocks::interface_description::{
    InterfaceDescriptionBlock, InterfaceDescriptionOption,
};
use pcap_file::pcapng::blocks::section_header::{SectionHeaderBlock, SectionHeaderOption};
use pcap_file::{DataLink, Endianness, PcapError};
use protocol::packet::{Mark, PacketFate};
use protocol::recording::{Ending, Header, Stored, open};
use protocol::{End, Nanos, PacketId};
use std::io::{self, Write};
use std::time::Duration;

/// Nanoseconds, as a power of ten.
const RESOLUTION: u8 = 9;

/// One sight of a packet, at one interface.
struct Sight {
    at: Nanos,
    end: End,
    packet: PacketId,
    /// Whether it enters the wire here; else it leaves it.
    enters: bool,
}

/// Writes the packets of a recording: what entered the wire at an end, and what left it there. A lost
/// packet is seen only where it entered. With `only`, one end's sights alone: Wireshark's TCP analysis
/// takes the two sights of one packet for a resend.
///
/// # Errors
/// See [`ExportError`]; `Nothing` where no packet's bytes were kept.
pub fn pcapng(recording: &[u8], only: Option<End>, out: impl Write) -> Result<Ending, ExportError> {
    let (header, mut blocks) = open(recording)?;
    let all = All::of(&mut blocks);
    if all.packets.values().all(|told| told.kept.is_none()) {
        return Err(ExportError::Nothing(
            "This recording has no packet's bytes: nothing crossed the wire, or it was made with snaplen 0.",
        ));
    }
    let mut file = PcapNgWriter::with_section_header(out, section(&header)).map_err(written)?;
    for end in End::BOTH {
        file.write_pcapng_block(interface(end, &header)).map_err(written)?;
    }
    let mut remarks =
        End::BOTH.map(|end| all.remarks.iter().filter(move |remark| remark.end == end).peekable());
    for sight in sights(&all, only) {
        let Some(told) = all.packets.get(&sight.packet) else { continue };
        let kept = if sight.enters {
            &told.kept
        } else {
            told.changed.as_ref().map_or(&told.kept, |_| &told.changed)
        };
        let Some(kept) = kept else { continue };
        let mut comments = vec![comment(&sight, told)];
        let remarks = &mut remarks[sight.end.index()];
        while let Some(remark) = remarks.next_if(|remark| remark.at <= sight.at) {
            comments.push(before(remark, sight.at));
        }
        file.write_pcapng_block(block(&header, &sight, kept, comments)).map_err(written)?;
    }
    file.into_inner().flush()?;
    Ok(blocks.ending())
}

fn written(error: PcapError) -> io::Error {
    match error {
        PcapError::IoError(error) => error,
        other => io::Error::other(other),
    }
}

/// Every sight, in the order of time.
fn sights(all: &All, only: Option<End>) -> Vec<Sight> {
    let mut sights = Vec::with_capacity(all.packets.len() * 2);
    for (packet, told) in &all.packets {
        if told.original.is_none() {
            sights.push(Sight { at: told.entered, end: told.from, packet: *packet, enters: true });
        }
        if let Some((at, PacketFate::Delivered)) = told.end {
            let end = told.from.opposite();
            sights.push(Sight { at, end, packet: *packet, enters: false });
        }
    }
    sights.retain(|sight| only.is_none_or(|only| only == sight.end));
    sights.sort_by_key(|sight| (sight.at, sight.packet, !sight.enters));
    sights
}

fn section(header: &Header) -> SectionHeaderBlock<'static> {
    SectionHeaderBlock {
        endianness: Endianness::Little,
        options: vec![
            SectionHeaderOption::UserApplication(format!("Patchbay {}", header.relay).into()),
            SectionHeaderOption::OS(header.kernel.clone().into()),
        ],
        ..SectionHeaderBlock::default()
    }
}

fn interface(end: End, header: &Header) -> InterfaceDescriptionBlock<'static> {
    InterfaceDescriptionBlock {
        linktype: DataLink::RAW,
        snaplen: header.snaplen,
        options: vec![
            InterfaceDescriptionOption::IfName(end.name().into()),
            InterfaceDescriptionOption::IfDescription(
                format!("the wire's {} end, {} and {}", end.name(), end.ipv4(), end.ipv6()).into(),
            ),
            InterfaceDescriptionOption::IfTsResol(RESOLUTION),
        ],
    }
}

fn block<'a>(
    header: &Header,
    sight: &Sight,
    kept: &'a Stored,
    comments: Vec<String>,
) -> EnhancedPacketBlock<'a> {
    EnhancedPacketBlock {
        interface_id: sight.end.index() as u32,
        timestamp: Duration::from_nanos(header.began_unix_ns.0.saturating_add(sight.at)),
        original_len: kept.length,
        data: (&*kept.bytes).into(),
        options: comments
            .into_iter()
            .map(|text| EnhancedPacketOption::Comment(text.into()))
            .collect(),
    }
}

/// What the recording knows of the packet.
fn comment(sight: &Sight, told: &Told) -> String {
    let mut parts = vec![format!(
        "packet {}{} {} the wire",
        sight.packet,
        told.original.map_or(String::new(), |of| format!(", the wire's copy of packet {of},")),
        if sight.enters { "entered" } else { "left" },
    )];
    parts.extend(told.marks.iter().map(|mark| match mark {
        Mark::Held => "held".to_owned(),
        Mark::Released => "released".into(),
        Mark::Damaged { offset } => format!("damaged in byte {offset}"),
        Mark::Copied { copy } => format!("copied as packet {copy}"),
        Mark::Delayed { by } => format!("delayed by {by} ns"),
    }));
    parts.push(match told.end {
        Some((at, PacketFate::Delivered)) if sight.enters => {
            format!("delivered {} ns later", at - told.entered)
        }
        Some((_, PacketFate::Delivered)) => {
            format!("it had entered {} ns before", sight.at - told.entered)
        }
        Some((at, PacketFate::Lost(why))) => {
            format!("lost ({}) {} ns later", why.name(), at - told.entered)
        }
        None => "still on the wire when the recording ended".into(),
    });
    parts.join("; ")
}

fn before(remark: &Remark, at: Nanos) -> String {
    format!("{} ns before: {}", at - remark.at, remark.text)
}
