//! Owns what a socket is called and a line that sums it up.

use crate::text::{Language, picture};
use protocol::command::{Kind, Side};
use protocol::{SocketId, World};

/// What a socket is called, as in the pictures; by its id where the world has forgotten it.
pub fn name(language: Language, world: &World, id: SocketId) -> String {
    world.sockets.get(&id).map_or_else(
        || format!("{} {id}", language.pick("socket", "套接字")),
        |socket| picture::name(language, socket),
    )
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
