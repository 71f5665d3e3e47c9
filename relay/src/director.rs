//! Owns who may ask for what while an experiment is played: its sockets are leased to it. Passes
//! everything else on to the lab and the recorder.

use crate::errno;
use crate::experiment::{Bell, Bets, Leases, Library, Player, Script};
use crate::journal::Journal;
use crate::lab::{Lab, Outcome};
use crate::recorder::{self, Recorder, Shelf};
use crate::session::{Asker, Guests};
use protocol::command::{Invite, Lesson, Record};
use protocol::message::Role;
use protocol::{Command, Done, ErrorKind, Failure, SessionId, Source, What};
use std::collections::BTreeSet;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::task::AbortHandle;

/// An experiment that is being played.
struct Playing {
    leases: Leases,
    bell: Bell,
    bets: Bets,
    task: AbortHandle,
}

/// The lab, with at most one experiment played in it.
#[derive(Clone)]
pub struct Director {
    lab: Lab,
    playing: Arc<Mutex<Option<Playing>>>,
    /// The name of the experiment that was begun last.
    last: Arc<Mutex<Option<String>>>,
    /// Sessions that may look and bet, nothing else.
    viewers: Arc<Mutex<BTreeSet<SessionId>>>,
    library: Library,
    tape: Option<(Recorder, Shelf)>,
    guests: Option<Guests>,
}

impl Director {
    /// Of that lab; it records nothing, and gives no link to viewers.
    pub fn new(lab: Lab) -> Self {
        Self {
            lab,
            playing: Arc::default(),
            last: Arc::default(),
            viewers: Arc::default(),
            library: Library::default(),
            tape: None,
            guests: None,
        }
    }

    /// The same, playing the experiments of that library.
    #[must_use]
    pub fn with_library(self, library: Library) -> Self {
        Self { library, ..self }
    }

    /// The same, with a recorder whose files go to the shelf.
    #[must_use]
    pub fn recording(self, recorder: Recorder, shelf: Shelf) -> Self {
        Self { tape: Some((recorder, shelf)), ..self }
    }

    /// The same, giving the viewers' link to owners.
    #[must_use]
    pub fn inviting(self, guests: Guests) -> Self {
        Self { guests: Some(guests), ..self }
    }

    /// Does what is asked of the viewers' link, which may wait for the disk.
    async fn invite(self, invite: Invite) -> Result<Done, Failure> {
        let Some(guests) = self.guests else {
            let message = "This relay has no link for viewers.";
            return Err(Failure::new(ErrorKind::Unsupported, message));
        };
        let done = tokio::task::spawn_blocking(move || guests.invite(invite));
        done.await.unwrap_or_else(|_| {
            Err(Failure::new(ErrorKind::Interrupted, "The relay has stopped meanwhile."))
        })
    }

    /// Does what is asked of the recorder; ending a recording waits for the disk.
    async fn record(self, record: Record) -> Result<Done, Failure> {
        let Some((recorder, shelf)) = self.tape else {
            let message = "This relay has no folder to record to.";
            return Err(Failure::new(ErrorKind::Unsupported, message));
        };
        let done = move || match record {
            Record::Stop => recorder.stop(),
            Record::Start { snaplen } => {
                recorder::check(snaplen)?;
                let (file, name) = shelf.create().map_err(|error| unmade(&error))?;
                recorder.start(file, &name, snaplen)
            }
        };
        match tokio::task::spawn_blocking(done).await {
            Ok(done) => done.map(|()| Done::nothing()),
            Err(_) => Err(Failure::new(ErrorKind::Interrupted, "The recorder has ended.")),
        }
    }

    fn lesson(&self, by: SessionId, lesson: &Lesson) -> Result<Done, Failure> {
        let mut playing = self.playing();
        match lesson {
            Lesson::Start { name } => self.start(&mut playing, name)?,
            Lesson::Again => {
                let last = lock(&self.last).clone();
                let last = last.ok_or_else(|| refused("No experiment has been played yet."))?;
                self.start(&mut playing, &last)?;
            }
            Lesson::Next => {
                if !playing.as_ref().is_some_and(|playing| playing.bell.ring()) {
                    return Err(refused("No experiment waits for that."));
                }
            }
            Lesson::Bet { choice } => self.bet(playing.as_ref(), by, *choice)?,
            Lesson::Stop => self.stop(playing.take()),
        }
        Ok(Done::nothing())
    }

    /// Begins the experiment of that name, in the place of the one that is played.
    fn start(&self, playing: &mut Option<Playing>, name: &str) -> Result<(), Failure> {
        let wire = self.lab.namespaces().is_some();
        let script = self.library.find_for(name, wire).map_err(refused)?;
        self.stop(playing.take());
        *playing = Some(self.play(script));
        *lock(&self.last) = Some(name.to_owned());
        Ok(())
    }

