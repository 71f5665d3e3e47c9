//! Owns the map of the world: sorted by its keys, in two vectors, so that it costs little code and
//! copies fast. Made for ids, which grow: the newest is appended. Never moves a value to remove one:
//! a removed one leaves a hole, and holes are closed together.

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};
use std::borrow::Borrow;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Index;
use std::slice;

/// Holes that are left however few values there are.
const HOLES: usize = 32;

/// A map sorted by its keys; in JSON and postcard the same as std's. An insertion before the last key
/// moves all that follow it.
#[derive(Clone)]
pub struct Table<K, V> {
    keys: Vec<K>,
    /// As many as keys; a hole where a value was removed.
    values: Vec<Option<V>>,
    len: usize,
}

/// A set sorted by its keys.
pub type Set<K> = Table<K, ()>;

/// Where a key is, or belongs; one instance a key.
#[inline(never)]
fn place<K: Ord + Borrow<Q>, Q: Ord + ?Sized>(keys: &[K], key: &Q) -> Result<usize, usize> {
    match keys.last() {
        Some(last) if last.borrow() < key => Err(keys.len()),
        _ => keys.binary_search_by(|own| own.borrow().cmp(key)),
    }
}

impl<K, V> Default for Table<K, V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K, V> Table<K, V> {
    /// An empty one.
    pub const fn new() -> Self {
        Self { keys: Vec::new(), values: Vec::new(), len: 0 }
    }

    /// How many values.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Removes all.
    pub fn clear(&mut self) {
        *self = Self::new();
    }

    /// In the order of the keys.
    pub fn iter(&self) -> Iter<'_, K, V> {
        Iter { keys: self.keys.iter(), values: self.values.iter() }
    }

    /// The same, to change the values.
    pub fn iter_mut(&mut self) -> impl DoubleEndedIterator<Item = (&K, &mut V)> {
        let values = self.values.iter_mut();
        self.keys.iter().zip(values).filter_map(|(key, value)| Some((key, value.as_mut()?)))
    }

    /// In their order.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &K> {
        self.iter().map(|(key, _)| key)
    }

    /// In the order of their keys.
    pub fn values(&self) -> Values<'_, V> {
        Values(self.values.iter())
    }

    /// The same, to change them.
    pub fn values_mut(&mut self) -> impl DoubleEndedIterator<Item = &mut V> {
        self.values.iter_mut().filter_map(Option::as_mut)
    }

    /// In the order of their keys.
    pub fn into_values(self) -> impl DoubleEndedIterator<Item = V> {
        self.values.into_iter().flatten()
    }

    /// The least key and its value.
    pub fn first_key_value(&self) -> Option<(&K, &V)> {
        self.iter().next()
    }

    /// The greatest key and its value.
    pub fn last_key_value(&self) -> Option<(&K, &V)> {
        self.iter().next_back()
    }

    /// Removes the value of the least key.
    pub fn pop_first(&mut self) -> Option<V> {
        let first = self.values.iter().position(Option::is_some)?;
        self.take(first)
    }

    /// Keeps only what `keeps` says of, in the order of the keys.
    pub fn retain(&mut self, mut keeps: impl FnMut(&K, &mut V) -> bool) {
        for (key, slot) in self.keys.iter().zip(&mut self.values) {
            if slot.as_mut().is_some_and(|value| !keeps(key, value)) {
                *slot = None;
                self.len -= 1;
            }
        }
        self.close();
    }

    fn take(&mut self, at: usize) -> Option<V> {
        let value = self.values[at].take()?;
        self.len -= 1;
        if self.keys.len() > 2 * self.len + HOLES {
            self.close();
        }
        Some(value)
    }

    #[inline(never)]
    fn close(&mut self) {
        let mut slots = self.values.iter();
        self.keys.retain(|_| slots.next().is_some_and(Option::is_some));
        self.values.retain(Option::is_some);
    }
}

/// Keys and values in the order of the keys.
#[derive(Debug)]
pub struct Iter<'a, K, V> {
    keys: slice::Iter<'a, K>,
    values: slice::Iter<'a, Option<V>>,
}

/// Values in the order of their keys.
#[derive(Debug)]
pub struct Values<'a, V>(slice::Iter<'a, Option<V>>);

impl<'a, K, V> Iterator for Iter<'a, K, V> {
    type Item = (&'a K, &'a V);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let (key, value) = (self.keys.next()?, self.values.next()?);
            if let Some(value) = value {
                return Some((key, value));
            }
        }
    }
}

impl<K, V> DoubleEndedIterator for Iter<'_, K, V> {
    fn next_back(&mut self) -> Option<Self::Item> {
        loop {
            let (key, value) = (self.keys.next_back()?, self.values.next_back()?);
            if let Some(value) = value {
                return Some((key, value));
            }
        }
    }
}

impl<'a, V> Iterator for Values<'a, V> {
    type Item = &'a V;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.find_map(Option::as_ref)
    }
}

