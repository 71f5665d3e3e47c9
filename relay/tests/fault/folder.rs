//! The state folder becomes read-only, or is removed, while the relay runs.

use crate::bare;
use crate::seat::{Seat, text};
use crate::support::need;
use crate::support::relay::Relay;
use crate::support::scratch::Scratch;
use protocol::command::{Family, Invite, Kind, Net, Record};
use protocol::{Answer, Command, Done, SocketId};
use std::fs;
use std::process::Command as Program;

/// A relay that sees its state folder by a mount of its own, in a mount namespace of its own; none
/// after a loud skip.
fn mounted() -> Option<Relay> {
    let may = Program::new("unshare").args(["-m", "true"]).output();
    if !may.is_ok_and(|done| done.status.success())
        || need::program(&["nsenter"]).is_none()
        || need::program(&["mount"]).is_none()
    {
        need::skip("tools", "no mount namespace can be made by unshare(1)");
        return None;
    }
    let state = Scratch::new();
    let script = r#"mount --bind "$PATCHBAY_STATE" "$PATCHBAY_STATE" && exec "$0" "$@""#;
    let mut command = Program::new("unshare");
    command.args(["-m", "sh", "-c", script, env!("CARGO_BIN_EXE_relay"), "--rung", "loopback"]);
    command.env("PATCHBAY_ALLOW_STUB", "1");
    Some(Relay::by(&mut command, state))
}

fn remount(relay: &Relay, how: &str) {
    let done = Program::new("nsenter")
        .args(["-m", "-t", &relay.id().to_string(), "mount", "-o"])
        .arg(format!("remount,bind,{how}"))
        .arg(relay.state())
        .output()
        .expect("nsenter starts");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

async fn viewers_token(seat: &mut Seat) -> String {
    match seat.done(Command::Invite(Invite::Show)).await {
        Done::Invited(told) => told.viewers_token,
        other => panic!("no link: {other:?}"),
    }
}

/// A Unix stream socket that waits for a name.
async fn nameless(seat: &mut Seat) -> SocketId {
    let (family, kind) = (Family::Unix, Kind::Stream);
    let ask = Command::Socket { net: Net::Host, family, kind, side: None, name: None };
    match seat.done(ask).await {
        Done::Made(made) => made.socket,
        other => panic!("no socket: {other:?}"),
    }
}

fn named(socket: SocketId) -> Command {
    Command::Bind { socket, address: "unix:post".parse().expect("a name") }
}

/// What needs no file works: connections, datagrams, and whoever comes with the owner's link.
async fn the_rest_works(relay: &Relay, seat: &mut Seat) {
    let (client, server) = seat.pair(Net::Host, Net::Host).await;
    assert!(matches!(seat.send(client, "hello").await, Answer::Ok(_)));
    assert_eq!(seat.read(server, 5).await, b"hello");
    let (_, address) = seat.bound(Net::Host, Kind::Datagram).await;
    let (sender, _) = seat.bound(Net::Host, Kind::Datagram).await;
    seat.done(Command::SendTo { socket: sender, address, data: text("one") }).await;
    assert_eq!(seat.balance(sender).await.unexplained, Some(0));
    Seat::at(relay.url()).await;
}

#[tokio::test]
async fn a_folder_that_is_read_only_is_told_by_errno() {
    let Some(relay) = mounted() else { return };
    let mut seat = Seat::at(relay.url()).await;
    remount(&relay, "ro");
    let socket = nameless(&mut seat).await;
    for invite in [Invite::Show, Invite::Renew] {
        assert_eq!(seat.refused(Command::Invite(invite)).await, "EROFS", "{invite:?}");
    }
    let record = Command::Record(Record::Start { snaplen: 0 });
    assert_eq!(seat.refused(record.clone()).await, "EROFS");
    assert_eq!(seat.refused(named(socket)).await, "EROFS");
    the_rest_works(&relay, &mut seat).await;

    remount(&relay, "rw");
    assert_eq!(viewers_token(&mut seat).await.len(), 64);
    seat.done(record).await;
    seat.done(Command::Record(Record::Stop)).await;
    seat.done(named(socket)).await;
}

#[tokio::test]
async fn the_tokens_files_are_removed() {
    let relay = bare(&["--rung", "loopback"], Scratch::new());
    let mut seat = Seat::at(relay.url()).await;
    let before = viewers_token(&mut seat).await;
    for name in ["token", "viewers"] {
        fs::remove_file(relay.state().join(name)).expect("removed");
    }
    the_rest_works(&relay, &mut seat).await;
    let after = viewers_token(&mut seat).await;
    assert_ne!(before, after, "what was removed is not brought back");
    assert_eq!(viewers_token(&mut seat).await, after);
    let kept = fs::read_to_string(relay.state().join("viewers")).expect("a file");
    assert_eq!(kept.trim_end(), after);
}

#[tokio::test]
async fn the_whole_folder_is_removed() {
    let mut relay = bare(&["--rung", "loopback"], Scratch::new());
    let mut seat = Seat::at(relay.url()).await;
    let socket = nameless(&mut seat).await;
    fs::remove_dir_all(relay.state()).expect("removed");
    assert_eq!(seat.refused(Command::Invite(Invite::Show)).await, "ENOENT");
    let record = Command::Record(Record::Start { snaplen: 0 });
    assert_eq!(seat.refused(record).await, "ENOENT");
    assert_eq!(seat.refused(named(socket)).await, "ENOENT");
    the_rest_works(&relay, &mut seat).await;
    let id = rustix::process::Pid::from_raw(relay.id().cast_signed()).expect("an id");
    rustix::process::kill_process(id, rustix::process::Signal::TERM).expect("sent");
    seat.viewer.end().await;
    relay.wait();
}
