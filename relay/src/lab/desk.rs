//! Owns dispatch: which command is allowed, which is made at once, and which takes a lane.

use super::gate::Gate;
use super::ground::Ground;
use super::immediate;
use super::outside::Outside;
use super::pace::Spent;
use super::plan::{Plan, plan, settle};
use super::slot::{Direction, Job, LANE_QUEUE, Slot, Stop};
use super::watch::Watcher;
use super::work::Work;
use super::{Asker, Names, errno};
use crate::journal::Journal;
use crate::policy::Policy;
use protocol::command::Family;
use protocol::limit::Limits;
use protocol::{CallId, Command, Done, ErrorKind, Failure, SocketId, Source, What};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::io;
use std::rc::Rc;
use std::sync::Arc;
use tokio::sync::Notify;

/// Where every command arrives.
pub(super) struct Desk {
    pub(super) journal: Journal,
    pub(super) policy: Arc<Policy>,
    pub(super) spent: Spent,
    pub(super) limits: Limits,
    pub(super) ground: Ground,
    pub(super) gate: Gate,
    /// Where Unix sockets have their names.
    pub(super) names: Option<Arc<Names>>,
    /// A Unix socket has room again, or a place in its accept queue.
    pub(super) room: Notify,
    pub(super) slots: RefCell<BTreeMap<SocketId, Rc<Slot>>>,
    pub(super) watcher: RefCell<Watcher>,
    pub(super) outside: RefCell<Outside>,
    next_socket: Cell<u32>,
    next_call: Cell<u32>,
    pub(super) blocked: Cell<u32>,
}

impl Desk {
    pub(super) fn open(
        journal: Journal,
        policy: Arc<Policy>,
        limits: Limits,
        ground: Ground,
        names: Option<Arc<Names>>,
    ) -> Rc<Self> {
        let desk = Rc::new(Self {
            journal,
            policy,
            spent: Spent::default(),
            limits,
            ground,
            gate: Gate::default(),
            names,
            room: Notify::new(),
            slots: RefCell::default(),
            watcher: RefCell::new(Watcher::open()),
            outside: RefCell::default(),
            next_socket: Cell::new(1),
            next_call: Cell::new(1),
            blocked: Cell::new(0),
        });
        super::watch::keep_watching(&desk);
        desk
    }

    /// Takes a command: keeps it at the gate, or passes it on.
    pub(super) async fn take(self: &Rc<Self>, asker: Asker, command: Command) {
        match command {
            Command::Pause { on } => self.pause(asker, on).await,
            Command::Step => self.step(asker).await,
            call if call.is_call() && self.gate.is_shut() => self.hold(asker, call),
            command => self.dispatch(asker, command).await,
        }
    }

    /// Refuses a command, makes it, or gives it to its lane.
    /// It is done when the next may be taken: a descriptor that was to be closed is closed by then.
    pub(super) async fn dispatch(self: &Rc<Self>, asker: Asker, command: Command) {
        match &command {
            Command::Reset => self.reset(asker).await,
            Command::Experiment(_) => asker.answer(
                self.journal.seq(),
                Err(Failure::new(ErrorKind::Unsupported, "The lab plays no experiments.")),
            ),
            Command::Socket { net, family, kind, name, .. } => {
                let refused = self.refuse_socket(*net, *family, name.as_deref());
                match refused {
                    Some(failure) => asker.answer(self.journal.seq(), Err(failure)),
                    None => {
                        self.at_once(None, asker, &command, || self.make(*net, *family, *kind));
                    }
                }
            }
            asked if asked.for_wire() => self.take_for_wire(asker, command),
            _ => match self.slot_for(&command) {
                Ok(slot) => self.take_for(slot, asker, command).await,
                Err(failure) => asker.answer(self.journal.seq(), Err(failure)),
            },
        }
    }

    pub(super) fn slot_for(&self, command: &Command) -> Result<Rc<Slot>, Failure> {
        let id = command.socket().unwrap_or_default();
        if self.journal.look(|world| world.sockets.get(&id).is_some_and(|s| s.program.is_some())) {
            return Err(Failure::new(
                ErrorKind::Denied,
                format!("Socket {id} belongs to another program; only that can use it."),
            ));
        }
        self.slots.borrow().get(&id).cloned().ok_or_else(|| {
            let text = if id.0 != 0 && id.0 < self.next_socket.get() {
                "is closed"
            } else {
                "does not exist"
            };
            Failure::new(ErrorKind::UnknownId, format!("Socket {id} {text}."))
        })
    }

    async fn take_for(self: &Rc<Self>, slot: Rc<Slot>, asker: Asker, mut command: Command) {
        settle(&slot, &mut command);
        let plan = plan(&self.policy, &slot, &command).and_then(|plan| {
            let target = plan.target();
            target.map(|to| self.count_target(&slot, asker.automatic, to)).transpose()?;
            Ok(plan)
        });
        match plan {
            Ok(Plan::Lane(state)) => {
                self.queue(&slot, Job { work: Work { ask: command, state }, asker });
            }
            Ok(Plan::Close) => self.close(slot, asker, &command).await,
            Ok(Plan::Bind(to)) => {
                self.at_once(Some(&slot), asker, &command, || immediate::bind(&slot, &to));
            }
            Ok(Plan::Stamps(on)) => {
                self.at_once(Some(&slot), asker, &command, || self.set_stamps(&slot, on));
            }
            Ok(Plan::Reader) => self.set_reader(&slot, asker, &command),
            Ok(Plan::Serve(_)) => self.set_serving(&slot, asker, &command),
            Ok(Plan::Now(now)) => {
                if let Command::Interrupt { call: None, .. } = command {
                    self.withdraw_of(slot.id, false);
                }
                self.at_once(Some(&slot), asker, &command, || now(&slot, &command));
            }
            Err(failure) => asker.answer(self.journal.seq(), Err(failure)),
        }
    }

