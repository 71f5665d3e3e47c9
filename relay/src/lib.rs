//! Patchbay's native side. Reading order: [`journal`], [`lab`].

pub mod assets;
pub mod journal;
pub mod lab;
pub mod policy;
pub mod rung;
pub mod session;
pub mod state;
