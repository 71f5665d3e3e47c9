//! Patchbay's native side. Reading order:
//!
//! 1. [`kernel`]: what can be read; [`journal`]: the order of events, the only truth that leaves;
//! 2. [`policy`]: which addresses may be had; [`rung`]: what there is; [`lab`]: the calls;
//!    [`experiment`]: calls with promises;
//! 3. [`session`]: one viewer; [`state`]: the token that lets it in;
//! 4. [`server`]: connections and requests; [`assets`]: the page; [`descriptor`]: how many there
//!    may be.
#![deny(unsafe_code)]

pub mod assets;
pub mod descriptor;
pub mod experiment;
pub mod journal;
#[cfg(target_os = "linux")]
pub mod kernel;
pub mod lab;
pub mod policy;
pub mod rung;
pub mod server;
pub mod session;
pub mod state;
