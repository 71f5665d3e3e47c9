//! The lab on the real wire: two kernels, every packet between them, and what each of them makes of
//! its fate. Each test has a wire of its own and waits for conditions, never for time.
#![cfg(target_os = "linux")]

#[path = "../support/mod.rs"]
mod support;

mod bad;
mod counter;
mod datagram;
mod end;
mod fault;
mod fragment;
mod freeze;
mod hands;
mod handshake;
mod listen;
mod local;
mod loss;
mod mend;
mod order;
mod outside;
mod recover;
mod stamp;
mod truth;
mod weather;
mod window;
