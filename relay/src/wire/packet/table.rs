//! Owns a bounded memory: what was not asked for longest is forgotten first. Never a clock's time.

use super::super::hash::FastMap;
use std::hash::Hash;

/// At most so many entries, each with the number of the last look at it.
pub(super) struct Table<K, V> {
    entries: FastMap<K, (u64, V)>,
    most: usize,
    looks: u64,
}

impl<K: Eq + Hash, V> Table<K, V> {
    /// An empty one that remembers at most `most`, at least 1.
    pub(super) fn new(most: usize) -> Self {
        Self { entries: FastMap::default(), most: most.max(1), looks: 0 }
    }

    /// This entry, made now if there is none.
    pub(super) fn entry(&mut self, key: K) -> &mut V
    where
        V: Default,
    {
        self.looks += 1;
        if self.entries.len() >= self.most && !self.entries.contains_key(&key) {
            self.forget();
        }
        let (looked, value) = self.entries.entry(key).or_default();
        *looked = self.looks;
        value
    }

    /// Puts an entry in the place of the one before.
    pub(super) fn insert(&mut self, key: K, value: V) {
        self.looks += 1;
        if self.entries.len() >= self.most && !self.entries.contains_key(&key) {
            self.forget();
        }
        self.entries.insert(key, (self.looks, value));
    }

    /// This entry. A look at it here does not keep it.
    pub(super) fn get(&self, key: &K) -> Option<V>
    where
        V: Copy,
    {
        self.entries.get(key).map(|(_, value)| *value)
    }

    /// How many are remembered.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Makes room: a quarter goes at once, so that it costs little per entry.
    fn forget(&mut self) {
        let mut looked: Vec<u64> = self.entries.values().map(|(looked, _)| *looked).collect();
        let quarter = looked.len() / 4;
        let (_, cut, _) = looked.select_nth_unstable(quarter);
        let cut = *cut;
        self.entries.retain(|_, (looked, _)| *looked > cut);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_untouched_goes_and_the_bound_holds() {
        let mut table: Table<u32, u32> = Table::new(8);
        for key in 0..1_000 {
            *table.entry(0) += 1;
            table.insert(key, key);
            assert!(table.len() <= 8, "{}", table.len());
        }
        assert!(table.get(&0).is_some(), "it was touched again and again");
        assert_eq!(table.get(&999), Some(999));
        assert_eq!(table.get(&500), None);
    }

    #[test]
    fn a_table_of_one_holds_the_last() {
        let mut table: Table<u32, u32> = Table::new(0);
        table.insert(1, 1);
        table.insert(2, 2);
        assert_eq!((table.get(&1), table.get(&2)), (None, Some(2)));
    }
}
