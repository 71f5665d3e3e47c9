//! Owns the animation frames: one closure, asked for again each time.

use super::{dom, with};
use wasm_bindgen::prelude::*;

/// The loop; ends when it is dropped.
pub(super) struct Frame {
    closure: Closure<dyn FnMut(f64)>,
    asked: i32,
}

impl Frame {
    /// Prepares the loop.
    pub(super) fn new() -> Self {
        Self { closure: Closure::new(|ms| with(|app| app.frame(ms))), asked: 0 }
    }

    /// Asks for the next frame.
    pub(super) fn next(&mut self) {
        let work = self.closure.as_ref().unchecked_ref();
        self.asked = dom::window().request_animation_frame(work).unwrap_or(0);
    }
}

impl Drop for Frame {
    fn drop(&mut self) {
        let _ = dom::window().cancel_animation_frame(self.asked);
    }
}
