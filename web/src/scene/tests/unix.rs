//! Unix streams: who faces whom only the kernel tells, and what reads by itself has a sign.

use super::*;
use crate::script::Script;
use crate::timeline::Timeline;
use protocol::command::{Application, Family, Kind, Net, Serving, Side};
use protocol::reply::Made;
use protocol::{Address, Command, Done, Field, SocketId, TcpState};

fn make(script: &mut Script, id: u32, side: Side) -> SocketId {
    let socket = SocketId(id);
    let ask = Command::Socket {
        net: Net::Host,
        family: Family::Unix,
        kind: Kind::Stream,
        side: Some(side),
        name: None,
    };
    let cookie = protocol::number::Wide(u64::from(id));
    script.call(ask, 9, Done::Made(Made { socket, cookie }));
    socket
}

#[test]
fn both_ends_stand_in_one_lane_and_a_program_has_a_sign() {
    let mut script = Script::default();
    let server = make(&mut script, 1, Side::Right);
    let client = make(&mut script, 2, Side::Left);
    let name = Some(Address::Unix("chat".into()));
    let stands = Field::State(TcpState::Established);
    // The client has no name; the kernel says who is at its other end.
    let peer = Field::PeerSocket(Some(server));
    script.sample(client, vec![stands.clone(), Field::Peer(name.clone()), peer]);
    script.sample(server, vec![stands, Field::Local(name)]);
    let set = Some(Serving { app: Application::Echo { max: 9 }, side_by_side: false });
    script.call(Command::Serve { socket: server, set }, 3, Done::nothing());
    let at = script.now();
    let mut timeline = Timeline::default();
    script.events.iter().for_each(|event| timeline.push(event.clone()));
    timeline.seek(at);
    let moment = Moment { at, now: at, view: 0.0 };
    let view = View { selected: Some(client), ..view(1280.0, 500.0) };
    let stage = stage(&timeline, moment, &view);
    let ends: Vec<Vec<SocketId>> =
        stage.lanes.iter().map(|lane| lane.ends.iter().map(|end| end.socket).collect()).collect();
    assert!(ends.iter().any(|own| own.contains(&client) && own.contains(&server)), "{ends:?}");
    let said: Vec<String> =
        written(&stage.shapes).into_iter().map(|written| written.text).collect();
    assert!(said.iter().any(|text| text == "echo"), "{said:?}");
    assert!(said.iter().any(|text| text.contains("chat")), "{said:?}");
}
