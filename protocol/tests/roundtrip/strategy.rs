//! Any message at all, as proptest strategies; small words here.

mod command;
mod event;
mod message;
mod wire;

pub(crate) use command::command;
pub(crate) use event::what;
pub(crate) use message::{consecutive, fold, to_page, to_relay};

use proptest::collection::vec;
use proptest::prelude::*;
use protocol::Address;
use protocol::command::{Family, Kind, Net, Side};
use protocol::data::{Data, Hex, Payload};
use protocol::event::Words;
use protocol::reply::Numbered;
use protocol::{CallId, SocketId};
use std::net::{SocketAddrV4, SocketAddrV6};

pub(crate) fn socket() -> impl Strategy<Value = SocketId> {
    prop_oneof![4 => 0..5_u32, 1 => any::<u32>()].prop_map(SocketId)
}

pub(crate) fn call() -> impl Strategy<Value = CallId> {
    prop_oneof![4 => 0..9_u32, 1 => any::<u32>()].prop_map(CallId)
}

pub(crate) fn numbered() -> impl Strategy<Value = Numbered> {
    let number = prop_oneof![4 => 0..60_u32, 1 => any::<u32>()];
    (call(), number).prop_map(|(call, number)| Numbered { call, number })
}

pub(crate) fn text() -> impl Strategy<Value = String> {
    prop_oneof![Just(String::new()), Just("你好 \"\\\u{0}".to_owned()), ".{0,12}"]
}

pub(crate) fn words() -> impl Strategy<Value = Words> {
    (text(), text()).prop_map(|(en, zh)| Words { en, zh })
}

pub(crate) fn address() -> impl Strategy<Value = Address> {
    // Few addresses, so that pairs and receivers are found now and then.
    let near = (0..3_u8, 0..3_u16).prop_map(|(ip, port)| {
        Address::Inet(SocketAddrV4::new([10, 77, 0, ip].into(), port).into())
    });
    let v4 = (any::<[u8; 4]>(), any::<u16>())
        .prop_map(|(ip, port)| Address::Inet(SocketAddrV4::new(ip.into(), port).into()));
    let v6 = (any::<[u8; 16]>(), any::<u16>(), 0..4_u32).prop_map(|(ip, port, scope)| {
        Address::Inet(SocketAddrV6::new(ip.into(), port, 0, scope).into())
    });
    let name = ("[a-z0-9]([a-zA-Z0-9-]{0,5}[a-z0-9])?\\.[a-z]{1,4}", any::<u16>())
        .prop_map(|(host, port)| Address::Name { host, port });
    prop_oneof![4 => near, 1 => v4, 1 => v6, 1 => text().prop_map(Address::Unix), 1 => name]
}

pub(crate) fn net() -> impl Strategy<Value = Net> {
    prop_oneof![Just(Net::Left), Just(Net::Right), Just(Net::Host)]
}

pub(crate) fn family() -> impl Strategy<Value = Family> {
    prop_oneof![Just(Family::Ipv4), Just(Family::Ipv6), Just(Family::Unix)]
}

pub(crate) fn kind() -> impl Strategy<Value = Kind> {
    prop_oneof![Just(Kind::Stream), Just(Kind::Datagram)]
}

pub(crate) fn side() -> impl Strategy<Value = Side> {
    prop_oneof![Just(Side::Left), Just(Side::Right)]
}

pub(crate) fn bytes() -> impl Strategy<Value = Vec<u8>> {
    vec(any::<u8>(), 0..40)
}

pub(crate) fn payload() -> impl Strategy<Value = Payload> {
    bytes().prop_map(Payload::new)
}

pub(crate) fn data() -> impl Strategy<Value = Data> {
    prop_oneof![
        text().prop_map(Data::Text),
        bytes().prop_map(|bytes| Data::Hex(Hex(bytes))),
        any::<u32>().prop_map(|bytes| Data::Fill { bytes }),
    ]
}
