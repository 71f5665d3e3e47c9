//! Owns what must hold.

use crate::support::lab::Bench;
use protocol::command::Kind;
use protocol::reply::{Done, Received};
use protocol::world::Ledger;
use protocol::{
    Address, Answer, CallId, Command, Event, Failure, SessionId, SocketId, TcpState, What, World,
};
use relay::journal::Read;
use std::collections::BTreeMap;

type Answers = [(Command, Result<Done, Failure>)];

/// At a quiet moment nothing is unexplained, and what is not knowable is so for a reason.
pub(crate) fn balances(world: &World) {
    for socket in world.sockets.values() {
        if let Some(Ledger::Stream(ledger)) = world.ledger(socket.id) {
            let ends = [Some(socket.id), world.far_end(socket.id)];
            let mut ends = ends.into_iter().flatten().map(|id| &world.sockets[&id]);
            let whole = ends.all(|end| end.is_open() && end.kernel.state != Some(TcpState::Close));
            let holds = ledger.unexplained.map_or(!whole, |unexplained| unexplained == 0);
            assert!(holds && (ledger.quiet || !whole), "{}: {ledger:?}, {world:?}", socket.id);
        }
        if socket.kind == Kind::Datagram && socket.is_open() {
            let ledger = world.datagram_ledger(socket.id).expect("it is ours");
            let known = socket.kernel.queue.is_some() && socket.from_outside == 0;
            let holds = ledger.unexplained.map_or(!known, |unexplained| unexplained == 0);
            assert!(holds && (ledger.quiet || !known), "{}: {ledger:?}, {world:?}", socket.id);
        }
    }
}

fn journal(bench: &Bench) -> Vec<Event> {
    match bench.lab.journal().read(0, usize::MAX) {
        Read::Events(events) => events,
        Read::Lost { oldest } => panic!("the ring has lost all before {oldest}"),
    }
}

/// Between two events too: a moment that calls itself quiet has nothing unexplained.
pub(crate) fn every_moment(bench: &Bench) {
    let mut world = World::default();
    for event in journal(bench) {
        world.apply(&event);
        if matches!(event.what, What::DatagramSent { .. } | What::Crossed { .. }) {
            continue; // the thousands; what they did is there at the next
        }
        for id in world.sockets.keys().copied().collect::<Vec<_>>() {
            let claim = match world.ledger(id) {
                Some(Ledger::Stream(ledger)) => (ledger.quiet, ledger.unexplained),
                Some(Ledger::Datagram(ledger)) => (ledger.quiet, ledger.unexplained),
                None => continue,
            };
            let alarm = claim.0 && claim.1.is_some_and(|unexplained| unexplained > 0);
            assert!(!alarm, "{id} at {event:?}: {:?}", world.ledger(id));
        }
    }
}

/// A call as the journal tells it.
struct Told {
    ask: Command,
    by: Option<SessionId>,
    bytes: u32,
    result: Option<Answer>,
}

fn told(bench: &Bench) -> BTreeMap<CallId, Told> {
    let mut calls = BTreeMap::new();
    for event in journal(bench) {
        match event.what {
            What::CallBegan { call, by, ask, .. } => {
                calls.insert(call, Told { ask, by, bytes: 0, result: None });
            }
            What::CallBlocked { call, bytes } => {
                calls.get_mut(&call).expect("it began").bytes = bytes;
            }
            What::CallEnded { call, result } => {
                let told = calls.get_mut(&call).expect("it began");
                if let Answer::Ok(Done::Sent(sent)) = &result {
                    assert!(sent.bytes >= told.bytes, "what was taken is not given back");
                    told.bytes = sent.bytes;
                }
                assert!(told.result.replace(result).is_none(), "it ended twice");
            }
            _ => {}
        }
    }
    calls
}

/// Answers of the calls that began, in the order in which they were asked of that socket.
fn began<'a>(
    answers: &'a Answers,
    wanted: impl Fn(&Command) -> bool + 'a,
) -> impl Iterator<Item = &'a (Command, Result<Done, Failure>)> {
    answers.iter().filter(move |(command, _)| wanted(command)).filter(|(_, answer)| {
        !matches!(answer, Err(failure) if failure.short() == "unknown_id"
            || failure.short() == "limit" || failure.short() == "unsupported"
            || failure.message.contains("before this call began"))
    })
}

/// What was read from a socket: my own receives from their answers, which are whole, the reader's from
/// the journal (it asks for no more than an event carries).
fn reads(
    calls: &BTreeMap<CallId, Told>,
    me: SessionId,
    answers: &Answers,
    socket: SocketId,
) -> Vec<Received> {
    let receives = |command: &Command| {
        command.socket() == Some(socket)
            && matches!(command, Command::Recv { .. } | Command::RecvFrom { .. })
    };
    let mut mine = began(answers, receives);
    let mut reads = Vec::new();
    for told in calls.values().filter(|told| receives(&told.ask)) {
        let answer = if told.by == Some(me) {
            mine.next().map(|(_, answer)| answer.clone())
        } else {
            match told.result.clone().expect("it ended") {
                Answer::Ok(done) => Some(Ok(done)),
                Answer::Error(failure) => Some(Err(failure)),
            }
        };
        match answer.expect("every call was asked for") {
            Ok(Done::Received(received)) => reads.push(received),
            Ok(other) => panic!("{other:?}"),
            Err(_) => {}
        }
    }
    assert_eq!(mine.count(), 0, "a call that was answered is not in the journal");
    reads
}

