//! Owns the joining of quiet rows where there is no room for all.

use super::{Post, Row};
use protocol::SocketId;
use protocol::command::{Kind, Side};
use protocol::table::Table;

/// Bundles quiet rows until at most `most` besides the tall one are left.
pub(in crate::scene) fn bundle(mut rows: Vec<Row>, most: usize) -> Vec<Row> {
    loop {
        let small = rows.iter().filter(|row| !row.tall).count();
        if small <= most.max(1) {
            return rows;
        }
        let over = small - most.max(1);
        let Some(next) = candidate(&rows, over) else { return rows };
        rows = next;
    }
}

/// What rows have in common that may be joined: a bundle must not show a cable that none of them has.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Class {
    stream: bool,
    sides: [u8; 2],
    /// Where a row leads to a plate without a socket of its own there, only its own group is alike.
    group: Option<SocketId>,
}

fn class_of(row: &Row, within: bool) -> Class {
    let side = |post: &Post| match post {
        Post::Nothing => 0,
        Post::Socket(_) | Post::Bundle(_) => 1,
        Post::Queue(..) | Post::Unanswered(_) | Post::Shared(_) => 2,
        Post::Outside(_) => 3,
        Post::Gone(_) => 4,
    };
    let sides = [side(&row.left), side(&row.right)];
    let group = (within || sides.contains(&2)).then_some(row.group);
    Class { stream: row.kind == Kind::Stream, sides, group }
}

/// Joins `over + 1` alike rows of one group; of different groups, where no group has two.
fn candidate(rows: &[Row], over: usize) -> Option<Vec<Row>> {
    let spare = |row: &&Row| !row.tall && row.order.0 != 1;
    let most = |within: bool| {
        let mut sizes: Table<Class, usize> = Table::new();
        for row in rows.iter().filter(spare) {
            *sizes.or_default(class_of(row, within)) += 1;
        }
        let found = sizes.iter().max_by_key(|(class, size)| (*size, *class));
        found.filter(|(_, size)| **size > 1).map(|(class, _)| (*class, within))
    };
    let (class, within) = most(true).or_else(|| most(false))?;
    let mut picked: Vec<usize> = rows
        .iter()
        .enumerate()
        .filter(|(_, row)| spare(row) && class_of(row, within) == class)
        .map(|(place, _)| place)
        .collect();
    // Quiet ones first, of those the youngest; a bundle that is there already grows.
    crate::order::by_key(&mut picked, |place| {
        let row = &rows[*place];
        let bundled = matches!(row.left, Post::Bundle(_)) || matches!(row.right, Post::Bundle(_));
        (!bundled, !row.quiet, std::cmp::Reverse(row.order))
    });
    picked.truncate(over + 1);
    if picked.len() < 2 {
        return None;
    }
    let ids = |side: Side| -> Vec<SocketId> {
        picked
            .iter()
            .flat_map(|place| match rows[*place].post(side) {
                Post::Bundle(ids) => ids.clone(),
                post => post.socket().into_iter().collect(),
            })
            .collect()
    };
    let (mut left, mut right) = (ids(Side::Left), ids(Side::Right));
    crate::order::by_key(&mut left, |own| *own);
    crate::order::by_key(&mut right, |own| *own);
    let first = &rows[*picked.iter().min()?];
    let post = |ids: Vec<SocketId>, side: Side| {
        let lead = |place: &usize| match rows[*place].post(side) {
            Post::Queue(id, _) | Post::Unanswered(id) | Post::Shared(id) => Some(*id),
            _ => None,
        };
        match picked.iter().find_map(lead) {
            _ if !ids.is_empty() => Post::Bundle(ids),
            Some(plate) => Post::Shared(plate),
            None => Post::Nothing,
        }
    };
    let joined = Row {
        left: post(left, Side::Left),
        right: post(right, Side::Right),
        order: (9, first.order.1),
        quiet: picked.iter().all(|place| rows[*place].quiet),
        ..first.clone()
    };
    let end = rows.iter().rposition(|row| row.group == first.group)?;
    let mut kept = Vec::new();
    for (place, row) in rows.iter().enumerate() {
        if !picked.contains(&place) {
            kept.push(row.clone());
        }
        if place == end {
            kept.push(joined.clone());
        }
    }
    Some(kept)
}
