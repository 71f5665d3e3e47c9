//! The palette by keyboard alone: each kind of row does what it says, and the focus comes back.

use crate::desk::{Desk, Look, visible};

const PRESSED: &str = "document.querySelector('ID').ariaPressed === 'true'";

fn pressed(id: &str) -> String {
    PRESSED.replace("ID", id)
}

async fn reaches(look: Look) {
    let Some(desk) = Desk::open_wire_bench(look).await else { return };
    let tab = &desk.tab;
    let not = |condition: &str| format!("!({condition})");
    let speed = |value: &str| format!("document.getElementById('speed').value === {value:?}");
    let weather =
        |text: &str| format!("document.getElementById('wire').textContent.includes({text:?})");
    let chips =
        |count: usize| format!("document.querySelectorAll('#chips .chip').length === {count}");
    let sockets =
        |count: usize| format!("document.querySelectorAll('#mirror tr').length === {count}");
    let hidden = |id: &str| format!("document.getElementById({id:?}).hidden");
    let gated = pressed("#callgate-switch");
    let chosen = "(own => own.ariaPressed === 'true' && own.dataset.socket === first)(document.querySelector('.pick'))";
    let chosen = chosen.replace("first", "[...document.querySelectorAll('.pick')].map(own => own.dataset.socket).sort((a, b) => a - b)[0]");
    // What is written in each language, and what is so then.
    let table: Vec<(&str, &str, String)> = vec![
        ("pause picture run", "暂停 画面 内核", pressed("#pause")),
        ("pause picture run", "暂停 画面 内核", not(&pressed("#pause"))),
        (
            "one event back",
            "后退",
            "/paused|暂停/.test(document.getElementById('pace').textContent)".into(),
        ),
        (
            "happens now",
            "回到现在",
            "!/paused|已暂停/.test(document.getElementById('pace').textContent)".into(),
        ),
        ("1,000,000", "1,000,000", speed("0.000001")),
        ("speed auto", "画面速度 自动", speed("auto")),
        ("hold every packet", "按住 线路", pressed("#hold")),
        ("hold every packet", "按住 线路", not(&pressed("#hold"))),
        ("next data", "设陷阱 下一个", chips(1)),
        ("disarm", "撤掉", chips(0)),
        ("satellite", "卫星", weather("300 ms")),
        ("weather clean", "无损", not(&weather("300 ms"))),
        ("weather by hand", "手动 网络状况", visible("#weather form")),
        ("hide log", "隐藏 日志", not(&hidden("log"))),
        ("hide log", "隐藏 日志", hidden("log")),
        ("comparison counters", "对比 计数器", not(&hidden("packet"))),
        ("comparison counters", "对比 计数器", hidden("packet")),
        ("before each call", "先问", gated.clone()),
        ("before each call", "先问", not(&gated)),
        ("AF_INET SOCK_STREAM left 10.77", "AF_INET SOCK_STREAM 左边 10.77", sockets(1)),
        ("AF_INET6 SOCK_DGRAM right 10.77", "AF_INET6 SOCK_DGRAM 右边 10.77", sockets(2)),
        ("AF_INET6 SOCK_STREAM right loopback", "AF_INET6 流格式 右边 回环", sockets(3)),
        ("choose left", "选择 左边", chosen),
        ("all calls", "全部调用", visible("#inspector form[data-verb=bind]")),
        (
            "connect",
            "connect",
            "document.activeElement.closest('form')?.dataset.verb === 'connect'".into(),
        ),
        (
            "SO_RCVBUF",
            "接收缓冲区大小",
            "document.activeElement.closest('form')?.dataset.verb === 'SO_RCVBUF'".into(),
        ),
        (
            "shutdown",
            "shutdown",
            "document.activeElement.closest('form')?.dataset.verb === 'shutdown'".into(),
        ),
        ("close back", "关闭套接字", sockets(2)),
    ];
    for (english, chinese, so) in &table {
        let words = look.pick(english, chinese);
        desk.find_and_do(words).await;
        tab.wait_for(so, words).await;
    }
    // The other language, and back.
    for (words, lang) in [
        (look.pick("language", "语言"), look.pick("zh-CN", "en")),
        (look.pick("语言", "language"), look.pick("en", "zh-CN")),
    ] {
        desk.find_and_do(words).await;
        tab.wait_for(&format!("document.documentElement.lang === {lang:?}"), lang).await;
    }
    desk.find_and_do(look.pick("keys signs", "按键 图例")).await;
    tab.wait_for("document.getElementById('help').open", "the help").await;
    // It gives way to the palette.
    // Asks once, as its button does.
    for _ in 0..2 {
        desk.find_and_do(look.pick("empty bench", "清空")).await;
    }
    tab.wait_for(&sockets(0), "an empty bench").await;
    desk.find_and_do(look.pick("first run", "初次体验")).await;
    tab.wait_for(&visible("#next"), "the lesson").await;
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_action_is_reached_in_english() {
    reaches(Look::ENGLISH).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_action_is_reached_in_chinese() {
    reaches(Look::CHINESE).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_is_walked_and_the_focus_comes_back() {
    let Some(desk) = Desk::open_loopback_bench(Look::ENGLISH).await else { return };
    let tab = &desk.tab;
    tab.evaluate("document.getElementById('speed').focus()").await;
    tab.control("k").await;
    let chosen = |place: &str| {
        format!(
            "document.getElementById('palette-field').getAttribute('aria-activedescendant') === 'palette-{place}' && document.getElementById('palette-{place}').ariaSelected === 'true'"
        )
    };
    tab.wait_for(&chosen("0"), "the first row").await;
    tab.press("ArrowDown").await;
    tab.wait_for(&chosen("1"), "the second").await;
    tab.press("ArrowUp").await;
    tab.press("ArrowUp").await;
    let last = "document.querySelectorAll('#palette [role=option]').length - 1";
    let last = tab.evaluate(last).await.to_string();
    tab.wait_for(&chosen(&last), "the last").await;
    // It is seen, not only chosen.
    let seen = format!(
        "(([row, list]) => row.bottom <= list.bottom + 1 && row.top >= list.top)([document.getElementById('palette-{last}'), document.getElementById('palette-list')].map(own => own.getBoundingClientRect()))"
    );
    tab.wait_for(&seen, "the last row in view").await;
    tab.insert("xyzzy").await;
    tab.wait_for(&visible("#palette-none"), "that nothing is called so").await;
    tab.press("Enter").await;
    tab.wait_for("!document.getElementById('palette').open", "the palette closed").await;
    tab.wait_for("document.activeElement.id === 'speed'", "the focus back").await;
    tab.control("k").await;
    tab.wait_for(&chosen("0"), "the palette again, empty").await;
    tab.press("Escape").await;
    tab.wait_for("document.activeElement.id === 'speed'", "the focus back").await;
    // Without a wire nothing of it is offered.
    tab.control("k").await;
    tab.insert("hold every packet").await;
    tab.wait_for(&visible("#palette-none"), "no wire to hold").await;
    tab.press("Escape").await;
    desk.end().await;
}
