//! Owns the commands under way and what came of them, each by the place that asked.

use crate::intent::{Plan, Verb, Wrong};
use protocol::command::Side;
use protocol::table::Table;
use protocol::{Answer, Command, CommandId, Done, PacketId, SocketId};

/// Where on the page somebody asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    /// The page as a whole: lessons, reset.
    Bench,
    /// A host's row.
    Host(Side),
    /// The wire's bar and its menus.
    Wire,
    /// The recorder.
    Record,
    /// The link for those who look on.
    Invite,
    /// The call gate.
    Gate,
    /// The panel of a packet.
    Packet,
    /// The bytes of a packet: looked at, nothing is done.
    Bytes,
    /// The ladder: what its absolute numbers are.
    Numbers,
    /// A form of a socket.
    Call(SocketId, Verb),
}

/// What came of the last asking at a place.
#[derive(Clone, Debug)]
pub(super) enum Outcome {
    /// Nothing yet.
    Waiting(Command),
    /// It was never asked: an input makes no sense.
    Wrong(Wrong),
    /// It was never asked: nobody is there.
    Nobody,
    /// The relay is gone; how it ended is not known here.
    Unknown,
    /// It ended.
    Ended(Command, Answer),
}

/// A socket that may be gone before anybody has read what close() came to.
pub(super) struct Parting {
    pub(super) socket: SocketId,
    pub(super) side: Side,
    /// Its name in both languages, as long as it was known.
    pub(super) name: [String; 2],
}

struct Asked {
    place: Place,
    command: Command,
    plan: Option<Plan>,
}

/// What is under way and what came of it.
#[derive(Default)]
pub(super) struct Asking {
    /// The socket last asked to close: when it is gone, its outcome stands at its host.
    pub(super) parting: Option<Parting>,
    /// Where something came of an asking that has not been said aloud yet.
    fresh: Option<Place>,
    last: u32,
    pending: Table<CommandId, Asked>,
    outcomes: Table<Place, Outcome>,
    /// The call last asked of each socket.
    latest: Table<SocketId, Verb>,
    /// All bytes that the last receive of each socket gave; events carry only 256.
    pub(super) received: Table<SocketId, Vec<u8>>,
    /// The packet last asked for, with all its bytes.
    pub(super) whole: Option<(PacketId, Vec<u8>)>,
    /// The bytes of a packet that the ladder asked for, until it has read them; none where they are not
    /// to be had.
    pub(super) numbers: Option<(PacketId, Vec<u8>)>,
}

impl Asking {
    /// Numbers a command and remembers who asked.
    pub(super) fn begin(
        &mut self,
        place: Place,
        command: &Command,
        plan: Option<Plan>,
    ) -> CommandId {
        self.last += 1;
        // What was wrong with the wire has been read by now.
        self.outcomes.remove(&Place::Wire);
        if matches!(place, Place::Host(_) | Place::Bench) {
            self.parting = None;
        }
        let id = CommandId(self.last);
        self.put(place, Outcome::Waiting(command.clone()));
        self.pending.insert(id, Asked { place, command: command.clone(), plan });
        id
    }

    /// What came of the last asking at a place.
    pub(super) fn put(&mut self, place: Place, outcome: Outcome) {
        if let Place::Call(socket, verb) = place {
            self.latest.insert(socket, verb);
        }
        if !matches!(outcome, Outcome::Waiting(_)) {
            self.fresh = Some(place);
        }
        self.outcomes.insert(place, outcome);
    }

    /// Where something came of an asking since the last time that this was called.
    pub(super) fn fresh(&mut self) -> Option<Place> {
        self.fresh.take()
    }

    /// It could not be given.
    pub(super) fn nobody(&mut self, id: CommandId) {
        if let Some(asked) = self.pending.remove(&id) {
            self.put(asked.place, Outcome::Nobody);
        }
    }

    /// The answer to a command; what its plan asks next, if it has one and all is well.
    pub(super) fn answer(
        &mut self,
        id: CommandId,
        answer: Answer,
    ) -> Option<(Place, Command, Plan)> {
        let Asked { place, command, plan } = self.pending.remove(&id)?;
        if let (Some(socket), Answer::Ok(Done::Received(received))) = (command.socket(), &answer) {
            self.received.insert(socket, received.data.bytes().to_vec());
        }
        if place == Place::Numbers {
            let bytes = match answer {
                Answer::Ok(Done::Whole(whole)) => whole.data.bytes().to_vec(),
                _ => Vec::new(),
            };
            if let Command::PacketBytes { packet } = command {
                self.numbers = Some((packet, bytes));
            }
            return None;
        }
        if let (Command::PacketBytes { packet }, Answer::Ok(Done::Whole(whole))) =
            (&command, &answer)
        {
            self.whole = Some((*packet, whole.data.bytes().to_vec()));
        }
        let next = match (&answer, plan) {
            (Answer::Ok(done), Some(mut plan)) => plan.next(done).map(|next| (next, plan)),
            _ => None,
        };
        self.put(place, Outcome::Ended(command, answer));
        let (command, plan) = next?;
        let verb = match command {
            Command::Bind { .. } => Verb::Bind,
            Command::Listen { .. } => Verb::Listen,
            _ => Verb::Accept,
        };
        let place = command.socket().map_or(place, |socket| Place::Call(socket, verb));
        Some((place, command, plan))
    }

    /// Nobody will answer any more.
    pub(super) fn lost(&mut self) {
        for asked in std::mem::take(&mut self.pending).into_values() {
            self.put(asked.place, Outcome::Unknown);
        }
    }

    /// Another epoch, or an emptied bench: ids mean something else now, or nothing.
    pub(super) fn forget(&mut self) {
        let last = self.last;
        *self = Self { last, ..Self::default() };
    }

    /// What came of the last asking at a place.
    pub(super) fn outcome(&self, place: Place) -> Option<&Outcome> {
        self.outcomes.get(&place)
    }

    /// What came of the last call on a socket.
    pub(super) fn latest(&self, socket: SocketId) -> Option<(Verb, &Outcome)> {
        let verb = *self.latest.get(&socket)?;
        Some((verb, self.outcomes.get(&Place::Call(socket, verb))?))
    }
}
