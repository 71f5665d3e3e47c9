//! What the relay's tests share. Starts real programs and ends each of them; knows nothing of what is tested.

#![allow(
    dead_code,
    unreachable_pub,
    missing_docs,
    reason = "each test file compiles this anew and uses its part"
)]

pub mod browser;
pub mod group;
pub mod lab;
pub mod line;
pub mod need;
pub mod onwire;
pub mod relay;
pub mod scratch;
pub mod story;
pub mod tab;
#[cfg(target_os = "linux")]
pub mod unix;
pub mod viewer;
