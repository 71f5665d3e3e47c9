//! The relay as its viewers find it: sessions over pipes in memory, a journal with a small ring, killed
//! and started again under another epoch.

use crate::dice::Dice;
use crate::history;
use crate::support::viewer::{Fake, token};
use futures_util::FutureExt as _;
use protocol::{Done, Seq, Source, What, limit};
use relay::journal::Journal;
use relay::session::{self, Caller, Config, Form, Hub, Peer};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, DuplexStream, duplex, join, split};
use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio::time::{Instant, sleep};

/// What the relay's world came to, at moments of each epoch.
type Truth = Arc<Mutex<HashMap<(String, Seq), u64>>>;

/// One life of the relay.
pub(crate) struct Life {
    hub: Arc<Hub<Fake>>,
    pub(crate) journal: Journal,
    closing: watch::Receiver<bool>,
    sessions: Mutex<Vec<AbortHandle>>,
}

/// What stands there now, nothing while it is down.
pub(crate) type Now = Option<Arc<Life>>;

pub(crate) struct House {
    now: watch::Sender<Now>,
    /// Nothing more happens: what is there is the end.
    done: watch::Sender<bool>,
    truth: Truth,
    lives: u64,
    ring: usize,
    config: Config,
}

impl House {
    pub(crate) fn new(dice: &mut Dice) -> Self {
        let config = Config {
            write_deadline: Duration::from_millis(1 + dice.scale(10_000)),
            pace: Duration::from_millis(dice.below(17)),
            linger: Duration::from_millis(dice.below(50)),
            ..Config::default()
        };
        // From hardly one event to all.
        let ring = if dice.one_in(2) { 1 << 24 } else { dice.scale(1 << 20) as usize };
        let lives = 1 + dice.below(3);
        let (now, done) = (watch::Sender::new(None), watch::Sender::new(false));
        Self { now, done, truth: Truth::default(), lives, ring, config }
    }

    pub(crate) fn kills(&self) -> u64 {
        self.lives - 1
    }

    pub(crate) fn now(&self) -> watch::Receiver<Now> {
        self.now.subscribe()
    }

    pub(crate) fn done(&self) -> watch::Receiver<bool> {
        self.done.subscribe()
    }

    /// What the world was there, if that moment was written down.
    pub(crate) fn truth(&self, epoch: &str, seq: Seq) -> Option<u64> {
        lock(&self.truth).get(&(epoch.to_owned(), seq)).copied()
    }

    /// All its lives.
    pub(crate) async fn live(&self, mut dice: Dice) {
        for number in 1..=self.lives {
            let (close, closing) = watch::channel(false);
            let life = Arc::new(self.life(number, closing));
            self.now.send_replace(Some(life.clone()));
            for chunk in chunks(history::of(&mut dice), &mut dice) {
                life.journal.append_all(chunk.into_iter());
                note(&self.truth, &life.journal);
                pause(&mut dice).await;
            }
            if number == self.lives {
                self.done.send_replace(true);
                // Viewers read on, and come again; the journal stays.
                return;
            }
            self.now.send_replace(None);
            if dice.one_in(3) {
                close.send_replace(true);
                pause(&mut dice).await;
            }
            lock(&life.sessions).drain(..).for_each(|session| session.abort());
            pause(&mut dice).await;
        }
    }

    fn life(&self, number: u64, closing: watch::Receiver<bool>) -> Life {
        let journal = Journal::bounded(format!("epoch{number}"), self.ring);
        let truth = self.truth.clone();
        let next = AtomicU64::new(0);
        let fake = Fake::new(journal.clone(), move |journal, _, command| {
            let (journal, truth) = (journal.clone(), truth.clone());
            let slow = next.fetch_add(1, Ordering::Relaxed) % 3;
            async move {
                // A call may sleep: its reply then comes among others' events.
                sleep(Duration::from_millis(slow * 20)).await;
                let socket = command.socket().expect("of a socket");
                let (seq, _) = journal.append(Source::Kernel, What::Gone { socket });
                note(&truth, &journal);
                (seq, Ok(Done::nothing()))
            }
            .boxed()
        });
        let rung = relay::rung::loopback(Vec::new());
        let hub = Hub::new(fake, token(), rung, limit::Limits::default(), self.config);
        Life { hub: Arc::new(hub), journal, closing, sessions: Mutex::default() }
    }
}

impl Life {
    /// A viewer's end of a new connection, which holds so many bytes each way and of which the relay
    /// hears so many.
    pub(crate) fn connect(&self, holds: usize, hears: u64, form: Form) -> DuplexStream {
        let (ours, theirs) = duplex(holds);
        let (reads, writes) = split(theirs);
        let (hub, mut closing) = (self.hub.clone(), self.closing.clone());
        let session = tokio::spawn(async move {
            let closing = async {
                if closing.wait_for(|closing| *closing).await.is_err() {
                    // Nobody is there to close it.
                    std::future::pending::<()>().await;
                }
            };
            let caller = Caller { peer: Peer::Here, since: Instant::now() };
            let stream = join(reads.take(hears), writes);
            session::serve(hub, stream, form, caller, || (), closing).await;
        });
        lock(&self.sessions).push(session.abort_handle());
        ours
    }
}

/// Writes down what the world is now. Nothing may happen between its event and this.
fn note(truth: &Truth, journal: &Journal) {
    let (seq, print) = journal.look(|world| (world.seq, world.fingerprint()));
    lock(truth).insert((journal.epoch().to_owned(), seq), print);
}

/// In pieces of random size, most of them small.
fn chunks(mut all: Vec<(Source, What)>, dice: &mut Dice) -> Vec<Vec<(Source, What)>> {
    let mut chunks = Vec::new();
    while !all.is_empty() {
        let size = dice.scale(1_000).min(all.len() as u64) as usize;
        let later = all.split_off(size);
        chunks.push(std::mem::replace(&mut all, later));
    }
    chunks
}

/// Nothing, a turn of the others, or up to a second.
pub(crate) async fn pause(dice: &mut Dice) {
    match dice.below(4) {
        0 => {}
        1 => tokio::task::yield_now().await,
        _ => sleep(Duration::from_millis(dice.scale(1_000))).await,
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("nobody panics with it")
}
