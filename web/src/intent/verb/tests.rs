//! Forms left as they are, filled in, and filled in wrongly.

use super::super::reach::filled;
use super::*;

use protocol::command::{Application, Family, Net, Reading, Serving, SocketOption};

const ID: SocketId = SocketId(3);
const HERE: Here = Here { net: Net::Host, family: Family::Ipv4 };

fn make(verb: Verb, values: &[&str]) -> Result<Command, Wrong> {
    let values: Vec<String> = values.iter().map(|v| (*v).to_owned()).collect();
    verb.command(ID, HERE, &values)
}

#[test]
fn names_are_keys() {
    for verb in Verb::ALL {
        assert_eq!(Verb::named(verb.name()), Some(verb));
    }
}

#[test]
fn a_form_left_as_it_is_makes_its_usual_command() {
    assert_eq!(make(Verb::Listen, &[]), Ok(Command::Listen { socket: ID, backlog: 5 }));
    assert_eq!(make(Verb::Recv, &[]), Ok(Command::Recv { socket: ID, max: 1024, peek: false }));
    assert_eq!(make(Verb::Timeout, &[""]), Ok(Command::Timeout { socket: ID, after: None }));
    assert_eq!(
        make(Verb::Reader, &[]),
        Ok(Command::Reader { socket: ID, set: Some(Reading { max: 1024, every: 100_000_000 }) })
    );
    assert_eq!(make(Verb::Shutdown, &[]), Ok(Command::Shutdown { socket: ID, how: Half::Write }));
}

#[test]
fn every_command_on_a_socket_has_a_form() {
    let fill = |verb: Verb| verb.command(ID, HERE, &filled(verb));
    for verb in Verb::ALL {
        let command = fill(verb).unwrap_or_else(|wrong| panic!("{verb:?}: {wrong:?}"));
        assert_eq!(command.socket(), Some(ID), "{verb:?}");
        assert_eq!(matches!(command, Command::Option { .. }), verb.is_option(), "{verb:?}");
    }
}

#[test]
fn a_wrong_input_is_pointed_at() {
    assert_eq!(
        make(Verb::Recv, &["99999999"]),
        Err(Wrong { input: 0, problem: Problem::Number(0, 65_536) })
    );
    assert_eq!(make(Verb::SendTo, &["hi", ""]), Err(Wrong { input: 1, problem: Problem::Empty }));
    assert_eq!(make(Verb::Send, &["6", "hex"]), Err(Wrong { input: 0, problem: Problem::Hex }));
}

#[test]
fn the_table_is_in_the_order_of_the_verbs() {
    for (place, verb) in Verb::ALL.iter().enumerate() {
        assert_eq!(*verb as usize, place, "{verb:?}");
    }
}

#[test]
fn an_automatic_program_is_what_was_chosen() {
    let serve = |values: &[&str]| match make(Verb::Serve, values) {
        Ok(Command::Serve { set: Some(Serving { app, side_by_side }), .. }) => (app, side_by_side),
        other => panic!("{other:?}"),
    };
    assert_eq!(serve(&[]), (Application::Echo { max: 1024 }, false));
    let ok = protocol::data::Data::Text("OK".into());
    assert_eq!(serve(&["answer", "9"]), (Application::Answer { max: 9, data: ok }, false));
    let reading = Reading { max: 7, every: 5_000_000 };
    assert_eq!(serve(&["read", "7", "", "5"]), (Application::Read(reading), false));
    // What an idle program would read is not looked at.
    let film = Application::Film { to: None, frames: 250, every: 20_000_000 };
    assert_eq!(serve(&["film"]), (film, false));
    assert_eq!(serve(&["idle", "x", "", "x", "side_by_side"]), (Application::Idle, true));
    assert_eq!(make(Verb::Stop, &[]), Ok(Command::Serve { socket: ID, set: None }));
}

#[test]
fn a_lossy_receiver_is_asked_for_in_per_cent() {
    let lossy = |share| Command::Option { socket: ID, set: SocketOption::Lossy(share) };
    assert_eq!(make(Verb::Lossy, &["0.5"]), Ok(lossy(5_000)));
    assert_eq!(make(Verb::Lossy, &["100"]), Ok(lossy(1_000_000)));
    assert_eq!(make(Verb::Lossy, &[""]), Ok(lossy(0)));
    let wrong = Wrong { input: 0, problem: Problem::Number(0, 100) };
    assert_eq!(make(Verb::Lossy, &["101"]), Err(wrong));
}
