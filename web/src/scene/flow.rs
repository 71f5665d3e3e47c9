//! Owns which sockets share a lane: pairs of our own, lone ones, those in an accept queue, outside
//! programs; no geometry. The same world gives the same rows in the same order.

use super::View;
use crate::timeline::Timeline;
use protocol::command::{Command, Kind, Side};
use protocol::world::Socket;
use protocol::{Address, SocketId, TcpState, World};
use std::collections::{BTreeMap, BTreeSet};

/// What stands at one wall in a lane.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Post {
    /// Nothing.
    Nothing,
    /// A socket of ours, with its own outlet.
    Socket(SocketId),
    /// A listener's plate, to which a connection that nobody has accepted leads; its place from 1.
    Queue(SocketId, usize),
    /// A socket whose outlet is in another lane of the same plate.
    Shared(SocketId),
    /// A listener's plate, which has not answered.
    Unanswered(SocketId),
    /// An address that is not ours.
    Outside(Address),
    /// An address that was ours.
    Gone(Address),
    /// Many sockets, quiet.
    Bundle(Vec<SocketId>),
}

impl Post {
    /// The socket of ours, if one stands here.
    pub(super) fn socket(&self) -> Option<SocketId> {
        match self {
            Self::Socket(id) => Some(*id),
            _ => None,
        }
    }

    fn plate(&self, world: &World) -> Option<SocketId> {
        match self {
            Self::Socket(id) => {
                let parent = world.sockets.get(id).and_then(|socket| socket.parent);
                let alive = parent.filter(|(listener, _)| {
                    world.sockets.get(listener).is_some_and(Socket::listens)
                });
                Some(alive.map_or(*id, |(listener, _)| listener))
            }
            Self::Queue(id, _) | Self::Shared(id) | Self::Unanswered(id) => Some(*id),
            Self::Bundle(ids) => Self::Socket(*ids.first()?).plate(world),
            _ => None,
        }
    }
}

/// One lane, before geometry.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Row {
    /// At the left wall.
    pub(super) left: Post,
    /// At the right wall.
    pub(super) right: Post,
    /// Of which kind.
    pub(super) kind: Kind,
    /// The selected one.
    pub(super) tall: bool,
    /// The listener whose outlet sits on top of this lane's plate (a lesson's only lane).
    pub(super) above: Option<(Side, SocketId)>,
    /// Rows with the same group stand together and may share a plate.
    group: SocketId,
    /// Order within the group.
    order: (u8, SocketId),
    /// Whether it may be bundled first.
    quiet: bool,
}

impl Row {
    /// What stands at a wall.
    pub(super) fn post(&self, side: Side) -> &Post {
        match side {
            Side::Left => &self.left,
            Side::Right => &self.right,
        }
    }

    /// The socket that names the plate at a wall.
    pub(super) fn plate(&self, side: Side, world: &World) -> Option<SocketId> {
        self.post(side).plate(world)
    }

    /// On which wall a socket stands in this lane, its outlet or its plate.
    pub(super) fn side_of(&self, id: SocketId) -> Option<Side> {
        [Side::Left, Side::Right].into_iter().find(|side| match self.post(*side) {
            Post::Socket(own) | Post::Queue(own, _) | Post::Shared(own) | Post::Unanswered(own) => {
                *own == id
            }
            _ => self.above == Some((*side, id)),
        })
    }

    /// Whether two lanes stand together.
    pub(super) fn same_group(&self, other: &Self) -> bool {
        self.group == other.group
    }

    /// Whether this is a listener's own lane.
    pub(super) fn listens_alone(&self) -> bool {
        self.order.0 == 1
    }

    fn sockets(&self) -> impl Iterator<Item = SocketId> {
        [self.left.socket(), self.right.socket()].into_iter().flatten()
    }
}

/// Where a datagram socket sends to, as far as it is ours; a burst is remembered longer than a call.
pub(super) fn aim(world: &World, id: SocketId) -> Option<SocketId> {
    let burst = || {
        let burst = world.bursts.values().rev().find(|burst| burst.socket == id)?;
        burst.receiver.filter(|receiver| world.sockets.contains_key(receiver))
    };
    world.aim_of(id).or_else(|| world.far_end(id)).or_else(burst)
}

