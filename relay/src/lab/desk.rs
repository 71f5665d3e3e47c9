//! Owns dispatch: which command is allowed, which is made at once, and which takes a lane.

use super::slot::{Direction, Job, LANE_QUEUE, Slot, Stop};
use super::watch::Watcher;
use super::work::{State, Work};
use super::{Asker, errno, option};
use crate::journal::Journal;
use crate::kernel;
use crate::policy::Policy;
use protocol::command::{Family, Half, Kind, Net, Reading};
use protocol::data::Data;
use protocol::limit::Limits;
use protocol::number::Wide;
use protocol::reply::{Local, Made};
use protocol::{Address, CallId, Command, Done, ErrorKind, Failure, SocketId, Source, What, limit};
use socket2::{Domain, SockAddr, Socket, Type};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::io;
use std::net::{Shutdown, SocketAddr};
use std::os::fd::AsFd;
use std::rc::Rc;
use std::sync::Arc;

/// Where every command arrives.
pub(super) struct Desk {
    pub(super) journal: Journal,
    policy: Arc<Policy>,
    pub(super) limits: Limits,
    pub(super) slots: RefCell<BTreeMap<SocketId, Rc<Slot>>>,
    pub(super) watcher: RefCell<Watcher>,
    next_socket: Cell<u32>,
    next_call: Cell<u32>,
    pub(super) blocked: Cell<u32>,
}

impl Desk {
    pub(super) fn open(journal: Journal, policy: Arc<Policy>, limits: Limits) -> Rc<Self> {
        let desk = Rc::new(Self {
            journal,
            policy,
            limits,
            slots: RefCell::default(),
            watcher: RefCell::new(Watcher::open()),
            next_socket: Cell::new(1),
            next_call: Cell::new(1),
            blocked: Cell::new(0),
        });
        super::watch::keep_watching(&desk);
        desk
    }

    /// Takes a command: refuses it, makes it, or gives it to its lane.
    /// It is done when the next may be taken: a descriptor that was to be closed is closed by then.
    pub(super) async fn take(self: &Rc<Self>, asker: Asker, command: Command) {
        match &command {
            Command::Reset => self.reset(asker).await,
            Command::Experiment(_) => asker.answer(
                self.journal.seq(),
                Err(Failure::new(ErrorKind::Unsupported, "The lab plays no experiments.")),
            ),
            Command::Socket { net, family, kind, name, .. } => {
                let refused = self.refuse_socket(*net, name.as_deref());
                match refused {
                    Some(failure) => asker.answer(self.journal.seq(), Err(failure)),
                    None => self.at_once(None, asker, &command, || self.make(*family, *kind)),
                }
            }
            _ => match self.slot_for(&command) {
                Ok(slot) => self.take_for(slot, asker, command).await,
                Err(failure) => asker.answer(self.journal.seq(), Err(failure)),
            },
        }
    }

    fn slot_for(&self, command: &Command) -> Result<Rc<Slot>, Failure> {
        let id = command.socket().unwrap_or_default();
        self.slots.borrow().get(&id).cloned().ok_or_else(|| {
            let text = if id.0 != 0 && id.0 < self.next_socket.get() {
                "is closed"
            } else {
                "does not exist"
            };
            Failure::new(ErrorKind::UnknownId, format!("Socket {id} {text}."))
        })
    }

    async fn take_for(self: &Rc<Self>, slot: Rc<Slot>, asker: Asker, command: Command) {
        match self.plan(&slot, &command) {
            Ok(Plan::Lane(state)) => {
                self.queue(&slot, Job { work: Work { ask: command, state }, asker });
            }
            Ok(Plan::Close) => self.close(slot, asker, &command).await,
            Ok(Plan::Bind(to)) => self.at_once(Some(&slot), asker, &command, || bind(&slot, to)),
            Ok(Plan::Reader) => self.set_reader(&slot, asker, &command),
            Ok(Plan::Now(now)) => {
                self.at_once(Some(&slot), asker, &command, || now(&slot, &command));
            }
            Err(failure) => asker.answer(self.journal.seq(), Err(failure)),
        }
    }

