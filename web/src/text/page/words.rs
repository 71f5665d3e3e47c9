//! Owns the fixed words, by key.

use crate::text::Language;

/// The words of that key; the key itself where there are none (a test forbids it).
pub fn word(language: Language, key: &'static str) -> &'static str {
    find(key).map_or(key, |(_, english, chinese)| language.pick(english, chinese))
}

/// Both words of a key that the shell names.
pub fn both(key: &str) -> Option<(&'static str, &'static str)> {
    find(key).map(|(_, english, chinese)| (*english, *chinese))
}

fn find(key: &str) -> Option<&'static (&'static str, &'static str, &'static str)> {
    WORDS.iter().find(|(own, ..)| *own == key)
}

const WORDS: &[(&str, &str, &str)] = &[
    // header
    ("first_run", "First run", "初次体验"),
    ("empty_bench", "Empty bench", "清空工作台"),
    ("really_empty", "Close all?", "全部关闭？"),
    ("log", "Log", "日志"),
    ("help", "Keys and signs", "按键与图例"),
    ("close_panel", "Close this panel", "关闭面板"),
    ("skips", "Shortcuts", "跳转"),
    ("skip_stage", "To the sockets", "跳到套接字"),
    ("skip_ladder", "To the calls", "跳到调用"),
    ("skip_log", "To the log", "跳到日志"),
    // link
    ("connecting", "connecting to the relay", "正在连接中继"),
    ("lost", "the relay is gone; trying again", "中继已断开，正在重试"),
    ("clock_stands", "the clock stands: no news", "时钟停住：没有消息"),
    (
        "how_unknown",
        "The relay is gone; how this call ended is not known here.",
        "中继已断开；这个调用的结果在这里无从得知。",
    ),
    ("viewer", "looking only: this link may not act", "只读：此链接不能操作"),
    ("no_token", "Open the link that the relay printed.", "请打开中继打印出来的链接。"),
    (
        "no_token_text",
        "In the terminal where the relay runs there is a line that begins with “Patchbay: http://”. Its link carries a key in the part after #; with it this page may use the sockets of that machine.",
        "运行中继的终端里有一行以“Patchbay: http://”开头。那个链接的 # 后面带着钥匙，有了它，本页才能使用那台机器上的套接字。",
    ),
    ("refused", "The relay refused this page.", "中继拒绝了本页。"),
    ("no_start", "The page did not start.", "页面没有启动。"),
    // hosts
    ("left", "left", "左边"),
    ("right", "right", "右边"),
    ("new_socket", "+ Socket", "+ 套接字"),
    ("type", "Type", "类型"),
    ("family", "Family", "地址族"),
    ("kind_stream", "stream (TCP)", "流格式 (TCP)"),
    ("kind_datagram", "datagram (UDP)", "数据报 (UDP)"),
    ("or_in_one_go", "or a server, call by call:", "或者一个服务端，逐个调用："),
    ("port", "port", "端口"),
    ("server_calls", "bind · listen · accept", "bind · listen · accept"),
    ("receiver_calls", "bind", "bind"),
    ("lesson", "What is happening", "正在发生什么"),
    ("bench", "The bench", "工作台"),
    // stage
    ("stage", "Sockets of both sides and what is between them", "两边的套接字以及它们之间的一切"),
    ("all_calls", "All calls", "全部调用"),
    ("send", "Send", "发送"),
    ("to", "to", "发往"),
    ("text_to_send", "text to send", "要发送的文字"),
    ("address", "address", "地址"),
    ("how_many", "how many datagrams", "多少个数据报"),
    ("asleep_in", "asleep in", "阻塞在"),
    ("wake", "interrupt", "interrupt"),
    // time
    ("time", "Time of the picture", "画面的时间"),
    ("pause", "Pause picture", "暂停画面"),
    ("resume", "Run picture", "继续画面"),
    ("back", "one event back", "后退一个事件"),
    ("forward", "one event forward", "前进一个事件"),
    ("speed", "speed of the picture", "画面速度"),
    ("auto", "auto", "自动"),
    ("scrubber", "shown moment", "显示的时刻"),
    ("live", "Show what happens now", "回到现在"),
    // below
    ("below", "The calls through time", "按时间排列的调用"),
    ("ladder", "Ladder", "时序图"),
    ("sheet", "Receipts", "签收单"),
    ("or_begin", "or begin with", "或者从这里开始"),
    ("begin", "Nothing is plugged in. Begin with", "还没有插上任何东西。可以从这里开始"),
    ("and_now", "and now", "接下来"),
    (
        "door_first",
        "two programs, one connection: what really happens",
        "两个程序，一条连接：究竟发生了什么",
    ),
    ("flood", "1,000 datagrams", "1,000 个数据报"),
    ("door_flood", "one slow reader: who loses them?", "一个读得很慢的程序：是谁丢了它们？"),
    ("free_bench", "Free bench", "自由工作台"),
    ("door_free", "your own sockets, any call, any order", "自己的套接字，任意调用，任意顺序"),
    // inspector
    ("calls", "Calls", "调用"),
    ("parts", "Parts of this panel", "面板的各部分"),
    ("options_short", "Options", "选项"),
    ("bytes", "Bytes", "字节"),
    ("kernel_table", "Kernel", "内核"),
    ("options", "Socket options", "套接字选项"),
    ("kernel_says", "What the kernel says", "内核的说法"),
    ("last_bytes", "Bytes that the last receive gave", "上次接收到的字节"),
    ("as_text", "as text", "按文字"),
    ("as_hex", "as hex", "按十六进制"),
    ("nothing_yet", "nothing yet", "还没有"),
    ("call_it", "Call", "调用"),
    ("set_it", "Set", "设置"),
    ("what_waits", "waiting in the receive buffer (peeked)", "接收缓冲区里等待着的（窥视）"),
    // inputs
    ("on", "on", "开"),
    ("peek", "MSG_PEEK", "MSG_PEEK"),
    ("text", "text", "文字"),
    ("hex", "hex", "十六进制"),
    ("fill", "fill: so many bytes", "填充：这么多字节"),
    ("once", "once", "一次"),
    ("all", "until all is taken (sendall)", "直到全部收下 (sendall)"),
    ("SHUT_WR", "SHUT_WR: I send no more", "SHUT_WR：不再发送"),
    ("SHUT_RD", "SHUT_RD: I read no more", "SHUT_RD：不再接收"),
    ("SHUT_RDWR", "SHUT_RDWR: neither", "SHUT_RDWR：都不再"),
    ("unit_bytes", "bytes", "字节"),
    ("unit_bytes_each", "bytes each", "字节/个"),
    ("unit_every_ms", "ms between reads", "毫秒读一次"),
    ("unit_ms_or_never", "ms (empty: for ever)", "毫秒（空：一直等）"),
    ("unit_idle_s", "s idle first (empty: kernel’s)", "秒空闲后（空：内核默认）"),
    ("unit_s_or_off", "s (empty: off; 0: close sends RST)", "秒（空：关闭；0：close 时发 RST）"),
    ("backlog", "backlog", "backlog"),
    ("datagrams", "datagrams", "个数据报"),
    // mirror
    ("mirror", "The sockets, as a table", "套接字一览表"),
    ("col_name", "Name", "名称"),
    ("col_side", "Side", "位置"),
    ("col_state", "State", "状态"),
    ("col_local", "Own address", "自己的地址"),
    ("col_peer", "Other end", "对端地址"),
    ("col_send", "Send queue, bytes", "发送队列，字节"),
    ("col_receive", "Receive queue, bytes", "接收队列，字节"),
    ("col_asleep", "Asleep in", "阻塞在"),
    // log
    ("relay", "relay", "中继"),
    ("kernel", "kernel", "内核"),
    ("wire", "wire", "线路"),
    ("inferred", "inferred", "推断"),
    ("simulated", "simulated", "模拟"),
    // help
    ("keys", "Keys and signs", "按键与图例"),
    ("key_pause", "pause or run the picture; the kernel runs on", "暂停或继续画面；内核照常运行"),
    ("key_step", "one event back or forward", "后退或前进一个事件"),
    ("key_write", "write in the send field of the chosen socket", "在所选套接字的发送框里书写"),
    ("key_enter", "send; in a lesson: go on", "发送；在课程中：继续"),
    ("key_receive", "recv on the chosen socket", "在所选套接字上 recv"),
    ("key_log", "show or hide the log", "显示或隐藏日志"),
    ("key_page", "step, as a clicker does", "步进，翻页笔同样可用"),
    ("key_escape", "close what is open", "关闭打开的面板"),
    (
        "help_honest",
        "Nothing here is made up: calls are made by the relay, states and queues are read from the kernel.",
        "这里没有虚构：调用由中继真实发出，状态与队列从内核读出。",
    ),
    (
        "help_signs",
        "Solid: the kernel said so. Dashed: inferred from what the kernel says, nobody saw it. Blue: TCP. Brown: UDP. Red with a cross: lost or failed. Yellow bar: a program asleep in a call.",
        "实线：内核说的。虚线：由内核的说法推断，没有人看见。蓝色：TCP。棕色：UDP。红色加叉：丢失或失败。黄条：程序阻塞在调用里。",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intent::{Input, Verb};

    #[test]
    fn every_key_of_the_shell_has_words() {
        let shell = include_str!("../../../../www/index.html");
        for attribute in ["data-word=\"", "data-name=\"", "data-hint=\""] {
            for rest in shell.split(attribute).skip(1) {
                let key = rest.split('"').next().unwrap_or_default();
                assert!(both(key).is_some(), "{key}");
            }
        }
    }

    #[test]
    fn every_input_has_words() {
        for verb in Verb::ALL {
            for input in verb.inputs() {
                let keys: &[&str] = match input {
                    Input::Choice(choices) => choices,
                    Input::Flag { label, .. } => &[label],
                    Input::Number { unit, .. } => &[unit],
                    Input::Address { .. } | Input::Text => &[],
                };
                assert!(keys.iter().all(|key| both(key).is_some()), "{verb:?}: {keys:?}");
            }
        }
    }

    #[test]
    fn no_key_stands_twice() {
        for (place, (key, ..)) in WORDS.iter().enumerate() {
            assert!(WORDS[..place].iter().all(|(own, ..)| own != key), "{key}");
        }
    }
}
