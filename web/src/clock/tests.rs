//! Ticks in, moments out.

use super::*;
use crate::script::Script;
use crate::timeline::Trouble;
use protocol::SocketId;
use protocol::event::Crossing;

const FRAME: f64 = 1.0 / 60.0;
const A: SocketId = SocketId(1);
const B: SocketId = SocketId(2);

/// A viewer who looks on while the relay's time goes by.
struct Show {
    clock: Clock,
    timeline: Timeline,
    now: Nanos,
}

impl Show {
    fn new(script: &Script, now: Nanos) -> Self {
        let mut show = Self { clock: Clock::default(), timeline: script.timeline(), now };
        show.clock.tick(0.0, now, &mut show.timeline);
        show
    }

    fn frame(&mut self) -> Nanos {
        self.now += (FRAME * SECOND) as Nanos;
        self.clock.tick(FRAME, self.now, &mut self.timeline);
        self.clock.moment().at
    }

    /// Viewer's seconds during which the shown moment is within a span.
    fn seconds_in(&mut self, span: (Nanos, Nanos), frames: usize) -> f64 {
        (0..frames)
            .filter(|_| {
                let at = self.frame();
                span.0 <= at && at < span.1
            })
            .count() as f64
            * FRAME
    }
}

fn crossing(spans: &[(Nanos, Nanos)]) -> Script {
    let mut script = Script::default();
    script.wait(1_000_000);
    for span in spans {
        script.cross(A, B, Crossing::Ack, *span);
    }
    script
}

const S: Nanos = 1_000_000_000;

#[test]
fn it_is_the_base_lag_behind_where_nothing_moves() {
    let mut show = Show::new(&crossing(&[]), 5 * S);
    for _ in 0..120 {
        show.frame();
    }
    assert!((90_000_000..130_000_000).contains(&show.clock.behind()), "{}", show.clock.behind());
    assert!((show.clock.rate() - 1.0).abs() < 0.1);
}

#[test]
fn a_fast_crossing_takes_1_2_seconds_and_is_caught_up_after() {
    let span = (2 * S, 2 * S + 50_000);
    let mut show = Show::new(&crossing(&[span]), 2 * S);
    let takes = show.seconds_in(span, 200);
    assert!((1.1..1.3).contains(&takes), "{takes}");
    for _ in 0..90 {
        show.frame();
    }
    assert!(show.clock.behind() < 130_000_000, "{}", show.clock.behind());
}

#[test]
fn a_handshake_is_three_crossings() {
    let step = |n: u64| (2 * S + n * 16_000, 2 * S + (n + 1) * 16_000);
    let all = [step(0), step(1), step(2)];
    let mut show = Show::new(&crossing(&all), 2 * S);
    let takes = show.seconds_in((all[0].0, all[2].1), 300);
    assert!((3.4..3.8).contains(&takes), "{takes}");
    assert_eq!(show.clock.skipped(), None);
}

#[test]
fn what_takes_longer_by_itself_is_not_hurried() {
    let span = (2 * S, 2 * S + 2 * S);
    let mut show = Show::new(&crossing(&[span]), 2 * S);
    let takes = show.seconds_in(span, 300);
    assert!((1.9..2.1).contains(&takes), "{takes}");
    // 40 ms of a delayed ACK are slowed to 1.2 s.
    let span = (2 * S, 2 * S + 40_000_000);
    let mut show = Show::new(&crossing(&[span]), 2 * S);
    let takes = show.seconds_in(span, 200);
    assert!((1.1..1.3).contains(&takes), "{takes}");
}

#[test]
fn a_whole_burst_takes_three_seconds() {
    let mut script = Script::default();
    script.wait(3_000_000);
    let call = protocol::CallId(9);
    let part = |n: u64| 2 * S + n * 250_000;
    for n in 0..20u32 {
        let what = Crossing::Datagrams { call, first: n * 50 + 1, count: 50 };
        script.cross(A, B, what, (part(n.into()), part(u64::from(n) + 1)));
    }
    let mut show = Show::new(&script, 2 * S);
    let takes = show.seconds_in((part(0), part(20)), 300);
    assert!((2.85..3.15).contains(&takes), "{takes}");
}

#[test]
fn it_never_jumps_over_a_beginning() {
    let spans: Vec<_> =
        (0..3).map(|n| (2 * S + n * 300_000_000, 2 * S + n * 300_000_000 + 9_000)).collect();
    let mut show = Show::new(&crossing(&spans), 2 * S);
    let mut seen = vec![false; spans.len()];
    let mut before = show.clock.moment().at;
    for _ in 0..400 {
        let at = show.frame();
        assert!(at >= before, "never backwards");
        before = at;
        for (seen, span) in seen.iter_mut().zip(&spans) {
            *seen |= span.0 <= at && at < span.0 + 1_000;
        }
    }
    assert_eq!(seen, vec![true; 3], "each is seen near its beginning");
}

#[test]
fn it_is_never_more_than_four_seconds_behind_and_says_when_it_skips() {
    let spans: Vec<_> =
        (0..400).map(|n| (2 * S + n * 20_000_000, 2 * S + n * 20_000_000 + 30_000)).collect();
    let mut show = Show::new(&crossing(&spans), 2 * S);
    let mut skips = 0;
    for _ in 0..600 {
        let announced = show.clock.skipped();
        show.frame();
        assert!(show.clock.behind() <= MOST, "{}", show.clock.behind());
        skips += usize::from(announced.is_none() && show.clock.skipped().is_some());
    }
    assert!(skips >= 1);
}

