//! Owns who may ask for what while an experiment is played: its sockets are leased to it. Passes
//! everything else on to the lab.

use crate::experiment::{self, Bell, Leases, Player};
use crate::journal::Journal;
use crate::lab::{Lab, Outcome};
use crate::session::Asker;
use protocol::command::Lesson;
use protocol::{Command, Done, ErrorKind, Failure, SessionId, Source, What};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::task::AbortHandle;

/// An experiment that is being played.
struct Playing {
    leases: Leases,
    bell: Bell,
    task: AbortHandle,
}

/// The lab, with at most one experiment played in it.
#[derive(Clone)]
pub struct Director {
    lab: Lab,
    playing: Arc<Mutex<Option<Playing>>>,
}

impl Director {
    /// Of that lab.
    pub fn new(lab: Lab) -> Self {
        Self { lab, playing: Arc::default() }
    }

    fn lesson(&self, lesson: &Lesson) -> Result<Done, Failure> {
        let mut playing = self.playing();
        match lesson {
            Lesson::Start { name } => {
                let script = experiment::find_for(name, self.lab.namespaces().is_some())
                    .map_err(|wrong| Failure::new(ErrorKind::BadRequest, wrong))?;
                self.stop(playing.take());
                *playing = Some(self.play(script));
            }
            Lesson::Next => {
                if !playing.as_ref().is_some_and(|playing| playing.bell.ring()) {
                    return Err(Failure::new(
                        ErrorKind::BadRequest,
                        "No experiment waits for that.",
                    ));
                }
            }
            Lesson::Stop => self.stop(playing.take()),
        }
        Ok(Done::nothing())
    }

    /// Begins an experiment; the lab is asked to empty itself before this returns, so that what
    /// others ask for later is not swept away.
    fn play(&self, script: experiment::Script) -> Playing {
        let (leases, bell) = (Leases::default(), Bell::default());
        let player = Player::new(self.lab.clone(), leases.clone());
        let emptied = self.lab.ask(None, Command::Reset);
        let rung = bell.clone();
        let play = tokio::spawn(async move {
            // Closing everything cannot fail.
            let _ = emptied.await;
            player.play(&script, Some(rung)).await
        });
        Playing { leases, bell, task: play.abort_handle() }
    }

    /// Ends an experiment before its time. Nothing of it comes after this.
    fn stop(&self, playing: Option<Playing>) {
        let Some(playing) = playing else { return };
        playing.leases.revoke();
        playing.task.abort();
        let journal = self.lab.journal();
        let on = journal
            .look(|world| world.lesson.as_ref().is_some_and(|lesson| lesson.ended.is_none()));
        if on {
            journal.append(Source::Relay, What::ExperimentEnded { passed: false });
        }
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
        self.playing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Asker for Director {
    fn journal(&self) -> &Journal {
        self.lab.journal()
    }

    fn left(&self, by: SessionId) -> impl Future<Output = ()> + Send {
        self.lab.left(by)
    }

    fn ask(
        &self,
        by: SessionId,
        command: Command,
    ) -> impl Future<Output = Outcome> + Send + 'static {
        let asked = match &command {
            Command::Experiment(lesson) => Err(self.lesson(lesson)),
            Command::Reset => {
                let mut playing = self.playing();
                self.stop(playing.take());
                Ok(self.lab.ask(Some(by), command))
            }
            other => match self.busy(other) {
                Some(failure) => Err(Err(failure)),
                None => Ok(self.lab.ask(Some(by), command)),
            },
        };
        let journal = self.lab.journal().clone();
        async move {
            match asked {
                Ok(asked) => asked.await,
                Err(answer) => (journal.seq(), answer),
            }
        }
    }
}
