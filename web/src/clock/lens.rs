//! Owns which span of time the scrubber and the graphs show. The shown moment leads it: whoever goes
//! somewhere sees where, and what runs on stays in sight.

use super::Moment;
use protocol::Nanos;

/// The span shown as long as nobody has chosen one, unless the shown moment is further back.
const USUAL: Nanos = 20_000_000_000;
/// No shorter span is shown.
const SHORTEST: Nanos = 1_000;
/// What one key press zooms by.
pub const STEP: f64 = 0.5;

#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Chosen {
    #[default]
    Nothing,
    /// All that can be shown, and what is added to it.
    All,
    /// From, to.
    Span(Nanos, Nanos),
}

/// A span of time, chosen or not.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Lens {
    chosen: Chosen,
    /// The moment shown at the last frame.
    last: Nanos,
    /// A span that is being drawn by hand: where it began, where it is.
    hand: Option<(Nanos, Nanos)>,
}

/// What the scrubber and the graphs show.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Line {
    /// The first moment.
    pub from: Nanos,
    /// The last moment.
    pub to: Nanos,
    /// How long all is that can be shown.
    pub whole: Nanos,
    /// Whether somebody chose the span.
    pub zoomed: bool,
    /// The span that is being drawn by hand, in order.
    pub hand: Option<(Nanos, Nanos)>,
}

impl Line {
    /// How long the span is.
    pub fn length(&self) -> Nanos {
        self.to - self.from
    }
}

impl Lens {
    /// The span at a moment; `earliest` is the first that can be shown.
    pub fn line(&self, moment: Moment, earliest: Nanos) -> Line {
        let now = moment.now.max(1);
        let earliest = earliest.min(moment.at).min(now - 1);
        let (from, to) = match self.chosen {
            Chosen::Nothing => {
                let back = moment.at.saturating_sub(USUAL / 10);
                (now.saturating_sub(USUAL).min(back).max(earliest), now)
            }
            Chosen::All => (earliest, now),
            Chosen::Span(from, to) => {
                let length = to.saturating_sub(from).max(SHORTEST).min(now - earliest);
                let from = from.max(earliest).min(now - length);
                (from, from + length)
            }
        };
        let hand = self.hand.map(|(a, b)| (a.min(b), a.max(b)));
        Line { from, to, whole: now - earliest, zoomed: self.chosen != Chosen::Nothing, hand }
    }

    /// Shows so many times as much, with `about` at its place; less than 1 is nearer.
    pub fn zoom(&mut self, about: Nanos, factor: f64, moment: Moment, earliest: Nanos) {
        let line = self.line(moment, earliest);
        let length = line.length() as f64;
        let wanted = (length * factor).max(SHORTEST as f64);
        if wanted >= line.whole as f64 {
            self.chosen = Chosen::All;
            return;
        }
        let about = about.clamp(line.from, line.to);
        let part = (about - line.from) as f64 / length.max(1.0);
        let from = (about as f64 - wanted * part).max(0.0) as Nanos;
        self.chosen = Chosen::Span(from, from + wanted as Nanos);
        self.settle(moment, earliest);
    }

    /// Moves the span by a part of its length; positive is later.
    pub fn pan(&mut self, part: f64, moment: Moment, earliest: Nanos) {
        let line = self.line(moment, earliest);
        let by = (line.length() as f64 * part.abs()) as Nanos;
        let from =
            if part < 0.0 { line.from.saturating_sub(by) } else { line.from.saturating_add(by) };
        self.chosen = Chosen::Span(from, from + line.length());
        self.settle(moment, earliest);
    }

    /// A span is drawn by hand: from a moment, to another.
    pub fn draw(&mut self, from: Nanos, to: Nanos) {
        self.hand = Some((self.hand.map_or(from, |(began, _)| began), to));
    }

    /// The span that was drawn is shown; whether there was one.
    pub fn take(&mut self) -> bool {
        let Some((a, b)) = self.hand.take() else { return false };
        if a.abs_diff(b) >= SHORTEST {
            self.chosen = Chosen::Span(a.min(b), a.max(b));
        }
        true
    }

    /// The usual span again.
    pub fn reset(&mut self) {
        (self.chosen, self.hand) = (Chosen::Nothing, None);
    }

    /// The shown moment was chosen: the span holds it.
    pub fn reveal(&mut self, moment: Moment, earliest: Nanos) {
        self.last = moment.at;
        let line = self.line(moment, earliest);
        if !(line.from..=line.to).contains(&moment.at) {
            let from = moment.at.saturating_sub(line.length() / 2);
            self.chosen = Chosen::Span(from, from + line.length());
            self.settle(moment, earliest);
        }
    }