impl<V> DoubleEndedIterator for Values<'_, V> {
    fn next_back(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(value) = self.0.next_back()? {
                return Some(value);
            }
        }
    }
}

impl<'a, K, V> IntoIterator for &'a Table<K, V> {
    type Item = (&'a K, &'a V);
    type IntoIter = Iter<'a, K, V>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<K: Ord, V> Table<K, V> {
    fn at<Q: Ord + ?Sized>(&self, key: &Q) -> Option<usize>
    where
        K: Borrow<Q>,
    {
        place(&self.keys, key).ok()
    }

    /// The value of a key.
    pub fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.values[self.at(key)?].as_ref()
    }

    /// The same, to change it.
    pub fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        let at = self.at(key)?;
        self.values[at].as_mut()
    }

    /// Whether it has a value.
    pub fn contains_key<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.get(key).is_some()
    }

    /// Gives a key a value; the one that it had.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        let at = self.slot(key);
        let old = self.values[at].replace(value);
        self.len += usize::from(old.is_none());
        old
    }

    /// Takes a key's value away.
    pub fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        self.take(self.at(key)?)
    }

    /// A key's value; if it has none, that of `make`.
    pub fn or_insert_with(&mut self, key: K, make: impl FnOnce() -> V) -> &mut V {
        let at = self.slot(key);
        let slot = &mut self.values[at];
        self.len += usize::from(slot.is_none());
        slot.get_or_insert_with(make)
    }

    /// A key's value; if it has none, this one.
    pub fn or_insert(&mut self, key: K, value: V) -> &mut V {
        self.or_insert_with(key, || value)
    }

    /// A key's value; if it has none, an empty one.
    pub fn or_default(&mut self, key: K) -> &mut V
    where
        V: Default,
    {
        self.or_insert_with(key, V::default)
    }

    /// The place of a key, a hole if it has no value.
    fn slot(&mut self, key: K) -> usize {
        match place(&self.keys, &key) {
            Ok(at) => at,
            Err(at) => {
                self.keys.insert(at, key);
                self.values.insert(at, None);
                at
            }
        }
    }
}

impl<K: Ord + Borrow<Q>, Q: Ord + ?Sized, V> Index<&Q> for Table<K, V> {
    type Output = V;

    /// # Panics
    /// When the key has no value.
    fn index(&self, key: &Q) -> &V {
        self.get(key).expect("the key has a value")
    }
}

impl<K: PartialEq, V: PartialEq> PartialEq for Table<K, V> {
    fn eq(&self, other: &Self) -> bool {
        self.len == other.len && self.iter().eq(other.iter())
    }
}

impl<K: Eq, V: Eq> Eq for Table<K, V> {}

impl<K: fmt::Debug, V: fmt::Debug> fmt::Debug for Table<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl<K: Ord, V> Extend<(K, V)> for Table<K, V> {
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, all: I) {
        for (key, value) in all {
            self.insert(key, value);
        }
    }
}

impl<K: Ord> Set<K> {
    /// Adds an element; whether it is new.
    pub fn add(&mut self, key: K) -> bool {
        self.insert(key, ()).is_none()
    }

    /// Whether it is in the set.
    pub fn contains(&self, key: &K) -> bool {
        self.contains_key(key)
    }
}

impl<K: Ord, V, const N: usize> From<[(K, V); N]> for Table<K, V> {
    fn from(all: [(K, V); N]) -> Self {
        all.into_iter().collect()
    }
}

impl<K: Ord, V> FromIterator<(K, V)> for Table<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(all: I) -> Self {
        let mut table = Self::new();
        table.extend(all);
        table
    }
}

impl<K: Serialize, V: Serialize> Serialize for Table<K, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.len))?;
        for (key, value) in self {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

impl<'de, K: Ord + Deserialize<'de>, V: Deserialize<'de>> Deserialize<'de> for Table<K, V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Entries(PhantomData))
    }
}

struct Entries<K, V>(PhantomData<(K, V)>);

impl<'de, K: Ord + Deserialize<'de>, V: Deserialize<'de>> Visitor<'de> for Entries<K, V> {
    type Value = Table<K, V>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut table = Table::new();
        while let Some((key, value)) = map.next_entry()? {
            table.insert(key, value);
        }
        Ok(table)
    }
}

#[cfg(feature = "schema")]
impl<K: schemars::JsonSchema, V: schemars::JsonSchema> schemars::JsonSchema for Table<K, V> {
    fn inline_schema() -> bool {
        std::collections::BTreeMap::<K, V>::inline_schema()
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        std::collections::BTreeMap::<K, V>::schema_name()
    }

    fn schema_id() -> std::borrow::Cow<'static, str> {
        std::collections::BTreeMap::<K, V>::schema_id()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        std::collections::BTreeMap::<K, V>::json_schema(generator)
    }
}

#[cfg(test)]
mod tests;
