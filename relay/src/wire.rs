//! Owns the wire between the two ends: what its packets say, and what becomes of them.

pub mod impair;
pub mod packet;
pub mod trap;
