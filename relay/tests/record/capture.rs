//! The capture: tshark opens it, and its own analysis of TCP agrees with the fates that we told.

use crate::Desk;
use crate::support::lab::Bench;
use crate::support::need;
use crate::support::onwire::of;
use protocol::command::Family;
use protocol::packet::{Head, PacketFate};
use protocol::recording::SNAPLEN;
use protocol::wire::{Deed, Impairment, PacketKind};
use protocol::{Command, End, Event, What};
use relay::export::pcapng;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::Path;

/// What tshark reads of a capture: one row a packet, fields by tabs; none after a loud skip.
fn tshark(capture: &Path, fields: &[&str]) -> Option<Vec<Vec<String>>> {
    let Some(tshark) = need::program(&["tshark"]) else {
        need::skip("tools", "tshark is not installed");
        return None;
    };
    let mut command = std::process::Command::new(tshark);
    command.arg("-r").arg(capture).args(["-T", "fields", "-E", "separator=/t"]);
    command.args(fields.iter().flat_map(|field| ["-e", field]));
    let read = command.output().expect("it runs");
    assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
    let text = String::from_utf8(read.stdout).expect("text");
    Some(text.lines().map(|line| line.split('\t').map(str::to_owned).collect()).collect())
}

fn export(desk: &Desk, only: Option<End>) -> std::path::PathBuf {
    let out = desk.path().with_extension(only.map_or("pcapng", End::name));
    let recording = fs::read(desk.path()).expect("a file");
    pcapng(&recording, only, File::create_new(&out).unwrap()).expect("a capture");
    out
}

/// A transfer over a wire that loses some of it, recorded.
async fn lossy_transfer() -> Option<(Desk, Vec<Event>)> {
    let bench = Bench::on_wire()?;
    let desk = Desk::of(&bench);
    desk.start(SNAPLEN);
    let (client, server) = bench.across(Family::Ipv4).await;
    bench.slow(5_000_000).await;
    bench.trap(of(End::Left, PacketKind::Data), Deed::Lose, 1).await;
    bench.send(client, "hello").await.expect("sent");
    bench.read_all(server, 5).await;
    bench.impair(None, Impairment { delay: 2_000_000, ..Impairment::default() }, None).await;
    let mut third = of(End::Left, PacketKind::Data);
    third.nth = Some(3);
    bench.trap(third, Deed::Lose, 1).await;
    let data = "x".repeat(20_000);
    bench
        .ask(Command::Send { socket: client, data: protocol::data::Data::Text(data), all: true })
        .await
        .expect("sent");
    bench.read_all(server, 20_000).await;
    bench.close(client).await;
    bench.close(server).await;
    let told = desk.stop().await;
    Some((desk, told.events()))
}

#[tokio::test]
async fn a_capture_has_each_packet_where_it_was_seen() {
    let Some((desk, events)) = lossy_transfer().await else { return };
    let mut rows: BTreeMap<(u32, bool), u32> = BTreeMap::new();
    for event in &events {
        match &event.what {
            What::PacketEntered { from, .. } => {
                *rows.entry((from.index() as u32, true)).or_default() += 1;
            }
            What::PacketLeft { packet, fate: PacketFate::Delivered, .. } => {
                let from = events.iter().find_map(|event| match &event.what {
                    What::PacketEntered { packet: own, from, .. } if own == packet => Some(*from),
                    _ => None,
                });
                let end = from.expect("it entered").opposite();
                *rows.entry((end.index() as u32, false)).or_default() += 1;
            }
            _ => {}
        }
    }
    let capture = export(&desk, None);
    let fields = ["frame.interface_id", "frame.comment", "frame.interface_name", "ip.len"];
    let Some(read) = tshark(&capture, &fields) else { return };
    let mut seen: BTreeMap<(u32, bool), u32> = BTreeMap::new();
    for row in &read {
        let entered = row[1].contains(" entered the wire");
        assert!(entered != row[1].contains(" left the wire"), "{row:?}");
        *seen.entry((row[0].parse().unwrap(), entered)).or_default() += 1;
        assert_eq!(row[2], if row[0] == "0" { "left" } else { "right" });
    }
    assert_eq!(seen, rows);
    let lost: Vec<_> = read.iter().filter(|row| row[1].contains("; lost (killed)")).collect();
    assert_eq!(lost.len(), 2, "each where it entered, and nowhere else");
    assert!(lost.iter().all(|row| row[0] == "0"));
    let all: String = read.iter().map(|row| row[1].clone() + "\n").collect();
    assert!(all.contains(r#"begins: {"connect":"#) && all.contains(r#"begins: {"send":"#), "{all}");
}

#[tokio::test]
async fn tsharks_analysis_agrees_with_the_fates() {
    let Some((desk, events)) = lossy_transfer().await else { return };
    let again = |from: End| {
        let heads = events.iter().filter_map(move |event| match &event.what {
            What::PacketEntered { from: own, head: Head::Tcp(tcp), .. } if *own == from => {
                Some(tcp)
            }
            _ => None,
        });
        heads.filter(|tcp| tcp.again && tcp.payload > 0).count()
    };
    let fields = [
        "tcp.analysis.retransmission",
        "tcp.analysis.lost_segment",
        "tcp.analysis.out_of_order",
        "tcp.len",
        "ip.src",
    ];
    let left = export(&desk, Some(End::Left));
    let Some(left) = tshark(&left, &fields) else { return };
    let resent = left.iter().filter(|row| !row[0].is_empty() && row[4] == "10.77.0.1").count();
    assert_eq!(resent, again(End::Left), "what the sender's end sent again");
    assert!(resent >= 2);
    // The first loss ends a flight, so only the second leaves a hole before later segments.
    let right = export(&desk, Some(End::Right));
    let right = tshark(&right, &fields).expect("it was there");
    let holes = right.iter().filter(|row| !row[1].is_empty() && row[4] == "10.77.0.1").count();
    assert_eq!(holes, 1, "{right:?}");
    let bytes: u32 = right
        .iter()
        .filter(|row| row[4] == "10.77.0.1" && row[2].is_empty() && row[0].is_empty())
        .map(|row| row[3].parse::<u32>().unwrap())
        .sum();
    assert!(bytes <= 20_005, "{bytes}");
}

#[tokio::test]
async fn a_recording_without_packets_is_no_capture() {
    let bench = Bench::new();
    let desk = Desk::of(&bench);
    desk.start(0);
    bench.pair().await;
    desk.stop().await;
    let recording = fs::read(desk.path()).unwrap();
    let no = pcapng(&recording, None, Vec::new()).expect_err("no packets");
    assert!(no.to_string().contains("no packet's bytes"), "{no}");
}
