//! Owns the lanes' motion: begins calls in order, lets those that block sleep until the socket is
//! ready, and ends them by result, timeout, interrupt or close.

use super::desk::Desk;
use super::ready::Wait;
use super::slot::{Direction, Job, Slot, Stop};
use super::work::{Attempt, State, Work};
use super::{Asker, errno};
use crate::policy;
use protocol::command::Kind;
use protocol::event::Crossing;
use protocol::number::Wide;
use protocol::reply::Accepted;
use protocol::{CallId, Command, Done, ErrorKind, Failure, Nanos, Source, What};
use rustix::fd::AsFd;
use socket2::SockAddr;
use std::rc::Rc;
use std::time::Duration;
use std::{future, io};
use tokio::time::Instant;

/// Until a call is tried again of whose readiness nobody tells.
const UNSEEN: Duration = Duration::from_millis(16);

/// A call that has begun.
struct Running {
    call: CallId,
    began: Nanos,
    work: Work,
    asker: Asker,
    /// When it gives up, and the span that this was when it began.
    deadline: Option<(Instant, Duration)>,
    /// Whether the journal knows that it sleeps, and the bytes taken that it was told of.
    told: Option<u32>,
}

/// What came of one attempt.
enum Step {
    Ended(Result<Done, Failure>),
    Sleep,
    Yield,
    /// The relay itself puts it off.
    Pause(Duration),
}

impl Desk {
    /// Begins the lane's next calls until one sleeps or none is left.
    pub(super) fn run_lane(self: &Rc<Self>, slot: &Rc<Slot>, direction: Direction) {
        while let Some(job) = Self::next_job(slot, direction) {
            let mut running = self.begin(slot, direction, job);
            match self.attempt(slot, &mut running) {
                Step::Ended(result) => self.finish(slot, running, &result),
                Step::Sleep | Step::Yield | Step::Pause(_) => {
                    let (desk, slot) = (Rc::clone(self), Rc::clone(slot));
                    tokio::task::spawn_local(async move {
                        let result = desk.drive(&slot, &mut running).await;
                        desk.finish(&slot, running, &result);
                        desk.run_lane(&slot, direction);
                    });
                }
            }
        }
    }

    fn begin(&self, slot: &Slot, direction: Direction, job: Job) -> Running {
        self.wished_stamps(slot);
        let call = self.began(&job.asker, &job.work.ask);
        slot.touch();
        slot.lane(direction).current.set(Some(call));
        if direction == Direction::In {
            slot.reading.set(job.asker.automatic);
        }
        let began = self.journal.now();
        if direction == Direction::Out {
            slot.sending_since.set(began);
        }
        let deadline = slot.timeout.get().map(|after| {
            let after = Duration::from_nanos(after);
            (Instant::now() + after, after)
        });
        Running { call, began, work: job.work, asker: job.asker, deadline, told: None }
    }

    /// One attempt, and what the journal must know of it.
    fn attempt(self: &Rc<Self>, slot: &Slot, running: &mut Running) -> Step {
        // As accept(2) does with EMFILE: before a connection is taken, which could only be reset then.
        if let (State::Accept, Some(failure)) = (&running.work.state, self.refuse_another()) {
            return Step::Ended(Err(failure));
        }
        let call = running.call;
        let before = running.work.taken();
        let mut run = None::<(u32, u32)>;
        let since = self.journal.now();
        let attempt = running.work.attempt(slot, call, &self.spent.meter, &mut |number| {
            self.journal.append(Source::Relay, What::DatagramSent { call, number });
            let (_, count) = run.get_or_insert((number, 0));
            *count += 1;
        });
        if let Some((first, count)) = run {
            self.datagrams_left(
                slot,
                &running.work.ask,
                Crossing::Datagrams { call, first, count },
                since,
            );
        }
        self.bytes_left(slot, running.work.taken() - before, since);
        match attempt {
            Attempt::Ended(Ok(done)) => Step::Ended(Ok(done)),
            Attempt::Ended(Err(error)) => {
                Step::Ended(Err(errno::failure_of(slot.is_unix(), &running.work.ask, &error)))
            }
            Attempt::Accepted(socket, from) => {
                Step::Ended(self.accepted(slot, &running.work.ask, socket, &from))
            }
            Attempt::Yield => {
                // A call that has slept counts as asleep until it ends, with what it had taken.
                if running.told.is_some() {
                    self.tell_taken(running);
                }
                Step::Yield
            }
            Attempt::Refused(failure) => Step::Ended(Err(failure)),
            Attempt::Paced(wait) => {
                if running.told.is_some() {
                    self.tell_taken(running);
                }
                Step::Pause(wait)
            }
            Attempt::Again if slot.nonblocking.get() => {
                let error = would_block(slot, &running.work);
                Step::Ended(Err(errno::failure_of(slot.is_unix(), &running.work.ask, &error)))
            }
            Attempt::Again => self.sleep(running),
        }
    }

