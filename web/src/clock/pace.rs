//! Owns how slowly what moves at a moment is to be shown.

use super::SECOND;
use crate::timeline::Timeline;
use protocol::{CallId, Nanos};

/// Viewer's seconds that a crossing takes, if it was faster.
const CROSSING: f64 = 1.2;
/// Viewer's seconds that a whole burst takes, if it was faster.
const BURST: f64 = 3.0;

/// What moves at a moment, and how slowly it is to be shown.
#[derive(Clone, Copy)]
pub(super) struct Pace {
    /// Relay's seconds in one of the viewer's.
    pub(super) rate: f64,
    /// Until when it holds, where nothing else begins to move.
    pub(super) until: Nanos,
    /// The burst that moves: its datagrams have one pace, and none of them ends or begins a leg.
    pub(super) burst: Option<CallId>,
    /// How long the slowest takes.
    pub(super) span: Nanos,
}

/// The pace of the slowest that moves at a moment; null when nothing does.
pub(super) fn pace(timeline: &Timeline, at: Nanos) -> Option<Pace> {
    let (mut pace, mut known): (Option<Pace>, Option<CallId>) = (None, None);
    for leg in timeline.legs(at) {
        if known.is_some() && leg.burst == known {
            continue;
        }
        let own = match leg.burst.zip(leg.burst.and_then(|burst| timeline.burst_span(burst))) {
            Some((burst, (began, ended))) if ended > began => {
                let rate = (ended - began) as f64 / SECOND / BURST;
                let until = if ended > at { ended } else { leg.ended };
                known = Some(burst);
                let span = ended - began;
                Pace { rate: rate.min(1.0), until, burst: Some(burst), span }
            }
            _ => {
                let span = leg.ended - leg.began;
                let rate = span as f64 / SECOND / CROSSING;
                Pace { rate: rate.min(1.0), until: leg.ended, burst: None, span }
            }
        };
        pace = Some(pace.map_or(own, |pace| Pace {
            rate: pace.rate.min(own.rate),
            until: pace.until.min(own.until),
            burst: pace.burst.or(own.burst),
            span: if own.rate < pace.rate { own.span } else { pace.span },
        }));
    }
    pace
}
