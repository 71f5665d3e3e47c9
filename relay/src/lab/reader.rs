//! Owns automatic readers: one receive after another, each journaled like any other call.

use super::desk::Desk;
use super::slot::{Direction, Slot};
use super::{Asker, Outcome};
use protocol::command::{Kind, Reading};
use protocol::reply::Received;
use protocol::{Command, Done};
use std::rc::Rc;
use std::time::Duration;
use tokio::sync::oneshot;

/// Whether nothing can come after this: the peer's end, or the own end of a datagram socket, whose
/// receive comes from nobody then.
pub(super) fn ends(ask: &Command, received: &Received) -> bool {
    received.eof || (matches!(ask, Command::RecvFrom { .. }) && received.from.is_none())
}

impl Desk {
    /// Ends what a socket does by itself, and what that has asked for.
    pub(super) fn stop_automatic(&self, slot: &Slot) {
        let Some(old) = slot.reader.borrow_mut().take() else { return };
        old.abort();
        // What it asked for may sleep, or stand at the gate, or behind a call that does.
        self.withdraw_of(slot.id, true);
        slot.incoming.waiting.borrow_mut().retain(|job| !job.asker.automatic);
        if let Some(call) = slot.lane(Direction::In).current.get().filter(|_| slot.reading.get()) {
            slot.interrupt(Some(call));
        }
    }

    /// Sets or removes a socket's reader.
    pub(super) fn set_reader(self: &Rc<Self>, slot: &Rc<Slot>, asker: Asker, ask: &Command) {
        let Command::Reader { set, .. } = *ask else { return };
        self.stop_automatic(slot);
        self.at_once(Some(slot), asker, ask, || Ok(Done::nothing()));
        let Some(reading) = set else { return };
        let (desk, owned) = (Rc::clone(self), Rc::clone(slot));
        let task = tokio::task::spawn_local(async move { desk.read_on(owned, reading).await });
        *slot.reader.borrow_mut() = Some(task.abort_handle());
    }

    /// Reads until an end, an error, or its own removal.
    pub(super) async fn read_on(self: Rc<Self>, slot: Rc<Slot>, reading: Reading) {
        let id = slot.id;
        let ask = match slot.kind {
            Kind::Stream => Command::Recv { socket: id, max: reading.max, peek: false },
            Kind::Datagram => Command::RecvFrom { socket: id, max: reading.max, peek: false },
        };
        drop(slot);
        while let Some((_, Ok(Done::Received(received)))) = self.ask_itself(ask.clone()).await
            && !ends(&ask, &received)
        {
            if reading.every == 0 {
                // No pause: a timer's is a millisecond at least. Others have their turn.
                tokio::task::yield_now().await;
            } else {
                // The pause that was asked for between two reads.
                tokio::time::sleep(Duration::from_nanos(reading.every)).await;
            }
        }
        if let Some(slot) = self.slots.borrow().get(&id) {
            slot.reader.borrow_mut().take();
        }
        self.ask_itself(Command::Reader { socket: id, set: None }).await;
    }

    /// Asks as the socket's own program does.
    pub(super) async fn ask_itself(self: &Rc<Self>, ask: Command) -> Option<Outcome> {
        let (reply, answer) = oneshot::channel();
        self.take(Asker { by: None, reply: Some(reply), automatic: true }, ask).await;
        answer.await.ok()
    }
}
