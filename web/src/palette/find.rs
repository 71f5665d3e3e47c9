//! Owns the search: which rows fit what was written, the best first.

use super::Entry;

/// The places of the rows that fit, the best first; all of them where nothing is written.
pub fn find(query: &str, rows: &[Entry]) -> Vec<usize> {
    let query = query.to_ascii_lowercase();
    let words: Vec<&str> = query.split_whitespace().collect();
    let mut found: Vec<(u32, usize)> = rows
        .iter()
        .enumerate()
        .filter_map(|(place, row)| {
            let text = row.says.join("\n").to_ascii_lowercase();
            let scores = words.iter().map(|word| score(word, &text));
            Some((scores.sum::<Option<u32>>()?, place))
        })
        .collect();
    crate::order::by_key(&mut found, |(score, place)| (u32::MAX - score, *place));
    found.into_iter().map(|(_, place)| place).collect()
}

/// How well one word fits: a whole word, a beginning, a part, some of a word's letters in order.
fn score(word: &str, text: &str) -> Option<u32> {
    let mut best = if text.contains(word) { 2 } else { 0 };
    for own in text.split(|c: char| !c.is_alphanumeric() && c != '_') {
        let fits = if own == word {
            4
        } else if own.starts_with(word) {
            3
        } else {
            u32::from(skips(word, own))
        };
        best = best.max(fits);
    }
    (best > 0).then_some(best)
}

/// Whether the word's letters stand in another in their order, and both begin alike.
fn skips(word: &str, own: &str) -> bool {
    let mut letters = own.chars();
    word.chars().count() > 1
        && own.chars().next() == word.chars().next()
        && word.chars().all(|wanted| letters.any(|letter| letter == wanted))
}
