//! Owns the wire: two network namespaces, `left` and `right`, that are joined by nothing but the
//! relay. Every IP packet between them is read from one [`Device`] and written to the other. Knows
//! nothing of calls, sessions or the journal.
//!
//! A helper process makes the namespaces and keeps them; it needs no root where user namespaces are
//! allowed (namespaces(7)). When the relay ends, however it ends, the helper and both namespaces
//! vanish. Reading order: `ask` (what the two processes say) → [`helper`] → [`Namespaces`] (the
//! relay's handle) → [`Device`] (packets) → `ladder` (which way works on this machine).

mod ask;
mod counter;
mod device;
pub mod forward;
mod hash;
pub mod helper;
pub mod impair;
mod key;
mod ladder;
mod lasting;
mod namespaces;
pub mod packet;
mod raw;
mod remedy;
pub mod trap;
mod whole;

pub(crate) use ask::frame;
pub use counter::{ProcFiles, text};
pub use device::Device;
pub use key::Key;
pub use ladder::{WireParts, open, open_on, open_with};
pub use lasting::{Given, Lasting};
pub use namespaces::{Join, Namespaces};
pub use protocol::End;
pub use whole::Wire;

/// The name of the device in each end.
const WIRE: &str = "wire0";
