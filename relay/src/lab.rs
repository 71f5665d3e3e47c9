//! Owns the sockets: makes the calls that are asked for and tells the journal what came of them.
//! Knows nothing of WebSockets, pages or tokens.
//!
//! One thread makes every system call, so that what it journals is in the order in which it happened.
//! Reading order: `desk` (dispatch) → `gate` (calls that wait to be let through) → `slot` (a socket and its two lanes) → `work` (one attempt of a
//! call) → `drive` (blocked calls) → `watch` (what the kernel says afterwards) → `infer`.

mod burst;
mod desk;
mod drive;
pub mod errno;
mod gate;
mod ground;
mod immediate;
mod infer;
mod make;
#[cfg_attr(windows, path = "lab/names/absent.rs")]
mod names;
pub mod number;
mod option;
mod outside;
mod pace;
mod plan;
mod reader;
#[cfg_attr(windows, path = "lab/ready/windows.rs")]
mod ready;
mod serve;
mod slot;
#[cfg_attr(windows, path = "lab/stamp/absent.rs")]
mod stamp;
mod system;
mod watch;
mod work;

use crate::journal::Journal;
use crate::policy::Policy;
use crate::resolve::{Resolver, target_of};
use crate::tap::Tap;
use crate::wire::{Lasting, Namespaces, WireParts};
pub use ground::Maker;
pub use names::Names;
use protocol::command::Family;
use protocol::limit::Limits;
use protocol::{Address, Command, Done, ErrorKind, Failure, Seq, SessionId};
use std::sync::{Arc, PoisonError};
use std::{io, thread};
use tokio::sync::{mpsc, oneshot};

/// Commands that may wait for the lab's thread.
const QUEUE: usize = 4_096;

/// How a command ended, and the last event that came before.
pub type Outcome = (Seq, Result<Done, Failure>);

/// A handle on the lab; cheap to clone. The thread ends, closing every socket, when the last is dropped.
#[derive(Clone)]
pub struct Lab {
    journal: Journal,
    requests: mpsc::Sender<Request>,
    helper: ground::Shared,
    tap: Tap,
    policy: Arc<Policy>,
    resolver: Resolver,
}

/// What comes to the lab's thread.
enum Request {
    Ask(Asker, Command),
    Left(Option<SessionId>),
}

/// Who asked, and where the answer goes.
pub(crate) struct Asker {
    by: Option<SessionId>,
    reply: Option<oneshot::Sender<Outcome>>,
    automatic: bool,
}

impl Asker {
    fn answer(self, seq: Seq, result: Result<Done, Failure>) {
        if let Some(reply) = self.reply {
            // An asker that has left wants no answer.
            let _ = reply.send((seq, result));
        }
    }
}

impl Lab {
    /// Starts the lab's own thread, without a wire; it keeps to `limits`' sockets and blocked calls.
    pub fn start(journal: Journal, policy: Arc<Policy>, limits: Limits) -> io::Result<Self> {
        Self::start_with(journal, policy, limits, None)
    }

    /// The same on a wire, and with the means to make another.
    pub fn start_with(
        journal: Journal,
        policy: Arc<Policy>,
        limits: Limits,
        wire: Option<(WireParts, Maker, u32)>,
    ) -> io::Result<Self> {
        Self::start_in(journal, policy, limits, wire, None)
    }

