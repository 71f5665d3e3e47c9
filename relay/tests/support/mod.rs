//! What the tests share.

pub mod lab;
