//! Patchbay's native side. Reading order: [`kernel`] (what can be read), [`journal`] (the order of
//! events), [`policy`] (what may be asked), [`lab`] (the calls), [`experiment`] (calls with promises),
//! [`assets`] (the page).
#![deny(unsafe_code)]

pub mod assets;
pub mod experiment;
pub mod journal;
#[cfg(target_os = "linux")]
pub mod kernel;
pub mod lab;
pub mod policy;
