//! Owns what each call does, in a few words, and what runs by itself on a socket.

use super::count;
use crate::intent::Verb;
use crate::text::{Language, picture};
use protocol::command::{Application, Reading};
use protocol::limit::SERVE_RATE;
use protocol::world::Socket;

/// What a call or option does, in a few words.
pub fn gloss(language: Language, verb: Verb) -> &'static str {
    let (english, chinese) = match verb {
        Verb::Bind => ("give it an address of its own", "给它一个自己的地址"),
        Verb::Listen => ("wait for connections", "开始监听"),
        Verb::Accept => ("take the next connection", "接受下一个连接"),
        Verb::Connect => ("plug it into another socket", "连接到另一个套接字"),
        Verb::Send => ("hand bytes to the kernel", "把字节交给内核"),
        Verb::Recv => ("read bytes that have arrived", "读取已到达的字节"),
        Verb::SendTo => ("send one datagram", "发送一个数据报"),
        Verb::RecvFrom => ("read one datagram", "读取一个数据报"),
        Verb::Burst => ("many numbered datagrams at once", "一次发很多编号的数据报"),
        Verb::Shutdown => ("end one direction", "关闭一个方向"),
        Verb::Close => ("give the socket back", "关闭套接字"),
        Verb::Interrupt => ("wake a sleeping call", "唤醒阻塞的调用"),
        Verb::Timeout => ("how long calls may sleep", "调用最多阻塞多久"),
        Verb::Nonblocking => ("never sleep: EAGAIN instead", "不阻塞：返回 EAGAIN"),
        Verb::Serve => ("a program that answers by itself, a server", "自动应答的程序，服务端"),
        Verb::Reader => ("read so much every so often", "每隔一段时间读一些"),
        Verb::Stop => ("stop what runs by itself", "停止自动程序"),
        Verb::Timestamps => ("let the kernel stamp what is sent", "让内核给发送的数据打时间戳"),
        Verb::ReuseAddress => {
            ("bind though TIME_WAIT holds the port", "端口处于 TIME_WAIT 也能绑定")
        }
        Verb::ReusePort => ("share a port with others", "与别的套接字共用端口"),
        Verb::SendBuffer => ("size of the send buffer", "发送缓冲区大小"),
        Verb::ReceiveBuffer => ("size of the receive buffer", "接收缓冲区大小"),
        Verb::NoDelay => ("Nagle’s algorithm off", "关闭 Nagle 算法"),
        Verb::Keepalive => ("probe a silent peer", "探测沉默的对端"),
        Verb::Linger => ("what close() does with unsent bytes", "close() 如何处理未发完的字节"),
        Verb::OnlyV6 => ("IPv6 only", "只用 IPv6"),
        Verb::Lossy => {
            ("a lossy receiver: drop datagrams as they arrive", "会丢包的接收者：到达即丢弃")
        }
    };
    language.pick(english, chinese)
}

/// Whether a program runs by itself on a socket.
pub fn runs_here(socket: &Socket) -> bool {
    socket.serving.is_some() || socket.reader.is_some()
}

/// What runs by itself on a socket, in one sentence; nothing where nothing does.
pub fn automatic(language: Language, socket: &Socket) -> String {
    let Some(serving) = &socket.serving else {
        return socket.reader.map_or_else(String::new, |own| reads(language, own));
    };
    let rate = picture::bytes(u64::from(SERVE_RATE));
    let does = match &serving.app {
        Application::Read(own) => reads(language, *own),
        Application::Idle => language.pick("never reads", "从不读取").to_owned(),
        Application::Film { frames, .. } => match language {
            Language::English => format!("sends a film of {frames} frames, picture and tone"),
            Language::Chinese => format!("发送 {frames} 帧影片，画面和声音"),
        },
        Application::Echo { .. } => match language {
            Language::English => format!("echoes what comes, at most {rate} a second"),
            Language::Chinese => format!("把收到的发回去，每秒最多 {rate}"),
        },
        Application::Answer { data, .. } => {
            let answer = String::from_utf8_lossy(&data.to_bytes()).into_owned();
            match language {
                Language::English => format!("answers each receive with “{answer}”"),
                Language::Chinese => format!("每次收到都回答“{answer}”"),
            }
        }
    };
    if !socket.listens() {
        return does;
    }
    let how = if serving.side_by_side {
        language.pick("serves connections side by side: ", "并行服务多个连接：")
    } else {
        language.pick("serves one connection at a time: ", "一次服务一个连接：")
    };
    how.to_owned() + &does
}

fn reads(language: Language, own: Reading) -> String {
    let (most, every) = (count(u64::from(own.max)), picture::span(own.every));
    match language {
        Language::English => format!("reads up to {most} bytes every {every}"),
        Language::Chinese => format!("每 {every} 读最多 {most} 字节"),
    }
}
