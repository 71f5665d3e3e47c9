//! Owns the panel of films: two pictures side by side, their strips of ticks, what is said of them, and
//! what is heard. What is played when, [`film`](crate::film) knows. It appears by itself.

mod player;

use player::Player;

use super::app::App;
use super::asking::Place;
use super::dom::{self, keep, show};
use crate::film::Playing;
use crate::intent::{FILM_LOSSES, Gesture};
use crate::text::{film as words, page};
use protocol::command::Kind;
use protocol::wire::{Impairment, Loss};
use protocol::{Command, End, Nanos, SocketId};
use wasm_bindgen::prelude::*;
use web_sys::{AudioBufferSourceNode, AudioContext, AudioScheduledSourceNode, HtmlElement};

/// Both kinds, as they stand side by side.
const KINDS: [Kind; 2] = [Kind::Datagram, Kind::Stream];

/// Lower than this the strip stands beside its picture (controls.css), less the header.
const LOW: f32 = 753.0;

/// What is being heard.
struct Heard {
    kind: Kind,
    receiver: SocketId,
    /// The film is the one of this moment.
    of: Nanos,
    /// When it began, in the page's seconds, and how many it lasts.
    began: f64,
    seconds: f64,
    source: AudioBufferSourceNode,
}

/// The panel.
pub(super) struct FilmPanel {
    root: HtmlElement,
    acts: HtmlElement,
    none: HtmlElement,
    begin: HtmlElement,
    losses: HtmlElement,
    players: [Player; 2],
    /// Whether somebody has opened or closed it; else it is there when there is a film.
    open: Option<bool>,
    heard: Option<Heard>,
    context: Option<AudioContext>,
}

impl FilmPanel {
    /// The shell's.
    pub(super) fn new() -> Result<Self, JsValue> {
        Ok(Self {
            root: dom::by_id("film")?,
            acts: dom::by_id("film-acts")?,
            none: dom::by_id("film-none")?,
            begin: dom::by_id("film-begin")?,
            losses: dom::by_id("film-losses")?,
            players: [Player::new("film-udp")?, Player::new("film-tcp")?],
            open: None,
            heard: None,
            context: None,
        })
    }

    /// How much of the window's height it takes.
    pub(super) fn height(&self) -> f32 {
        self.root.offset_height() as f32
    }

    /// Nothing is heard any more.
    fn hush(&mut self) {
        if let Some(heard) = self.heard.take() {
            let _ = heard.source.unchecked_ref::<AudioScheduledSourceNode>().stop();
        }
    }
}

impl App {
    /// The receiver of each kind whose film is shown: of several the one made last.
    fn film_receivers(&self) -> [Option<SocketId>; 2] {
        let (world, at) = (self.timeline.world(), self.clock.moment().at);
        let films = self.timeline.films();
        let here =
            |id: &SocketId| world.sockets.contains_key(id) && films.sender(*id, at).is_some();
        KINDS.map(|kind| films.receivers(kind).rev().find(here))
    }

    /// Who sends the shown films.
    fn film_senders(&self) -> impl Iterator<Item = SocketId> {
        let at = self.clock.moment().at;
        let receivers = self.film_receivers().into_iter().flatten();
        receivers.filter_map(move |id| self.timeline.films().sender(id, at))
    }

    /// The end of the wire at which the films are sent.
    fn film_end(&self) -> Option<End> {
        let sockets = &self.timeline.newest().sockets;
        self.film_senders().find_map(|sender| sockets.get(&sender)?.net.end())
    }

    /// Brings the panel in line with the shown moment, or with what is heard.
    pub(super) fn films(&mut self) {
        let receivers = self.film_receivers();
        let any = receivers.iter().any(Option::is_some);
        if !any && self.film.open == Some(false) {
            // The next film appears by itself again.
            self.film.open = None;
        }
        let shown = self.film.open.unwrap_or(any);
        if self.film.root.hidden() == shown {
            show(&self.film.root, shown);
            self.dirty = true;
        }
        if !shown {
            return self.film.hush();
        }
        let over = |heard: &Heard| {
            self.seconds > heard.began + heard.seconds || !receivers.contains(&Some(heard.receiver))
        };
        if self.film.heard.as_ref().is_some_and(over) {
            self.film.hush();
        }
        let free = self.may_act() && !self.lesson_runs();
        show(&self.film.none, !any);
        show(&self.film.begin, free && self.timeline.newest().wire.is_some());
        show(&self.film.acts, any && free);
        let end = self.film_end();
        show(&self.film.losses, end.is_some());
        let set = end.and_then(|end| self.film_weather(end));
        let loss = set.map(|set| match set.loss {
            None => Some(0),
            Some(Loss::Random(share)) => Some(share),
            Some(Loss::GilbertElliott { .. }) => None,
        });
        for (button, own) in dom::all(&self.film.losses, "button").iter().zip(FILM_LOSSES) {
            let on = loss.flatten() == Some(own);
            keep(button, "aria-pressed", if on { "true" } else { "false" });
        }
        for (place, receiver) in receivers.into_iter().enumerate() {
            show(&self.film.players[place].root, receiver.is_some());
            if let Some(receiver) = receiver {
                self.play_film(place, receiver);
            }
        }
    }

