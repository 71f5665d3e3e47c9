//! The page in a real browser, driven by a hand and read by an eye: what it shows, what it does, what it
//! looks like. Every test ends with no problem in the page's console.

#[path = "../support/mod.rs"]
mod support;

mod axe;
mod bench;
mod breakin;
mod clock;
mod controls;
mod csp;
mod desk;
mod experiment;
mod eye;
mod film;
mod first_run;
mod gallery;
mod inspector;
mod ladder;
mod lecture;
mod link;
mod replay;
mod running;
mod strange;
mod time;
mod viewer;
mod wire;
