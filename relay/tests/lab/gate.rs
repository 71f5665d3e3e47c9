//! The call gate: nothing begins while it is shut, and what waits goes on in the order asked.

use crate::support::lab::{Asked, Bench, end_of, error, failure, ok_bytes, received};
use protocol::command::{Application, Family, Kind, Net, Reading, Serving};
use protocol::data::Data;
use protocol::{Command, Done, Event, SessionId, SocketId, What, limit};
use relay::journal::Read;

fn make() -> Command {
    let (net, family, kind) = (Net::Host, Family::Ipv4, Kind::Stream);
    Command::Socket { net, family, kind, side: None, name: None }
}

fn recv(socket: SocketId) -> Command {
    Command::Recv { socket, max: 10, peek: false }
}

impl Bench {
    async fn shut(&self) {
        self.ask(Command::Pause { on: true }).await.expect("shut");
    }

    async fn step(&self) {
        self.ask(Command::Step).await.expect("one waits");
    }

    /// Asks, and waits until it stands at the gate.
    async fn held(&self, command: Command) -> Asked {
        let before = self.look(|world| world.waiting.last().map(|last| last.id));
        let asked = self.start(command);
        self.until("it waits", |world| {
            let last = world.waiting.last().map(|last| last.id);
            (last > before).then_some(())
        })
        .await;
        asked
    }

    fn waiting(&self) -> Vec<Command> {
        self.look(|world| world.waiting.iter().map(|waiting| waiting.ask.clone()).collect())
    }

    fn events_after(&self, after: u64) -> Vec<Event> {
        match self.lab.journal().read(after, 10_000) {
            Read::Events(events) => events,
            Read::Lost { .. } => panic!("a short journal"),
        }
    }
}

#[tokio::test]
async fn nothing_begins_until_it_is_let_through() {
    let bench = Bench::new();
    let (client, server, _) = bench.pair().await;
    bench.shut().await;
    let calls = bench.look(|world| world.calls.len());
    let send = Command::Send { socket: client, data: Data::Text("hi".into()), all: false };
    let (sends, makes) = (bench.held(send.clone()).await, bench.held(make()).await);
    let closes = bench.held(Command::Close { socket: server }).await;
    assert_eq!(bench.waiting(), [send, make(), Command::Close { socket: server }]);
    assert_eq!(bench.look(|world| (world.calls.len(), world.gate)), (calls, true));
    assert_eq!(bench.look(|world| world.sockets[&client].sent.bytes), 0);

    bench.step().await;
    assert_eq!(ok_bytes(end_of(sends).await), 2);
    assert_eq!(bench.waiting().len(), 2);
    bench.step().await;
    assert!(matches!(end_of(makes).await, Ok(Done::Made(_))));
    assert!(bench.look(|world| world.sockets[&server].is_open()));
    bench.step().await;
    end_of(closes).await.expect("closed");
    let refused = failure(bench.ask(Command::Step).await);
    assert_eq!(
        (refused.short(), &*refused.message),
        ("bad_request", "No call waits to be let through.")
    );
}

#[tokio::test]
async fn opened_it_lets_all_go_in_order_each_told_before_it_begins() {
    let bench = Bench::new();
    let (client, server, _) = bench.pair().await;
    bench.shut().await;
    let from = bench.lab.journal().seq();
    let mut sends = Vec::new();
    for text in ["a", "b", "c"] {
        let data = Data::Text(text.into());
        sends.push(bench.held(Command::Send { socket: client, data, all: false }).await);
    }
    bench.ask(Command::Pause { on: false }).await.expect("opened");
    for send in sends {
        assert_eq!(ok_bytes(end_of(send).await), 1);
    }
    assert_eq!(received(bench.recv(server, 10).await).data.bytes(), b"abc");
    let events = bench.events_after(from);
    let released: Vec<usize> = (0..events.len())
        .filter(|place| matches!(events[*place].what, What::CallReleased { .. }))
        .collect();
    assert_eq!(released.len(), 3);
    for place in released {
        assert!(
            matches!(events[place + 1].what, What::CallBegan { .. }),
            "{:?}",
            events[place + 1]
        );
    }
    assert!(bench.look(|world| !world.gate && world.waiting.is_empty()));
    // Open it is as if there were none.
    let quiet = bench.lab.journal().seq();
    bench.ask(Command::Pause { on: false }).await.expect("open already");
    assert_eq!(bench.lab.journal().seq(), quiet);
}

#[tokio::test]
async fn what_never_could_begin_is_refused_at_once_and_the_rest_when_it_is_its_turn() {
    let bench = Bench::new();
    let socket = bench.socket(Family::Ipv4, Kind::Stream).await;
    bench.shut().await;
    assert_eq!(error(bench.ask(recv(SocketId(99))).await), "unknown_id");
    let closes = bench.held(Command::Close { socket }).await;
    let reads = bench.held(recv(socket)).await;
    bench.step().await;
    end_of(closes).await.expect("closed");
    bench.step().await;
    assert_eq!(error(end_of(reads).await), "unknown_id");
    // What makes no call passes by.
    let other = bench.start(make());
    bench.until("it waits", |world| world.next_call().map(drop)).await;
    bench.step().await;
    let Ok(Done::Made(made)) = end_of(other).await else { panic!("no socket") };
    bench.nonblocking(made.socket, true).await;
    bench.timeout(made.socket, None).await;
}

