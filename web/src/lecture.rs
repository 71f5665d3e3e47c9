//! Owns what a clicker's two keys mean: a lesson's acts, or the bench's events.

use protocol::Nanos;

/// What a page key does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    /// Presses the lesson's button.
    Next,
    /// Shows an earlier act as it began, and stands there.
    Show(Nanos),
    /// Shows what happens now.
    Live,
    /// To the next event, or the one before.
    Event(bool),
    /// Nothing.
    Stay,
}

/// PageDown (`forward`) or PageUp. `acts`: when the lesson that is on the screen said something; none on
/// the free bench. `at`: the shown moment; `stands`: whether the picture does not run.
pub fn page(forward: bool, acts: &[Nanos], at: Nanos, stands: bool) -> Page {
    if acts.is_empty() {
        return Page::Event(forward);
    }
    let shown = acts.partition_point(|act| *act <= at);
    if !forward {
        return shown.checked_sub(2).map_or(Page::Stay, |before| Page::Show(acts[before]));
    }
    match acts.get(shown) {
        _ if !stands => Page::Next,
        Some(next) if shown + 1 < acts.len() => Page::Show(*next),
        _ => Page::Live,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACTS: [Nanos; 3] = [10, 20, 30];

    #[test]
    fn a_running_lesson_goes_on_by_its_button() {
        assert_eq!(page(true, &ACTS, 35, false), Page::Next);
    }

    #[test]
    fn back_and_forth_is_through_the_acts() {
        assert_eq!(page(false, &ACTS, 35, false), Page::Show(20));
        assert_eq!(page(false, &ACTS, 20, true), Page::Show(10));
        assert_eq!(page(false, &ACTS, 10, true), Page::Stay);
        assert_eq!(page(true, &ACTS, 10, true), Page::Show(20));
        assert_eq!(page(true, &ACTS, 20, true), Page::Live);
        assert_eq!(page(true, &ACTS, 33, true), Page::Live);
    }

    #[test]
    fn the_free_bench_goes_event_by_event() {
        assert_eq!(page(true, &[], 5, false), Page::Event(true));
        assert_eq!(page(false, &[], 5, true), Page::Event(false));
    }
}
