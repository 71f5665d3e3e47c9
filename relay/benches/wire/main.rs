//! What the wire costs: `cargo bench -p relay --bench wire` drives the same loads over loopback, over a
//! bare forwarding loop, over the wire, over the wire with a viewer, and over whatever else there is that
//! carries packets without root, all in one run; and says what each stage costs a packet. Figures, not
//! assertions.
//!
//! Reading order: [`road`] (where the loads go) → [`load`] (what they are) → [`bare`], [`viewer`] and
//! [`rival`] (what carries them) → [`stage`] (a packet's cost, part by part).

#![allow(
    missing_docs,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command that prints"
)]

mod bare;
mod load;
mod rival;
mod road;
mod segment;
mod stage;
mod viewer;

use anyhow::{Context as _, Result, anyhow};
use load::{Figures, Job};
use relay::journal::Journal;
use relay::wire::forward::Forwarder;
use relay::wire::{WireParts, open_with};
use road::{Counted, Road};
use std::path::Path;

/// Each load is run so often on every road, the roads taking turns; the best run counts, since whatever
/// else the machine does only takes away.
const ROUNDS: usize = 5;
/// The wire's largest packets (ip-link(8)), in turn.
const MTUS: [u32; 2] = [1_500, 65_520];

fn wire() -> Result<WireParts> {
    open_with(Path::new(env!("CARGO_BIN_EXE_relay")))
        .map_err(|rung| anyhow!("there is no wire here: {:?}", rung.refused))
}

/// What keeps a road open.
#[derive(Default)]
struct Keepers {
    forwarders: Vec<Forwarder>,
    rivals: Vec<rival::Rival>,
}

fn roads(keepers: &mut Keepers) -> Result<Vec<(&'static str, Road)>> {
    let mut roads = vec![("loopback", Road::Loopback)];
    let WireParts { rung, devices, namespaces, proc, .. } = wire()?;
    println!("rung: {:?}, by {:?}", rung.name, rung.privilege);
    bare::start(devices);
    roads.push(("bare loop", Road::Wire(Counted { namespaces, proc })));
    for (name, watched) in [("wire", false), ("wire + viewer", true)] {
        let WireParts { rung, devices, namespaces, proc, .. } = wire()?;
        let journal = Journal::new("bench".into());
        let up = protocol::What::WireUp { rung: rung.name, seed: 1 };
        journal.append(protocol::Source::Relay, up);
        if watched {
            viewer::start(journal.clone());
        }
        keepers.forwarders.push(Forwarder::start(devices, journal, 1)?);
        roads.push((name, Road::Wire(Counted { namespaces, proc })));
    }
    for (name, road, keeper) in rival::all() {
        roads.push((name, road));
        keepers.rivals.extend(keeper);
    }
    Ok(roads)
}

/// The best of both.
fn better(job: Job, a: Figures, b: Figures) -> Figures {
    let wins = if job.is_echo() { b.main < a.main } else { b.main > a.main };
    if wins { b } else { a }
}

fn measure(roads: &[(&'static str, Road)], job: Job) -> Vec<Option<Figures>> {
    let mut best: Vec<Option<Figures>> = roads.iter().map(|_| None).collect();
    for _ in 0..ROUNDS {
        for ((name, road), best) in roads.iter().zip(&mut best) {
            match job.run(road) {
                Ok(new) => *best = Some(best.map_or(new, |old| better(job, old, new))),
                Err(error) => eprintln!("{name}, {job:?}: {error:#}"),
            }
        }
    }
    best
}

fn cell(value: Option<f64>, bare: Option<f64>) -> String {
    let Some(value) = value else { return format!("{:>16}", "-") };
    let ratio = bare.map_or(String::new(), |bare| format!(" ({:.2})", value / bare));
    format!("{:>16}", format!("{value:.1}{ratio}"))
}

/// One row a road; behind each figure, its ratio to the bare loop's.
fn table(title: &str, names: &[&str], columns: &[(&str, Vec<Option<f64>>)]) {
    println!("\n{title}; in brackets, against the bare loop");
    print!("{:<14}", "");
    for (name, _) in columns {
        print!("{name:>16}");
    }
    println!();
    let bare = names.iter().position(|name| *name == "bare loop");
    for (row, name) in names.iter().enumerate() {
        print!("{name:<14}");
        for (_, values) in columns {
            print!("{}", cell(values[row], bare.and_then(|bare| values[bare])));
        }
        println!();
    }
}

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if words.first().is_some_and(|word| word == load::CLIENT) {
        return load::client_process(&words[1..]);
    }
    stage::measure(&wire()?)?;
    let mut keepers = Keepers::default();
    let roads = roads(&mut keepers)?;
    let names: Vec<&str> = roads.iter().map(|(name, _)| *name).collect();
    for mtu in MTUS {
        for (name, road) in &roads {
            road.mtu(mtu).with_context(|| format!("{name}: MTU {mtu}"))?;
        }
        let main = |figures: &[Option<Figures>]| -> Vec<Option<f64>> {
            figures.iter().map(|figure| figure.map(|figure| figure.main)).collect()
        };
        let stream = measure(&roads, Job::Stream);
        let packets: Vec<Option<f64>> =
            stream.iter().map(|figure| figure.and_then(|figure| figure.packets)).collect();
        let mut columns = vec![("TCP MB/s", main(&stream)), ("k packets/s", packets)];
        if mtu == MTUS[0] {
            for (name, job) in [
                ("UDP 64 B k/s", Job::Datagrams),
                ("TCP RTT us", Job::EchoStream),
                ("UDP RTT us", Job::EchoDatagrams),
            ] {
                columns.push((name, main(&measure(&roads, job))));
            }
        }
        table(&format!("MTU {mtu}, best of {ROUNDS} rounds"), &names, &columns);
    }
    Ok(())
}
