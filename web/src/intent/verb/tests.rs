//! Forms left as they are, filled in, and filled in wrongly.

use super::*;

use protocol::command::{Family, Net};

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
    let fill = |verb: Verb| {
        let values: Vec<String> = verb
            .inputs()
            .iter()
            .map(|input| match input {
                Input::Address { .. } => "8001".to_owned(),
                Input::Number { usual, min, .. } => usual.unwrap_or(*min).to_string(),
                Input::Flag { .. } => "on".to_owned(),
                Input::Choice(choices) => choices[0].to_owned(),
                Input::Text => "hello".to_owned(),
            })
            .collect();
        verb.command(ID, HERE, &values)
    };
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