    /// Journals and makes a call that never blocks.
    pub(super) fn at_once(
        &self,
        slot: Option<&Slot>,
        asker: Asker,
        ask: &Command,
        make: impl FnOnce() -> io::Result<Done>,
    ) {
        let call = self.began(&asker, ask);
        let unix = slot.is_some_and(|slot| slot.family == Family::Unix);
        let result = make().map_err(|error| errno::failure_of(unix, ask, &error));
        self.ended(call, slot, asker, &result);
    }

    /// Tells the journal that a call begins.
    pub(super) fn began(&self, asker: &Asker, ask: &Command) -> CallId {
        let call = CallId(self.next_call.replace(self.next_call.get() + 1));
        let (ask, cut) = ask.clipped();
        self.journal.append(Source::Relay, What::CallBegan { call, by: asker.by, ask, cut });
        call
    }

    /// Tells the journal how a call ended, looks at what it changed, and answers.
    pub(super) fn ended(
        &self,
        call: CallId,
        slot: Option<&Slot>,
        asker: Asker,
        result: &Result<Done, Failure>,
    ) {
        if let Some(slot) = slot {
            slot.touch();
        }
        self.journal.append(
            Source::Relay,
            What::CallEnded { call, result: protocol::Answer::from(result.clone()).clipped() },
        );
        let made = match result {
            Ok(Done::Made(made)) => Some(made.socket),
            Ok(Done::Accepted(accepted)) => Some(accepted.socket),
            _ => None,
        };
        for id in slot.map(|slot| slot.id).into_iter().chain(made) {
            self.look_around(id);
        }
        asker.answer(self.journal.seq(), result.clone());
    }

    pub(super) fn new_socket_id(&self) -> SocketId {
        SocketId(self.next_socket.replace(self.next_socket.get() + 1))
    }

    fn queue(self: &Rc<Self>, slot: &Rc<Slot>, job: Job) {
        let direction = job.work.direction();
        let lane = slot.lane(direction);
        if lane.waiting.borrow().len() >= LANE_QUEUE {
            let failure = Failure::new(
                ErrorKind::Limit,
                format!("{LANE_QUEUE} calls wait behind this socket's running one already."),
            );
            return job.asker.answer(self.journal.seq(), Err(failure));
        }
        lane.waiting.borrow_mut().push_back(job);
        self.run_lane(slot, direction);
    }

    /// Closes a socket: its blocked calls end first, then the descriptor, then the call.
    async fn close(&self, slot: Rc<Slot>, asker: Asker, ask: &Command) {
        let call = self.began(&asker, ask);
        let id = slot.id;
        self.slots.borrow_mut().remove(&id);
        self.abandon(&slot);
        self.release(slot).await;
        self.ended(call, None, asker, &Ok(Done::nothing()));
        self.look_at_closed(Some(id));
    }

    /// Ends what is asleep on a socket and what waits behind it.
    fn abandon(&self, slot: &Slot) {
        if let Some(reader) = slot.reader.borrow_mut().take() {
            reader.abort();
            self.withdraw_of(slot.id, true);
        }
        for lane in slot.lanes() {
            lane.stop.send_replace(Stop::Closed);
            for job in lane.waiting.borrow_mut().drain(..) {
                job.asker.answer(
                    self.journal.seq(),
                    Err(Failure::new(
                        ErrorKind::Interrupted,
                        "The socket was closed before this call began.",
                    )),
                );
            }
        }
    }

    /// Waits until no call uses the descriptor, then gives it back to the kernel.
    async fn release(&self, slot: Rc<Slot>) {
        while slot.busy() {
            tokio::task::yield_now().await;
        }
        self.take_stamps(&slot);
        self.watcher.borrow_mut().closing(&slot, &self.journal);
        let unix = slot.family == Family::Unix;
        drop(slot);
        if unix {
            self.room.notify_waiters();
        }
    }

    async fn reset(&self, asker: Asker) {
        self.clear_gate(asker.by);
        let slots: Vec<_> = std::mem::take(&mut *self.slots.borrow_mut()).into_values().collect();
        for slot in &slots {
            self.abandon(slot);
        }
        for slot in slots {
            self.release(slot).await;
        }
        if let Some(names) = &self.names {
            names.clear();
        }
        self.watcher.borrow_mut().forget_all();
        self.clear_wire(asker.by).await;
        let (seq, _) = self.journal.append(Source::Relay, What::Reset { by: asker.by });
        asker.answer(seq, Ok(Done::nothing()));
    }

    /// What direction a lane has, for the drivers.
    pub(super) fn next_job(slot: &Slot, direction: Direction) -> Option<Job> {
        let lane = slot.lane(direction);
        if lane.current.get().is_some() { None } else { lane.waiting.borrow_mut().pop_front() }
    }
}
