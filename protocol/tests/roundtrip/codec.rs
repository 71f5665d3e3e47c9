//! Both encodings give back what they were given.

use crate::strategy::{consecutive, fold, to_page, to_relay};
use proptest::prelude::*;
use protocol::codec::{
    DecodeError, decode, decode_batch, decode_command, encode, encode_batch, encode_command,
};
use protocol::message::{ToPage, ToRelay};
use protocol::{Event, World};

proptest! {
    #[test]
    fn to_relay_survives(message in to_relay()) {
        let json = serde_json::to_string(&message).unwrap();
        prop_assert_eq!(&serde_json::from_str::<ToRelay>(&json).unwrap(), &message, "{}", json);
        prop_assert_eq!(decode_command(&encode_command(&message)).unwrap(), message);
    }

    #[test]
    fn to_page_survives(message in to_page()) {
        let json = serde_json::to_string(&message).unwrap();
        prop_assert_eq!(&serde_json::from_str::<ToPage>(&json).unwrap(), &message, "{}", json);
        prop_assert_eq!(decode(&encode(&message)).unwrap(), [message]);
    }

    #[test]
    fn batches_survive(events in consecutive(0..12)) {
        let frame = encode_batch(&events);
        let read: Vec<_> = decode(&frame).unwrap();
        prop_assert_eq!(&decode_batch(&frame, events.len()).unwrap(), &events);
        if let Some(fewer) = events.len().checked_sub(1) {
            prop_assert_eq!(decode_batch(&frame, fewer), Err(DecodeError));
        }
        let sent: Vec<_> = events.into_iter().map(ToPage::Event).collect();
        prop_assert_eq!(read, sent);
    }

    #[test]
    fn a_world_survives(events in consecutive(0..40)) {
        let world = fold(&events);
        let json = serde_json::to_string(&world).unwrap();
        let from_json: World = serde_json::from_str(&json).unwrap();
        let from_postcard: World =
            postcard::from_bytes(&postcard::to_allocvec(&world).unwrap()).unwrap();
        prop_assert_eq!(from_json.fingerprint(), world.fingerprint());
        prop_assert_eq!(&from_json, &world);
        prop_assert_eq!(&from_postcard, &world);
    }
}

#[test]
fn a_single_event_is_a_batch_of_one() {
    let event = Event {
        seq: u64::MAX,
        at: u64::MAX,
        source: protocol::Source::Wire,
        what: protocol::What::Reset { by: None },
    };
    assert_eq!(encode(&ToPage::Event(event.clone())), encode_batch(&[event]));
}
