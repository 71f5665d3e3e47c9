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
    ("lecture", "Lecture", "讲课"),
    ("leave_lecture", "Leave lecture view", "退出讲课视图"),
    ("sound", "Sound: plugs, losses, reads", "声音：插好、丢失、读取"),
    ("close_list", "Close", "关闭"),
    ("tape", "Recording", "录制"),
    ("record", "Record from now on", "开始录制"),
    ("record_stop", "End the recording", "结束录制"),
    ("save_recording", "Save the file", "保存文件"),
    ("open_recording", "Open a recording", "打开录制文件"),
    (
        "tape_hint",
        "A recording is what the kernel and the wire did, event by event. It opens here without a relay; relay export turns it into a capture for Wireshark or a page of its own.",
        "录制逐条记下了内核与线路上发生的一切，在这里无需中继即可打开；用 relay 的 export 命令可把它转成 Wireshark 抓包或独立网页。",
    ),
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
    (
        "replay_only",
        "This is a recording: what happened can be looked at, not changed.",
        "这是一段录制：只能查看，不能改变。",
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
    ("unix_here", "this machine", "本机"),
    ("name", "name", "名字"),
    ("kind_stream", "stream (TCP)", "流格式 (TCP)"),
    ("kind_datagram", "datagram (UDP)", "数据报 (UDP)"),
    ("or_in_one_go", "or a server, call by call:", "或者一个服务端，逐个调用："),
    ("port", "port", "端口"),
    ("server_calls", "bind · listen · accept", "bind · listen · accept"),
    ("receiver_calls", "bind", "bind"),
    ("where", "Where", "位于"),
    ("on_wire_left", "on the wire, 10.77.0.1", "线路左端，10.77.0.1"),
    ("on_wire_right", "on the wire, 10.77.0.2", "线路右端，10.77.0.2"),
    ("on_host", "on this machine (loopback)", "本机（回环接口）"),
    // the wire
    ("wire_bar", "The wire", "线路"),
    ("weather", "Weather", "网络状况"),
    ("clean_wire", "Back to a clean wire", "恢复无损线路"),
    ("set_trap", "Set a trap", "设陷阱"),
    ("trap_form", "Choose what the trap waits for", "选择陷阱要等什么"),
    ("hold_wire", "Hold wire", "按住线路"),
    ("let_go", "Let go", "放开"),
    ("timers_run", "kernel timers run on", "内核定时器照常走"),
    ("disarm", "disarm", "撤掉"),
    ("more_traps", "more traps", "其他陷阱"),
    ("presets", "By one click", "一键设定"),
    ("by_hand", "By hand", "手动设定"),
    ("direction", "For packets", "方向"),
    ("both_ways", "both ways", "双向"),
    ("from_left", "from left", "从左边发出"),
    ("from_right", "from right", "从右边发出"),
    ("ways_differ", "The two ways differ; left’s is shown.", "两个方向不同；这里显示左边的。"),
    ("w_delay", "delay", "延迟"),
    ("w_jitter", "jitter ±", "抖动 ±"),
    ("w_model", "loss", "丢包"),
    ("w_loss", "lost", "丢包率"),
    ("w_p", "good → bad (p)", "好 → 坏 (p)"),
    ("w_r", "bad → good (r)", "坏 → 好 (r)"),
    ("w_bad", "lost while bad (1-h)", "坏时丢包 (1-h)"),
    ("w_good", "lost while good (1-k)", "好时丢包 (1-k)"),
    ("w_nth", "lose the n-th", "丢第 n 个"),
    ("w_duplicate", "duplicate", "重复"),
    ("w_reorder", "reorder", "乱序"),
    ("w_corrupt", "corrupt", "损坏"),
    ("w_rate", "rate", "速率"),
    ("w_queue", "queue", "队列"),
    ("w_mtu", "MTU", "MTU"),
    ("w_pulled", "cable pulled", "拔掉网线"),
    ("w_seed", "begin the random numbers anew with seed", "用此种子重新开始随机数"),
    ("seed", "seed", "种子"),
    ("none", "none", "无"),
    ("random", "random", "随机"),
    ("bursts", "in bursts (Gilbert–Elliott)", "突发 (Gilbert–Elliott)"),
    ("unit_ms", "ms", "ms"),
    ("unit_percent", "%", "%"),
    ("unit_kbit", "kbit/s", "kbit/s"),
    ("unit_packets", "packets", "个包"),
    ("set_weather", "Set", "设定"),
    ("t_from", "from", "来自"),
    ("t_kind", "kind", "种类"),
    ("t_nth", "n-th that fits", "第几个符合的"),
    ("t_port", "port (empty: any)", "端口（空：任意）"),
    ("t_again", "sent", "发送"),
    ("t_do", "then", "然后"),
    ("t_by", "by, ms", "推迟，毫秒"),
    ("t_count", "times", "次数"),
    ("either", "either", "任意一端"),
    ("again_any", "first or again", "首次或重传"),
    ("again_first", "for the first time", "首次发送"),
    ("again_again", "again (resent)", "重传"),
    ("k_any", "any packet", "任意包"),
    ("k_data", "data", "数据"),
    ("k_udp", "UDP datagram", "UDP 数据报"),
    ("k_tcp", "TCP segment", "TCP 报文段"),
    ("k_icmp", "ICMP message", "ICMP 报文"),
    ("k_fragment", "fragment", "分片"),
    ("do_lose", "lose it", "丢掉"),
    ("do_hold", "hold it", "扣住"),
    ("do_copy", "copy it", "复制"),
    ("do_damage", "damage it", "损坏"),
    ("do_delay", "delay it", "推迟"),
    ("arm", "Arm", "设好"),
    ("restart_wire", "Restart wire", "重建线路"),
    (
        "wire_is_down",
        "The wire takes no new sockets; those that are on it live on.",
        "线路上不能再新建套接字；已有的仍在。",
    ),
    // one packet
    ("wire_panel", "Wire", "线路"),
    ("on_the_wire", "On the wire", "线路上"),
    ("packets", "Packets on the picture", "画面上的数据包"),
    ("packet_word", "Packet", "数据包"),
    ("release", "Release", "放行"),
    ("kill", "Kill", "丢弃"),
    ("copy", "Copy", "复制"),
    ("damage", "Damage", "损坏"),
    ("hold", "Hold", "扣住"),
    ("layers", "Layers", "分层"),
    ("fetching", "fetching the bytes …", "正在取字节……"),
    (
        "as_entered",
        "The bytes as it entered; a bit was flipped on the wire.",
        "进入线路时的字节；之后在线上有一位被翻转。",
    ),
    ("compare", "Stream against datagram", "流与数据报对比"),
    ("compare_short", "Compare", "对比"),
    ("no_conversation", "Nothing has crossed the wire yet.", "线路上还没有任何往来。"),
    ("c_packets", "packets", "包数"),
    ("c_bytes", "bytes on the wire", "线上字节"),
    ("c_payload", "bytes from the program", "程序给出的字节"),
    ("c_lost", "packets lost", "丢失的包"),
    ("c_overhead", "not payload", "非载荷占比"),
    ("counters", "Kernel counters since you began", "内核计数器（自开始以来）"),
    ("counters_short", "Counters", "计数器"),
    ("counter", "counter", "计数器"),
    ("all_counters", "All others", "其余全部"),
    ("device_dropped", "dropped by the device before the wire saw them", "线路看到之前被网卡丢弃"),
    ("lesson", "What is happening", "正在发生什么"),
    ("bench", "The bench", "工作台"),
    // stage
    ("stage", "Sockets of both sides and what is between them", "两边的套接字以及它们之间的一切"),
    ("all_calls", "All calls", "全部调用"),
    ("all_short", "All", "全部"),
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
    ("key_jump", "to the next loss, resend, block or error", "到下一次丢失、重传、阻塞或错误"),
    ("key_jump_back", "to the one before", "到上一次丢失、重传、阻塞或错误"),
    ("steps_menu", "What steps and jumps go to", "步进与跳转的目标"),
    ("whose", "Only the chosen socket’s events", "只看所选套接字的事件"),
    ("all_events", "all events", "所有事件"),
    ("steps_of", "Steps ◂ ▸", "步进 ◂ ▸"),
    ("jumps_to", "Jumps [ ]: to the next", "跳转 [ ]：到下一次"),
    (
        "key_whose",
        "steps: the chosen socket’s events, or all",
        "步进：所选套接字的事件，或所有事件",
    ),
    (
        "key_stride",
        "one event forward, of the chosen socket (or of all)",
        "前进一个事件：所选套接字的（或所有的）",
    ),
    (
        "key_stride_back",
        "one event back, of the chosen socket (or of all)",
        "后退一个事件：所选套接字的（或所有的）",
    ),
    ("seek_any", "jump to the next trouble of any kind", "跳到下一次异常"),
    ("seek_loss", "jump to the next loss or drop", "跳到下一次丢失或丢弃"),
    ("seek_again", "jump to the next resend", "跳到下一次重传"),
    ("seek_block", "jump to the next call that sleeps", "跳到下一次阻塞的调用"),
    ("seek_error", "jump to the next call that fails", "跳到下一次出错的调用"),
    ("sought_any", "any trouble", "任何异常"),
    ("sought_loss", "loss", "丢失"),
    ("sought_again", "resend", "重传"),
    ("sought_block", "block", "阻塞"),
    ("sought_error", "error", "错误"),
    ("key_zoom_in", "zoom into the line of time", "放大时间轴"),
    ("key_zoom_out", "zoom out of it", "缩小时间轴"),
    ("key_unzoom", "the usual span of time again", "恢复通常的时间范围"),
    (
        "line_signs",
        "Line of time. Bars: packets (more, taller). Ticks above them: calls; a yellow bar: one that slept. Top row: × lost, ▲ failed, □ dropped by a kernel, ∨ sent again, – held. Wheel or pinch zooms, Shift and drag choose a span, a double click shows all again.",
        "时间轴。底部柱形：数据包（越多越高）。其上的短线：调用；黄条：阻塞过的调用。最上一行：× 丢失，▲ 出错，□ 被内核丢弃，∨ 重传，– 被按住。滚轮或双指缩放，按住 Shift 拖动选择一段，双击恢复。",
    ),
    ("key_begin", "Show the earliest moment", "回到最早的时刻"),
    ("live", "Show what happens now", "回到现在"),
    // below
    ("below", "The calls through time", "按时间排列的调用"),
    ("ladder", "Ladder", "时序图"),
    ("graphs", "Graphs", "曲线"),
    ("graphs_table", "What the kernel said at the shown moment", "显示时刻内核的说法"),
    ("col_measure", "Measure", "量"),
    ("col_source", "Source", "来源"),
    ("sheet", "Receipts", "签收单"),
    ("ladder_tools", "Reading the ladder", "阅读时序图"),
    ("ladder_up", "earlier rows of the ladder", "时序图：更早的行"),
    ("ladder_down", "later rows of the ladder", "时序图：更晚的行"),
    ("ladder_top", "the ladder’s oldest row", "时序图：最早的一行"),
    ("ladder_follow", "let the ladder follow the picture again", "时序图：重新跟随画面"),
    ("follow", "Follow", "跟随"),
    (
        "ladder_each",
        "a line for every packet, or floods as one line",
        "每个包一行，或把成批的包合成一行",
    ),
    ("each", "each", "逐包"),
    (
        "ladder_numbers",
        "seq and ack as in the packets, or counted from the SYN",
        "seq/ack 用包里的绝对值，或从 SYN 起计",
    ),
    ("numbers_relative", "seq relative", "seq 相对"),
    ("numbers_absolute", "seq absolute", "seq 绝对"),
    ("ladder_save", "Save the ladder as SVG", "把时序图存为 SVG"),
    ("svg", "SVG", "SVG"),
    ("or_begin", "or begin with", "或者从这里开始"),
    ("begin", "Nothing is plugged in. Begin with", "还没有插上任何东西。可以从这里开始"),
    ("and_now", "and now", "接下来"),
    (
        "door_first",
        "two programs, one connection: what really happens",
        "两个程序，一条连接：究竟发生了什么",
    ),
    ("voice", "Voice and video", "语音和视频"),
    ("door_voice", "specks over UDP, stalls over TCP", "UDP 出雪花点，TCP 卡顿"),
    // films
    ("film_panel", "Voice and video", "语音和视频"),
    ("key_film", "pictures and sound that came through sockets", "套接字收到的画面和声音"),
    ("film_udp", "UDP: datagrams", "UDP：数据报"),
    ("film_tcp", "TCP: a stream", "TCP：流"),
    ("film_loss", "Lost on the way", "途中丢包"),
    ("film_again", "Send both again", "两边再发一次"),
    ("hear_udp", "Hear UDP", "听 UDP"),
    ("hear_tcp", "Hear TCP", "听 TCP"),
    ("film_none", "No film has come through a socket yet.", "还没有套接字收到过画面和声音。"),
    (
        "film_hear",
        "Replayed at its own pace from what recv() returned, and when.",
        "按原速重放：recv() 返回了什么、何时返回。",
    ),
    (
        "film_honest",
        "The two players are this page’s; every byte came out of recv(). Listening replays what recv() returned, when it did, at its own pace.",
        "两个播放器是本页的，每个字节都来自 recv()。试听按原速重放 recv() 返回的内容，以及返回的时刻。",
    ),
    (
        "film_signs",
        "One sign a frame: ■ played, × missing or too late, ▒ waited for.",
        "每帧一格：■ 已播放，× 缺失或迟到，▒ 等待。",
    ),
    ("flood", "1,000 datagrams", "1,000 个数据报"),
    ("door_flood", "one slow reader: who loses them?", "一个读得很慢的程序：是谁丢了它们？"),
    ("free_bench", "Free bench", "自由工作台"),
    ("door_free", "your own sockets, any call, any order", "自己的套接字，任意调用，任意顺序"),
    // inspector
    ("calls", "Calls", "调用"),
    ("socket_gone", "closed, and gone from the kernel", "已关闭，内核里也没有了"),
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
    // automatic programs
    ("automatic", "Automatic program", "自动程序"),
    ("automatic_short", "Automatic", "自动"),
    ("echo", "echo: send back what comes", "echo：把收到的发回去"),
    ("answer", "answer each message", "回答每条消息"),
    ("film", "film: send picture and tone, 5 s", "film：发送画面和声音，5 秒"),
    ("read", "read and forget", "只读不答"),
    ("idle", "never read", "从不读取"),
    ("one_by_one", "one connection at a time", "一次一个连接"),
    ("side_by_side", "connections side by side", "多个连接并行"),
    (
        "nobody_runs",
        "Nothing runs by itself here: each call is yours.",
        "这里没有自动程序：每个调用都由你发出。",
    ),
    ("start", "Start", "启动"),
    ("stop", "Stop", "停止"),
    // the call gate
    ("callgate", "The call gate", "调用闸门"),
    ("ask_before", "Ask before each call", "每次调用前先问"),
    ("none_waits", "No call begins until you run it.", "你放行之前，任何调用都不会开始。"),
    ("waits_to_run", "waits until you run it", "等你放行"),
    ("run", "Run", "放行"),
    ("run_all", "Run all", "全部放行"),
    // the life of a byte
    ("life", "Life of the last bytes sent", "最近发送的字节的一生"),
    ("life_short", "Life", "一生"),
    (
        "life_off",
        "Turn the stamps on, then send: the kernel tells when the bytes left, when they were acknowledged, and you see when they were read.",
        "打开时间戳再发送：内核会说出字节何时离开、何时被确认，你也能看到何时被读走。",
    ),
    (
        "life_on",
        "The kernel stamps what is sent from now on.",
        "从现在起，内核会给发送的数据打时间戳。",
    ),
    ("life_send", "send() called", "调用 send()"),
    ("life_returned", "send() returned", "send() 返回"),
    ("life_left", "left this host", "离开本机"),
    ("life_arrived", "in the peer’s kernel", "到达对端内核"),
    ("life_acknowledged", "acknowledged", "已确认"),
    ("life_read", "read by the program", "被程序读走"),
    // inputs
    ("answer_text", "answer", "回答"),
    ("unit_lost_here", "% dropped as they arrive (0: off)", "% 在到达时丢弃（0：关闭）"),
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
    ("key_palette", "find and do anything", "查找并执行任何操作"),
    ("key_enter", "go on in the lesson", "继续课程"),
    ("key_pause", "pause or run the picture; the kernel runs on", "暂停或继续画面；内核照常运行"),
    ("key_back", "one event back", "后退一个事件"),
    ("key_forward", "one event forward", "前进一个事件"),
    ("key_write", "write in the send field of the chosen socket", "在所选套接字的发送框里书写"),
    ("key_receive", "recv on the chosen socket", "在所选套接字上 recv"),
    (
        "key_gate",
        "ask before each call: none begins until you run it",
        "每个调用之前先问：你放行之前都不会开始",
    ),
    ("key_step", "run the next waiting call", "放行下一个等待的调用"),
    ("key_step_all", "run all waiting calls", "放行所有等待的调用"),
    ("key_open", "all calls of the chosen socket", "所选套接字的全部调用"),
    (
        "key_trap",
        "set a trap: the next data from the chosen socket’s side is lost",
        "设陷阱：丢掉所选套接字那一边的下一个数据",
    ),
    (
        "key_hold",
        "hold every packet of the wire, or let go; kernel timers run on",
        "按住线路上的所有包，或放开；内核定时器照常走",
    ),
    ("key_wire", "packets, comparison, kernel counters", "数据包、对比、内核计数器"),
    ("key_log", "show or hide the log", "显示或隐藏日志"),
    (
        "key_lecture",
        "lecture view: larger, and only what happens",
        "讲课视图：更大，只留正在发生的",
    ),
    ("key_sound", "sound on or off", "打开或关闭声音"),
    (
        "key_page",
        "on, as a clicker goes: a lesson’s next act, the bench’s next event",
        "前进，翻页笔同样可用：课程的下一幕，工作台的下一个事件",
    ),
    ("key_page_back", "back, as a clicker goes", "后退，翻页笔同样可用"),
    ("key_record", "record the journal to a file, or end that", "把日志录制到文件，或结束录制"),
    ("key_help", "keys and signs", "按键与图例"),
    ("key_escape", "close what is open", "关闭打开的面板"),
    ("other_language", "language: 中文", "语言：English"),
    ("show_ladder", "show the ladder of calls", "显示时序图"),
    ("show_graphs", "graphs of the chosen flow", "所选流的曲线"),
    ("show_sheet", "show the receipts of the burst", "显示这一批的签收单"),
    (
        "open_weather",
        "weather by hand: delay, loss, rate, MTU …",
        "手动设定网络状况：延迟、丢包、速率、MTU……",
    ),
    ("open_trap", "trap by hand: what it waits for, what it does", "手动设陷阱：等什么、做什么"),
    ("palette", "Find and do", "查找并执行"),
    ("palette_field", "What do you want to do?", "想做什么？"),
    ("palette_none", "Nothing here is called so.", "没有这样的操作。"),
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
                    Input::Address { .. } | Input::Text { .. } | Input::Percent => &[],
                };
                assert!(keys.iter().all(|key| both(key).is_some()), "{verb:?}: {keys:?}");
            }
        }
    }

    #[test]
    fn every_action_has_words() {
        for action in crate::intent::ACTIONS {
            assert!(both(action.words).is_some(), "{}", action.words);
        }
    }

    #[test]
    fn no_key_stands_twice() {
        for (place, (key, ..)) in WORDS.iter().enumerate() {
            assert!(WORDS[..place].iter().all(|(own, ..)| own != key), "{key}");
        }
    }
}
