use super::words::{quoted, seconds};
use super::{Dialect, Known, Words, line, write};
use crate::command::{Family, Kind, Net, SocketOption};
use crate::data::Data;
use crate::reply::{Made, Sent};
use crate::world::Call;
use crate::{Address, Answer, CallId, Command, Done, ErrorKind, Failure, SocketId};

fn call(id: u32, began: u64, ended: Option<u64>, ask: Command, result: Option<Answer>) -> Call {
    Call { id: CallId(id), by: None, ask, cut: None, began, blocked: None, bytes: 0, ended, result }
}

fn made(id: u32, at: u64, net: Net) -> Call {
    let (family, kind) = (Family::Ipv4, Kind::Datagram);
    let ask = Command::Socket { net, family, kind, side: None, name: None };
    let done = Done::Made(Made { socket: SocketId(id), cookie: crate::number::Wide(0) });
    call(id, at, Some(at), ask, Some(Answer::Ok(done)))
}

fn send_to(id: u32, at: u64, socket: u32, address: &str) -> Call {
    let address: Address = address.parse().expect("an address");
    let ask = Command::SendTo { socket: SocketId(socket), address, data: Data::Text("a?".into()) };
    call(id, at, Some(at), ask, Some(Answer::Ok(Done::Sent(Sent { bytes: 2, parts: 1 }))))
}

fn known(id: u32, name: &str) -> Known {
    Known { id: SocketId(id), name: name.into(), local: None }
}

#[test]
fn names_are_identifiers_and_nobody_elses() {
    let mut words = Words::default();
    for (id, name, expected) in [
        (1, "client", "client"),
        (2, "client", "client_2"),
        (3, "conn 1", "conn_1"),
        (4, "语音", "s4"),
        (5, "2nd", "s5_2nd"),
        (6, "socket", "s6_socket"),
        (7, "import", "s7_import"),
        (8, "", "s8"),
    ] {
        words.name(SocketId(id), name);
        assert_eq!(words.of_socket(SocketId(id)), expected, "{name:?}");
    }
}

#[test]
fn bytes_and_spans_are_written_as_every_language_reads_them() {
    assert_eq!(quoted(b"a\"\\?\n1g"), r#""a\x22\x5c\x3f\x0a\x31g""#);
    assert_eq!((seconds(10_000_000_000), seconds(250_000_000)), ("10.0".into(), "0.25".into()));
}

#[test]
fn the_wire_becomes_two_addresses_of_one_machine() {
    let calls = [made(1, 0, Net::Left), send_to(2, 1, 1, "10.77.0.2:5005")];
    for dialect in Dialect::ALL {
        let text = write(dialect, &calls, &[known(1, "voice")]);
        assert!(text.contains("127.0.0.2") && text.contains("5005"), "{text}");
        assert!(!text.contains("10.77"), "{text}");
    }
}

#[test]
fn what_the_kernel_never_heard_of_is_left_out_and_what_was_interrupted_is_a_remark() {
    let refused = |id, kind| {
        let mut call = send_to(id, 2, 1, "127.0.0.1:9");
        call.result = Some(Answer::Error(Failure::new(kind, "no")));
        call
    };
    let recv = Command::Recv { socket: SocketId(1), max: 7, peek: false };
    let ended = Answer::Error(Failure::new(ErrorKind::Interrupted, "ended"));
    let calls = [
        made(1, 0, Net::Host),
        refused(2, ErrorKind::Denied),
        call(3, 3, Some(4), recv, Some(ended)),
    ];
    for dialect in Dialect::ALL {
        let text = write(dialect, &calls, &[known(1, "voice")]);
        assert!(!text.contains("sendto") && !text.contains("send_to"), "{text}");
        assert!(text.contains("was interrupted"), "{text}");
    }
}

#[test]
fn an_option_that_is_not_written_is_a_remark() {
    let set = SocketOption::Lossy(500_000);
    let ask = Command::Option { socket: SocketId(1), set };
    let calls =
        [made(1, 0, Net::Host), call(2, 1, Some(1), ask, Some(Answer::Ok(Done::nothing())))];
    for dialect in Dialect::ALL {
        let text = write(dialect, &calls, &[known(1, "voice")]);
        assert!(text.contains("left out: a filter") && text.contains("on voice"), "{text}");
    }
}

#[test]
fn one_call_is_one_line() {
    let mut words = Words::default();
    words.name(SocketId(1), "client");
    let ask = Command::Recv { socket: SocketId(1), max: 1_024, peek: false };
    let lines = Dialect::ALL.map(|dialect| line(dialect, &words, &ask).expect("a call"));
    assert_eq!(
        lines,
        ["client.recv(1024)", "read(&client, 1024, 0)", "recv(client, room, 1024, 0)"]
    );
    assert_eq!(line(Dialect::Python, &words, &Command::Reset), None);
}
