//! Owns all that touches the browser. Reading order:
//!
//! 1. [`app`]: everything together, and the frame's table of contents;
//! 2. [`socket`]: the WebSocket; [`asking`]: commands under way and what came of them;
//! 3. [`frame`], [`picture`], [`surface`], [`painter`], [`theme`]: pictures;
//! 4. [`panel`], [`bench`], [`bundle`], [`call_form`], [`callgate`], [`make`], [`inspector`], [`life`],
//!    [`lesson`], [`experiment`], [`log`], [`mirror`], [`graph`], [`film`], [`voice`], [`time_bar`], [`scrub`],
//!    [`invite`], [`onlooker`]: text and controls;
//! 5. [`wire_bar`], [`weather`], [`spots`], [`packet`], [`hand`]: the wire and its packets;
//! 6. [`recording`], [`tape`]: a file instead of a relay;
//! 7. [`input`], [`gesture`], [`palette`], [`lecture`], [`speaker`], [`language`], [`phrase`],
//!    [`clipboard`], [`dom`], [`listener`]: hands and tools.

mod app;
mod asking;
mod bench;
mod bundle;
mod call_form;
mod callgate;
mod clipboard;
mod dom;
mod experiment;
mod film;
mod frame;
mod gesture;
mod graph;
mod hand;
mod input;
mod inspector;
mod invite;
mod ladder;
mod language;
mod lecture;
mod lesson;
mod life;
mod listener;
mod log;
mod make;
mod mirror;
mod onlooker;
mod packet;
mod painter;
mod palette;
mod panel;
mod phrase;
mod picture;
mod recording;
mod scrub;
mod socket;
mod speaker;
mod spots;
mod surface;
mod tape;
mod theme;
mod time_bar;
mod voice;
mod weather;
mod wire_bar;

use app::App;
use std::cell::RefCell;
use wasm_bindgen::prelude::*;

thread_local! {
    /// The page's one state. Its closures reach it through [`with`].
    static APP: RefCell<Option<App>> = const { RefCell::new(None) };
}

/// Runs once the browser has loaded the page.
#[wasm_bindgen(start)]
fn start() -> Result<(), JsValue> {
    let app = App::new()?;
    APP.with_borrow_mut(|own| *own = Some(app));
    with(App::begin);
    Ok(())
}

/// Shows a recording instead of a relay: the bytes of its file.
#[wasm_bindgen]
#[expect(
    unreachable_pub,
    reason = "called from outside wasm, where only public functions are seen"
)]
pub fn replay(bytes: Vec<u8>) {
    with(|app| app.open_recording(bytes));
}

/// Lends the state to a closure of the browser. What the state's own work sets off is ignored.
fn with(work: impl FnOnce(&mut App)) {
    APP.with(|own| {
        if let Ok(mut own) = own.try_borrow_mut()
            && let Some(app) = own.as_mut()
        {
            work(app);
        }
    });
}