/// Every byte read from a stream is the byte sent, in order; a peek saw the same.
pub(crate) fn bytes(bench: &Bench, me: SessionId, answers: &Answers) {
    let calls = told(bench);
    for (client, server) in pairs(bench) {
        for (from, to) in [(client, server), (server, client)] {
            let sends = |command: &Command| {
                command.socket() == Some(from) && matches!(command, Command::Send { .. })
            };
            let taken = calls.values().filter(|told| sends(&told.ask)).map(|told| told.bytes);
            let mut sent = Vec::new();
            for ((command, _), taken) in began(answers, sends).zip(taken) {
                let Command::Send { data, .. } = command else { continue };
                sent.extend_from_slice(&data.to_bytes()[..taken as usize]);
            }
            let mut place = 0;
            for read in reads(&calls, me, answers, to) {
                let bytes = read.data.bytes();
                assert_eq!(bytes.len(), read.bytes as usize);
                let there = sent.get(place..place + bytes.len());
                assert!(
                    there == Some(bytes),
                    "{from} to {to}: byte {place} and {} on",
                    bytes.len()
                );
                place += if read.peek { 0 } else { bytes.len() };
            }
        }
    }
}

/// The pairs that were connected, as connect and accept told them.
fn pairs(bench: &Bench) -> Vec<(SocketId, SocketId)> {
    let (mut clients, mut pairs) = (BTreeMap::new(), Vec::new());
    for told in told(bench).into_values() {
        match (told.ask, told.result) {
            (Command::Connect { socket, .. }, Some(Answer::Ok(Done::Local(at)))) => {
                clients.insert(at.local, socket);
            }
            (Command::Accept { .. }, Some(Answer::Ok(Done::Accepted(accepted)))) => {
                pairs.push((clients[&accepted.peer], accepted.socket));
            }
            _ => {}
        }
    }
    pairs
}

/// Every datagram read was sent, whole or cut as told, in order and once.
pub(crate) fn datagrams(
    bench: &Bench,
    me: SessionId,
    answers: &Answers,
    sockets: &[(SocketId, Kind, Option<Address>)],
) {
    let calls = told(bench);
    for (receiver, _, address) in sockets.iter().filter(|(_, kind, _)| *kind == Kind::Datagram) {
        let mut burst_at = BTreeMap::new();
        let mut single_at = BTreeMap::new();
        for read in reads(&calls, me, answers, *receiver).iter().filter(|read| !read.peek) {
            let Some(from) = &read.from else {
                assert!(read.eof, "a datagram has a sender: {read:?}");
                continue; // woken by shutdown
            };
            if let Some(numbered) = read.numbered {
                let last = burst_at.insert(numbered.call, numbered.number);
                assert!(last < Some(numbered.number), "{numbered:?} after {last:?}");
                let told = &calls[&numbered.call].ask;
                assert!(matches!(told, Command::Burst { address: to, .. } if to == address));
                continue;
            }
            let sender = sockets.iter().find(|(.., at)| at.as_ref() == Some(from));
            let (sender, ..) = sender.expect("only we send here");
            let sent: Vec<_> = answers
                .iter()
                .filter(|(command, answer)| {
                    let burst = matches!(command, Command::Burst { .. });
                    command.socket() == Some(*sender) && (answer.is_ok() || burst)
                })
                .collect();
            let next = single_at.entry(*sender).or_insert(0);
            let found = sent[*next..]
                .iter()
                .position(|(command, _)| could_be(command, address.as_ref(), read));
            let found = found.unwrap_or_else(|| panic!("never sent: {read:?} to {receiver}"));
            // Of a burst there may be more.
            let burst = matches!(sent[*next + found].0, Command::Burst { .. });
            *next += found + usize::from(!burst);
        }
    }
}

fn could_be(command: &Command, receiver: Option<&Address>, read: &Received) -> bool {
    let data = match command {
        Command::SendTo { address, data, .. } if Some(address) == receiver => data,
        Command::Send { data, .. } => data, // to its connected peer, whoever that was then
        // Cut short, its number cannot be read.
        Command::Burst { address, .. } => return address.as_ref() == receiver && read.truncated,
        _ => return false,
    };
    let sent = data.to_bytes();
    let got = read.data.bytes();
    if read.truncated { sent.len() > got.len() && sent.starts_with(got) } else { sent == got }
}
