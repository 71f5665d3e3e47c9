//! The same for what only the page reads. Fuzzing and `web/tests/corpus.rs` share this file.

use protocol::packet::{Head, TcpHead};
use protocol::{Event, World};
use web::layers;
use web::replay::{Reader, Replay};
use web::timeline::Timeline;

/// Takes one input.
pub type Target = fn(&[u8]);

/// Every target, by its name.
pub const TARGETS: [(&str, Target); 2] = [("layers", layers), ("replay", replay)];

/// A packet, opened: layers follow each other within it, and fields lie within their layers.
pub fn layers(bytes: &[u8]) {
    let seen = Head::Tcp(TcpHead { seq: 7, ack: 9, window: 70_000, ..TcpHead::default() });
    for head in [None, Some(&seen)] {
        let mut end = 0;
        for layer in layers::open(bytes, head) {
            assert!(layer.span.start >= end && layer.span.end <= bytes.len(), "{layer:?}");
            assert!(layer.span.start <= layer.span.end, "{layer:?}");
            end = layer.span.start;
            for field in &layer.fields {
                assert!(field.span.start <= field.span.end, "{field:?}");
                assert!(field.span.end <= bytes.len(), "{field:?} of {layer:?}");
            }
        }
    }
}

/// Blocks that the page is given.
struct Shown {
    timeline: Timeline,
}

impl Reader for Shown {
    fn restart(&mut self, world: World) {
        self.timeline.restart(world);
    }

    fn leap(&mut self, world: World) {
        self.timeline.leap(world);
    }

    fn event(&mut self, event: Event) {
        // What a recording leaves out without a word only a forger leaves out.
        let next = self.timeline.newest().seq.checked_add(1);
        if self.timeline.newest().seq == 0 || next == Some(event.seq) {
            self.timeline.push(event);
        }
    }
}

/// A recording, dropped on the page: read, and looked at from its begin to its end.
pub fn replay(bytes: &[u8]) {
    let Ok(mut replay) = Replay::open(bytes.to_vec()) else { return };
    let mut shown = Shown { timeline: Timeline::default() };
    shown.timeline.replays();
    while replay.read(&mut shown) {
        assert!(replay.permille() <= 1_000);
    }
    let last = shown.timeline.newest().at;
    for at in [replay.began(), last / 2, last, replay.began()] {
        shown.timeline.seek(at);
        let _ = shown.timeline.world().fingerprint();
        let _ = (shown.timeline.moves(at).count(), shown.timeline.packets(at).count());
        let _ = (shown.timeline.calls_before(at).count(), shown.timeline.liveliest());
        let _ = shown.timeline.density(replay.began(), last, 10);
    }
    let _ = (replay.missing(), replay.ending());
}
