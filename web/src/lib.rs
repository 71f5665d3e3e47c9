//! Patchbay's page: the journal, shown at a moment. Reading order:
//!
//! 1. [`timeline`]: the events that came, and the world at any moment of them;
//!    [`replay`]: a recording that they come from;
//! 2. [`clock`]: which moment is shown, and how fast;
//! 3. [`shape`]: what a picture is made of; [`scene`]: world + moment + size → shapes;
//!    [`svg`]: shapes → a document to keep;
//! 4. [`text`]: everything the page says, in two languages; [`code`]: a call as a line of code;
//! 5. [`seen`], [`conversation`], [`layers`]: packets, flows, and one packet opened;
//! 6. [`intent`]: gesture → command; [`lecture`]: what a clicker means; [`lesson`]: what the page knows of
//!    experiments; [`sound`]: what is heard when;
//! 7. [`film`]: pictures and sound that came through sockets, in two players;
//!    [`palette`]: everything that can be done now, found by words;
//! 8. `browser` (wasm only): socket, frames, canvas and page.
//!
//! All but `browser` is pure and natively tested.

#[cfg(target_arch = "wasm32")]
mod browser;
pub mod clock;
pub mod code;
pub mod conversation;
pub mod film;
pub mod intent;
pub mod layers;
pub mod lecture;
pub mod lesson;
mod order;
pub mod palette;
pub mod replay;
pub mod scene;
#[cfg(test)]
mod script;
pub mod seen;
pub mod shape;
pub mod sound;
pub mod svg;
pub mod text;
pub mod timeline;
