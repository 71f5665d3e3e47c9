//! Calls that the kernel refuses: of the server itself, and those that an owner asked for.

use crate::support::scratch::Scratch;
use crate::support::viewer::Viewer;
use crate::{ask, errno, faulty, log, make, socket};
use protocol::command::Kind;
use protocol::{Answer, Command, Done, SocketId, What};
use relay::session::Form;
use std::fs;

/// Every second accept fails (`siege` has those for want of descriptors): whoever comes is let in, and the relay does not
/// spin.
#[tokio::test]
async fn whoever_comes_is_answered_whatever_accept_says() {
    for errno in ["ECONNABORTED", "ENOBUFS", "ENOMEM", "EPERM", "EPROTO"] {
        let fault = format!("inject=accept4:error={errno}:when=1+2");
        let Some(relay) = faulty(&["-e", "trace=accept4", "-e", &fault], Scratch::new(), &[])
        else {
            return;
        };
        let mut viewers = Vec::new();
        for _ in 0..8 {
            viewers.push(Viewer::of(relay.url(), Form::Json).await.0);
        }
        for viewer in &mut viewers {
            let (_, answer) = ask(viewer, make(Kind::Datagram)).await;
            assert!(matches!(answer, Answer::Ok(Done::Made(_))), "{errno}: {answer:?}");
        }
        let trace = fs::read_to_string(log(relay.state())).expect("a trace");
        let injected = trace.matches("(INJECTED)").count();
        let calls = trace.matches("accept4(").count();
        assert!(injected >= 4, "{errno} was never said: {trace}");
        // Twice for each who comes, and once each time that nobody is left.
        assert!(calls <= 64, "{errno}: {calls} calls for 8 viewers");
    }
}

/// What the kernel refuses is told by its name, and the same call works the next time.
#[tokio::test]
async fn a_refused_call_is_told_by_name_and_works_again() {
    for name in ["ENOBUFS", "ENOMEM"] {
        let bind = format!("inject=bind:error={name}:when=2");
        let listen = format!("inject=listen:error={name}:when=2");
        let options = ["-e", "trace=bind,listen", "-e", &bind, "-e", &listen];
        let Some(relay) = faulty(&options, Scratch::new(), &[]) else { return };
        let (mut viewer, _) = Viewer::of(relay.url(), Form::Json).await;
        // strace counts by thread: the lab's first calls work.
        let first = socket(&mut viewer, Kind::Stream).await;
        let stream = socket(&mut viewer, Kind::Stream).await;
        for call in [bind_to_any(first), Command::Listen { socket: first, backlog: 5 }] {
            let (_, answer) = ask(&mut viewer, call).await;
            assert!(matches!(answer, Answer::Ok(_)), "{answer:?}");
        }
        let calls = [bind_to_any(stream), Command::Listen { socket: stream, backlog: 5 }];
        for call in calls {
            let (told, answer) = ask(&mut viewer, call.clone()).await;
            assert_eq!(errno(&answer), name, "{call:?}");
            let ended = told
                .iter()
                .any(|what| matches!(what, What::CallEnded { result, .. } if *result == answer));
            assert!(ended, "the journal tells it: {told:?}");
            let (_, answer) = ask(&mut viewer, call.clone()).await;
            assert!(matches!(answer, Answer::Ok(_)), "{call:?}: {answer:?}");
        }
    }
}

fn bind_to_any(socket: SocketId) -> Command {
    Command::Bind { socket, address: "127.0.0.1:0".parse().unwrap() }
}
