//! The first minute, click by click, in both languages: by mouse and by Enter.

use crate::desk::{Desk, Look, visible};
use std::time::{Duration, Instant};

/// What each step says, and what its button says: English, Chinese. The last has none.
const STEPS: [[&str; 4]; 7] = [
    [
        "Two programs, one cable. Plug them in.",
        "两个程序，一根线。把插头插上。",
        "Connect",
        "连接 connect()",
    ],
    ["Plugged in at both ends.", "两端都插好了。", "Send hello", "发送 hello"],
    [
        "send() returned 5. 5 bytes wait in right’s kernel.",
        "send() 返回了 5。5 个字节停在右端内核的缓冲区里。",
        "recv(1024)",
        "recv(1024)",
    ],
    ["Now they are read.", "现在才读到。", "Send 你好, read 4 bytes", "发送 你好，只读 4 个字节"],
    [
        "Two characters, 6 bytes. recv(4) cut 好 in two.",
        "两个字符，6 个字节。recv(4) 把“好”切成了两半。",
        "Now with datagrams",
        "换成数据报",
    ],
    [
        "Datagrams: no connection, no cable.",
        "数据报：没有连接，也没有线。",
        "Send 1,000 datagrams",
        "发送 1000 个数据报",
    ],
    ["are gone: the buffer was full.", "缓冲区满了。", "Read the other", "读完剩下的"],
];
const LAST: [&str; 2] = ["0 unexplained.", "对不上的 0 个。"];

fn says(id: &str, text: &str) -> String {
    format!("document.getElementById({id:?}).textContent.includes({text:?})")
}

/// The button is seen whole, and nothing lies over it.
const REACHABLE: &str = "(() => { const next = document.getElementById('next'); const box = next.getBoundingClientRect(); \
    return box.left >= 0 && box.top >= 0 && box.right <= innerWidth && box.bottom <= innerHeight \
    && next.contains(document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2)); })()";

/// Goes through all of it; `hand` presses the button of the step of that number.
async fn go(desk: &Desk, look: Look, hand: impl AsyncFn(&Desk, usize)) {
    for (step, [english, chinese, press, presses]) in STEPS.iter().enumerate() {
        let tab = &desk.tab;
        tab.wait_for(&says("say", look.pick(english, chinese)), english).await;
        tab.wait_for(&says("next-text", look.pick(press, presses)), press).await;
        tab.wait_for(&visible("#next"), press).await;
        assert_eq!(tab.evaluate(REACHABLE).await, true, "the button of {english:?} is in reach");
        check(desk, step).await;
        hand(desk, step).await;
    }
    desk.tab.wait_for(&says("say", look.pick(LAST[0], LAST[1])), LAST[0]).await;
    desk.tab.wait_for(&visible("#door-free"), "the doors").await;
    desk.wait_for_rows(
        "rows[3][7] === '0' && rows[4][7] === '–' || rows[3][7] === '0'",
        "a buffer read empty",
    )
    .await;
    assert_eq!(desk.tab.evaluate("document.getElementById('broken').textContent").await, "");
}

/// The sockets are as the step says.
async fn check(desk: &Desk, step: usize) {
    let rows = match step {
        0 => "rows.length === 2 && rows[0][3] === 'LISTEN' && rows[0][8] !== '–'",
        1 => "rows.filter(row => row[3] === 'ESTABLISHED').length === 2 && rows.length === 3",
        2 => "rows.some(row => row[0] === 'conn 1' && row[7] === '5')",
        3 => "rows.some(row => row[0] === 'conn 1' && row[7] === '0')",
        4 => "rows.some(row => row[0] === 'conn 1' && row[7] === '2')",
        5 => "rows.length === 5",
        _ => "rows.some(row => row[0] === 'speaker' && row[7] !== '0')",
    };
    desk.wait_for_rows(rows, rows).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn by_mouse_in_english() {
    let opened = Instant::now();
    let Some(desk) = Desk::open(Look::ENGLISH).await else { return };
    desk.tab.wait_for(&visible("#next"), "the first button").await;
    assert!(opened.elapsed() < Duration::from_secs(10), "{:?}", opened.elapsed());
    go(&desk, Look::ENGLISH, async |desk, _| desk.tab.click("#next").await).await;
    // The bench is the learner's now.
    desk.tab.click("#door-free").await;
    desk.wait_for_rows("rows.length === 0", "an empty bench").await;
    desk.tab.wait_for(&visible("#host-right summary"), "the bench's menus").await;
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn by_enter_in_chinese() {
    let Some(desk) = Desk::open(Look::CHINESE).await else { return };
    go(&desk, Look::CHINESE, async |desk, _| desk.tab.press("Enter").await).await;
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_phone_by_both() {
    let look = Look { size: (390, 844), dark: true, ..Look::CHINESE };
    let Some(desk) = Desk::open(look).await else { return };
    go(&desk, look, async |desk, step| {
        if step % 2 == 0 { desk.tab.click("#next").await } else { desk.tab.press("Enter").await }
    })
    .await;
    desk.end().await;
}
