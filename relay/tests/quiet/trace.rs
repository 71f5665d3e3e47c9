//! Reads what strace(1) writes with `-f`, and tells which calls between two marks are not a stranger's to
//! cause. Pure.
//!
//! A call that another thread's interrupts stands in two lines, `name(… <unfinished ...>` and
//! `<... name resumed>…`: it is judged where it begins, and its result counts where it ends.

use std::collections::{BTreeMap, BTreeSet};

/// What was found between the marks.
#[derive(Debug, Default)]
pub(crate) struct Span {
    /// Connections accepted.
    pub(crate) accepted: usize,
    /// Calls that are not allowed.
    pub(crate) others: Vec<String>,
}

/// Descriptors of the traced process, by what they are.
#[derive(Default)]
struct Descriptors {
    listeners: BTreeSet<i64>,
    connections: BTreeSet<i64>,
    /// eventfd(2).
    wakers: BTreeSet<i64>,
}

/// What a thread calls as it begins, up to its first random number, its first wait for events or its
/// first connection: the runtime's threads are begun before the first mark (clone(2) between the marks
/// is told), and may be slow to come.
const BIRTH: [&str; 8] = [
    "rseq",
    "set_robust_list",
    "rt_sigprocmask",
    "prctl",
    "sched_getaffinity",
    "gettid",
    "sigaltstack",
    "getrandom",
];
const GROWN: [&str; 4] = ["getrandom", "epoll_wait", "recvfrom", "accept4"];

/// Judges what begins after the first line with `from` and before the first with `to`.
pub(crate) fn judge(trace: &str, from: &str, to: &str) -> Span {
    let (mut open, mut span) = (Descriptors::default(), Span::default());
    let mut unfinished: BTreeMap<&str, &str> = BTreeMap::new();
    let mut grown: BTreeSet<&str> = BTreeSet::new();
    let (mut inside, mut ended) = (false, false);
    for line in trace.lines() {
        let (thread, said) = line.split_once(' ').expect(line);
        let said = said.trim_start();
        inside |= line.contains(from);
        ended |= line.contains(to);
        if let Some(rest) = said.strip_prefix("<... ") {
            let name = rest.split(' ').next().unwrap_or_default();
            assert_eq!(unfinished.remove(thread), Some(name), "{line}");
            let accepted = open.result(name, said);
            span.accepted += usize::from(inside && !ended && accepted);
            continue;
        }
        // A signal, or a thread's end.
        let Some((name, arguments)) = said.split_once('(') else { continue };
        let born = !grown.contains(thread) && BIRTH.contains(&name);
        if inside && !ended && !born && !open.allows(name, arguments) {
            span.others.push(said.to_owned());
        }
        if GROWN.contains(&name) {
            grown.insert(thread);
        }
        open.begin(name, arguments);
        if said.ends_with("<unfinished ...>") {
            unfinished.insert(thread, name);
        } else {
            let accepted = open.result(name, said);
            span.accepted += usize::from(inside && !ended && accepted);
        }
    }
    assert!(inside && ended, "the marks are not in the trace");
    span
}

impl Descriptors {
    /// Whether a stranger may cause the call, or nobody causes it.
    fn allows(&self, name: &str, arguments: &str) -> bool {
        let of = |place| number(arguments, place);
        let connection = |place| of(place).is_some_and(|fd| self.connections.contains(&fd));
        let waker = || of(0).is_some_and(|fd| self.wakers.contains(&fd));
        match name {
            "accept4" => of(0).is_some_and(|fd| self.listeners.contains(&fd)),
            "read" | "write" => connection(0) || waker(),
            "recvfrom" | "sendto" | "writev" | "shutdown" | "close" => connection(0),
            "setsockopt" => {
                connection(0)
                    && ["TCP_NODELAY", "SO_SNDBUF"].iter().any(|own| arguments.contains(own))
            }
            "epoll_ctl" => connection(2),
            "fcntl" => connection(0) && arguments.contains("F_GETFD") && cfg!(debug_assertions),
            "mmap" => arguments.contains("MAP_ANONYMOUS"),
            "epoll_wait" | "epoll_pwait" | "futex" | "sched_yield" | "restart_syscall"
            | "munmap" | "mremap" | "madvise" | "mprotect" | "brk" => true,
            _ => false,
        }
    }

