//! Patchbay's native side. Reading order:
//!
//! 1. [`kernel`]: what can be read of a socket; [`errno`]: what it refuses with; [`wire`]: the two
//!    namespaces and the packets between them; [`journal`]: the order of events, the only truth that
//!    leaves the lab;
//! 2. [`lab`]: the sockets and their calls; [`policy`]: which addresses they may have; [`resolve`]: which
//!    a name has; [`rung`]: what this machine offers; [`descriptor`]: how many there may be;
//! 3. [`experiment`]: calls with promises; [`director`]: who may ask for what while one is played;
//! 4. [`session`]: one viewer; [`state`]: the token that lets it in;
//! 5. [`server`]: connections and requests; [`assets`]: the page;
//! 6. [`run`]: other programs inside a net.
//!
//! On other systems than Linux there is no wire and so no `run`: `elsewhere/` stands in their place.
#![deny(unsafe_code)]

pub mod assets;
pub mod descriptor;
pub mod director;
pub mod errno;
pub mod experiment;
pub mod export;
pub mod file;
pub mod journal;
pub mod kernel;
pub mod lab;
pub mod policy;
#[doc(hidden)]
pub mod probe;
pub mod recorder;
pub mod resolve;
#[cfg_attr(not(target_os = "linux"), path = "elsewhere/run.rs")]
pub mod run;
pub mod rung;
pub mod server;
pub mod session;
pub mod state;
pub mod tap;
pub mod terminal;
#[cfg_attr(not(target_os = "linux"), path = "elsewhere/wire.rs")]
pub mod wire;
