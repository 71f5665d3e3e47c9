//! The lab against the real kernel, driven as a session would: loopback only, ports the kernel
//! chooses, no sleeps.
#![cfg(target_os = "linux")]

#[path = "../support/mod.rs"]
mod support;

mod address;
mod backlog;
mod basic;
mod block;
mod datagram;
mod gate;
mod lane;
mod limit;
mod lossy;
mod outside;
mod reader;
mod reset;
mod send;
mod serve;
mod stream;
mod timer;
mod unix;
