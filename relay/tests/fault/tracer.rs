//! strace(1) on one thread of a relay that runs: the others' calls, the WebSocket's too, stay whole.

use crate::support::line;
use crate::support::relay::Relay;
use rustix::process::{Pid, Signal, kill_process};
use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

/// Injects until it is dropped.
pub(crate) struct Tracer {
    strace: Child,
    log: PathBuf,
}

impl Tracer {
    /// On the thread of that name, with these options; strace counts its calls from now on.
    pub(crate) fn on(relay: &Relay, thread: &str, options: &[&str]) -> Self {
        let log = relay.state().join(format!("strace-{thread}"));
        let mut strace = Command::new("strace")
            .arg("-o")
            .arg(&log)
            .args(options)
            .args(["-p", &thread_of(relay, thread).to_string()])
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("strace starts");
        let errors = strace.stderr.take().expect("it is piped");
        line::wait("strace", errors, |line| line.contains("attached").then_some(()));
        Self { strace, log }
    }

    /// What has been traced so far.
    pub(crate) fn so_far(&self) -> String {
        fs::read_to_string(&self.log).expect("a trace")
    }

    /// Lets the thread go; what was traced.
    pub(crate) fn end(mut self) -> String {
        self.detach();
        self.so_far()
    }

    fn detach(&mut self) {
        let _ = kill_process(Pid::from_child(&self.strace), Signal::TERM);
        let _ = self.strace.wait();
    }
}

impl Drop for Tracer {
    fn drop(&mut self) {
        self.detach();
    }
}

/// The newest thread of that name: a wire that was made anew has a new one. A thread takes its name
/// only when it runs, so that it is waited for.
fn thread_of(relay: &Relay, name: &str) -> u32 {
    let tasks = format!("/proc/{}/task", relay.id());
    let named = |id: &u32| {
        let comm = fs::read_to_string(format!("{tasks}/{id}/comm"));
        comm.is_ok_and(|comm| comm.trim_end() == name)
    };
    let began = Instant::now();
    loop {
        let all = fs::read_dir(&tasks).expect("its threads");
        let ids = all.filter_map(|task| task.ok()?.file_name().to_str()?.parse().ok());
        if let Some(id) = ids.filter(named).max() {
            return id;
        }
        assert!(began.elapsed() < line::DEADLINE, "no thread is called {name}");
        std::thread::yield_now();
    }
}