    /// What is to be done, or why not: nothing has been tried yet.
    fn plan(&self, slot: &Slot, command: &Command) -> Result<Plan, Failure> {
        Ok(match command {
            Command::Accept { .. } => Plan::Lane(State::Accept),
            Command::Connect { address, .. } => {
                let to = fit(slot, self.policy.check_target(address)?);
                Plan::Lane(State::Connect { to, begun: false })
            }
            Command::Send { data, all, .. } => {
                Plan::Lane(State::Send { data: payload(data)?, taken: 0, parts: 0, all: *all })
            }
            Command::SendTo { address, data, .. } => {
                datagram_only(slot, "send_to")?;
                Plan::Lane(State::SendTo {
                    data: payload(data)?,
                    to: fit(slot, self.policy.check_target(address)?),
                })
            }
            Command::Recv { max, peek, .. } => {
                Plan::Lane(State::Receive { max: size(*max)?, peek: *peek, from: false })
            }
            Command::RecvFrom { max, peek, .. } => {
                Plan::Lane(State::Receive { max: size(*max)?, peek: *peek, from: true })
            }
            Command::Burst { address, count, bytes, .. } => {
                datagram_only(slot, "burst")?;
                check_burst(*count, *bytes)?;
                let to = address.as_ref().map(|to| self.policy.check_target(to)).transpose()?;
                let to = to.map(|to| fit(slot, to));
                Plan::Lane(State::Burst(super::burst::Burst::new(to, *count, *bytes as usize)))
            }
            Command::Bind { address, .. } => {
                Plan::Bind(fit(slot, self.policy.check_bind(address)?))
            }
            Command::Listen { .. } => {
                check_listen(slot)?;
                Plan::Now(listen)
            }
            Command::Option { set, .. } => {
                option::check(*set)?;
                Plan::Now(set_option)
            }
            Command::Shutdown { .. } => Plan::Now(shutdown),
            Command::Timeout { .. } | Command::Nonblocking { .. } => Plan::Now(set_waiting),
            Command::Interrupt { .. } => Plan::Now(interrupt),
            Command::Reader { set, .. } => {
                set.map(|reading| check_reader(slot, reading)).transpose()?;
                Plan::Reader
            }
            Command::Close { .. } => Plan::Close,
            Command::Socket { .. } | Command::Experiment(_) | Command::Reset => {
                return Err(Failure::new(ErrorKind::BadRequest, "This command names no socket."));
            }
        })
    }

    fn refuse_socket(&self, net: Net, name: Option<&str>) -> Option<Failure> {
        if net != Net::Host {
            return Some(Failure::new(
                ErrorKind::NoWire,
                "This machine offers no wire; make the socket in net host.",
            ));
        }
        if name.is_some_and(|name| name.len() > limit::NAME) {
            return Some(Failure::new(
                ErrorKind::BadRequest,
                format!("A name is at most {} bytes long.", limit::NAME),
            ));
        }
        self.refuse_another()
    }

