//! Owns the loudspeaker: three short tones, made here; off until somebody turns them on. Which plays
//! when, [`sound`](crate::sound) says.

use super::dom::{self, keep, window};
use super::with;
use crate::sound::{Ear, Note};
use crate::timeline::Timeline;
use protocol::Nanos;
use wasm_bindgen::prelude::*;
use web_sys::{AudioContext, HtmlElement, OscillatorType};

const KEY: &str = "patchbay.sound";
/// Milliseconds for which a telephone trembles at a loss.
const TREMBLE: u32 = 30;

/// Hertz at first and at last, seconds, loudness.
type Tone = (OscillatorType, f32, f32, f64, f32);

/// The tones of a sound, one after the other.
fn tones(note: Note) -> &'static [Tone] {
    match note {
        Note::Plug => &[
            (OscillatorType::Triangle, 320.0, 190.0, 0.045, 0.22),
            (OscillatorType::Triangle, 620.0, 560.0, 0.06, 0.16),
        ],
        Note::Fall => &[(OscillatorType::Sine, 460.0, 95.0, 0.3, 0.24)],
        Note::Tick => &[(OscillatorType::Square, 1900.0, 1500.0, 0.016, 0.05)],
    }
}

/// The loudspeaker.
pub(super) struct Speaker {
    button: HtmlElement,
    on: bool,
    ear: Ear,
    context: Option<AudioContext>,
    at: Nanos,
}

impl Speaker {
    /// As it was left.
    pub(super) fn new() -> Result<Self, JsValue> {
        let stored = window().local_storage().ok().flatten();
        let stored = stored.and_then(|storage| storage.get_item(KEY).ok().flatten());
        let on = stored.as_deref() == Some("on");
        let button = dom::by_id("sound")?;
        Ok(Self { button, on, ear: Ear::default(), context: None, at: 0 })
    }

    /// On or off.
    pub(super) fn toggle(&mut self) {
        self.on = !self.on;
        if let Ok(Some(storage)) = window().local_storage() {
            let _ = storage.set_item(KEY, if self.on { "on" } else { "off" });
        }
    }

    /// A hand has done something: from now on the browser lets a page sound.
    pub(super) fn wake(&mut self) {
        if self.on && self.context.is_none() {
            self.context = AudioContext::new().ok();
        }
    }

    /// Says on its button whether it is on.
    pub(super) fn refresh(&self) {
        keep(&self.button, "aria-pressed", if self.on { "true" } else { "false" });
    }

    /// The picture has come to `to`.
    pub(super) fn passed(&mut self, timeline: &Timeline, to: Nanos, view: f64, watched: bool) {
        let from = std::mem::replace(&mut self.at, to);
        if !self.on || from == to {
            return;
        }
        if let Some(note) = self.ear.hear(timeline, (from, to), view, watched) {
            self.play(note);
        }
    }

    fn play(&self, note: Note) {
        let Some(context) = &self.context else { return };
        if note == Note::Fall {
            let _ = window().navigator().vibrate_with_duration(TREMBLE);
        }
        let mut begins = context.current_time();
        for tone in tones(note) {
            let _ = sound(context, begins, tone);
            begins += tone.3;
        }
    }
}

fn sound(context: &AudioContext, begins: f64, tone: &Tone) -> Result<(), JsValue> {
    let (shape, first, last, seconds, loud) = *tone;
    let ends = begins + seconds;
    let (voice, gain) = (context.create_oscillator()?, context.create_gain()?);
    voice.set_type(shape);
    voice.frequency().set_value_at_time(first, begins)?;
    voice.frequency().exponential_ramp_to_value_at_time(last, ends)?;
    gain.gain().set_value_at_time(loud, begins)?;
    gain.gain().exponential_ramp_to_value_at_time(0.001, ends)?;
    voice.connect_with_audio_node(&gain)?;
    gain.connect_with_audio_node(&context.destination())?;
    voice.start_with_when(begins)?;
    voice.stop_with_when(ends)
}

/// A hand has done something anywhere on the page.
pub(super) fn wake() {
    with(|app| app.speaker.wake());
}