/// Whether the picture shows a socket at all: open, or closed while its connection still lives.
fn visible(socket: &Socket) -> bool {
    socket.is_open() || socket.kernel.state.is_some_and(TcpState::connected)
}

struct Builder<'a> {
    world: &'a World,
    timeline: &'a Timeline,
    rows: Vec<Row>,
    placed: BTreeSet<SocketId>,
}

/// All rows of the shown world, the selected one tall, in groups.
pub(super) fn rows(timeline: &Timeline, view: &View) -> Vec<Row> {
    let world = timeline.world();
    let mut builder = Builder { world, timeline, rows: Vec::new(), placed: BTreeSet::new() };
    builder.streams();
    builder.datagrams();
    builder.finish(view)
}

impl<'a> Builder<'a> {
    fn of_kind(&self, kind: Kind) -> Vec<&'a Socket> {
        self.world.sockets.values().filter(|s| s.kind == kind && visible(s)).collect()
    }

    fn add(&mut self, side: Side, posts: (Post, Post), kind: Kind, group: SocketId, order: u8) {
        let (left, right) = match side {
            Side::Left => posts,
            Side::Right => (posts.1, posts.0),
        };
        let first = left.socket().into_iter().chain(right.socket()).min().unwrap_or(group);
        self.placed.extend([&left, &right].into_iter().filter_map(|post| post.socket()));
        let quiet = [&left, &right].into_iter().filter_map(|post| post.socket()).all(|id| {
            self.world.sockets.get(&id).is_none_or(|socket| {
                socket.kernel.receive_queue.unwrap_or(0) == 0
                    && socket.kernel.send_queue.unwrap_or(0) == 0
            })
        });
        self.rows.push(Row {
            left,
            right,
            kind,
            tall: false,
            above: None,
            group,
            order: (order, first),
            quiet,
        });
    }

    /// The group of a stream: its listener, where that is ours.
    fn listener_of(&self, socket: &Socket) -> Option<SocketId> {
        let parent = socket.parent.map(|(listener, _)| listener);
        let target = || {
            let peer = socket.kernel.peer.as_ref()?;
            let covers = |s: &&Socket| {
                s.listens() && s.kernel.local.as_ref().is_some_and(|own| own.covers(peer))
            };
            self.world.sockets.values().find(covers).map(|s| s.id)
        };
        parent.or_else(target).filter(|id| self.world.sockets.get(id).is_some_and(Socket::listens))
    }

    fn streams(&mut self) {
        let all = self.of_kind(Kind::Stream);
        let queues = self.queues(&all);
        for socket in &all {
            if socket.listens() || self.placed.contains(&socket.id) {
                continue;
            }
            let id = socket.id;
            let far = self
                .world
                .far_end(id)
                .and_then(|far| self.world.sockets.get(&far))
                .filter(|far| far.id != id && visible(far) && !self.placed.contains(&far.id));
            if let Some(far) = far {
                let group = self.listener_of(socket).or_else(|| self.listener_of(far));
                let posts = (Post::Socket(id), Post::Socket(far.id));
                self.add(socket.side, posts, Kind::Stream, group.unwrap_or(id.min(far.id)), 2);
            } else if let Some((listener, place)) = queues.get(&id) {
                let posts = (Post::Socket(id), Post::Queue(*listener, *place));
                self.add(socket.side, posts, Kind::Stream, *listener, 3);
            } else if let Some(peer) = &socket.kernel.peer {
                let state = socket.kernel.state;
                let posts = match self.listener_of(socket) {
                    Some(listener) if state == Some(TcpState::SynSent) => {
                        let posts = (Post::Socket(id), Post::Unanswered(listener));
                        self.add(socket.side, posts, Kind::Stream, listener, 4);
                        continue;
                    }
                    _ if self.timeline.was_ours(peer) => Post::Gone(peer.clone()),
                    _ => Post::Outside(peer.clone()),
                };
                self.add(socket.side, (Post::Socket(id), posts), Kind::Stream, id, 2);
            }
        }
        self.listeners(&all);
        for socket in &all {
            if !self.placed.contains(&socket.id) {
                let posts = (Post::Socket(socket.id), Post::Nothing);
                self.add(socket.side, posts, Kind::Stream, socket.id, 2);
            }
        }
    }

    /// Listeners, each with one unplugged socket across, if there is one to be plugged in.
    fn listeners(&mut self, all: &[&Socket]) {
        for listener in all.iter().filter(|socket| socket.listens()) {
            let has_company = self.rows.iter().any(|row| row.group == listener.id);
            let across = all.iter().find(|socket| {
                !has_company
                    && !self.placed.contains(&socket.id)
                    && !socket.listens()
                    && socket.kernel.peer.is_none()
                    && socket.kernel.local.is_none()
                    && socket.family == listener.family
                    && socket.side != listener.side
            });
            let across = across.map_or(Post::Nothing, |socket| Post::Socket(socket.id));
            self.add(
                listener.side,
                (Post::Socket(listener.id), across),
                Kind::Stream,
                listener.id,
                1,
            );
        }
    }

    /// Clients that wait to be accepted: listener and place. The first to be connected is the first.
    fn queues(&self, all: &[&Socket]) -> BTreeMap<SocketId, (SocketId, usize)> {
        let connected = |id: SocketId| {
            let mut calls = self.world.calls_of(id).rev();
            calls.find(|call| matches!(call.ask, Command::Connect { .. })).and_then(|c| c.ended)
        };
        let mut waiting: Vec<_> = all
            .iter()
            .filter(|socket| socket.kernel.state == Some(TcpState::Established))
            .filter_map(|socket| Some((self.world.queued_at(socket.id)?, socket.id)))
            .map(|(listener, id)| (listener, connected(id), id))
            .collect();
        waiting.sort();
        let mut places: BTreeMap<SocketId, usize> = BTreeMap::new();
        waiting
            .into_iter()
            .map(|(listener, _, id)| {
                let place = places.entry(listener).or_default();
                *place += 1;
                (id, (listener, *place))
            })
            .collect()
    }

    fn datagrams(&mut self) {
        let all = self.of_kind(Kind::Datagram);
        let mut pairs: BTreeSet<(SocketId, SocketId)> = BTreeSet::new();
        for socket in &all {
            let to = aim(self.world, socket.id);
            let Some(to) = to.filter(|to| *to != socket.id) else { continue };
            if !pairs.insert((socket.id.min(to), socket.id.max(to))) {
                continue;
            }
            let (sender, receiver) = (socket.id, to);
            let taken = |id: SocketId| self.placed.contains(&id);
            let post = |id| if taken(id) { Post::Shared(id) } else { Post::Socket(id) };
            let side = match self.rows.iter().find_map(|row| row.side_of(receiver)) {
                Some(side) => side.opposite(),
                None => socket.side,
            };
            let group = self.group_of(receiver).or_else(|| self.group_of(sender));
            let posts = (post(sender), post(receiver));
            let order = if taken(receiver) { 3 } else { 2 };
            self.add(side, posts, Kind::Datagram, group.unwrap_or(sender.min(receiver)), order);
        }
        for socket in &all {
            if self.placed.contains(&socket.id) {
                continue;
            }
            let last = self.world.calls_of(socket.id).rev().find_map(|call| match &call.ask {
                Command::SendTo { address, .. } | Command::Burst { address: Some(address), .. } => {
                    Some(address.clone())
                }
                _ => None,
            });
            let across = match last.or_else(|| socket.kernel.peer.clone()) {
                Some(peer) if self.timeline.was_ours(&peer) => Post::Gone(peer),
                Some(peer) => Post::Outside(peer),
                None => Post::Nothing,
            };
            self.add(socket.side, (Post::Socket(socket.id), across), Kind::Datagram, socket.id, 2);
        }
        self.pair_idle_datagrams();
    }

    /// A bound datagram socket and one that has not sent yet may face each other: two slots, no cable.
    fn pair_idle_datagrams(&mut self) {
        let idle = |row: &Row, side: Side| {
            row.kind == Kind::Datagram
                && row.post(side).socket().is_some()
                && *row.post(side.opposite()) == Post::Nothing
        };
        while let Some(left) = self.rows.iter().position(|row| idle(row, Side::Left))
            && let Some(right) = self.rows.iter().position(|row| idle(row, Side::Right))
        {
            let moved = self.rows[right].clone();
            let row = &mut self.rows[left];
            row.right = moved.right;
            row.group = row.group.min(moved.group);
            row.order.1 = row.order.1.min(moved.order.1);
            self.rows.remove(right);
        }
    }

    fn group_of(&self, id: SocketId) -> Option<SocketId> {
        self.rows.iter().find(|row| row.side_of(id).is_some()).map(|row| row.group)
    }

    fn finish(mut self, view: &View) -> Vec<Row> {
        let first: BTreeMap<SocketId, SocketId> =
            self.rows.iter().fold(BTreeMap::new(), |mut first, row| {
                let least = first.entry(row.group).or_insert(row.order.1);
                *least = (*least).min(row.order.1).min(row.group);
                first
            });
        self.rows.sort_by_key(|row| (first[&row.group], row.group, row.order));
        let chosen = view
            .selected
            .and_then(|id| {
                let own = |row: &Row| row.sockets().any(|socket| socket == id);
                self.rows.iter().position(own)
            })
            .or_else(|| self.rows.iter().position(|row| row.order.0 == 2))
            .or(if self.rows.is_empty() { None } else { Some(0) });
        if let Some(chosen) = chosen {
            self.rows[chosen].tall = true;
            let group = self.rows[chosen].group;
            let start = self.rows.iter().position(|row| row.group == group).unwrap_or(chosen);
            let row = self.rows.remove(chosen);
            self.rows.insert(start, row);
            if view.lesson || view.width < 720.0 {
                self.merge_listener(start);
            }
        }
        self.rows
    }

    /// In a lesson the listener's outlet sits on top of the tall lane's plate, without a row of its own.
    fn merge_listener(&mut self, tall: usize) {
        let (group, order) = (self.rows[tall].group, self.rows[tall].order.0);
        let Some(own) = self.rows.iter().position(|row| row.group == group && row.order.0 == 1)
        else {
            return;
        };
        let Some(listener) = self.world.sockets.get(&group) else { return };
        let above = Some((listener.side, group));
        if order == 1 {
            self.rows[tall].above = above;
        } else if self.rows[own].sockets().count() == 1
            && self.rows[tall].plate(listener.side, self.world) == Some(group)
        {
            self.rows[tall].above = above;
            self.rows.remove(own);
        }
    }
}

/// Bundles quiet rows until at most `most` besides the tall one are left.
pub(super) fn bundle(mut rows: Vec<Row>, most: usize) -> Vec<Row> {
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

/// Joins `over + 1` rows of the group with most to spare (any group, where none has two).
fn candidate(rows: &[Row], over: usize) -> Option<Vec<Row>> {
    let spare = |row: &&Row| !row.tall && row.order.0 != 1;
    let mut sizes: BTreeMap<(SocketId, bool), usize> = BTreeMap::new();
    for row in rows.iter().filter(spare) {
        *sizes.entry((row.group, row.kind == Kind::Stream)).or_default() += 1;
    }
    let (group, size) = sizes.into_iter().max_by_key(|(group, size)| (*size, *group))?;
    let of_group = |row: &Row| size < 2 || row.group == group.0;
    let mut picked: Vec<usize> = rows
        .iter()
        .enumerate()
        .filter(|(_, row)| spare(row) && of_group(row))
        .map(|(place, _)| place)
        .collect();
    // Quiet ones first, of those the youngest; a bundle that is there already grows.
    picked.sort_by_key(|place| {
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
    left.sort();
    right.sort();
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
        quiet: true,
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
