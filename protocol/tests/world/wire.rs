//! The wire: its flows and packets, what is asked of it, and what it does to the balances.

mod balance;
mod flow;
mod hand;
mod net;
mod packet;
mod state;
mod unseen;

pub(crate) use hand::{BACK, LEFT, TCP, THERE, UDP, datagram, fragment, segment};
