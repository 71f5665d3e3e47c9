//! What is written is read back, in JSON and in postcard; what is damaged is refused, never fatal.

mod address;
mod codec;
mod damage;
mod fold;
mod recording;
mod refusal;
mod strategy;
