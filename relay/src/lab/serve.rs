//! Owns automatic programs: echo, answer, film, and whole servers. Each of their calls is journaled like any
//! other, asked for by nobody.

use super::Asker;
use super::desk::Desk;
use super::reader::ends;
use super::slot::Slot;
use protocol::command::{Application, Kind, Serving};
use protocol::data::{Data, Hex};
use protocol::limit::SERVE_RATE;
use protocol::reply::Received;
use protocol::{Address, Command, Done, SocketId, TcpState, film};
use rustix::fd::AsFd as _;
use std::rc::Rc;
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;

/// Between two sends of an automatic program, at least.
const PAUSE: Duration = Duration::from_millis(1);

impl Desk {
    /// Sets or removes what a socket does by itself.
    pub(super) fn set_serving(self: &Rc<Self>, slot: &Rc<Slot>, asker: Asker, ask: &Command) {
        let Command::Serve { set, .. } = ask else { return };
        self.stop_automatic(slot);
        self.at_once(Some(slot), asker, ask, || Ok(Done::nothing()));
        if let Some(serving) = set.clone() {
            self.start_serving(slot, serving);
        }
    }

    fn start_serving(self: &Rc<Self>, slot: &Rc<Slot>, serving: Serving) -> JoinHandle<()> {
        let (desk, id, kind) = (Rc::clone(self), slot.id, slot.kind);
        let listens = kind == Kind::Stream
            && if slot.is_unix() {
                slot.is_listening()
            } else {
                crate::kernel::tcp::state(slot.as_fd())
                    .is_ok_and(|state| super::watch::state(state) == TcpState::Listen)
            };
        let task = tokio::task::spawn_local(async move {
            if listens {
                desk.accept_on(id, serving).await;
            } else {
                desk.serve_one(id, kind, serving.app).await;
            }
        });
        *slot.reader.borrow_mut() = Some(task.abort_handle());
        task
    }

    /// Accepts until the listener is closed; one connection after the other, or side by side.
    async fn accept_on(self: &Rc<Self>, listener: SocketId, serving: Serving) {
        while let Some((_, Ok(Done::Accepted(accepted)))) =
            self.ask_itself(Command::Accept { socket: listener }).await
        {
            let id = accepted.socket;
            let Some(slot) = self.slots.borrow().get(&id).cloned() else { continue };
            let set = Some(serving.clone());
            let quiet = Asker { by: None, reply: None, automatic: true };
            self.at_once(Some(&slot), quiet, &Command::Serve { socket: id, set }, || {
                Ok(Done::nothing())
            });
            let one = self.start_serving(&slot, serving.clone());
            drop(slot);
            if !serving.side_by_side {
                // It ends with the connection, or is taken away from it.
                let _ = one.await;
            }
        }
    }

    /// Serves one connection to its end and closes it; a datagram socket for as long as it is there.
    async fn serve_one(self: &Rc<Self>, id: SocketId, kind: Kind, app: Application) {
        let max = match &app {
            Application::Idle => return,
            Application::Film { to, frames, every } => {
                return self
                    .send_film(id, to.as_ref(), *frames, Duration::from_nanos(*every))
                    .await;
            }
            Application::Read(reading) => {
                let Some(slot) = self.slots.borrow().get(&id).cloned() else { return };
                return Rc::clone(self).read_on(slot, *reading).await;
            }
            Application::Echo { max } | Application::Answer { max, .. } => *max,
        };
        let ask = match kind {
            Kind::Stream => Command::Recv { socket: id, max, peek: false },
            Kind::Datagram => Command::RecvFrom { socket: id, max, peek: false },
        };
        while let Some((_, Ok(Done::Received(received)))) = self.ask_itself(ask.clone()).await
            && !ends(&ask, &received)
        {
            let bytes = match &app {
                Application::Answer { data, .. } => data.to_bytes(),
                _ => received.data.bytes().to_vec(),
            };
            let pause = Duration::from_secs(1) * bytes.len() as u32 / SERVE_RATE;
            if !self.answer(id, kind, &received, bytes).await {
                break;
            }
            // The rate budget: two echoes would storm for ever.
            tokio::time::sleep(pause.max(PAUSE)).await;
        }
        if let Some(slot) = self.slots.borrow().get(&id) {
            slot.reader.borrow_mut().take();
        }
        if kind == Kind::Stream {
            self.ask_itself(Command::Close { socket: id }).await;
        }
    }

    /// Sends a film to its end, or to the end of its connection.
    async fn send_film(
        self: &Rc<Self>,
        socket: SocketId,
        to: Option<&Address>,
        frames: u32,
        every: Duration,
    ) {
        let mut pace = tokio::time::interval(every);
        // A frame that had to wait does not hurry those after it together: they were due, and go.
        pace.set_missed_tick_behavior(MissedTickBehavior::Burst);
        for number in 0..frames {
            pace.tick().await;
            let data = Data::Hex(Hex(film::frame(number)));
            let ask = match to {
                Some(to) => Command::SendTo { socket, address: to.clone(), data },
                None => Command::Send { socket, data, all: true },
            };
            let outcome = self.ask_itself(ask).await;
            // A datagram that cannot be sent is one that is lost; a stream has ended.
            let Some(slot) = self.slots.borrow().get(&socket).cloned() else { return };
            if slot.kind == Kind::Stream && !matches!(outcome, Some((_, Ok(_)))) {
                break;
            }
        }
        if let Some(slot) = self.slots.borrow().get(&socket) {
            slot.reader.borrow_mut().take();
        }
        self.ask_itself(Command::Serve { socket, set: None }).await;
    }

    /// Sends an answer; whether it was taken.
    async fn answer(
        self: &Rc<Self>,
        socket: SocketId,
        kind: Kind,
        to: &Received,
        bytes: Vec<u8>,
    ) -> bool {
        let data = Data::Hex(Hex(bytes));
        let ask = match (kind, &to.from) {
            (Kind::Datagram, Some(from)) => Command::SendTo { socket, address: from.clone(), data },
            _ => Command::Send { socket, data, all: true },
        };
        let outcome = self.ask_itself(ask).await;
        // A datagram that cannot be sent is one that is lost; the next may go.
        kind == Kind::Datagram || matches!(outcome, Some((_, Ok(_))))
    }
}
