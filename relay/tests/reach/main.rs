//! Which addresses the kernel is ever asked for: by spelling, by name, by budget, and beyond loopback
//! with `--allow`.
#![cfg(target_os = "linux")]

#[path = "../support/mod.rs"]
mod support;

mod broadcast;
mod budget;
mod far;
mod flag;
mod name;
mod trace;
