//! Owns the page that shows a file instead of a relay: reads it frame by frame, and answers what a
//! relay would be asked.

use super::app::App;
use super::dom::window;
use crate::clock::LAG;
use crate::replay::{Reader, Replay};
use crate::text::page;
use protocol::data::Payload;
use protocol::limit::{self, Limits};
use protocol::message::{Role, Welcome};
use protocol::recording::Ending;
use protocol::reply::Whole;
use protocol::{Answer, Command, Done, ErrorKind, Event, Failure, SessionId, World};

/// Milliseconds of a frame that reading may take.
const SHARE: f64 = 200.0;

impl App {
    /// A file was chosen.
    pub(super) fn open_recording(&mut self, bytes: Vec<u8>) {
        self.dirty = true;
        let replay = match Replay::open(bytes) {
            Ok(replay) => replay,
            Err(error) => {
                self.unopened = Some(page::unopened(self.language, error));
                return;
            }
        };
        let header = replay.header();
        self.link.replays(Welcome {
            version: limit::VERSION,
            epoch: header.epoch.clone(),
            began_unix_ns: header.began_unix_ns,
            role: Role::Viewer,
            session: SessionId(0),
            seq: header.after,
            now: header.at,
            snapshot: None,
            rung: header.rung.clone(),
            limits: Limits::default(),
            experiments: Vec::new(),
        });
        self.unopened = None;
        self.asking.forget();
        self.log.forget();
        self.selected = None;
        self.begin_anew(World::default());
        self.replay = Some(replay);
    }

    fn begin_anew(&mut self, world: World) {
        self.seen.restart(&world);
        self.timeline.restart(world);
        self.timeline.replays();
        self.clock.restart();
    }

    /// Reads on for a part of a frame; whether there is more.
    pub(super) fn read_on(&mut self) -> bool {
        let Some(mut replay) = self.replay.take() else { return false };
        if replay.ending() == Ending::Open {
            let now = || window().performance().map_or(f64::MAX, |clock| clock.now());
            let until = now() + SHARE;
            while replay.read(self) && now() < until {}
            if replay.ending() != Ending::Open {
                // The clock never shows the last moments before now.
                self.link.seen(self.timeline.newest().at + LAG);
                self.clock.begin_at(replay.began(), &mut self.timeline);
            }
            self.dirty = true;
        }
        let more = replay.ending() == Ending::Open;
        self.replay = Some(replay);
        more
    }

    /// What a recording answers in its relay's place.
    pub(super) fn replayed(&self, command: &Command) -> Option<Answer> {
        let replay = self.replay.as_ref()?;
        let kept = match command {
            Command::PacketBytes { packet } => replay.bytes_of(*packet),
            _ => None,
        };
        Some(if let Some(stored) = kept {
            let data = Payload::new(stored.bytes.clone());
            Answer::Ok(Done::Whole(Whole { data }))
        } else {
            let message = page::word(self.language, "replay_only");
            Answer::Error(Failure::new(ErrorKind::Unsupported, message))
        })
    }

    /// What is said of the recording in the header.
    pub(super) fn recording_told(&self) -> Option<String> {
        if let Some(why) = &self.unopened {
            return Some(why.clone());
        }
        let replay = self.replay.as_ref()?;
        let began = js_sys::Date::new(&(replay.header().began_unix_ns.0 as f64 / 1e6).into());
        let date: String = began.to_iso_string().into();
        let minute = date.get(..16).unwrap_or(&date).replace('T', " ");
        Some(page::recording(self.language, replay, &(minute + " UTC")))
    }
}

impl Reader for App {
    fn restart(&mut self, world: World) {
        self.begin_anew(world);
    }

    fn leap(&mut self, world: World) {
        self.timeline.leap(world);
    }

    fn event(&mut self, event: Event) {
        self.link.seen(event.at);
        self.timeline.push(event.clone());
        self.experiments.acts.push(&event);
        self.seen.push(&event);
        self.log.push(self.timeline.newest(), &self.seen, &event);
    }
}
