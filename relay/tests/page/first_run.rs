//! The first minute, click by click, in both languages: by mouse and by Enter, with a wire and without.

use crate::desk::{Desk, Look, says, visible};
use std::time::{Duration, Instant};

/// What a step says, what its button says (English, Chinese), and how the sockets are.
struct Step {
    say: [&'static str; 2],
    button: [&'static str; 2],
    rows: &'static str,
}

const LISTENS: &str = "rows.length === 2 && rows[0][3] === 'LISTEN' && rows[0][8] !== '–'";
const PLUGGED: &str =
    "rows.filter(row => row[3] === 'ESTABLISHED').length === 2 && rows.length === 3";
const FIVE_WAIT: &str = "rows.some(row => row[0] === 'conn 1' && row[7] === '5')";
const NONE_WAITS: &str = "rows.some(row => row[0] === 'conn 1' && row[7] === '0')";
const FLOODED: &str = "rows.some(row => row[0] === 'speaker' && row[7] !== '0')";

const PLUG: Step = Step {
    say: ["Plugged in at both ends.", "两端都插好了。"],
    button: ["Send hello", "发送 hello"],
    rows: PLUGGED,
};

const WIRE: [Step; 7] = [
    Step {
        say: ["Two programs, one wire. Plug them in.", "两个程序，一根线。把插头插上。"],
        button: ["Connect", "连接 connect()"],
        rows: LISTENS,
    },
    PLUG,
    Step {
        say: [
            "5 bytes wait in right’s kernel. Nobody has read them.",
            "5 个字节停在右端内核里。还没有人读过。",
        ],
        button: ["recv(1024)", "recv(1024)"],
        rows: FIVE_WAIT,
    },
    Step {
        say: ["Now they are read.", "现在才读到。"],
        button: ["Lose the next packet", "弄丢下一个包"],
        rows: NONE_WAITS,
    },
    Step {
        say: [
            "你好 arrived after all: late, whole, in order.",
            "“你好”还是到了：晚了些，但完整、有序。",
        ],
        button: ["Same with a datagram", "用数据报再来一次"],
        rows: "rows[1][6] === '0' && rows.some(row => row[0] === 'conn 1' && row[7] === '0')",
    },
    Step {
        say: ["Lost. No timer runs. Silence.", "丢了。没有计时器在走。一片寂静。"],
        button: ["Send 1,000 datagrams", "发送 1000 个数据报"],
        rows: "rows.length === 5 && rows.some(row => row[0] === 'speaker' && row[7] === '0')",
    },
    Step {
        say: ["The wire lost ", "线上丢了 "],
        button: ["Read the other", "读完剩下的"],
        rows: FLOODED,
    },
];

const LOOPBACK: [Step; 7] = [
    Step {
        say: ["Two programs, one cable. Plug them in.", "两个程序，一根线。把插头插上。"],
        button: ["Connect", "连接 connect()"],
        rows: LISTENS,
    },
    PLUG,
    Step {
        say: [
            "send() returned 5. 5 bytes wait in right’s kernel.",
            "send() 返回了 5。5 个字节停在右端内核的缓冲区里。",
        ],
        button: ["recv(1024)", "recv(1024)"],
        rows: FIVE_WAIT,
    },
    Step {
        say: ["Now they are read.", "现在才读到。"],
        button: ["Send 你好, read 4 bytes", "发送 你好，只读 4 个字节"],
        rows: NONE_WAITS,
    },
    Step {
        say: [
            "Two characters, 6 bytes. recv(4) cut 好 in two.",
            "两个字符，6 个字节。recv(4) 把“好”切成了两半。",
        ],
        button: ["Now with datagrams", "换成数据报"],
        rows: "rows.some(row => row[0] === 'conn 1' && row[7] === '2')",
    },
    Step {
        say: ["Datagrams: no connection, no cable.", "数据报：没有连接，也没有线。"],
        button: ["Send 1,000 datagrams", "发送 1000 个数据报"],
        rows: "rows.length === 5",
    },
    Step {
        say: ["are gone: the buffer was full.", "缓冲区满了。"],
        button: ["Read the other", "读完剩下的"],
        rows: FLOODED,
    },
];

const LAST: [&str; 2] = ["0 unexplained.", "对不上的 0 个。"];

/// The button is seen whole, and nothing lies over it.
const REACHABLE: &str = "(() => { const next = document.getElementById('next'); const box = next.getBoundingClientRect(); \
    return box.left >= 0 && box.top >= 0 && box.right <= innerWidth && box.bottom <= innerHeight \
    && next.contains(document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2)); })()";

/// Goes through all of it; `hand` presses the button of the step of that number.
async fn go(desk: &Desk, look: Look, steps: &[Step], hand: impl AsyncFn(&Desk, usize)) {
    let tab = &desk.tab;
    for (nth, step) in steps.iter().enumerate() {
        let [say, button] = [step.say, step.button].map(|[en, zh]| look.pick(en, zh));
        tab.wait_for(&says("say", say), say).await;
        tab.wait_for(&says("next-text", button), button).await;
        tab.wait_for(&visible("#next"), button).await;
        assert_eq!(tab.evaluate(REACHABLE).await, true, "the button of {say:?} is in reach");
        desk.wait_for_rows(step.rows, step.rows).await;
        hand(desk, nth).await;
    }
    tab.wait_for(&says("say", look.pick(LAST[0], LAST[1])), LAST[0]).await;
    tab.wait_for(&visible("#door-free"), "the doors").await;
    desk.wait_for_rows("rows[3][7] === '0'", "a buffer read empty").await;
    assert_eq!(tab.evaluate("document.getElementById('broken').textContent").await, "");
}

async fn by_mouse(desk: &Desk, _: usize) {
    desk.tab.click("#next").await;
}

async fn by_enter(desk: &Desk, _: usize) {
    desk.tab.press("Enter").await;
}

async fn by_both(desk: &Desk, nth: usize) {
    if nth.is_multiple_of(2) { by_mouse(desk, nth).await } else { by_enter(desk, nth).await }
}

/// The bench is the learner's now.
async fn leave(desk: Desk) {
    desk.tab.click("#door-free").await;
    desk.wait_for_rows("rows.length === 0", "an empty bench").await;
    desk.tab.wait_for(&visible("#host-right summary"), "the bench's menus").await;
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn by_mouse_in_english() {
    let opened = Instant::now();
    let Some(desk) = Desk::open_wire(Look::ENGLISH).await else { return };
    desk.tab.wait_for(&visible("#next"), "the first button").await;
    assert!(opened.elapsed() < Duration::from_secs(10), "{:?}", opened.elapsed());
    go(&desk, Look::ENGLISH, &WIRE, by_mouse).await;
    leave(desk).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn by_enter_in_chinese() {
    let Some(desk) = Desk::open_wire(Look::CHINESE).await else { return };
    go(&desk, Look::CHINESE, &WIRE, by_enter).await;
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_phone_by_both() {
    let Some(desk) = Desk::open_wire(Look::PHONE).await else { return };
    go(&desk, Look::PHONE, &WIRE, by_both).await;
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_wire_by_mouse_in_english() {
    let Some(desk) = Desk::open_loopback(Look::ENGLISH).await else { return };
    go(&desk, Look::ENGLISH, &LOOPBACK, by_mouse).await;
    leave(desk).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_wire_by_enter_in_chinese() {
    let Some(desk) = Desk::open_loopback(Look::CHINESE).await else { return };
    go(&desk, Look::CHINESE, &LOOPBACK, by_enter).await;
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_wire_on_a_phone_by_both() {
    let Some(desk) = Desk::open_loopback(Look::PHONE).await else { return };
    go(&desk, Look::PHONE, &LOOPBACK, by_both).await;
    desk.end().await;
}