#[test]
fn a_pause_stops_the_picture_and_not_now() {
    let mut show = Show::new(&crossing(&[]), 5 * S);
    show.frame();
    show.clock.pause(true);
    let at = show.frame();
    for _ in 0..600 {
        assert_eq!(show.frame(), at);
    }
    assert!(show.clock.behind() > 9 * S && show.clock.rate() == 0.0);
    show.clock.catch_up(&mut show.timeline);
    assert!(!show.clock.paused() && show.clock.behind() == LAG);
}

#[test]
fn a_fixed_speed_is_kept_down_to_a_millionth() {
    let mut show = Show::new(&crossing(&[]), 5 * S);
    show.clock.set_speed(Speed::Fixed(1e-6));
    let before = show.clock.moment().at;
    for _ in 0..600 {
        show.frame();
    }
    let went = show.clock.moment().at - before;
    assert!((9_900..10_100).contains(&went), "{went} ns in 10 s");
    show.clock.set_speed(Speed::Fixed(10.0));
    for _ in 0..120 {
        show.frame();
    }
    assert_eq!(show.clock.behind(), LAG, "it does not outrun the truth");
}

#[test]
fn steps_stop_at_events_and_at_a_crossings_beginning_middle_and_end() {
    let span = (2 * S, 2 * S + 50_000);
    let mut show = Show::new(&crossing(&[span]), 4 * S);
    show.clock.show(S, &mut show.timeline);
    let mut stops = Vec::new();
    for _ in 0..3 {
        show.clock.step(true, None, &mut show.timeline);
        stops.push(show.clock.moment().at);
    }
    assert_eq!(stops, vec![span.0, span.0 + 25_000, span.1]);
    show.clock.step(false, None, &mut show.timeline);
    assert_eq!(show.clock.moment().at, span.0 + 25_000);
    assert!(show.clock.paused());
}

#[test]
fn an_earlier_moment_is_looked_at_again_without_a_skip() {
    let span = (3 * S, 3 * S + 50_000);
    let mut show = Show::new(&crossing(&[span]), 30 * S);
    show.frame();
    show.clock.show(2 * S, &mut show.timeline);
    show.clock.pause(false);
    let takes = show.seconds_in(span, 200);
    assert!((1.1..1.3).contains(&takes), "{takes}");
    for _ in 0..300 {
        show.frame();
        assert_eq!(show.clock.skipped(), None);
    }
    assert!(show.clock.behind() < 130_000_000, "caught up: {}", show.clock.behind());
}

#[test]
fn a_snapshot_is_no_skip() {
    let mut show = Show::new(&crossing(&[]), 0);
    show.clock.restart();
    show.now = 50 * S;
    assert!(show.frame() >= 50 * S - LAG);
    assert_eq!(show.clock.skipped(), None);
}

#[test]
fn a_packet_is_as_slow_as_a_crossing_and_a_held_one_slows_nothing() {
    use crate::script::wire::segment;
    use protocol::packet::{Flags, Mark};
    use protocol::{End, PacketId};
    let ports = (43_210, 8001);
    // A few µs on a clean wire.
    let mut script = Script::default();
    script.wire(0, 0);
    script.wait(2_000_000);
    script.pass(End::Left, ports, segment(Flags::ACK, 1, 1, "hello"), 6);
    let mut show = Show::new(&script, 2 * S);
    let takes = show.seconds_in((2 * S, 2 * S + 6_000), 200);
    assert!((1.1..1.3).contains(&takes), "{takes}");
    // 400 ms are drawn 1:3.
    let mut script = Script::default();
    script.wire(400, 0);
    script.wait(2_000_000);
    script.pass(End::Left, ports, segment(Flags::ACK, 1, 1, "hello"), 400_000);
    let mut show = Show::new(&script, 2 * S);
    let takes = show.seconds_in((2 * S, 2 * S + 400_000_000), 200);
    assert!((1.1..1.3).contains(&takes), "{takes}");
    // It comes, is held, and time goes on as usual.
    let mut script = Script::default();
    script.wire(0, 0);
    script.wait(2_000_000);
    let packet = script.enter(End::Left, ports, segment(Flags::ACK, 1, 1, "hello"));
    script.mark(packet, Mark::Held);
    let mut show = Show::new(&script, 2 * S);
    for _ in 0..240 {
        show.frame();
    }
    assert!(show.clock.behind() < 130_000_000, "{}", show.clock.behind());
    let at = show.clock.moment().at;
    let held = show.timeline.packet(PacketId(1)).expect("it is there");
    assert!((held.progress(at) - 0.5).abs() < 1e-6 && held.held(at) == Some(2 * S));
}

#[test]
fn a_jump_goes_to_what_went_wrong_and_stays_where_nothing_more_did() {
    let mut script = Script::default();
    let mut failed = Vec::new();
    for _ in 0..2 {
        script.wait(1_000_000);
        let socket =
            script.socket(protocol::command::Kind::Stream, protocol::command::Side::Left, None);
        script.wait(1_000_000);
        let call = script.begin(protocol::Command::Accept { socket });
        script.fail(call, "EINVAL", "It does not listen.");
        failed.push(script.now());
    }
    let mut show = Show::new(&script, 9 * S);
    show.clock.show(S / 2, &mut show.timeline);
    let mut stops = Vec::new();
    for forward in [true, true, true, false, false] {
        show.clock.jump(forward, Trouble::Any, &mut show.timeline);
        stops.push(show.clock.moment().at);
    }
    assert_eq!(stops, [failed[0], failed[1], failed[1], failed[0], failed[0]]);
    assert!(show.clock.paused());
}
