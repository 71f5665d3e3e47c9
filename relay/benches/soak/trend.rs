//! Owns the judgement: a line through the last two thirds of the samples, by least squares.

use std::fmt;

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Measure {
    /// Bytes of JavaScript's heap in use, after its garbage was collected.
    ScriptHeap,
    /// Bytes of wasm's memory: it grows by pages and never shrinks.
    Wasm,
    /// Nodes of all documents, those without a document too.
    Nodes,
    /// Listeners that scripts have added.
    Listeners,
    /// The relay's resident bytes.
    Resident,
    /// The relay's open descriptors.
    Descriptors,
}

const MIB: f64 = 1_048_576.0;
/// Growth that is none, as a share in ten minutes.
const SHARE: f64 = 0.01;
/// Samples without which nothing is judged.
const FEWEST: usize = 4;

impl Measure {
    fn name(self) -> &'static str {
        match self {
            Self::ScriptHeap => "script heap, MiB",
            Self::Wasm => "wasm, MiB",
            Self::Nodes => "nodes",
            Self::Listeners => "listeners",
            Self::Resident => "relay, MiB",
            Self::Descriptors => "descriptors",
        }
    }

    fn unit(self) -> f64 {
        match self {
            Self::ScriptHeap | Self::Wasm | Self::Resident => MIB,
            Self::Nodes | Self::Listeners | Self::Descriptors => 1.0,
        }
    }

    /// What it may grow by over the judged span whatever its share, in its unit: what a socket more or
    /// less, an open panel, or one step of an allocator comes to.
    fn leeway(self) -> f64 {
        match self {
            Self::ScriptHeap => 2.0,
            Self::Wasm | Self::Resident => 8.0,
            Self::Nodes => 300.0,
            Self::Listeners => 60.0,
            Self::Descriptors => 12.0,
        }
    }
}

/// All measures at a moment.
pub(crate) struct Sample {
    /// Seconds.
    pub(crate) at: f64,
    /// The journal's place.
    pub(crate) seq: u64,
    pub(crate) values: [(Measure, f64); 6],
}

impl Sample {
    pub(crate) fn head() -> &'static str {
        "  min     events  heap MiB  wasm MiB   nodes  listeners  relay MiB  descriptors"
    }
}

impl fmt::Display for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [heap, wasm, nodes, listeners, resident, descriptors] =
            self.values.map(|(measure, value)| value / measure.unit());
        write!(
            f,
            "{:5.1} {:10} {heap:9.2} {wasm:9.2} {nodes:7} {listeners:10} {resident:10.1} {descriptors:12}",
            self.at / 60.0,
            self.seq
        )
    }
}

/// Prints each measure's trend; whether all hold still.
pub(crate) fn judge(samples: &[Sample]) -> bool {
    let judged = &samples[samples.len() / 3..];
    if judged.len() < FEWEST {
        println!("too short to judge: {} samples", judged.len());
        return false;
    }
    let span = judged[judged.len() - 1].at - judged[0].at;
    println!("\nthe last {:.1} min, a line through {} samples:", span / 60.0, judged.len());
    let mut holds = true;
    for (place, (measure, _)) in judged[0].values.iter().enumerate() {
        let points: Vec<(f64, f64)> = judged
            .iter()
            .map(|sample| (sample.at, sample.values[place].1 / measure.unit()))
            .collect();
        let (mean, slope) = line(&points);
        let (growth, share) = (slope * span, slope * 600.0 / mean.max(1.0));
        let grows = share > SHARE && growth > measure.leeway();
        holds &= !grows;
        println!(
            "{:18} mean {mean:9.2}, {growth:+8.2} in all ({:+.2} % in 10 min){}",
            measure.name(),
            share * 100.0,
            if grows { "  GROWS" } else { "" }
        );
    }
    holds
}

/// Mean and slope.
fn line(points: &[(f64, f64)]) -> (f64, f64) {
    let count = points.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / count;
    let (x, y) = (mean(|point| point.0), mean(|point| point.1));
    let across: f64 = points.iter().map(|point| (point.0 - x).powi(2)).sum();
    let up: f64 = points.iter().map(|point| (point.0 - x) * (point.1 - y)).sum();
    (y, if across > 0.0 { up / across } else { 0.0 })
}