    /// What a call does as soon as it begins: the number of a descriptor that is closed may be given
    /// to another before close(2) is seen to end.
    fn begin(&mut self, name: &str, arguments: &str) {
        let Some(fd) = number(arguments, 0) else { return };
        match name {
            "close" => [&mut self.listeners, &mut self.connections, &mut self.wakers]
                .into_iter()
                .for_each(|kind| {
                    kind.remove(&fd);
                }),
            "listen" => {
                self.listeners.insert(fd);
            }
            _ => {}
        }
    }

    /// What a call's result says; whether it is a connection.
    fn result(&mut self, name: &str, said: &str) -> bool {
        let result = said.rsplit_once(" = ").and_then(|(_, result)| number(result, 0));
        let Some(fd) = result.filter(|fd| *fd >= 0) else { return false };
        match name {
            "accept4" => self.connections.insert(fd),
            "eventfd2" => {
                self.wakers.insert(fd);
                false
            }
            _ => false,
        }
    }
}

/// The number at that place between commas.
fn number(arguments: &str, place: usize) -> Option<i64> {
    let at = arguments.split(',').nth(place)?.trim_start();
    let end = at.find(|c: char| !(c.is_ascii_digit() || c == '-')).unwrap_or(at.len());
    at[..end].parse().ok()
}

#[test]
fn what_is_not_a_strangers_to_cause_is_told() {
    const TRACE: &str = "\
        7 eventfd2(0, EFD_CLOEXEC) = 3\n\
        7 listen(9, 128) = 0\n\
        7 openat(AT_FDCWD, \"/before\", O_RDONLY) = 4\n\
        7 close(4) = 0\n\
        7 accept4(9, {sa_family=AF_INET}, [16], 0) = 10\n\
        8 recvfrom(10, \"GET /from \", 8192, 0, NULL, NULL) = 10\n\
        7 accept4(9,  <unfinished ...>\n\
        8 close(10 <unfinished ...>\n\
        7 <... accept4 resumed>{sa_family=AF_INET}, [16], 0) = 10\n\
        8 <... close resumed>) = 0\n\
        7 accept4(9, 0x7ff, [128], 0) = -1 EAGAIN (Resource temporarily unavailable)\n\
        8 write(3, \"\\1\", 8) = 8\n\
        6 gettid() = 6\n\
        6 getrandom(\"x\", 16, GRND_INSECURE) = 16\n\
        6 getrandom(\"x\", 16, GRND_INSECURE) = 16\n\
        8 epoll_ctl(5, EPOLL_CTL_ADD, 10, {events=EPOLLIN}) = 0\n\
        8 setsockopt(10, SOL_TCP, TCP_NODELAY, [1], 4) = 0\n\
        8 read(11, \"x\", 1) = 1\n\
        8 openat(AT_FDCWD, \"/etc/passwd\", O_RDONLY <unfinished ...>\n\
        7 socket(AF_INET, SOCK_STREAM, 0) = 12\n\
        8 <... openat resumed>) = 11\n\
        8 mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, 11, 0) = 0x7f\n\
        8 recvfrom(10, \"GET /to \", 8192, 0, NULL, NULL) = 8\n\
        7 socket(AF_INET, SOCK_STREAM, 0) = 13\n";
    let span = judge(TRACE, "GET /from ", "GET /to ");
    let others: Vec<&str> = span.others.iter().filter_map(|call| call.split('(').next()).collect();
    assert_eq!(others, ["getrandom", "read", "openat", "socket", "mmap"]);
    assert_eq!(span.accepted, 1);
}
