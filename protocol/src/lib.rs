//! What the relay and the page say to each other, and what it adds up to.
//!
//! Pure: no I/O, no clock, no randomness. Reading order:
//!
//! 1. [`id`], [`address`], [`data`]: the small words;
//! 2. [`command`] and [`wire`]: what may be asked; [`reply`]: what is answered;
//! 3. [`sample`], [`packet`], [`experiment`] and [`event`]: what is told, the journal's one currency;
//! 4. [`message`]: the frames of the WebSocket; [`codec`]: their binary form; [`thin`]: many packets
//!    told in sums;
//! 5. [`limit`]: the bounds, as named constants;
//! 6. [`recording`]: the journal on disk; [`program`]: calls as a program in Python, Rust or C;
//! 7. [`world`]: the state at a moment, a fold over the journal, and its ledger.

pub mod address;
pub mod codec;
pub mod command;
pub mod data;
pub mod event;
pub mod experiment;
pub mod film;
pub mod id;
pub mod limit;
pub mod message;
pub mod number;
pub mod packet;
pub mod program;
pub mod recording;
pub mod reply;
pub mod sample;
pub mod table;
pub mod thin;
pub mod wire;
pub mod world;

pub use address::Address;
pub use command::Command;
pub use event::{Event, Source, What};
pub use id::{CallId, CommandId, FlowId, Nanos, Seq, SessionId, SocketId, TrapId, WaitingId};
pub use packet::{End, PacketId};
pub use reply::{Answer, Done, ErrorKind, Failure};
pub use sample::{Field, TcpState};
pub use world::World;
