//! Patchbay's native side: makes real socket calls and tells what the kernel did.

pub mod assets;
