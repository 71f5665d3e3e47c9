//! Owns who may ask for what while an experiment is played: its sockets are leased to it. Passes
//! everything else on to the lab.

use crate::experiment::{self, Leases, Player};
use crate::journal::Journal;
use crate::lab::{Lab, Outcome};
use crate::session::Asker;
use protocol::command::Lesson;
use protocol::{Command, Done, ErrorKind, Failure, SessionId, Source, What};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{mpsc, oneshot};

/// An experiment that is being played.
struct Playing {
    leases: Leases,
    next: mpsc::Sender<()>,
    /// Dropped to leave it.
    _stop: oneshot::Sender<()>,
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
        let mut playing = self.playing.lock().unwrap_or_else(PoisonError::into_inner);
        match lesson {
            Lesson::Start { name } => {
                let script = experiment::find(name)
                    .map_err(|wrong| Failure::new(ErrorKind::BadRequest, wrong))?;
                *playing = Some(self.play(script));
            }
            Lesson::Next => {
                let running = playing.as_ref().filter(|playing| !playing.next.is_closed());
                let waits = running.is_some_and(|playing| playing.next.try_send(()).is_ok());
                if !waits {
                    return Err(Failure::new(
                        ErrorKind::BadRequest,
                        "No experiment waits for that.",
                    ));
                }
            }
            Lesson::Stop => *playing = None,
        }
        Ok(Done::nothing())
    }

    fn play(&self, script: experiment::Script) -> Playing {
        let (next, nexts) = mpsc::channel(1);
        let (stop, stopped) = oneshot::channel::<()>();
        let leases = Leases::default();
        let (lab, leased) = (self.lab.clone(), leases.clone());
        tokio::spawn(async move {
            let journal = lab.journal().clone();
            let play = Player::new(lab, leased).play(&script, Some(nexts));
            tokio::select! {
                _ = play => {}
                _ = stopped => { journal.append(Source::Relay, What::ExperimentEnded { passed: false }); }
            }
        });
        Playing { leases, next, _stop: stop }
    }

    /// Why a command has to wait for the experiment's end.
    fn busy(&self, command: &Command) -> Option<Failure> {
        let playing = self.playing.lock().unwrap_or_else(PoisonError::into_inner);
        let playing = playing.as_ref().filter(|playing| !playing.next.is_closed())?;
        let socket = command.socket().filter(|socket| playing.leases.holds(*socket))?;
        Some(Failure::new(
            ErrorKind::Busy,
            format!("Socket {socket} belongs to the experiment until it ends or you leave it."),
        ))
    }
}

impl Asker for Director {
    fn journal(&self) -> &Journal {
        self.lab.journal()
    }

    fn ask(
        &self,
        by: SessionId,
        command: Command,
    ) -> impl Future<Output = Outcome> + Send + 'static {
        let refused = match &command {
            Command::Experiment(lesson) => Some(self.lesson(lesson)),
            command => self.busy(command).map(Err),
        };
        if matches!(command, Command::Reset) {
            *self.playing.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
        let journal = self.lab.journal().clone();
        let asked = match refused {
            Some(answer) => Err(answer),
            None => Ok(self.lab.ask(Some(by), command)),
        };
        async move {
            match asked {
                Ok(asked) => asked.await,
                Err(answer) => (journal.seq(), answer),
            }
        }
    }
}
