//! Owns who faces whom: the world's sockets put into rows, the rows into groups.

use super::{Post, Row, aim, calls, visible};
use crate::scene::View;
use crate::timeline::Timeline;
use protocol::command::{Command, Family, Kind, Net, Side};
use protocol::table::{Set, Table};
use protocol::wire::lands;
use protocol::world::Socket;
use protocol::{Address, SocketId, TcpState, World};

struct Builder<'a> {
    world: &'a World,
    /// Streams by their net and their two addresses: asking the world for each would be quadratic.
    by_addresses: Table<(u8, Address, Address), SocketId>,
    timeline: &'a Timeline,
    rows: Vec<Row>,
    placed: Set<SocketId>,
}

/// All rows of the shown world, the selected one tall, in groups.
pub(in crate::scene) fn rows(timeline: &Timeline, view: &View) -> Vec<Row> {
    let world = timeline.world();
    let by_addresses = world
        .sockets
        .values()
        .filter(|socket| socket.kind == Kind::Stream)
        .filter_map(|socket| {
            let (local, peer) = (socket.kernel.local.as_ref()?, socket.kernel.peer.as_ref()?);
            Some(((place_of(socket.net), local.canonical(), peer.canonical()), socket.id))
        })
        .collect();
    let mut builder =
        Builder { world, by_addresses, timeline, rows: Vec::new(), placed: Set::new() };
    builder.streams();
    builder.datagrams();
    builder.finish(view)
}

/// A net as a part of a key.
fn place_of(net: Net) -> u8 {
    match net {
        Net::Left => 0,
        Net::Right => 1,
        Net::Host => 2,
    }
}

/// The key of the stream at a stream's other end.
fn across(socket: &Socket) -> Option<(u8, Address, Address)> {
    let (local, peer) = (socket.kernel.local.as_ref()?, socket.kernel.peer.as_ref()?);
    Some((place_of(lands(socket.net, peer)), peer.canonical(), local.canonical()))
}

/// Whether what leaves a net can come to another: across the wire, or staying where it is.
fn joined(a: Net, b: Net) -> bool {
    (a == Net::Host) == (b == Net::Host)
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
        for socket in [&left, &right].into_iter().filter_map(Post::socket) {
            self.placed.add(socket);
        }
        let quiet = [&left, &right].into_iter().filter_map(Post::socket).all(|id| {
            self.world.sockets.get(&id).is_none_or(|socket| {
                socket.kernel.state != Some(TcpState::SynSent)
                    && crate::scene::refused::refused(self.world, id).is_none()
                    && socket.kernel.receive_queue.unwrap_or(0) == 0
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
        let target = || self.world.listener_of(socket.net, &calls(self.world, socket)?);
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
            let far = match socket.family {
                // A Unix client has no name: only the kernel tells who is at its other end.
                Family::Unix => self.world.far_end(id),
                _ => across(socket).and_then(|key| self.by_addresses.get(&key).copied()),
            };
            let far = far
                .and_then(|far| self.world.sockets.get(&far))
                .filter(|far| far.id != id && visible(far) && !self.placed.contains(&far.id));
            if let Some(far) = far {
                let group = self.listener_of(socket).or_else(|| self.listener_of(far));
                let posts = (Post::Socket(id), Post::Socket(far.id));
                self.add(socket.side, posts, Kind::Stream, group.unwrap_or(id.min(far.id)), 2);
            } else if let Some((listener, place)) = queues.get(&id) {
                let posts = (Post::Socket(id), Post::Queue(*listener, *place));
                self.add(socket.side, posts, Kind::Stream, *listener, 3);
            } else if let Some(peer) = calls(self.world, socket) {
                let state = socket.kernel.state;
                let posts = match self.listener_of(socket) {
                    // Not answered, or not yet seen to be: nothing is closed in this moment.
                    Some(listener)
                        if matches!(
                            state,
                            Some(TcpState::Close | TcpState::SynSent | TcpState::Established)
                        ) =>
                    {
                        let posts = (Post::Socket(id), Post::Unanswered(listener));
                        self.add(socket.side, posts, Kind::Stream, listener, 4);
                        continue;
                    }
                    _ if self.timeline.was_ours(&peer) => Post::Gone(peer),
                    _ => Post::Outside(peer),
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
                    && joined(socket.net, listener.net)
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
    fn queues(&self, all: &[&Socket]) -> Table<SocketId, (SocketId, usize)> {
        let connected = |id: SocketId| {
            let mut calls = self.world.calls_of(id).rev();
            calls.find(|call| matches!(call.ask, Command::Connect { .. })).and_then(|c| c.ended)
        };
        let mut waiting: Vec<_> = all
            .iter()
            .filter(|socket| socket.kernel.state == Some(TcpState::Established) && socket.active)
            .filter(|socket| {
                across(socket).is_some_and(|key| !self.by_addresses.contains_key(&key))
            })
            .filter_map(|socket| Some((self.world.queued_at(socket.id)?, socket.id)))
            .map(|(listener, id)| (listener, connected(id), id))
            .collect();
        crate::order::by_key(&mut waiting, |own| *own);
        let mut places: Table<SocketId, usize> = Table::new();
        waiting
            .into_iter()
            .map(|(listener, _, id)| {
                let place = places.or_default(listener);
                *place += 1;
                (id, (listener, *place))
            })
            .collect()
    }

    fn datagrams(&mut self) {
        let all = self.of_kind(Kind::Datagram);
        let mut pairs: Set<(SocketId, SocketId)> = Set::new();
        for socket in &all {
            let to = aim(self.world, socket.id);
            let Some(to) = to.filter(|to| *to != socket.id) else { continue };
            if !pairs.add((socket.id.min(to), socket.id.max(to))) {
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
        let world = self.world;
        let net = |row: &Row, side: Side| {
            let id = row.post(side).socket();
            id.and_then(|id| world.sockets.get(&id)).map_or(Net::Host, |socket| socket.net)
        };
        let facing = |rows: &[Row]| {
            rows.iter().enumerate().filter(|(_, row)| idle(row, Side::Left)).find_map(
                |(left, row)| {
                    let own = net(row, Side::Left);
                    let faces =
                        |row: &Row| idle(row, Side::Right) && joined(own, net(row, Side::Right));
                    Some((left, rows.iter().position(faces)?))
                },
            )
        };
        while let Some((left, right)) = facing(&self.rows) {
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
        let first: Table<SocketId, SocketId> =
            self.rows.iter().fold(Table::new(), |mut first, row| {
                let least = first.or_insert(row.group, row.order.1);
                *least = (*least).min(row.order.1).min(row.group);
                first
            });
        crate::order::by_key(&mut self.rows, |row| (first[&row.group], row.group, row.order));
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
            if view.lesson {
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
