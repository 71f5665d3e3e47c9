//! Owns what gestures ask of the relay. What only the page does asks nothing.

use super::gesture::{Gesture, Make};
use super::trap;
use protocol::command::{Lesson, Record};
use protocol::recording::SNAPLEN;
use protocol::wire::{WireOrder, presets};
use protocol::{Command, End, SocketId, World};

/// The commands that a gesture asks for, in order.
pub fn asks(gesture: Gesture, world: &World, selected: Option<SocketId>) -> Vec<Command> {
    let wire = world.wire.as_ref();
    match gesture {
        Gesture::Hold => {
            vec![Command::Freeze { on: wire.is_none_or(|wire| wire.frozen.is_none()) }]
        }
        Gesture::Trap => vec![trap::usual(trap::side(world, selected))],
        Gesture::Disarm(id) => {
            let trap = wire.and_then(|wire| wire.traps.get(&id));
            let off = trap.map(|trap| Command::Trap {
                on: false,
                matching: trap.matching.clone(),
                act: trap.act,
                count: trap.left,
            });
            off.into_iter().collect()
        }
        Gesture::Preset(place) => preset(place),
        Gesture::Packet(packet) => vec![Command::PacketBytes { packet }],
        Gesture::Handle(handling) => vec![Command::Packet(handling)],
        Gesture::Restart => vec![Command::Wire(WireOrder::Restart)],
        Gesture::Lesson(name) => {
            vec![Command::Experiment(Lesson::Start { name: name.to_owned() })]
        }
        Gesture::Next => vec![Command::Experiment(Lesson::Next)],
        Gesture::Again => vec![Command::Experiment(Lesson::Again)],
        Gesture::Stop => vec![Command::Experiment(Lesson::Stop)],
        Gesture::Bet(choice) => {
            vec![Command::Experiment(Lesson::Bet { choice: choice as u32 })]
        }
        Gesture::Reset | Gesture::Leave => {
            let runs = world.lesson.as_ref().is_some_and(|lesson| lesson.ended.is_none());
            let stop = runs.then_some(Command::Experiment(Lesson::Stop));
            stop.into_iter().chain([Command::Reset]).collect()
        }
        Gesture::Gate => vec![Command::Pause { on: !world.gate }],
        Gesture::Step => vec![Command::Step],
        // Those that wait now; what they set off waits again.
        Gesture::StepAll => vec![Command::Step; world.waiting.len()],
        Gesture::Record => {
            let runs = world.recording.as_ref().is_some_and(|own| own.ended.is_none());
            vec![Command::Record(if runs {
                Record::Stop
            } else {
                Record::Start { snaplen: SNAPLEN }
            })]
        }
        Gesture::Invite(invite) => vec![Command::Invite(invite)],
        Gesture::Make(Make { side, net, family, kind }) => {
            vec![Command::Socket { net, family, kind, side: Some(side), name: None }]
        }
        _ => Vec::new(),
    }
}

/// A weather by its place among the presets; one command where both ways are the same.
fn preset(place: usize) -> Vec<Command> {
    let Some(preset) = presets().into_iter().nth(place) else { return Vec::new() };
    let [left, right] = preset.set;
    let impair = |from, set| Command::Impair { from, set, seed: None };
    if left == right {
        return vec![impair(None, left)];
    }
    vec![impair(Some(End::Left), left), impair(Some(End::Right), right)]
}
