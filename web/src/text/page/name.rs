//! Owns what a socket is called and a line that sums it up.

use crate::text::Language;
use protocol::command::{Kind, Side};
use protocol::world::Socket;
use protocol::{SocketId, World};

/// What the page calls a socket: its own name, else by what it does. Stays English, as in code.
pub fn name(_language: Language, world: &World, id: SocketId) -> String {
    let Some(socket) = world.sockets.get(&id) else { return format!("socket {id}") };
    if let Some(name) = &socket.name {
        return name.clone();
    }
    if let Some((_, nth)) = socket.parent {
        return format!("conn {nth}");
    }
    let role = role(socket);
    let nth = world
        .sockets
        .values()
        .filter(|other| other.id <= id && other.name.is_none() && other.parent.is_none())
        .filter(|other| self::role(other) == role)
        .count();
    if nth < 2 { role.to_owned() } else { format!("{role} {nth}") }
}

fn role(socket: &Socket) -> &'static str {
    match socket.kind {
        Kind::Datagram => "datagram",
        Kind::Stream if socket.listens() => "server",
        Kind::Stream if socket.active => "client",
        Kind::Stream => "socket",
    }
}

/// Stream or datagram.
pub fn kind(language: Language, kind: Kind) -> &'static str {
    match kind {
        Kind::Stream => language.pick("stream", "流格式"),
        Kind::Datagram => language.pick("datagram", "数据报"),
    }
}

/// Left or right.
pub fn side(language: Language, side: Side) -> &'static str {
    match side {
        Side::Left => language.pick("left", "左边"),
        Side::Right => language.pick("right", "右边"),
    }
}

/// A socket in one line, for those who do not see the picture: `client, left, ESTABLISHED, 127.0.0.1:43210`.
pub fn summary(language: Language, world: &World, id: SocketId) -> String {
    let mut line = name(language, world, id);
    let Some(socket) = world.sockets.get(&id) else { return line };
    let mut add = |part: &str| {
        line.push_str(language.pick(", ", "，"));
        line.push_str(part);
    };
    add(self::side(language, socket.side));
    add(kind(language, socket.kind));
    if let Some(state) = socket.kernel.state.filter(|_| socket.kind == Kind::Stream) {
        add(state.name());
    }
    if let Some(local) = &socket.kernel.local {
        add(&local.to_string());
    }
    if !socket.is_open() {
        add(language.pick("closed", "已关闭"));
    }
    line
}
