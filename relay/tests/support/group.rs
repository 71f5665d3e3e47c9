//! Owns a program with all its children, as one process group that never outlives the test.

use rustix::process::{Pid, WaitOptions, getpid, set_child_subreaper, waitpgid};
use std::ffi::OsStr;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Stdio};

/// A shell leads the group and kills it, itself included, when its input ends: on Drop, and also when
/// the test is killed.
const LEADER: &str = r#""$@" </dev/null & read -r _; kill -KILL 0"#;

pub struct Group {
    leader: Child,
}

impl Group {
    /// Starts `program`; returns its standard error too.
    pub fn start(
        program: &Path,
        arguments: impl IntoIterator<Item = impl AsRef<OsStr>>,
    ) -> (Self, ChildStderr) {
        // Orphans of the group come to this process, so that Drop can wait for every one.
        set_child_subreaper(Some(getpid())).expect("prctl(PR_SET_CHILD_SUBREAPER)");
        let mut leader = Command::new("sh")
            .args(["-c", LEADER, "sh"])
            .arg(program)
            .args(arguments)
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("sh starts");
        let errors = leader.stderr.take().expect("it is piped");
        (Self { leader }, errors)
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        let group = Pid::from_child(&self.leader);
        drop(self.leader.stdin.take());
        // ECHILD: nobody of the group is left.
        while waitpgid(group, WaitOptions::empty()).is_ok() {}
    }
}