    /// Notes a bet; the experiment waits for an owner's, not for a viewer's.
    fn bet(&self, playing: Option<&Playing>, by: SessionId, choice: u32) -> Result<(), Failure> {
        let playing = playing.ok_or_else(|| refused("No bet is open."))?;
        let tell = |counts| {
            self.lab.journal().append(Source::Relay, What::BetPlaced { counts });
        };
        let role = if lock(&self.viewers).contains(&by) { Role::Viewer } else { Role::Owner };
        playing.bets.place(by, role, choice, tell).map_err(refused)?;
        if role == Role::Owner {
            playing.bets.go_on();
        }
        Ok(())
    }

    /// Begins an experiment; the lab is asked to empty itself before this returns, so that what
    /// others ask for later is not swept away.
    fn play(&self, script: Script) -> Playing {
        let (leases, bell, bets) = (Leases::default(), Bell::default(), Bets::default());
        let player = Player::new(self.lab.clone(), leases.clone()).with_bets(bets.clone());
        let emptied = self.lab.ask(None, Command::Reset);
        let rung = bell.clone();
        let play = tokio::spawn(async move {
            // Closing everything cannot fail.
            let _ = emptied.await;
            player.play(&script, Some(rung)).await
        });
        Playing { leases, bell, bets, task: play.abort_handle() }
    }

    /// Ends an experiment before its time. Nothing of it comes after this.
    fn stop(&self, playing: Option<Playing>) {
        let Some(playing) = playing else { return };
        playing.leases.revoke();
        playing.task.abort();
        // What it asked for and was kept at the gate.
        tokio::spawn(self.lab.left(None));
        let journal = self.lab.journal();
        let on = journal
            .look(|world| world.lesson.as_ref().is_some_and(|lesson| lesson.ended.is_none()));
        if on {
            journal.append(Source::Relay, What::ExperimentEnded { passed: false });
        }
    }

    /// Whether that session may ask for it at all.
    fn may(&self, by: SessionId, command: &Command) -> bool {
        matches!(command, Command::Experiment(Lesson::Bet { .. }))
            || !lock(&self.viewers).contains(&by)
    }

    /// Why a command has to wait for the experiment's end.
    fn busy(&self, command: &Command) -> Option<Failure> {
        let playing = self.playing();
        let playing = playing.as_ref().filter(|playing| !playing.task.is_finished())?;
        if let Command::Impair { .. } | Command::Wire(_) = command {
            return Some(Failure::new(
                ErrorKind::Busy,
                "The wire's weather belongs to the experiment until it ends or you leave it.",
            ));
        }
        let socket = command.socket().filter(|socket| playing.leases.holds(*socket))?;
        Some(Failure::new(
            ErrorKind::Busy,
            format!("Socket {socket} belongs to the experiment until it ends or you leave it."),
        ))
    }

    fn playing(&self) -> MutexGuard<'_, Option<Playing>> {
        lock(&self.playing)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn refused(message: impl Into<String>) -> Failure {
    Failure::new(ErrorKind::BadRequest, message)
}

fn unmade(error: &io::Error) -> Failure {
    let message = format!("A file for the recording cannot be made: {error}.");
    Failure::errno(errno::name_of(error), message)
}

/// Who carries a command out.
enum Asked<L, R, G> {
    Lab(L),
    Recorder(R),
    Guests(G),
    Done(Result<Done, Failure>),
}

impl Asker for Director {
    fn journal(&self) -> &Journal {
        self.lab.journal()
    }

    fn entered(&self, by: SessionId, role: Role) {
        if role == Role::Viewer {
            lock(&self.viewers).insert(by);
        }
    }

    fn left(&self, by: SessionId) -> impl Future<Output = ()> + Send {
        lock(&self.viewers).remove(&by);
        self.lab.left(Some(by))
    }

    fn ask(
        &self,
        by: SessionId,
        command: Command,
    ) -> impl Future<Output = Outcome> + Send + 'static {
        let asked = match &command {
            command if !self.may(by, command) => Asked::Done(Err(Failure::new(
                ErrorKind::Denied,
                "You look on here; all that you may ask for is a bet.",
            ))),
            Command::Experiment(lesson) => Asked::Done(self.lesson(by, lesson)),
            Command::Record(record) => Asked::Recorder(self.clone().record(*record)),
            Command::Invite(invite) => Asked::Guests(self.clone().invite(*invite)),
            Command::Reset => {
                let mut playing = self.playing();
                self.stop(playing.take());
                Asked::Lab(self.lab.ask(Some(by), command))
            }
            other => match self.busy(other) {
                Some(failure) => Asked::Done(Err(failure)),
                None => Asked::Lab(self.lab.ask(Some(by), command)),
            },
        };
        let journal = self.lab.journal().clone();
        async move {
            let answer = match asked {
                Asked::Lab(asked) => return asked.await,
                Asked::Recorder(asked) => asked.await,
                Asked::Guests(asked) => asked.await,
                Asked::Done(answer) => answer,
            };
            (journal.seq(), answer)
        }
    }
}