    fn sleep(&self, running: &mut Running) -> Step {
        if running.told.is_none() {
            let most = self.limits.blocked_calls;
            if self.blocked.get() >= most {
                return Step::Ended(Err(Failure::new(
                    ErrorKind::Limit,
                    format!("{most} calls sleep already."),
                )));
            }
            self.blocked.set(self.blocked.get() + 1);
        }
        self.tell_taken(running);
        Step::Sleep
    }

    fn tell_taken(&self, running: &mut Running) {
        let bytes = running.work.taken();
        if running.told != Some(bytes) {
            running.told = Some(bytes);
            self.journal.append(Source::Relay, What::CallBlocked { call: running.call, bytes });
        }
    }

    /// Sees a call that sleeps, or takes turns, to its end.
    async fn drive(
        self: &Rc<Self>,
        slot: &Rc<Slot>,
        running: &mut Running,
    ) -> Result<Done, Failure> {
        let (call, deadline) = (running.call, running.deadline);
        let mut stop = slot.lane(running.work.direction()).stop.subscribe();
        let gave_up = tokio::select! {
            biased;
            reason = stop.wait_for(|stop| [Stop::One(call), Stop::Closed].contains(stop)) => {
                return Err(stopped(reason.map_or(Stop::Closed, |stop| *stop)));
            }
            after = passed(deadline) => after,
            result = self.go_on(slot, running) => return result,
        };
        Err(timed_out(gave_up, running.work.taken()))
    }

    /// Takes its turns and sleeps in between, for as long as it takes.
    async fn go_on(
        self: &Rc<Self>,
        slot: &Rc<Slot>,
        running: &mut Running,
    ) -> Result<Done, Failure> {
        while running.told.is_none() {
            tokio::task::yield_now().await;
            match self.attempt(slot, running) {
                Step::Ended(result) => return result,
                Step::Pause(wait) => tokio::time::sleep(wait).await,
                Step::Sleep | Step::Yield => {}
            }
        }
        let told = |ask: &Command, error: &io::Error| Err(errno::failure(ask, error));
        if slot.is_unix() && running.work.waits_unseen(slot.kind) {
            return self.go_on_by_time(slot, running).await;
        }
        let wait = match Wait::new(slot.as_fd(), running.work.interest()) {
            Ok(wait) => wait,
            Err(error) => return told(&running.work.ask, &error),
        };
        loop {
            let tried = wait.ready(|| match self.attempt(slot, running) {
                Step::Sleep => None,
                step => Some(step),
            });
            match tried.await {
                Ok(Some(Step::Ended(result))) => return result,
                Ok(Some(Step::Yield | Step::Sleep)) => tokio::task::yield_now().await,
                Ok(Some(Step::Pause(wait))) => tokio::time::sleep(wait).await,
                Ok(None) => self.look_around(slot.id),
                Err(error) => return told(&running.work.ask, &error),
            }
        }
    }

