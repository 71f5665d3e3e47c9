//! Patchbay's native side. Reading order: [`journal`], [`lab`], [`kernel`].

#![deny(unsafe_code)]

pub mod journal;
#[cfg(target_os = "linux")]
pub mod kernel;
pub mod lab;