    /// A frame: the picture has run on. Who looks elsewhere goes on looking there.
    pub fn follow(&mut self, moment: Moment, earliest: Nanos) {
        let line = self.line(moment, earliest);
        let was_inside = (line.from..=line.to).contains(&self.last);
        self.last = moment.at;
        let lead = line.length() / 10;
        if let Chosen::Span(from, to) = self.chosen
            && was_inside
            && moment.at > line.to - lead
            && moment.at < moment.now
        {
            let by = moment.at - (line.to - lead);
            self.chosen = Chosen::Span(from + by, to + by);
            self.settle(moment, earliest);
        }
    }

    /// What was chosen is what is shown, so that it does not creep.
    fn settle(&mut self, moment: Moment, earliest: Nanos) {
        let line = self.line(moment, earliest);
        self.chosen = Chosen::Span(line.from, line.to);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const S: Nanos = 1_000_000_000;

    fn moment(at: Nanos, now: Nanos) -> Moment {
        Moment { at, now, view: 0.0 }
    }

    #[test]
    fn what_is_under_the_pointer_stays_there() {
        let (mut lens, moment) = (Lens::default(), moment(90 * S, 100 * S));
        let before = lens.line(moment, 0);
        assert_eq!((before.from, before.to, before.zoomed), (80 * S, 100 * S, false));
        lens.zoom(85 * S, 0.1, moment, 0);
        let line = lens.line(moment, 0);
        assert_eq!(line.length(), 2 * S);
        let part = |line: Line, at: Nanos| (at - line.from) as f64 / line.length() as f64;
        assert!((part(line, 85 * S) - part(before, 85 * S)).abs() < 1e-6);
        assert!(line.zoomed && line.whole == 100 * S);
        lens.reset();
        assert_eq!(lens.line(moment, 0), before);
    }

    #[test]
    fn it_never_leaves_what_can_be_shown() {
        let (mut lens, moment) = (Lens::default(), moment(90 * S, 100 * S));
        for (about, factor) in [(81 * S, 0.01), (0, 3.0), (100 * S, 7.0), (99 * S, 1e-9)] {
            lens.zoom(about, factor, moment, 10 * S);
            let line = lens.line(moment, 10 * S);
            assert!(10 * S <= line.from && line.from < line.to && line.to <= 100 * S, "{line:?}");
            lens.pan(-5.0, moment, 10 * S);
            lens.pan(0.5, moment, 10 * S);
            let line = lens.line(moment, 10 * S);
            assert!(10 * S <= line.from && line.to <= 100 * S, "{line:?}");
        }
        assert_eq!(lens.line(moment, 10 * S).length(), SHORTEST);
        lens.zoom(95 * S, 1e12, moment, 10 * S);
        let line = lens.line(moment, 10 * S);
        assert_eq!((line.from, line.to), (10 * S, 100 * S));
    }

    #[test]
    fn it_follows_what_runs_in_sight_and_leaves_alone_who_looks_elsewhere() {
        let mut lens = Lens::default();
        lens.zoom(95 * S, 0.05, moment(95 * S, 100 * S), 0);
        lens.reveal(moment(95 * S, 100 * S), 0);
        for at in (95 * 10..115 * 10).map(|tenth| tenth * S / 10) {
            let moment = moment(at, at + 3 * S);
            lens.follow(moment, 0);
            let line = lens.line(moment, 0);
            assert!((line.from..=line.to).contains(&at), "{at} in {line:?}");
            assert_eq!(line.length(), S);
        }
        // Somebody looks at an earlier span; the picture runs on.
        lens.pan(-30.0, moment(115 * S, 118 * S), 0);
        let before = lens.line(moment(115 * S, 118 * S), 0);
        lens.follow(moment(116 * S, 119 * S), 0);
        assert_eq!(lens.line(moment(116 * S, 119 * S), 0).from, before.from);
        // A step from there brings the span to what it shows.
        lens.reveal(moment(114 * S, 119 * S), 0);
        let line = lens.line(moment(114 * S, 119 * S), 0);
        assert!((line.from..=line.to).contains(&(114 * S)), "{line:?}");
    }

    #[test]
    fn a_drawn_span_is_shown_whichever_way_it_was_drawn() {
        let (mut lens, moment) = (Lens::default(), moment(90 * S, 100 * S));
        lens.draw(92 * S, 92 * S);
        lens.draw(92 * S, 87 * S);
        assert_eq!(lens.line(moment, 0).hand, Some((87 * S, 92 * S)));
        assert!(lens.take() && !lens.take());
        let line = lens.line(moment, 0);
        assert_eq!((line.from, line.to, line.hand), (87 * S, 92 * S, None));
    }
}
