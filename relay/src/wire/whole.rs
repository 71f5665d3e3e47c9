//! Owns a running wire: its helper, its forwarder and what its two kernels count. Never a socket.

use super::counter::{self, ProcFiles};
use super::forward::Forwarder;
use super::ladder::WireParts;
use super::lasting::Lasting;
use super::namespaces::Namespaces;
use crate::journal::Journal;
use crate::kernel::diag::Diag;
use protocol::event::Counter;
use protocol::message::Rung;
use protocol::{End, Nanos, Source, What};
use std::collections::BTreeMap;
use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;

/// A wire at work.
pub struct Wire {
    /// The rung that it stands on.
    pub rung: Rung,
    /// Who makes its sockets.
    pub namespaces: Arc<Namespaces>,
    /// Who moves its packets.
    pub forwarder: Forwarder,
    /// Who is asked about its sockets.
    pub diag: [Option<Diag>; 2],
    counters: [Counters; 2],
    counted_at: [Nanos; 2],
}

impl Wire {
    /// Sets the parts to work and tells the journal.
    ///
    /// # Errors
    /// See [`Forwarder::start`].
    pub fn start(
        parts: WireParts,
        journal: &Journal,
        seed: u32,
        lasting: Lasting,
    ) -> io::Result<Self> {
        let WireParts { rung, devices, namespaces, diag, proc, .. } = parts;
        journal.append(Source::Relay, What::WireUp { rung: rung.name, seed });
        let forwarder = Forwarder::start_after(devices, journal.clone(), seed, lasting)?;
        // Without sock_diag there are no timers and no outside programs; the fields stay absent.
        let diag = diag.map(|fd: OwnedFd| Diag::with(fd).ok());
        let counters = proc.map(Counters::new);
        let namespaces = Arc::new(namespaces);
        Ok(Self { rung, namespaces, forwarder, diag, counters, counted_at: [0; 2] })
    }

    /// What an end's kernel has counted since it was last asked, as values since the wire was made.
    pub fn count(&mut self, end: End, now: Nanos) -> Vec<Counter> {
        self.counted_at[end.index()] = now;
        self.counters[end.index()].news()
    }

    /// When it was last asked.
    pub fn counted_at(&self, end: End) -> Nanos {
        self.counted_at[end.index()]
    }
}

/// An end's counters, and what was told of them.
struct Counters {
    files: ProcFiles,
    first: BTreeMap<String, u64>,
    told: BTreeMap<String, u64>,
}

impl Counters {
    fn new(files: ProcFiles) -> Self {
        let first = read(&files);
        Self { files, first, told: BTreeMap::new() }
    }

    fn news(&mut self) -> Vec<Counter> {
        let mut news = Vec::new();
        for (name, now) in read(&self.files) {
            let value = now.saturating_sub(self.first.get(&name).copied().unwrap_or(0));
            if value != self.told.get(&name).copied().unwrap_or(0) {
                self.told.insert(name.clone(), value);
                news.push(Counter { name, value });
            }
        }
        news
    }
}

/// All of an end's protocol counters. A file that cannot be read says nothing.
fn read(files: &ProcFiles) -> BTreeMap<String, u64> {
    let mut all = BTreeMap::new();
    let text = |file| counter::text(file).unwrap_or_default();
    pairs(&text(&files.snmp), &mut all);
    pairs(&text(&files.netstat), &mut all);
    if let Some(six) = &files.snmp6 {
        columns(&text(six), &mut all);
    }
    // Settings, not counts.
    for gauge in ["Ip.Forwarding", "Ip.DefaultTTL", "Tcp.RtoAlgorithm", "Tcp.RtoMin", "Tcp.RtoMax"]
    {
        all.remove(gauge);
    }
    all.remove("Tcp.MaxConn");
    all
}

/// `Tcp: A B` above `Tcp: 1 2`.
fn pairs(text: &str, all: &mut BTreeMap<String, u64>) {
    let lines: Vec<&str> = text.lines().collect();
    for pair in lines.chunks_exact(2) {
        let (Some((group, names)), Some((_, values))) =
            (pair[0].split_once(':'), pair[1].split_once(':'))
        else {
            continue;
        };
        for (name, value) in names.split_ascii_whitespace().zip(values.split_ascii_whitespace()) {
            // A few are signed; none that counts is negative.
            if let Ok(value) = value.parse() {
                all.insert(format!("{group}.{name}"), value);
            }
        }
    }
}

/// `Udp6NoPorts  7`.
fn columns(text: &str, all: &mut BTreeMap<String, u64>) {
    for line in text.lines() {
        if let Some((name, value)) = line.split_once(char::is_whitespace)
            && let Ok(value) = value.trim().parse()
        {
            all.insert(name.to_owned(), value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_counter_files_are_read() {
        let mut all = BTreeMap::new();
        pairs("Tcp: RtoMin MaxConn RetransSegs\nTcp: 200 -1 7\nUdp: NoPorts\nUdp: 3\n", &mut all);
        columns("Udp6NoPorts                     \t2\nbroken\n", &mut all);
        let found: Vec<_> = all.iter().map(|(name, value)| (name.as_str(), *value)).collect();
        assert_eq!(
            found,
            [("Tcp.RetransSegs", 7), ("Tcp.RtoMin", 200), ("Udp.NoPorts", 3), ("Udp6NoPorts", 2)]
        );
    }
}
