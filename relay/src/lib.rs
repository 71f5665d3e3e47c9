//! Patchbay's native side. Reading order: [`journal`], [`lab`].

pub mod experiment;
pub mod journal;
pub mod kernel;
pub mod lab;
pub mod policy;
