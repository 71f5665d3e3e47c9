//! Owns the call gate: while it is shut no socket call begins; each waits here, in the order asked.
//! Automatic programs and experiments wait too, for they make calls as any program does.

use super::Asker;
use super::desk::Desk;
use protocol::{
    Command, Done, ErrorKind, Failure, SessionId, SocketId, Source, WaitingId, What, limit,
};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

/// A call that has not begun.
struct Held {
    id: WaitingId,
    asker: Asker,
    command: Command,
}

/// The gate, and who waits there.
#[derive(Default)]
pub(super) struct Gate {
    shut: Cell<bool>,
    waiting: RefCell<VecDeque<Held>>,
    last: Cell<u32>,
}

impl Gate {
    /// Whether a call that is asked for now has to wait.
    pub(super) fn is_shut(&self) -> bool {
        self.shut.get()
    }
}

impl Desk {
    /// Keeps a call at the gate, or says why it could never begin.
    pub(super) fn hold(&self, asker: Asker, command: Command) {
        if command.socket().is_some()
            && let Err(failure) = self.slot_for(&command)
        {
            return asker.answer(self.journal.seq(), Err(failure));
        }
        let most = limit::WAITING_CALLS;
        if self.gate.waiting.borrow().len() >= most as usize {
            let failure = Failure::new(
                ErrorKind::Limit,
                format!("{most} calls wait at the gate already; let some through first."),
            );
            return asker.answer(self.journal.seq(), Err(failure));
        }
        let id = WaitingId(self.gate.last.get() + 1);
        self.gate.last.set(id.0);
        let (ask, cut) = command.clipped();
        self.journal
            .append(Source::Relay, What::CallWaiting { waiting: id, by: asker.by, ask, cut });
        self.gate.waiting.borrow_mut().push_back(Held { id, asker, command });
    }

    /// Shuts the gate, or opens it and lets all go on in order.
    pub(super) async fn pause(self: &Rc<Self>, asker: Asker, on: bool) {
        if self.gate.shut.get() != on {
            self.journal.append(Source::Relay, What::Gate { by: asker.by, on });
        }
        if on {
            self.gate.shut.set(true);
        } else {
            // Whoever asks meanwhile stands behind those that are here.
            while self.release_oldest().await {}
            self.gate.shut.set(false);
        }
        asker.answer(self.journal.seq(), Ok(Done::nothing()));
    }

    /// Lets the oldest begin.
    pub(super) async fn step(self: &Rc<Self>, asker: Asker) {
        let result = if self.release_oldest().await {
            Ok(Done::nothing())
        } else {
            Err(Failure::new(ErrorKind::BadRequest, "No call waits to be let through."))
        };
        asker.answer(self.journal.seq(), result);
    }

    async fn release_oldest(self: &Rc<Self>) -> bool {
        let oldest = self.gate.waiting.borrow_mut().pop_front();
        let Some(Held { id, asker, command }) = oldest else { return false };
        self.journal.append(Source::Relay, What::CallReleased { waiting: id });
        self.dispatch(asker, command).await;
        true
    }

    /// Sends away all that wait, and opens the gate.
    pub(super) fn clear_gate(&self, by: Option<SessionId>) {
        self.withdraw(|_, _| true);
        if self.gate.shut.replace(false) {
            self.journal.append(Source::Relay, What::Gate { by, on: false });
        }
    }

    /// Who asked has left: nobody is there to hear how its calls end.
    pub(super) fn asker_left(&self, by: Option<SessionId>) {
        self.withdraw(|asker, _| asker.by == by && !asker.automatic);
    }

    /// Sends away the calls that wait to be made on a socket; only its own program's, where so said.
    pub(super) fn withdraw_of(&self, socket: SocketId, only_automatic: bool) {
        self.withdraw(|asker, command| {
            command.socket() == Some(socket) && (asker.automatic || !only_automatic)
        });
    }

    fn withdraw(&self, goes: impl Fn(&Asker, &Command) -> bool) {
        let (gone, kept) = std::mem::take(&mut *self.gate.waiting.borrow_mut())
            .into_iter()
            .partition(|held: &Held| goes(&held.asker, &held.command));
        *self.gate.waiting.borrow_mut() = kept;
        let gone: VecDeque<Held> = gone;
        for Held { id, asker, .. } in gone {
            let (seq, _) = self.journal.append(Source::Relay, What::CallWithdrawn { waiting: id });
            let why = "The call was withdrawn before it began.";
            asker.answer(seq, Err(Failure::new(ErrorKind::Interrupted, why)));
        }
    }
}