    /// Why there may be no socket more.
    pub(super) fn refuse_another(&self) -> Option<Failure> {
        let most = self.limits.sockets;
        let full = self.slots.borrow().len() >= most as usize;
        full.then(|| {
            Failure::new(
                ErrorKind::Limit,
                format!("The lab holds {most} sockets already; close one first."),
            )
        })
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
        let result = make().map_err(|error| errno::failure(ask, &error));
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

    fn make(&self, family: Family, kind: Kind) -> io::Result<Done> {
        let domain = match family {
            Family::Ipv4 => Domain::IPV4,
            Family::Ipv6 => Domain::IPV6,
        };
        let ty = match kind {
            Kind::Stream => Type::STREAM,
            Kind::Datagram => Type::DGRAM,
        };
        let socket = Socket::new(domain, ty, None)?;
        if kind == Kind::Datagram {
            // An unbound datagram socket that sends is bound to every address: keep it on loopback.
            socket.bind_device(Some(b"lo"))?;
        }
        let (id, cookie) = self.adopt(socket, family, kind)?;
        Ok(Done::Made(Made { socket: id, cookie: Wide(cookie) }))
    }

    /// Gives a new descriptor its id and its lanes.
    pub(super) fn adopt(
        &self,
        socket: Socket,
        family: Family,
        kind: Kind,
    ) -> io::Result<(SocketId, u64)> {
        socket.set_nonblocking(true)?;
        let cookie = kernel::cookie(socket.as_fd())?;
        let id = SocketId(self.next_socket.get());
        let slot = Slot::new(id, cookie, family, kind, socket);
        self.next_socket.set(id.0 + 1);
        self.slots.borrow_mut().insert(id, Rc::new(slot));
        Ok((id, cookie))
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
        self.slots.borrow_mut().remove(&slot.id);
        self.abandon(&slot);
        self.release(slot).await;
        self.ended(call, None, asker, &Ok(Done::nothing()));
        self.look_at_closed();
    }

    /// Ends what is asleep on a socket and what waits behind it.
    fn abandon(&self, slot: &Slot) {
        if let Some(reader) = slot.reader.borrow_mut().take() {
            reader.abort();
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
        self.watcher.borrow_mut().closing(&slot, &self.journal);
        drop(slot);
    }

    async fn reset(&self, asker: Asker) {
        let slots: Vec<_> = std::mem::take(&mut *self.slots.borrow_mut()).into_values().collect();
        for slot in &slots {
            self.abandon(slot);
        }
        for slot in slots {
            self.release(slot).await;
        }
        self.watcher.borrow_mut().forget_all();
        let (seq, _) = self.journal.append(Source::Relay, What::Reset { by: asker.by });
        asker.answer(seq, Ok(Done::nothing()));
    }
}

/// What is to be done with a command.
enum Plan {
    Lane(State),
    Bind(SocketAddr),
    Now(fn(&Slot, &Command) -> io::Result<Done>),
    Close,
    Reader,
}

fn check_listen(slot: &Slot) -> Result<(), Failure> {
    let bound = kernel::local(slot.as_fd()).ok().flatten().is_some_and(|local| local.port() != 0);
    if bound || slot.kind == Kind::Datagram {
        return Ok(());
    }
    Err(Failure::new(
        ErrorKind::Denied,
        "Bind it to loopback first: the kernel would let an unbound socket listen on every network.",
    ))
}

fn bind(slot: &Slot, to: SocketAddr) -> io::Result<Done> {
    slot.socket.bind(&SockAddr::from(to))?;
    let local = kernel::local(slot.as_fd())?.unwrap_or(to);
    Ok(Done::Local(Local { local: Address::Inet(local) }))
}

/// The checked address in the socket's own family, so that an IPv6 socket can reach IPv4.
fn fit(slot: &Slot, to: SocketAddr) -> SocketAddr {
    match (slot.family, to) {
        (Family::Ipv6, SocketAddr::V4(v4)) => {
            SocketAddr::new(v4.ip().to_ipv6_mapped().into(), v4.port())
        }
        _ => to,
    }
}

fn listen(slot: &Slot, ask: &Command) -> io::Result<Done> {
    let Command::Listen { backlog, .. } = ask else {
        return Err(io::ErrorKind::InvalidInput.into());
    };
    slot.socket.listen(*backlog).map(|()| Done::nothing())
}

fn set_option(slot: &Slot, ask: &Command) -> io::Result<Done> {
    let Command::Option { set, .. } = ask else { return Err(io::ErrorKind::InvalidInput.into()) };
    option::set(slot, *set)
}

fn shutdown(slot: &Slot, ask: &Command) -> io::Result<Done> {
    let Command::Shutdown { how, .. } = ask else { return Err(io::ErrorKind::InvalidInput.into()) };
    let how = match how {
        Half::Read => Shutdown::Read,
        Half::Write => Shutdown::Write,
        Half::Both => Shutdown::Both,
    };
    let shut = slot.socket.shutdown(how);
    // An unconnected datagram socket is shut although the kernel says ENOTCONN (inet_shutdown).
    if how != Shutdown::Write && (shut.is_ok() || slot.kind == Kind::Datagram) {
        slot.shut_read.set(true);
    }
    shut.map(|()| Done::nothing())
}

#[expect(clippy::unnecessary_wraps, reason = "one signature for all immediate calls")]
fn set_waiting(slot: &Slot, ask: &Command) -> io::Result<Done> {
    match ask {
        Command::Timeout { after, .. } => slot.timeout.set(*after),
        Command::Nonblocking { on, .. } => slot.nonblocking.set(*on),
        _ => {}
    }
    Ok(Done::nothing())
}

#[expect(clippy::unnecessary_wraps, reason = "one signature for all immediate calls")]
fn interrupt(slot: &Slot, ask: &Command) -> io::Result<Done> {
    if let Command::Interrupt { call, .. } = ask {
        slot.interrupt(*call);
    }
    Ok(Done::nothing())
}

fn payload(data: &Data) -> Result<Vec<u8>, Failure> {
    if data.len() > limit::FILL_BYTES as usize {
        return Err(Failure::new(
            ErrorKind::Limit,
            format!("One send carries at most {} bytes here.", limit::FILL_BYTES),
        ));
    }
    Ok(data.to_bytes())
}

fn size(max: u32) -> Result<usize, Failure> {
    if max > limit::RECV_BYTES {
        return Err(Failure::new(
            ErrorKind::Limit,
            format!("One receive asks for at most {} bytes here.", limit::RECV_BYTES),
        ));
    }
    Ok(max as usize)
}

/// A receive of no bytes empties no stream: its reader would never rest.
fn check_reader(slot: &Slot, reading: Reading) -> Result<(), Failure> {
    if reading.max == 0 && slot.kind == Kind::Stream {
        return Err(Failure::new(
            ErrorKind::BadRequest,
            "A stream's reader asks for 1 byte or more.",
        ));
    }
    size(reading.max).map(drop)
}

fn datagram_only(slot: &Slot, call: &str) -> Result<(), Failure> {
    if slot.kind == Kind::Datagram {
        return Ok(());
    }
    Err(Failure::new(
        ErrorKind::Unsupported,
        format!("{call} is for datagram sockets; a stream knows whom it is connected to."),
    ))
}

fn check_burst(count: u32, bytes: u32) -> Result<(), Failure> {
    if !(1..=limit::BURST).contains(&count) {
        return Err(Failure::new(
            ErrorKind::Limit,
            format!("A burst has 1 to {} datagrams.", limit::BURST),
        ));
    }
    if bytes > 65_527 {
        return Err(Failure::errno(
            "EMSGSIZE",
            "A datagram holds at most 65,507 bytes over IPv4 and 65,527 over IPv6.",
        ));
    }
    Ok(())
}

impl Desk {
    /// What direction a lane has, for the drivers.
    pub(super) fn next_job(slot: &Slot, direction: Direction) -> Option<Job> {
        let lane = slot.lane(direction);
        if lane.current.get().is_some() { None } else { lane.waiting.borrow_mut().pop_front() }
    }
}
