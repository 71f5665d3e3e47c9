//! A session's way in: who is let in, what is asked, in which order it begins, and what is bounded.

mod support;

use futures_util::{FutureExt as _, SinkExt as _};
use protocol::message::{JSON, POSTCARD, Role, ToPage};
use protocol::{Answer, Command, CommandId, Done, ErrorKind, Failure, SocketId, limit};
use relay::server;
use relay::session::{Config, Form};
use std::sync::{Arc, Mutex};
use support::viewer::{Fake, PATIENCE, Relay, SHORT, Viewer, gone, journal, token};
use tokio::sync::{Notify, mpsc};
use tokio_tungstenite::tungstenite::Message;

const FORMS: [Form; 2] = [Form::Json, Form::Postcard];

fn close(socket: u32) -> Command {
    Command::Close { socket: SocketId(socket) }
}

fn accept(socket: u32) -> Command {
    Command::Accept { socket: SocketId(socket) }
}

async fn refused(viewer: &mut Viewer) -> (ErrorKind, String) {
    match viewer.next().await {
        ToPage::Refused { kind, message } => {
            assert_eq!(viewer.end().await, Some(1008));
            assert!(message.ends_with('.'), "{message}");
            (kind, message)
        }
        other => panic!("not refused: {other:?}"),
    }
}

async fn failure(viewer: &mut Viewer) -> (Option<CommandId>, Failure) {
    match viewer.next().await {
        ToPage::Reply(reply) => match reply.result {
            Answer::Error(failure) => (reply.id, failure),
            Answer::Ok(done) => panic!("it worked: {done:?}"),
        },
        other => panic!("no reply: {other:?}"),
    }
}

#[tokio::test]
async fn the_forms_are_agreed_on() {
    let relay = Relay::start(Fake::echo(journal())).await;
    for (asked, form) in [
        (None, Form::Json),
        (Some(JSON.to_owned()), Form::Json),
        (Some(POSTCARD.to_owned()), Form::Postcard),
        (Some(format!("other, {POSTCARD} ,{JSON}")), Form::Postcard),
    ] {
        let mut request = relay.request(None);
        if let Some(asked) = &asked {
            request.headers_mut().insert("Sec-WebSocket-Protocol", asked.parse().unwrap());
        }
        let mut viewer = relay.open(request).await.expect("open");
        assert_eq!(viewer.form, form, "{asked:?}");
        viewer.greet(None).await;
    }
    let mut request = relay.request(None);
    request.headers_mut().insert("Sec-WebSocket-Protocol", "other".parse().unwrap());
    assert!(relay.open(request).await.is_err());
}

#[tokio::test]
async fn welcome_tells_the_world_and_who_is_welcomed() {
    let journal = journal();
    (1..=3).for_each(|n| {
        gone(&journal, n);
    });
    let relay = Relay::start(Fake::echo(journal)).await;
    for (place, form) in FORMS.into_iter().enumerate() {
        let (_, welcome) = relay.viewer(form).await;
        assert_eq!(
            (welcome.version, welcome.epoch.as_str(), welcome.role),
            (1, "epoch", Role::Owner)
        );
        assert_eq!((welcome.session.0 as usize, welcome.seq), (place + 1, 3));
        assert_eq!(welcome.snapshot.expect("a snapshot").seq, 3);
        assert!(welcome.now > 0 && welcome.began_unix_ns.0 > 0);
    }
}