    fn film_weather(&self, end: End) -> Option<&Impairment> {
        self.timeline.newest().wire.as_ref().map(|wire| &wire.impaired[end.index()])
    }

    fn play_film(&mut self, place: usize, receiver: SocketId) {
        let (language, moment) = (self.language, self.clock.moment().at);
        let narrow = self.room.vertical || self.room.main < LOW;
        let panel = &mut self.film;
        let heard = panel.heard.as_ref().filter(|heard| heard.receiver == receiver);
        let of = heard.map_or(moment, |heard| heard.of);
        let Some(film) = self.timeline.films().showing(receiver, of) else { return };
        let at = heard.map_or(moment, |heard| {
            film.starts() + ((self.seconds - heard.began).max(0.0) * 1e9) as Nanos
        });
        let playing = film.play(at);
        let hears = heard.is_some();
        let player = &mut panel.players[place];
        // Who asks for still pictures sees the one at which the film stands, and reads how it goes.
        let moves = !playing.tally.over && (hears || !self.clock.paused());
        if !(self.theme.calm && moves) {
            player.draw(&film.bands(&playing));
        }
        player.tick(film.kind, &playing.ticks, if narrow { 50 } else { 100 });
        let name = |socket| page::name(language, self.timeline.newest(), socket);
        player.way.set(&words::way(&name(film.sender), &name(receiver)));
        let says = words::says(language, film.kind, film.frames, &playing.tally);
        let delay = words::delay(language, film.kind, &playing);
        keep(&player.strip.canvas, "aria-label", &says);
        keep(&player.picture.canvas, "aria-label", &delay);
        player.says.set(&says);
        player.delay.set(&delay);
        player.sign.set(if hears { "■" } else { "▶" });
        keep(&player.hear, "aria-pressed", if hears { "true" } else { "false" });
        keep(&player.root, "class", if playing.tally.waits { "film waits" } else { "film" });
    }

    /// Does what a gesture on films means.
    pub(super) fn film_gesture(&mut self, gesture: Gesture) {
        match gesture {
            Gesture::Film => self.film.open = Some(self.film.root.hidden()),
            Gesture::Hear(kind) => self.hear(kind),
            _ if !self.now().works(gesture) => {}
            Gesture::FilmLoss(place) => {
                let (Some(end), Some(share)) = (self.film_end(), FILM_LOSSES.get(place)) else {
                    return;
                };
                let mut set = self.film_weather(end).cloned().unwrap_or_default();
                set.loss = Some(Loss::Random(*share)).filter(|_| *share > 0);
                self.ask(Place::Wire, &Command::Impair { from: Some(end), set, seed: None }, None);
            }
            _ => {
                let films = self.timeline.films();
                let all: Vec<Command> =
                    self.film_senders().filter_map(|sender| films.again(sender)).collect();
                for command in all {
                    self.ask(Place::Wire, &command, None);
                }
            }
        }
    }

    /// Plays what came, at its own pace; or stops it.
    fn hear(&mut self, kind: Kind) {
        let same = self.film.heard.as_ref().is_some_and(|heard| heard.kind == kind);
        self.film.hush();
        let receiver = self.film_receivers()[usize::from(kind == Kind::Stream)];
        let (Some(receiver), false) = (receiver, same) else { return };
        let of = self.clock.moment().at;
        let Some(film) = self.timeline.films().showing(receiver, of) else { return };
        let playing: Playing = film.play(self.timeline.newest().at);
        let track = film.track(&playing);
        if self.film.context.is_none() {
            self.film.context = AudioContext::new().ok();
        }
        let Some(context) = &self.film.context else { return };
        if let Ok(source) = sound(context, &track) {
            let seconds = track.len() as f64 / f64::from(protocol::film::RATE);
            let began = self.seconds;
            self.film.heard = Some(Heard { kind, receiver, of, began, seconds, source });
        }
    }
}

/// Begins to play samples of 8 bits.
fn sound(context: &AudioContext, track: &[u8]) -> Result<AudioBufferSourceNode, JsValue> {
    let rate = protocol::film::RATE as f32;
    let buffer = context.create_buffer(1, (track.len() as u32).max(1), rate)?;
    let samples: Vec<f32> = track.iter().map(|one| (f32::from(*one) - 128.0) / 128.0).collect();
    buffer.copy_to_channel(&samples, 0)?;
    let source = context.create_buffer_source()?;
    source.set_buffer(Some(&buffer));
    source.connect_with_audio_node(&context.destination())?;
    source.start()?;
    let _ = context.resume()?;
    Ok(source)
}
