//! Owns a measure as steps: level from sample to sample, and a stroke from least to greatest where
//! several share a column of pixels. Draws as many points as there are columns, however many samples.

use super::{End, Plot};
use crate::scene::pen::{Pen, line};
use crate::shape::Ink;
use crate::timeline::{Measure, Step, Timeline};
use protocol::command::{Kind, Side};

/// Both ends' curves; what fills the plot.
pub(super) fn draw(
    pen: &mut Pen,
    timeline: &Timeline,
    ends: &[End],
    plot: &Plot,
    measure: Measure,
) -> u64 {
    let steps: Vec<(End, Vec<Step>)> = ends
        .iter()
        .filter_map(|end| {
            let trace = timeline.trace(end.socket, measure)?;
            Some((*end, trace.within(plot.scale.from, plot.scale.to).copied().collect()))
        })
        .collect();
    let greatest = steps.iter().flat_map(|(_, steps)| steps).filter_map(|step| step.range);
    let most = greatest.map(|(_, high)| high).max().unwrap_or(0);
    // What is added up and never good is red; all else has its protocol's colour.
    let bad = matches!(measure, Measure::Drops);
    for (end, steps) in steps {
        let ink = match (bad, end.kind) {
            (true, _) => Ink::Lost,
            (_, Kind::Stream) => Ink::Tcp,
            (_, Kind::Datagram) => Ink::Udp,
        };
        for points in curves(&steps, plot, end.side, most) {
            pen.path(points, line(ink, 1.8));
        }
    }
    most
}

/// The steps as lines, one for each stretch in which something is known.
fn curves(steps: &[Step], plot: &Plot, side: Side, most: u64) -> Vec<Vec<[f32; 2]>> {
    let mut all: Vec<Vec<[f32; 2]>> = Vec::new();
    let mut open: Vec<[f32; 2]> = Vec::new();
    let y = |value| plot.y(side, value, most);
    let mut place = 0;
    while let Some(step) = steps.get(place) {
        let x = plot.scale.x(step.at.max(plot.scale.from));
        // All steps of one column of pixels are one stroke.
        let mut column = *step;
        place += 1;
        while let Some(next) = steps.get(place)
            && plot.scale.x(next.at) - x < 1.0
        {
            column = column.joined(*next);
            place += 1;
        }
        if let Some(last) = open.last().copied() {
            open.push([x, last[1]]);
        }
        if let Some((low, high)) = column.range {
            if low != high {
                open.extend([[x, y(low)], [x, y(high)]]);
            }
            if let Some(last) = column.last {
                open.push([x, y(last)]);
            }
        }
        if column.last.is_none() && !open.is_empty() {
            all.push(std::mem::take(&mut open));
        }
    }
    if let Some(last) = open.last().copied() {
        open.push([plot.scale.x(plot.scale.to), last[1]]);
        all.push(open);
    }
    all
}