#[tokio::test]
async fn strangers_are_refused_with_their_reason() {
    let relay = Relay::start(Fake::echo(journal())).await;
    let wrong = r#"{"hello":{"version":1,"token":"0","resume":null}}"#;
    let hello = |version| {
        format!(
            r#"{{"hello":{{"version":{version},"token":"{}","resume":null}}}}"#,
            token().reveal()
        )
    };
    for form in FORMS {
        for (said, kind, says) in [
            (wrong.to_owned(), ErrorKind::Denied, "token"),
            (hello(2), ErrorKind::BadRequest, "version"),
            (r#"{"command":{"id":1,"do":"reset"}}"#.into(), ErrorKind::Denied, "hello"),
            ("{".into(), ErrorKind::BadRequest, "line 1 column 1"),
            (" ".repeat(limit::MESSAGE_BEFORE_HELLO + 1), ErrorKind::Limit, "4096 bytes"),
            (" ".repeat(limit::MESSAGE), ErrorKind::Limit, "4096 bytes"),
            (" ".repeat(4 * limit::MESSAGE), ErrorKind::Limit, "4096 bytes"),
        ] {
            let mut viewer = relay.stranger(form).await;
            viewer.text(&said).await;
            let (found, message) = refused(&mut viewer).await;
            assert_eq!(found, kind, "{message}");
            assert!(message.contains(says), "{message}");
        }
        let mut viewer = relay.stranger(form).await;
        viewer.binary(hello(1).as_bytes()).await;
        assert_eq!(refused(&mut viewer).await.0, ErrorKind::BadRequest);
    }
}

#[tokio::test]
async fn fragments_without_end_are_cut_off_before_hello() {
    use tokio_tungstenite::tungstenite::protocol::frame::{
        Frame,
        coding::{Data, OpCode},
    };
    let relay = Relay::start(Fake::echo(journal())).await;
    let mut viewer = relay.stranger(Form::Json).await;
    let piece = |kind| Message::Frame(Frame::message(vec![b' '; 1_000], OpCode::Data(kind), false));
    viewer.socket.feed(piece(Data::Text)).await.unwrap();
    for _ in 0..20 {
        viewer.socket.feed(piece(Data::Continue)).await.unwrap();
    }
    viewer.socket.flush().await.unwrap();
    assert_eq!(refused(&mut viewer).await.0, ErrorKind::Limit);
}

#[tokio::test]
async fn silence_before_hello_ends_pings_or_not() {
    let config = Config { hello_deadline: SHORT, ..Config::default() };
    let relay = Relay::with(Fake::echo(journal()), config, server::Config::default()).await;
    for form in FORMS {
        let mut viewer = relay.stranger(form).await;
        viewer.socket.send(Message::Ping("are you there?".into())).await.unwrap();
        assert_eq!(refused(&mut viewer).await.0, ErrorKind::TimedOut);
    }
}

#[tokio::test]
async fn commands_sent_along_with_hello_are_taken() {
    let relay = Relay::start(Fake::echo(journal())).await;
    for form in FORMS {
        let mut viewer = relay.stranger(form).await;
        let hello =
            format!(r#"{{"hello":{{"version":1,"token":"{}","resume":null}}}}"#, token().reveal());
        viewer.socket.feed(Message::text(hello)).await.unwrap();
        for id in 0..200 {
            let message = protocol::message::ToRelay::Command { id: CommandId(id), ask: close(id) };
            let frame = match form {
                Form::Json => Message::text(serde_json::to_string(&message).unwrap()),
                Form::Postcard => Message::binary(protocol::codec::encode_command(&message)),
            };
            viewer.socket.feed(frame).await.unwrap();
        }
        viewer.socket.flush().await.unwrap();
        assert!(matches!(viewer.next().await, ToPage::Welcome(_)));
        let mut next = 0;
        while next < 200 {
            if let ToPage::Reply(reply) = viewer.next().await {
                assert_eq!(reply.id, Some(CommandId(next)));
                next += 1;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn commands_begin_in_order_and_replies_overtake() {
    let begun = Arc::new(Mutex::new(Vec::new()));
    let release = Arc::new(Notify::new());
    let fake = {
        let (begun, release) = (begun.clone(), release.clone());
        Fake::new(journal(), move |_, _, command| {
            let socket = command.socket().map_or(0, |socket| socket.0);
            begun.lock().unwrap().push(socket);
            let release = release.clone();
            async move {
                if socket == 0 {
                    release.notified().await;
                }
                (0, Ok(Done::nothing()))
            }
            .boxed()
        })
    };
    let relay = Relay::start(fake).await;
    let (mut viewer, _) = relay.viewer(Form::Json).await;
    for id in 0..500 {
        viewer.ask(id, close(id)).await;
    }
    for id in 1..500 {
        let ToPage::Reply(reply) = viewer.next().await else { panic!("not a reply") };
        assert_eq!(reply.id, Some(CommandId(id)));
    }
    assert_eq!(*begun.lock().unwrap(), (0..500).collect::<Vec<_>>());
    release.notify_one();
    let ToPage::Reply(reply) = viewer.next().await else { panic!("not a reply") };
    assert_eq!(reply.id, Some(CommandId(0)));
}

#[tokio::test]
async fn too_many_commands_at_once_are_answered_with_limit() {
    let release = Arc::new(Notify::new());
    let fake = {
        let release = release.clone();
        Fake::new(journal(), move |_, _, command| {
            let release = release.clone();
            async move {
                match command {
                    Command::Accept { .. } => release.notified().await,
                    _ => release.notify_one(),
                }
                (0, Ok(Done::nothing()))
            }
            .boxed()
        })
    };
    let config = Config { outstanding: 3, ..Config::default() };
    let relay = Relay::with(fake, config, server::Config::default()).await;
    let (mut viewer, _) = relay.viewer(Form::Json).await;
    for id in 0..5 {
        viewer.ask(id, accept(id)).await;
    }
    for id in [3, 4] {
        let (found, failure) = failure(&mut viewer).await;
        assert_eq!((found, failure.kind), (Some(CommandId(id)), ErrorKind::Limit));
    }
    release.notify_one();
    let ToPage::Reply(reply) = viewer.next().await else { panic!("not a reply") };
    assert_eq!(reply.id, Some(CommandId(0)));
    viewer.ask(5, accept(5)).await;
    viewer.ask(6, accept(6)).await;
    assert_eq!(failure(&mut viewer).await.0, Some(CommandId(6)));
    // What ends others is taken all the same.
    viewer.ask(7, close(7)).await;
    let mut answered = [viewer.next().await, viewer.next().await].map(|next| match next {
        ToPage::Reply(reply) => reply.id.map(|id| id.0),
        other => panic!("not a reply: {other:?}"),
    });
    answered.sort_unstable();
    assert_eq!(answered, [Some(1), Some(7)]);
}

#[tokio::test]
async fn what_a_session_began_outlives_it() {
    let (ended, mut end) = mpsc::channel(1);
    let release = Arc::new(Notify::new());
    let begun = Arc::new(Notify::new());
    let fake = {
        let (release, begun) = (release.clone(), begun.clone());
        Fake::new(journal(), move |_, _, _| {
            let (release, begun, ended) = (release.clone(), begun.clone(), ended.clone());
            async move {
                begun.notify_one();
                release.notified().await;
                ended.send(()).await.unwrap();
                (0, Ok(Done::nothing()))
            }
            .boxed()
        })
    };
    let relay = Relay::start(fake).await;
    let (mut viewer, _) = relay.viewer(Form::Json).await;
    viewer.ask(1, close(1)).await;
    begun.notified().await;
    viewer.socket.close(None).await.unwrap();
    viewer.end().await;
    release.notify_one();
    tokio::time::timeout(PATIENCE, end.recv()).await.expect("in time").expect("ended");
}

#[tokio::test]
async fn what_cannot_be_read_is_answered_and_the_session_goes_on() {
    let relay = Relay::start(Fake::echo(journal())).await;
    let (mut viewer, _) = relay.viewer(Form::Json).await;
    for (said, id, says) in [
        (r#"{"command":{"id":7"#, None, "column"),
        (r#"{"command":{"id":7,"do":{"sned":{}}}}"#, Some(7), "`sned`"),
        (r#"{"command":{"id":8,"do":{"close":{"socket":1,"y":2}}}}"#, Some(8), "`y`"),
        (r#"{"hello":{"version":1,"token":"x","resume":null}}"#, None, "Hello"),
    ] {
        viewer.text(said).await;
        let (found, failure) = failure(&mut viewer).await;
        assert_eq!((found.map(|id| id.0), failure.kind), (id, ErrorKind::BadRequest));
        assert!(failure.message.contains(says), "{}", failure.message);
    }
    viewer.binary(b"\x01\x02").await;
    assert_eq!(failure(&mut viewer).await.0, None);

    let (mut other, _) = relay.viewer(Form::Postcard).await;
    let whole = protocol::codec::encode_command(&protocol::message::ToRelay::Command {
        id: CommandId(1),
        ask: close(1),
    });
    other.binary(&whole[..whole.len() - 1]).await;
    assert_eq!(failure(&mut other).await.1.kind, ErrorKind::BadRequest);
    other.text("{}").await;
    assert_eq!(failure(&mut other).await.1.kind, ErrorKind::BadRequest);

    for viewer in [&mut viewer, &mut other] {
        viewer.ask(9, close(9)).await;
        loop {
            if let ToPage::Reply(reply) = viewer.next().await {
                assert_eq!(
                    (reply.id, reply.result),
                    (Some(CommandId(9)), Answer::Ok(Done::nothing()))
                );
                break;
            }
        }
    }
}

#[tokio::test]
async fn a_message_may_be_full_size_and_no_longer() {
    let relay = Relay::start(Fake::echo(journal())).await;
    let (mut viewer, _) = relay.viewer(Form::Json).await;
    viewer.text(&" ".repeat(limit::MESSAGE)).await;
    assert_eq!(failure(&mut viewer).await.1.kind, ErrorKind::BadRequest);
    viewer.text(&" ".repeat(limit::MESSAGE + 1)).await;
    let ToPage::Refused { kind, .. } = viewer.next().await else { panic!("not refused") };
    assert_eq!((kind, viewer.end().await), (ErrorKind::Limit, Some(1009)));
}

#[tokio::test]
async fn pings_are_answered() {
    let relay = Relay::start(Fake::echo(journal())).await;
    let (mut viewer, _) = relay.viewer(Form::Json).await;
    viewer.socket.send(Message::Ping("1".into())).await.unwrap();
    assert_eq!(viewer.frame().await, Some(Message::Pong("1".into())));
}

#[tokio::test]
async fn the_relays_end_is_said() {
    let relay = Relay::start(Fake::echo(journal())).await;
    let (mut viewer, _) = relay.viewer(Form::Json).await;
    let (end, ()) = tokio::join!(viewer.end(), relay.stop());
    assert_eq!(end, Some(1001));
}
