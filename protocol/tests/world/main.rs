//! The fold: small scripts of events, and the world that they come to.

mod burst;
mod byte;
mod call;
mod datagram;
mod kept;
mod lesson;
mod life;
mod property;
mod script;
mod snapshot;
mod stream;
mod stream_ledger;
mod thin;
mod wire;
