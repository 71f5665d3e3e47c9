//! Owns throughput: what the peer's kernel acknowledged in each interval, by the samples at its ends.

use super::{End, Plot};
use crate::scene::pen::Pen;
use crate::shape::Ink;
use crate::timeline::{Measure, Timeline};
use protocol::Nanos;

/// A bar is at least so wide.
const BAR: f32 = 6.0;
/// The kernel is not asked so often that shorter intervals would tell anything.
const LEAST: Nanos = 10_000_000;

/// The shortest round interval of which a bar is wide enough, where so many pixels show a span.
pub(super) fn interval(span: Nanos, wide: f32) -> Nanos {
    let bars = (wide / BAR).max(1.0) as Nanos;
    let wanted = (span / bars.max(1)).max(LEAST);
    let mut decade = LEAST;
    loop {
        for round in [decade, decade * 2, decade * 5] {
            if round >= wanted {
                return round;
            }
        }
        decade *= 10;
    }
}

/// Bytes a second that were acknowledged in the interval before a moment; null where it is not known.
pub(super) fn until(timeline: &Timeline, end: End, at: Nanos, each: Nanos) -> Option<u64> {
    let trace = timeline.trace(end.socket, Measure::Acked)?;
    let after = trace.at(at)?;
    let began = at.saturating_sub(each);
    // Nothing is known before the first sample: what it says was acknowledged earlier.
    let first = || trace.within(began, at).find_map(|step| step.range).map(|(low, _)| low);
    let before = trace.at(began).or_else(first)?;
    Some((after.saturating_sub(before) as u128 * 1_000_000_000 / u128::from(each)) as u64)
}

/// Both ends' bars; what fills the plot.
pub(super) fn draw(
    pen: &mut Pen,
    timeline: &Timeline,
    ends: &[End],
    plot: &Plot,
    each: Nanos,
) -> u64 {
    let scale = plot.scale;
    let mut bars = Vec::new();
    for end in ends {
        let first = scale.from / each;
        for nth in first..=scale.to / each {
            let (began, ended) = (nth * each, (nth + 1) * each);
            if let Some(rate) = until(timeline, *end, ended, each).filter(|rate| *rate > 0) {
                bars.push((*end, began, ended, rate));
            }
        }
    }
    let most = bars.iter().map(|bar| bar.3).max().unwrap_or(0);
    for (end, began, ended, rate) in bars {
        let (left, right) = (scale.x(began.max(scale.from)), scale.x(ended));
        let (top, bottom) = (plot.y(end.side, rate, most), plot.axis(end.side));
        let wide = (right - left - 1.0).max(1.0);
        pen.rect([left, top, wide, (bottom - top).max(1.0)], 0.0, Ink::Tcp);
    }
    most
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_are_round() {
        let of = |millis: Nanos| interval(millis * 1_000_000, 600.0) / 1_000_000;
        assert_eq!([1, 1_500, 4_000, 20_000, 60_000].map(of), [10, 20, 50, 200, 1_000]);
    }
}
