//! Sentences of events.

use super::*;
use protocol::{Failure, SocketId};

fn line(language: Language, what: What) -> Line {
    let told = Event { seq: 1, at: 5, source: Source::Kernel, what };
    event(language, &World::default(), &Seen::default(), &told)
}

#[test]
fn a_sample_is_one_line() {
    let set = vec![Field::State(protocol::TcpState::Established), Field::SendQueue(5)];
    let line = line(Language::English, What::Sample { socket: SocketId(3), set });
    assert!(line.text.ends_with("ESTABLISHED · send queue 5 B"), "{}", line.text);
    assert_eq!((line.who, line.bad), ("kernel", false));
}

#[test]
fn a_failure_is_bad_and_said() {
    let result = Answer::Error(Failure::errno("EADDRINUSE", "x"));
    let line = line(Language::English, What::CallEnded { call: CallId(1), result });
    assert!(line.bad && line.text.contains("EADDRINUSE"), "{}", line.text);
}

#[test]
fn a_packet_is_told_tersely_and_by_whose_hand_it_was_lost() {
    use protocol::packet::{Flags, Head, Lost, PacketFate, TcpHead};
    use protocol::{End, FlowId, TrapId};
    let (packet, flow) = (PacketId(88), FlowId(1));
    let head = Head::Tcp(TcpHead { flags: Flags::SYN, ..TcpHead::default() });
    let address: protocol::Address = "10.77.0.1:1".parse().unwrap();
    let (src, dst, from) = (address.clone(), address, End::Left);
    let mut seen = Seen::default();
    let mut say = |what: What| {
        let told = Event { seq: 1, at: 5, source: Source::Wire, what };
        seen.push(&told);
        let english = event(Language::English, &World::default(), &seen, &told);
        (english.text, event(Language::Chinese, &World::default(), &seen, &told).text)
    };
    let came = say(What::PacketEntered { packet, flow, from, bytes: 60, src, dst, head });
    assert_eq!(came.0, "SYN left → right");
    let sprung = say(What::TrapSprung { trap: TrapId(1), packet, left: 0 });
    assert_eq!(sprung.0, "The trap has sprung: SYN left → right");
    let lost = say(What::PacketLeft { packet, flow, fate: PacketFate::Lost(Lost::Killed) });
    assert_eq!(lost.0, "SYN left → right, lost: your trap");
    assert_eq!(lost.1, "SYN 左边 → 右边，丢失：你的陷阱");
}
