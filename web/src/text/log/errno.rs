//! Owns one plain sentence for each errno (errno(3)) and each kind of failure.

use crate::text::Language;
use protocol::{ErrorKind, Failure};

/// What an errno means for whoever called, if it is one that sockets give.
pub fn errno(language: Language, name: &str) -> Option<&'static str> {
    ERRNOS
        .iter()
        .find(|(own, ..)| *own == name)
        .map(|(_, english, chinese)| language.pick(*english, *chinese))
}

/// A failure in one sentence; the relay's own where the page knows none in this language.
pub fn failure(language: Language, failure: &Failure) -> String {
    if let Some(known) = failure.errno.as_deref().and_then(|name| errno(language, name)) {
        return known.to_owned();
    }
    // The relay speaks English; what the page itself refuses, it refuses in its own language.
    let chinese = failure.message.starts_with(|first| first >= '\u{4e00}');
    if !failure.message.is_empty() && chinese == (language == Language::Chinese) {
        return failure.message.clone();
    }
    let (english, chinese) = match failure.kind {
        ErrorKind::Errno => ("The kernel refused.", "内核拒绝了。"),
        ErrorKind::BadRequest => ("That makes no sense.", "这个请求不成立。"),
        ErrorKind::UnknownId => ("There is no such socket any more.", "没有这个套接字了。"),
        ErrorKind::Denied => ("That is outside this relay’s reach.", "超出了中继的许可范围。"),
        ErrorKind::Limit => ("A bound of the relay was met.", "到达了中继的上限。"),
        ErrorKind::Busy => ("A lesson is using it.", "课程正在使用它。"),
        ErrorKind::Interrupted => {
            ("The call was ended before it was done.", "调用在完成之前被结束了。")
        }
        ErrorKind::TimedOut => ("The socket’s timeout passed.", "超过了套接字的超时时间。"),
        ErrorKind::Unsupported => {
            ("This machine or socket does not offer it.", "这台机器或这种套接字不支持。")
        }
        ErrorKind::NoWire => ("There is no wire on this machine.", "这台机器上没有线路。"),
    };
    language.pick(english, chinese).to_owned()
}

const ERRNOS: &[(&str, &str, &str)] = &[
    (
        "EACCES",
        "Not permitted here: ports below 1024 may need a right.",
        "没有权限：1024 以下的端口可能需要特权。",
    ),
    ("EADDRINUSE", "This address and port are taken.", "这个地址和端口已被占用。"),
    ("EADDRNOTAVAIL", "This machine has no such address.", "这台机器没有这个地址。"),
    (
        "EAFNOSUPPORT",
        "The address is of another family than the socket.",
        "地址与套接字的地址族不同。",
    ),
    (
        "EAGAIN",
        "It would have had to wait, and the socket must not.",
        "本来需要等待，而这个套接字不许等待。",
    ),
    ("EALREADY", "An earlier connect is still under way.", "之前的 connect 还在进行。"),
    ("EBADF", "That socket is closed.", "这个套接字已经关闭。"),
    (
        "ECONNABORTED",
        "The connection was given up before accept took it.",
        "连接在 accept 取走之前就中止了。",
    ),
    ("ECONNREFUSED", "Nobody listens there.", "那里没有人在监听。"),
    ("ECONNRESET", "The other end broke the connection off (RST).", "对端重置了连接 (RST)。"),
    (
        "EDESTADDRREQ",
        "No receiver was named, and the socket has none.",
        "没有写收件地址，套接字也没有默认对端。",
    ),
    ("EHOSTUNREACH", "There is no way to that host.", "无法到达那台主机。"),
    ("EINPROGRESS", "The handshake is under way.", "三次握手正在进行。"),
    ("EINTR", "The call was interrupted.", "调用被打断了。"),
    (
        "EINVAL",
        "The kernel does not allow this in the socket’s present state.",
        "套接字处于这个状态时，内核不允许这样做。",
    ),
    ("EISCONN", "The socket is connected already.", "套接字已经连接。"),
    ("EMFILE", "The relay has as many files open as it may.", "中继打开的文件数已到上限。"),
    (
        "EMSGSIZE",
        "The message is larger than one datagram can be.",
        "消息超过了一个数据报的最大长度。",
    ),
    ("ENETUNREACH", "There is no route to that network.", "没有通往那个网络的路由。"),
    ("ENFILE", "The machine has as many files open as it may.", "整台机器打开的文件数已到上限。"),
    ("ENOBUFS", "The kernel has no buffer left for it.", "内核没有可用的缓冲区了。"),
    ("ENOMEM", "The kernel has no memory left for it.", "内核没有可用的内存了。"),
    ("ENOPROTOOPT", "This kind of socket has no such option.", "这种套接字没有这个选项。"),
    ("ENOTCONN", "The socket is not connected.", "套接字没有连接。"),
    ("ENOTSOCK", "That is not a socket.", "那不是套接字。"),
    ("EOPNOTSUPP", "This kind of socket cannot do that.", "这种套接字做不到。"),
    ("EPERM", "Not permitted.", "没有权限。"),
    (
        "EPIPE",
        "This end is shut for writing, or the other end is gone.",
        "这一端的写方向已关闭，或者对端已经不在。",
    ),
    ("EPROTONOSUPPORT", "The kernel does not offer this protocol.", "内核不提供这个协议。"),
    ("ETIMEDOUT", "The other end did not answer in time.", "对端没有及时回应。"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errnos_are_in_order_and_once() {
        assert!(ERRNOS.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }

    #[test]
    fn a_failure_has_a_sentence_in_both() {
        let refused = Failure::errno("ECONNREFUSED", "connection refused");
        assert_eq!(failure(Language::English, &refused), "Nobody listens there.");
        assert_eq!(failure(Language::Chinese, &refused), "那里没有人在监听。");
        let odd = Failure::errno("EODD", "odd");
        assert_eq!(failure(Language::English, &odd), "odd");
        assert_eq!(failure(Language::Chinese, &odd), "内核拒绝了。");
    }
}
