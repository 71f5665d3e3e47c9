//! Owns all that touches the browser. Reading order:
//!
//! 1. [`app`]: everything together, and the frame's table of contents;
//! 2. [`socket`]: the WebSocket; [`asking`]: commands under way and what came of them;
//! 3. [`frame`], [`surface`], [`painter`], [`theme`]: pictures;
//! 4. [`bench`], [`call_form`], [`inspector`], [`lesson`], [`log`], [`mirror`], [`time_bar`]: the page;
//! 5. [`gesture`], [`input`], [`dom`], [`listener`], [`language`]: hands and tools.

mod app;
mod asking;
mod bench;
mod call_form;
mod dom;
mod frame;
mod gesture;
mod input;
mod inspector;
mod language;
mod lesson;
mod listener;
mod log;
mod mirror;
mod painter;
mod socket;
mod surface;
mod theme;
mod time_bar;

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
