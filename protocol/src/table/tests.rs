//! The table against std's map: random operations end alike, and are written alike.

use super::{HOLES, Table};
use proptest::prelude::*;
use std::collections::BTreeMap;

#[derive(Clone, Debug)]
enum Deed {
    Insert(u8, u16),
    Append(u16),
    Remove(u8),
    PopFirst,
    OrInsert(u8, u16),
    Change(u8, u16),
    Retain(u8),
    Clear,
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        4 => (any::<u8>(), any::<u16>()).prop_map(|(key, value)| Deed::Insert(key, value)),
        8 => any::<u16>().prop_map(Deed::Append),
        8 => any::<u8>().prop_map(Deed::Remove),
        3 => Just(Deed::PopFirst),
        3 => (any::<u8>(), any::<u16>()).prop_map(|(key, value)| Deed::OrInsert(key, value)),
        3 => (any::<u8>(), any::<u16>()).prop_map(|(key, value)| Deed::Change(key, value)),
        1 => (2_u8..5).prop_map(Deed::Retain),
        1 => Just(Deed::Clear),
    ]
}

fn alike(table: &Table<u16, u16>, map: &BTreeMap<u16, u16>) {
    assert_eq!(table.len(), map.len());
    assert_eq!(table.is_empty(), map.is_empty());
    assert!(table.iter().eq(map.iter()));
    assert!(table.iter().rev().eq(map.iter().rev()));
    assert!(table.keys().eq(map.keys()));
    assert!(table.values().rev().eq(map.values().rev()));
    assert_eq!(table.first_key_value(), map.first_key_value());
    assert_eq!(table.last_key_value(), map.last_key_value());
    assert!(table.keys.len() <= 2 * table.len() + HOLES, "holes are closed");
    assert_eq!(format!("{table:?}"), format!("{map:?}"));
    assert_eq!(*table, map.iter().rev().map(|(key, value)| (*key, *value)).collect());
    let json = serde_json::to_string(table).unwrap();
    assert_eq!(json, serde_json::to_string(map).unwrap());
    assert_eq!(serde_json::from_str::<Table<u16, u16>>(&json).unwrap(), *table);
    let binary = postcard::to_allocvec(table).unwrap();
    assert_eq!(binary, postcard::to_allocvec(map).unwrap());
    assert_eq!(postcard::from_bytes::<Table<u16, u16>>(&binary).unwrap(), *table);
    assert!(table.clone().into_values().eq(map.clone().into_values()));
}

fn play(deeds: Vec<Deed>) {
    let (mut table, mut map) = (Table::new(), BTreeMap::new());
    for deed in deeds {
        match deed {
            Deed::Insert(key, value) => {
                let key = u16::from(key);
                assert_eq!(table.insert(key, value), map.insert(key, value));
            }
            Deed::Append(value) => {
                let key = map.last_key_value().map_or(0, |(key, _)| key + 1);
                assert_eq!(table.insert(key, value), map.insert(key, value));
            }
            Deed::Remove(key) => {
                let key = u16::from(key);
                assert_eq!(table.remove(&key), map.remove(&key));
                assert_eq!(table.get(&key), None);
            }
            Deed::PopFirst => {
                assert_eq!(table.pop_first(), map.pop_first().map(|(_, value)| value));
            }
            Deed::OrInsert(key, value) => {
                let key = u16::from(key);
                assert_eq!(table.or_insert(key, value), map.entry(key).or_insert(value));
            }
            Deed::Change(key, by) => {
                let key = u16::from(key);
                assert_eq!(table.contains_key(&key), map.contains_key(&key));
                let change = |value: &mut u16| *value = value.wrapping_add(by);
                assert_eq!(table.get_mut(&key).map(change), map.get_mut(&key).map(change));
            }
            Deed::Retain(of) => {
                let keeps = |key: &u16, value: &mut u16| {
                    *value = value.wrapping_add(1);
                    key.is_multiple_of(u16::from(of))
                };
                table.retain(keeps);
                map.retain(keeps);
            }
            Deed::Clear => {
                table.clear();
                map.clear();
            }
        }
        table.values_mut().chain(map.values_mut()).for_each(|value| *value ^= 1);
        alike(&table, &map);
    }
}

proptest! {
    #[test]
    fn does_what_the_map_of_std_does(deeds in prop::collection::vec(deed(), 0..200)) {
        play(deeds);
    }
}

#[test]
fn ten_thousand_leave_in_any_order_without_moving_the_rest() {
    for order in [1_u32, 7_919, 9_999] {
        let mut table: Table<u32, [u64; 30]> = (0..10_000).map(|key| (key, [0; 30])).collect();
        for nth in 0..10_000_u32 {
            let key = nth * order % 10_000;
            assert!(table.remove(&key).is_some());
            assert!(table.values.len() <= 2 * table.len() + HOLES);
        }
        assert!(table.is_empty());
    }
}
