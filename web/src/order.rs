//! Owns order: a stable merge for all kinds of things, since each instance of std's sort is 2 kB of page,
//! and bounds, since std's for floats bring 15 kB of words about them.

use std::cmp::Ordering;

/// Sorts by a key; equal ones keep their order.
pub(crate) fn by_key<T, K: Ord>(items: &mut [T], key: impl Fn(&T) -> K) {
    let mut places = merged(items.len(), &|a, b| key(&items[a]).cmp(&key(&items[b])));
    for first in 0..places.len() {
        let mut place = first;
        loop {
            let from = std::mem::replace(&mut places[place], place);
            if from == first {
                break;
            }
            items.swap(place, from);
            place = from;
        }
    }
}

/// The nearest value that is not below `low` and not above `high`.
pub(crate) fn within<T: PartialOrd>(value: T, low: T, high: T) -> T {
    if value < low {
        low
    } else if value > high {
        high
    } else {
        value
    }
}

/// For each place of the sorted row, the place from which its item comes.
#[inline(never)]
fn merged(len: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut row: Vec<usize> = (0..len).collect();
    let mut next = row.clone();
    let mut width = 1;
    while width < len {
        for start in (0..len).step_by(2 * width) {
            let (middle, end) = ((start + width).min(len), (start + 2 * width).min(len));
            let (mut left, mut right) = (start, middle);
            for to in &mut next[start..end] {
                let takes_left = left < middle
                    && (right == end || compare(row[left], row[right]) != Ordering::Greater);
                let from = if takes_left { &mut left } else { &mut right };
                *to = row[*from];
                *from += 1;
            }
        }
        std::mem::swap(&mut row, &mut next);
        width *= 2;
    }
    row
}

#[cfg(test)]
mod tests {
    use super::by_key;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn sorts_as_std_does(keys in prop::collection::vec(0_u8..20, 0..70)) {
            let mut own: Vec<(u8, usize)> = keys.into_iter().zip(0..).collect();
            let mut std = own.clone();
            by_key(&mut own, |(key, _)| *key);
            std.sort_by_key(|(key, _)| *key);
            prop_assert_eq!(own, std);
        }
    }
}