#[tokio::test]
async fn a_call_that_sleeps_goes_on_sleeping_and_ends_behind_a_shut_gate() {
    let bench = Bench::new();
    let (client, server, _) = bench.pair().await;
    let (call, reads) = bench.start_blocked(recv(server)).await;
    bench.shut().await;
    let send = Command::Send { socket: client, data: Data::Text("x".into()), all: false };
    let sends = bench.held(send).await;
    bench.step().await;
    end_of(sends).await.expect("sent");
    assert_eq!(received(end_of(reads).await).data.bytes(), b"x");
    assert!(bench.look(|world| world.calls[&call].ended.is_some() && world.gate));
}

#[tokio::test]
async fn an_interrupt_takes_them_away_and_so_does_a_reset() {
    let bench = Bench::new();
    let (client, server, _) = bench.pair().await;
    bench.shut().await;
    let (one, two) = (bench.held(recv(client)).await, bench.held(recv(server)).await);
    let interrupt = Command::Interrupt { socket: client, call: None };
    bench.ask(interrupt).await.expect("interrupted");
    assert_eq!(error(end_of(one).await), "interrupted");
    assert_eq!(bench.waiting(), [recv(server)]);
    bench.ask(Command::Reset).await.expect("reset");
    assert_eq!(error(end_of(two).await), "interrupted");
    assert!(bench.look(|world| !world.gate && world.waiting.is_empty()));
    assert!(matches!(bench.ask(make()).await, Ok(Done::Made(_))), "the gate is open");
}

#[tokio::test]
async fn who_has_left_is_waited_for_no_longer() {
    let bench = Bench::new();
    bench.shut().await;
    let (stays, leaves) = (SessionId(1), SessionId(2));
    let mine = tokio::spawn(bench.lab.ask(Some(stays), make()));
    let theirs = tokio::spawn(bench.lab.ask(Some(leaves), make()));
    bench.until("both wait", |world| (world.waiting.len() == 2).then_some(())).await;
    bench.lab.left(Some(leaves)).await;
    let (_, ended) = theirs.await.expect("no panic");
    assert_eq!(error(ended), "interrupted");
    assert_eq!(bench.look(|world| world.next_call().and_then(|call| call.by)), Some(stays));
    bench.step().await;
    assert!(mine.await.expect("no panic").1.is_ok());
}

#[tokio::test]
async fn automatic_programs_wait_too_and_are_taken_away_with_their_calls() {
    let bench = Bench::new();
    let (listener, address) = bench.listener(5).await;
    let client = bench.connect(&address).await;
    bench.shut().await;
    let app = Application::Echo { max: 10 };
    let set = Some(Serving { app, side_by_side: false });
    bench.ask(Command::Serve { socket: listener, set }).await.expect("a server");
    let accept = Command::Accept { socket: listener };
    bench
        .until("it wants to accept", |world| (world.next_call()?.ask == accept).then_some(()))
        .await;
    bench.step().await;
    // Its connection wants to read now.
    let reads = |command: &Command| matches!(command, Command::Recv { .. });
    bench.until("it wants to read", |world| reads(&world.next_call()?.ask).then_some(())).await;
    assert_eq!(bench.look(|world| world.next_call().and_then(|call| call.by)), None);
    let server = bench.look(|world| world.far_end(client)).expect("accepted");
    bench.ask(Command::Serve { socket: server, set: None }).await.expect("taken away");
    bench
        .until("nor its call", |world| world.waiting.iter().all(|w| !reads(&w.ask)).then_some(()))
        .await;

    let set = Some(Reading { max: 10, every: 0 });
    bench.ask(Command::Reader { socket: client, set }).await.expect("a reader");
    bench
        .until("it wants to read", |world| {
            world.waiting.iter().any(|w| reads(&w.ask)).then_some(())
        })
        .await;
    bench.ask(Command::Pause { on: false }).await.expect("opened");
    bench
        .until("it reads", |world| {
            world
                .calls_of(client)
                .any(|call| reads(&call.ask) && call.blocked.is_some())
                .then_some(())
        })
        .await;
}

#[tokio::test]
async fn the_257th_is_refused_and_nothing_hangs() {
    let bench = Bench::new();
    bench.shut().await;
    let asked: Vec<_> = (0..limit::WAITING_CALLS).map(|_| bench.start(make())).collect();
    bench
        .until("all wait", |world| {
            (world.waiting.len() == limit::WAITING_CALLS as usize).then_some(())
        })
        .await;
    assert_eq!(error(bench.ask(make()).await), "limit");
    bench.ask(Command::Pause { on: false }).await.expect("opened");
    for one in asked {
        assert!(matches!(end_of(one).await, Ok(Done::Made(_))));
    }
}
