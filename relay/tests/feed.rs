//! What a viewer is told: every event once and in order, each reply after its events, holes named,
//! and memory bounded.

mod support;

use futures_util::FutureExt as _;
use proptest::prelude::*;
use protocol::data::Payload;
use protocol::message::{Resume, RungName, ToPage};
use protocol::packet::{Head, PacketFate, UdpHead};
use protocol::reply::Received;
use protocol::{
    Answer, Command, CommandId, Done, End, FlowId, PacketId, SocketId, Source, What, limit,
};
use relay::journal::Journal;
use relay::server;
use relay::session::{Config, Form};
use support::viewer::{Fake, Relay, SHORT, gone, journal};
use tokio_tungstenite::tungstenite::Message;

const FORMS: [Form; 2] = [Form::Json, Form::Postcard];

fn close(socket: u32) -> Command {
    Command::Close { socket: SocketId(socket) }
}

fn resume(seq: u64) -> Resume {
    Resume { epoch: "epoch".into(), seq }
}

#[tokio::test]
async fn a_reply_comes_after_the_events_up_to_its_seq() {
    for form in FORMS {
        let journal = journal();
        let fake = Fake::new(journal.clone(), |journal, _, command| {
            let journal = journal.clone();
            async move {
                let many = command.socket().map_or(1, |socket| socket.0);
                let mut seq = 0;
                for n in 0..many {
                    (seq, _) = gone(&journal, n);
                    if n % 7 == 0 {
                        tokio::task::yield_now().await;
                    }
                }
                (seq, Ok(Done::nothing()))
            }
            .boxed()
        });
        let relay = Relay::start(fake).await;
        let (mut viewer, _) = relay.viewer(form).await;
        let sizes = [1, 40, 3, 2_000, 1, 17];
        for (id, many) in sizes.into_iter().enumerate() {
            viewer.ask(id as u32, close(many)).await;
        }
        let (mut last, mut replies) = (0, 0);
        while replies < sizes.len() {
            match viewer.next().await {
                ToPage::Event(event) => {
                    assert_eq!(event.seq, last + 1);
                    last = event.seq;
                }
                ToPage::Reply(reply) => {
                    assert!(reply.seq <= last, "{} before {}", reply.seq, last);
                    replies += 1;
                }
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(last, u64::from(sizes.iter().sum::<u32>()));
    }
}

#[tokio::test]
async fn a_viewer_goes_on_where_it_was() {
    let journal = journal();
    (1..=10).for_each(|n| {
        gone(&journal, n);
    });
    let relay = Relay::start(Fake::echo(journal.clone())).await;
    for form in FORMS {
        for seq in [0, 4, 10] {
            let mut viewer = relay.stranger(form).await;
            let welcome = viewer.greet(Some(resume(seq))).await;
            assert_eq!((welcome.seq, welcome.snapshot), (seq, None));
            for next in seq + 1..=10 {
                let ToPage::Event(event) = viewer.next().await else { panic!("not an event") };
                assert_eq!(event.seq, next);
            }
        }
        for other in [
            Resume { epoch: "another".into(), seq: 4 },
            Resume { epoch: "epoch".into(), seq: 11 },
            Resume { epoch: "epoch".into(), seq: u64::MAX },
        ] {
            let welcome = relay.stranger(form).await.greet(Some(other)).await;
            assert_eq!((welcome.seq, welcome.snapshot.map(|world| world.seq)), (10, Some(10)));
        }
    }
}

#[tokio::test]
async fn what_has_left_the_ring_is_not_resumed() {
    let journal = Journal::bounded("epoch".into(), 2_000);
    (1..=1_000).for_each(|n| {
        gone(&journal, n);
    });
    let relay = Relay::start(Fake::echo(journal)).await;
    let welcome = relay.stranger(Form::Json).await.greet(Some(resume(1))).await;
    assert_eq!(welcome.snapshot.map(|world| world.seq), Some(1_000));
}

#[tokio::test]
async fn a_slow_viewer_is_told_of_the_gap_and_gets_a_snapshot() {
    for form in FORMS {
        let journal = Journal::bounded("epoch".into(), 20_000);
        let relay = Relay::start(Fake::echo(journal.clone())).await;
        let (mut viewer, welcome) = relay.viewer(form).await;
        // One task of a single-threaded runtime: no session runs until this ends.
        (1..=5_000).for_each(|n| {
            gone(&journal, n);
        });
        let mut last = welcome.seq;
        let mut gaps = 0;
        while last < 5_000 {
            match viewer.next().await {
                ToPage::Event(event) => {
                    assert_eq!(event.seq, last + 1);
                    last = event.seq;
                }
                ToPage::Gap { from, to } => {
                    assert_eq!(from, last + 1);
                    let ToPage::Welcome(welcome) = viewer.next().await else {
                        panic!("no welcome")
                    };
                    assert_eq!(
                        (welcome.seq, welcome.snapshot.map(|world| world.seq)),
                        (to, Some(to))
                    );
                    last = to;
                    gaps += 1;
                }
                other => panic!("{other:?}"),
            }
        }
        assert_eq!((last, gaps), (5_000, 1));
    }
}

#[tokio::test]
async fn an_event_too_large_for_the_ring_is_a_gap_not_a_silence() {
    let journal = Journal::bounded("epoch".into(), 0);
    let relay = Relay::start(Fake::echo(journal.clone())).await;
    let (mut viewer, _) = relay.viewer(Form::Json).await;
    gone(&journal, 1);
    assert_eq!(viewer.next().await, ToPage::Gap { from: 1, to: 1 });
    assert!(matches!(viewer.next().await, ToPage::Welcome(_)));
}

#[tokio::test]
async fn postcard_events_come_in_batches() {
    let journal = journal();
    let relay = Relay::start(Fake::echo(journal.clone())).await;
    let (mut viewer, _) = relay.viewer(Form::Postcard).await;
    (1..=10_000).for_each(|n| {
        gone(&journal, n);
    });
    let (mut frames, mut events) = (0, 0);
    while events < 10_000 {
        let Some(Message::Binary(bytes)) = viewer.frame().await else { panic!("not binary") };
        events += protocol::codec::decode(&bytes).unwrap().len();
        frames += 1;
    }
    assert!(frames <= 21, "{frames} frames");
}

/// A flood of packets on two flows: most pass at once, some stay.
fn flood(journal: &Journal, first: u64, many: u64) {
    for n in first..first + many {
        let (packet, flow) = (PacketId(n), FlowId(1 + (n % 2) as u32));
        let [src, dst] = ["10.77.0.1:1", "10.77.0.2:2"].map(|text| text.parse().unwrap());
        let head = Head::Udp(UdpHead { payload: 64, ..UdpHead::default() });
        let (from, bytes) = (End::Left, 92);
        let entered = What::PacketEntered { packet, flow, from, bytes, src, dst, head };
        let left = What::PacketLeft { packet, flow, fate: PacketFate::Delivered };
        let told = [(Source::Wire, entered), (Source::Wire, left)];
        journal.append_all(told.into_iter().take(if n % 100 == 0 { 1 } else { 2 }));
    }
}

/// The wire, and two flows on it.
fn lay(journal: &Journal) {
    journal.append(Source::Relay, What::WireUp { rung: RungName::Tun, seed: 1 });
    for flow in [1, 2].map(FlowId) {
        let (src, dst) = ("10.77.0.1:1".parse().unwrap(), "10.77.0.2:2".parse().unwrap());
        let seen = What::FlowSeen { flow, from: End::Left, protocol: 17, src, dst };
        journal.append(Source::Wire, seen);
    }
}

#[tokio::test]
async fn a_flood_is_told_in_sums_and_comes_to_the_same_world() {
    for form in FORMS {
        let journal = journal();
        lay(&journal);
        let relay = Relay::start(Fake::echo(journal.clone())).await;
        let (mut viewer, welcome) = relay.viewer(form).await;
        let mut world = welcome.snapshot.expect("a snapshot");
        let mut next = 1;
        // Few packets are told one by one, many in sums, few again as before.
        for (many, in_sums) in [(20, false), (5_000, true), (20, false)] {
            flood(&journal, next, many);
            next += many;
            let (mut events, mut sums) = (0, 0);
            while world.seq < journal.seq() {
                match viewer.next().await {
                    ToPage::Event(event) => {
                        world.apply(&event);
                        events += 1;
                    }
                    ToPage::Thinned { from, to, at, flows } => {
                        assert_eq!(from, world.seq + 1);
                        world.apply_thinned(from, to, at, &flows);
                        sums += 1;
                    }
                    other => panic!("{other:?}"),
                }
            }
            assert_eq!(sums > 0, in_sums, "{many} packets: {events} events, {sums} sums");
            assert!(!in_sums || events < many / 10, "{many} packets: {events} events");
            assert_eq!(world.fingerprint(), journal.snapshot().fingerprint());
        }
    }
}

#[tokio::test]
async fn a_viewer_that_never_reads_is_dropped() {
    let journal = Journal::bounded("epoch".into(), 256 * 1024 * 1024);
    let config = Config { write_deadline: SHORT, ..Config::default() };
    let (place, connections) = (server::Config { connections: 2, ..server::Config::default() }, 2);
    let relay = Relay::with(Fake::echo(journal.clone()), config, place).await;
    let mut stalled = Vec::new();
    for _ in 0..connections {
        stalled.push(relay.viewer(Form::Json).await);
    }
    // More than two TCP buffers hold (tcp_wmem and tcp_rmem, some MiB).
    (1..=300_000).for_each(|n| {
        gone(&journal, n);
    });
    // Both places are taken until the stalled ones are dropped.
    let (_, welcome) = relay.viewer(Form::Json).await;
    assert_eq!(welcome.seq, 300_000);
}

#[tokio::test]
async fn a_huge_reply_arrives_whole() {
    let bytes = vec![0xa5; limit::RECV_BYTES as usize];
    let answer = Done::Received(Received {
        data: Payload::new(bytes),
        bytes: limit::RECV_BYTES,
        truncated: false,
        eof: false,
        from: None,
        numbered: None,
        peek: false,
    });
    let fake = {
        let answer = answer.clone();
        Fake::new(journal(), move |_, _, _| std::future::ready((0, Ok(answer.clone()))).boxed())
    };
    let relay = Relay::start(fake).await;
    for form in FORMS {
        let (mut viewer, _) = relay.viewer(form).await;
        for id in 0..50 {
            viewer.ask(id, close(id)).await;
        }
        for id in 0..50 {
            let ToPage::Reply(reply) = viewer.next().await else { panic!("not a reply") };
            assert_eq!(
                (reply.id, &reply.result),
                (Some(CommandId(id)), &Answer::Ok(answer.clone()))
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    /// Whatever is appended while a viewer comes, goes and comes back: it sees each event once.
    #[test]
    fn no_event_is_missed_or_told_twice(rounds in proptest::collection::vec((0_u32..40, 0_u64..40), 1..8)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let journal = journal();
            let relay = Relay::start(Fake::echo(journal.clone())).await;
            let mut have = 0;
            for (place, (many, read)) in rounds.into_iter().enumerate() {
                (0..many).for_each(|n| { gone(&journal, n); });
                let mut viewer = relay.stranger(FORMS[place % 2]).await;
                let welcome = viewer.greet(Some(resume(have))).await;
                assert_eq!((welcome.seq, welcome.snapshot), (have, None));
                while have < journal.seq().min(welcome.seq + read) {
                    let ToPage::Event(event) = viewer.next().await else { panic!("not an event") };
                    assert_eq!(event.seq, have + 1);
                    have = event.seq;
                }
            }
        });
    }
}
