//! Patchbay's native side. Reading order:
//!
//! 1. [`journal`]: the order of events, the only truth that leaves the lab;
//! 2. [`lab`]: the sockets; [`policy`]: which addresses they may have; [`rung`]: what there is;
//! 3. [`session`]: one viewer; [`state`]: the token that lets it in;
//! 4. [`server`]: connections and requests; [`assets`]: the page; [`descriptor`]: how many there
//!    may be.

pub mod assets;
pub mod descriptor;
pub mod journal;
pub mod lab;
pub mod policy;
pub mod rung;
pub mod server;
pub mod session;
pub mod state;
