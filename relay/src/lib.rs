//! Patchbay's native side. Reading order: [`journal`], [`lab`], [`assets`].

pub mod assets;
pub mod journal;
pub mod lab;
