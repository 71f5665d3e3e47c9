//! The viewers' link: made when it is asked for, kept, renewed and ended; never told to anybody else.

use crate::command::socket;
use crate::support::relay::Relay;
use crate::support::scratch::Scratch;
use crate::support::viewer::Viewer;
use crate::{answer, invited, sent_away};
use protocol::command::Invite;
use protocol::message::{Role, ToPage};
use protocol::{Command, Done, ErrorKind};
use relay::session::Form;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::process::{Command as Program, Stdio};
use tokio::net::TcpStream;

/// The real program with more arguments; its errors go to a file of its state folder.
fn start(state: Scratch, arguments: &[&str]) -> Relay {
    let errors = fs::File::create(state.path().join("errors")).expect("made");
    let mut command = Program::new(env!("CARGO_BIN_EXE_relay"));
    command.args(["--rung", "loopback"]).args(arguments);
    command.env("PATCHBAY_ALLOW_STUB", "1").stderr(errors);
    Relay::by(&mut command, state)
}

/// A viewer of a relay by that token.
async fn comes(relay: &Relay, token: &str) -> (Viewer, ToPage) {
    let address = relay.origin().trim_start_matches("http://");
    let stream = TcpStream::connect(address).await.expect("connected");
    let mut viewer = Viewer::on(stream, Form::Json).await;
    let first = viewer.hello(token, None).await;
    (viewer, first)
}

#[tokio::test]
async fn the_viewers_link_outlives_the_relay_until_it_is_ended() {
    let (state, place) = (Scratch::new(), Scratch::new());
    let folder = state.path().to_owned();
    let record = place.path().join("recording");
    let mut relay = start(state, &["--record", record.to_str().expect("text")]);
    let file = folder.join("viewers");
    let (mut owner, _) = Viewer::of(relay.url(), Form::Json).await;
    assert!(!file.exists(), "made only when it is asked for");
    let (first, _) = invited(&mut owner, 1, Invite::Show).await;
    let about = fs::symlink_metadata(&file).expect("kept");
    assert_eq!((about.mode() & 0o777, about.len()), (0o600, 65));
    assert_eq!(fs::read_to_string(&file).expect("text").trim_end(), first);

    relay.kill();
    let told = fs::read(&record).expect("a recording");
    relay.start_again();
    let (mut viewer, welcome) = comes(&relay, &first).await;
    assert!(matches!(welcome, ToPage::Welcome(welcome) if welcome.role == Role::Viewer));
    let (mut owner, _) = Viewer::of(relay.url(), Form::Json).await;
    assert_eq!(invited(&mut owner, 1, Invite::Show).await, (first.clone(), 1));
    let (second, viewers) = invited(&mut owner, 2, Invite::Renew).await;
    assert!(second != first && viewers == 0);
    let gone = (ErrorKind::Denied, "The link by which you looked on has been ended.".to_owned());
    assert_eq!(sent_away(&mut viewer).await, gone);
    let (_, refused) = comes(&relay, &first).await;
    assert!(matches!(refused, ToPage::Refused { kind: ErrorKind::Denied, .. }));
    let (mut viewer, _) = comes(&relay, &second).await;
    let ended = answer(&mut owner, 3, Command::Invite(Invite::End)).await;
    assert_eq!(ended, Ok(Done::nothing()));
    assert_eq!(sent_away(&mut viewer).await, gone);
    assert!(!file.exists());
    answer(&mut owner, 4, socket()).await.expect("an owner's session goes on");
    invited(&mut owner, 5, Invite::Show).await;
    assert!(file.exists());

    let owners = relay.url().split("token=").nth(1).expect("a token").to_owned();
    let errors = fs::read(folder.join("errors")).expect("errors");
    for secret in [&owners, &first, &second] {
        assert!(!has(&told, secret) && !has(&errors, secret), "a token is told");
    }
    relay.kill();
    assert!(!start_with_new_token(&folder) && !file.exists(), "ended, before anything else");
}

fn has(text: &[u8], secret: &str) -> bool {
    text.windows(secret.len()).any(|part| part == secret.as_bytes())
}

/// Whether it starts; it does not, since the file to record to cannot be made.
fn start_with_new_token(folder: &Path) -> bool {
    let mut program = Program::new(env!("CARGO_BIN_EXE_relay"));
    program.args(["--new-token", "--rung", "loopback", "--record", "/dev/null/none"]);
    program.env("PATCHBAY_STATE", folder).env("PATCHBAY_ALLOW_STUB", "1").stderr(Stdio::null());
    program.status().expect("it runs").success()
}
