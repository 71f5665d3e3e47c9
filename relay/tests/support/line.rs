//! Owns waiting for the line by which a program says that it is ready.

use std::io::{BufRead as _, BufReader, Read};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

/// How long a test waits for anything at all.
pub const DEADLINE: Duration = Duration::from_secs(15);

/// What `pick` makes of the first line that it accepts. The rest is read too, so that the program
/// never blocks on a full pipe. Panics with all that was read when the deadline passes.
pub fn wait<T>(
    program: &str,
    output: impl Read + Send + 'static,
    pick: impl Fn(&str) -> Option<T>,
) -> T {
    let (sender, lines) = channel();
    thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            let _ = sender.send(line);
        }
    });
    let deadline = Instant::now() + DEADLINE;
    let mut seen = String::new();
    loop {
        match lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(line) => match pick(&line) {
                Some(found) => return found,
                None => seen = seen + &line + "\n",
            },
            Err(RecvTimeoutError::Timeout) => {
                panic!("{program} was not ready within {DEADLINE:?}; it said:\n{seen}")
            }
            Err(RecvTimeoutError::Disconnected) => {
                panic!("{program} ended before it was ready; it said:\n{seen}")
            }
        }
    }
}