    /// What no readiness tells of: room in the queue of a Unix receiver that this socket is not
    /// connected to, a place in an accept queue. Tried when one of ours made some, and now and then,
    /// for others may too.
    async fn go_on_by_time(
        self: &Rc<Self>,
        slot: &Rc<Slot>,
        running: &mut Running,
    ) -> Result<Done, Failure> {
        loop {
            self.look_around(slot.id);
            let room = self.room.notified();
            match self.attempt(slot, running) {
                Step::Ended(result) => return result,
                Step::Yield | Step::Pause(_) => tokio::task::yield_now().await,
                Step::Sleep => {
                    // Over in time, or at once: both are tried again.
                    let _ = tokio::time::timeout(UNSEEN, room).await;
                }
            }
        }
    }

    fn finish(self: &Rc<Self>, slot: &Slot, running: Running, result: &Result<Done, Failure>) {
        if running.told.is_some() {
            self.blocked.set(self.blocked.get() - 1);
        }
        let taken = running.work.taken();
        if result.is_err() && taken > running.told.unwrap_or(0) {
            self.journal
                .append(Source::Relay, What::CallBlocked { call: running.call, bytes: taken });
        }
        slot.lane(running.work.direction()).current.set(None);
        if let Ok(Done::Received(received)) = result
            && slot.kind == Kind::Datagram
            && !(received.peek || received.eof)
        {
            slot.datagrams_read.set(slot.datagrams_read.get() + 1);
            slot.datagrams.borrow_mut().taken(1);
        }
        let incoming = running.work.direction() == Direction::In;
        let (ask, began) = (running.work.ask, running.began);
        self.ended(running.call, Some(slot), running.asker, result);
        self.tell_received(slot);
        if slot.is_unix() && result.is_ok() && incoming {
            self.room.notify_waiters();
        }
        if result.is_ok() {
            self.infer_from_call(slot, &ask, result, began);
        }
    }

    fn accepted(
        &self,
        slot: &Slot,
        ask: &Command,
        socket: socket2::Socket,
        from: &SockAddr,
    ) -> Result<Done, Failure> {
        let told = |error: &io::Error| errno::failure_of(slot.is_unix(), ask, error);
        let local = socket.local_addr().map_err(|error| told(&error))?;
        let (Some(local), Some(peer)) = (slot.told(&local), slot.told(from)) else {
            return Err(Failure::new(
                ErrorKind::Unsupported,
                "The connection has no internet address.",
            ));
        };
        let (id, cookie) =
            self.adopt(socket, slot.net, slot.family, slot.kind).map_err(|error| told(&error))?;
        if let Some(made) = self.slots.borrow().get(&id) {
            made.far.set(peer.inet().is_some_and(|peer| policy::is_far(slot.net, peer)));
        }
        Ok(Done::Accepted(Accepted { socket: id, peer, local, cookie: Wide(cookie) }))
    }
}

fn would_block(slot: &Slot, work: &Work) -> io::Error {
    // A Unix connect has nothing in progress: it finds a full accept queue, and begins anew.
    let begun = matches!(work.state, State::Connect { .. }) && !slot.is_unix();
    io::Error::from_raw_os_error(if begun { libc::EINPROGRESS } else { libc::EAGAIN })
}

fn stopped(stop: Stop) -> Failure {
    let why = if stop == Stop::Closed {
        "The socket was closed while this call slept."
    } else {
        "The call was interrupted while it slept."
    };
    Failure::new(ErrorKind::Interrupted, why)
}

fn timed_out(after: Duration, taken: u32) -> Failure {
    let seconds = after.as_secs_f64();
    let message = match taken {
        0 => format!("Nothing happened on this socket within {seconds} s, so the call gave up."),
        n => format!("{n} bytes had been taken within {seconds} s when the call gave up."),
    };
    Failure::new(ErrorKind::TimedOut, message)
}

/// Sleeps until the deadline; the span that it was.
async fn passed(deadline: Option<(Instant, Duration)>) -> Duration {
    match deadline {
        Some((deadline, after)) => {
            // The timeout that was asked for.
            tokio::time::sleep_until(deadline).await;
            after
        }
        None => future::pending().await,
    }
}