    /// The same with a folder for the names of Unix sockets; without one there are none.
    pub fn start_in(
        journal: Journal,
        policy: Arc<Policy>,
        limits: Limits,
        wire: Option<(WireParts, Maker, u32)>,
        names: Option<Arc<Names>>,
    ) -> io::Result<Self> {
        let (requests, mut incoming) = mpsc::channel(QUEUE);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (desk_journal, desk_policy) = (journal.clone(), Arc::clone(&policy));
        let helper = ground::Shared::default();
        let shared = Arc::clone(&helper);
        let lasting = Lasting::default();
        let tap = lasting.tap.clone();
        let (laid, outcome) = std::sync::mpsc::channel();
        thread::Builder::new().name("lab".into()).spawn(move || {
            let local = tokio::task::LocalSet::new();
            local.block_on(&runtime, async move {
                let (parts, maker, seed) = match wire {
                    Some((parts, maker, seed)) => (Some(parts), Some(maker), seed),
                    None => (None, None, 0),
                };
                let ground = ground::Ground::new(maker, shared, seed, lasting);
                let desk = desk::Desk::open(desk_journal, desk_policy, limits, ground, names);
                // Whoever started the lab waits for this.
                let _ = laid.send(parts.map_or(Ok(()), |parts| desk.lay(parts)));
                drop(laid);
                while let Some(request) = incoming.recv().await {
                    match request {
                        Request::Ask(asker, command) => desk.take(asker, command).await,
                        Request::Left(by) => desk.asker_left(by),
                    }
                }
            });
        })?;
        outcome.recv().map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))??;
        Ok(Self { journal, requests, helper, tap, policy, resolver: Resolver::default() })
    }

    /// The same, which has names looked up by that resolver.
    #[must_use]
    pub fn with_resolver(self, resolver: Resolver) -> Self {
        Self { resolver, ..self }
    }

    /// The helper of the wire in use.
    pub fn namespaces(&self) -> Option<Arc<Namespaces>> {
        self.helper.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Where a recording takes packets' bytes from.
    pub fn tap(&self) -> &Tap {
        &self.tap
    }

    /// The journal that it writes.
    pub fn journal(&self) -> &Journal {
        &self.journal
    }

    /// A session has ended, or (null) an experiment: what it asked for and has not begun is withdrawn.
    pub fn left(&self, by: Option<SessionId>) -> impl Future<Output = ()> + Send + 'static {
        let requests = self.requests.clone();
        async move {
            // A lab that has ended keeps nothing.
            let _ = requests.send(Request::Left(by)).await;
        }
    }

    /// Makes a call; the future is done when it ends, which may be far off (a blocked accept), with
    /// its events in the journal up to the seq given. Commands begin in the order in which `ask` is
    /// called, save one whose target is a name that has to be looked up: it begins when its address is
    /// known. `by` is null for the relay itself.
    pub fn ask(
        &self,
        by: Option<SessionId>,
        mut command: Command,
    ) -> impl Future<Output = Outcome> + Send + 'static {
        let begun = match self.unknown(&mut command) {
            None => Ok(self.put(by, command)),
            Some(family) => Err((self.clone(), family, command)),
        };
        let journal = self.journal.clone();
        async move {
            let answer = match begun {
                Ok(put) => put,
                Err((lab, family, command)) => {
                    let settled = lab.resolver.settle(&lab.policy, family, command).await;
                    settled.and_then(|command| lab.put(by, command))
                }
            };
            let failure = match answer {
                Ok(answer) => match answer.await {
                    Ok(outcome) => return outcome,
                    Err(_) => ended(),
                },
                Err(failure) => failure,
            };
            (journal.seq(), Err(failure))
        }
    }

    /// Hands a command to the lab's thread.
    fn put(
        &self,
        by: Option<SessionId>,
        command: Command,
    ) -> Result<oneshot::Receiver<Outcome>, Failure> {
        let (reply, answer) = oneshot::channel();
        let asker = Asker { by, reply: Some(reply), automatic: false };
        match self.requests.try_send(Request::Ask(asker, command)) {
            Ok(()) => Ok(answer),
            Err(mpsc::error::TrySendError::Full(_)) => Err(Failure::new(
                ErrorKind::Limit,
                format!("More than {QUEUE} commands wait; try again."),
            )),
            Err(mpsc::error::TrySendError::Closed(_)) => Err(ended()),
        }
    }

    /// The family of the socket whose target is a name that has to be looked up.
    fn unknown(&self, command: &mut Command) -> Option<Family> {
        let (socket, target) = (command.socket()?, target_of(command)?);
        let Address::Name { host, .. } = target else { return None };
        let (net, family) = self.journal.look(|world| {
            let socket = world.sockets.get(&socket)?;
            Some((socket.net, socket.family)).filter(|_| socket.program.is_none())
        })?;
        self.policy.looks_up(net, family, host).then_some(family)
    }
}

fn ended() -> Failure {
    Failure::new(ErrorKind::Interrupted, "The lab has ended.")
}
