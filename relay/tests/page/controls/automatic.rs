//! Automatic programs and whole servers, set and stopped on the page, and seen on the picture.

use crate::desk::{Desk, Look};

fn runs(text: &str) -> String {
    format!(
        "[...document.querySelectorAll('#automatic + p')].some(own => own.textContent.includes({text:?}))"
    )
}

/// Whether the stage shows a text now.
fn on_stage(text: &str) -> String {
    format!(
        "[...witness.drawn].some(([canvas, texts]) => canvas.id === 'stage-canvas' && texts.some(own => own.text === {text:?}))"
    )
}

async fn connect(desk: &Desk, to: &str) -> u64 {
    let client = desk.make("left", "stream").await;
    desk.inspect(client).await;
    desk.try_call("connect", &[(0, to)], "connect(").await;
    client
}

async fn server(look: Look) {
    let Some(desk) = Desk::open_bench(look).await else { return };
    let tab = &desk.tab;
    let server = desk.make_server("right", "stream").await;
    let to = desk.address(server).await;
    desk.inspect(server).await;
    desk.try_call("interrupt", &[], "interrupt").await;
    let idle = look.pick("Nothing runs by itself", "这里没有自动程序");
    tab.wait_for(&runs(idle), "that nothing runs").await;
    assert_eq!(
        tab.evaluate("document.querySelector('#inspector form[data-verb=stop] button').disabled")
            .await,
        true
    );
    desk.try_call("serve", &[(0, "echo"), (4, "one_by_one")], "serve(echo(1024))").await;
    desk.wait_said("serve(echo(1024))").await;
    let one = look.pick(
        "serves one connection at a time: echoes what comes, at most 256 KiB a second",
        "一次服务一个连接：把收到的发回去，每秒最多 256 KiB",
    );
    tab.wait_for(&runs(one), "what runs").await;

    // The first is answered; the second waits, though it is connected and has sent.
    let first = connect(&desk, &to).await;
    desk.try_call("send", &[(0, "hello")], look.pick("taken by the kernel", "内核已收下")).await;
    desk.try_call("recv", &[], "b\"hello\"").await;
    let second = connect(&desk, &to).await;
    desk.try_call("send", &[(0, "me too")], look.pick("taken by the kernel", "内核已收下")).await;
    desk.inspect(server).await;
    let waits = "document.querySelectorAll('#inspector .facts dd')[12].textContent";
    tab.wait_for(&format!("{waits}.startsWith('1')"), "the second in the accept queue").await;
    desk.inspect(first).await;
    desk.call("close", &[]).await;
    desk.inspect(second).await;
    desk.try_call("recv", &[], "b\"me too\"").await;

    desk.inspect(server).await;
    desk.call("stop", &[]).await;
    tab.wait_for(&runs(idle), "that nothing runs any more").await;
    desk.end().await;
}

async fn programs(look: Look) {
    let Some(desk) = Desk::open_bench(look).await else { return };
    let tab = &desk.tab;
    let receiver = desk.make_server("right", "datagram").await;
    let to = desk.address(receiver).await;
    let sender = desk.make("left", "datagram").await;
    for (app, inputs, sign, english, chinese) in [
        (
            "answer",
            &[(2, "OK")][..],
            "answer",
            "answers each receive with “OK”",
            "每次收到都回答“OK”",
        ),
        (
            "read",
            &[(1, "100"), (3, "50")][..],
            "read",
            "reads up to 100 bytes every 50.0 ms",
            "每 50.0 ms 读最多 100 字节",
        ),
        ("idle", &[][..], "idle", "never reads", "从不读取"),
        ("echo", &[][..], "echo", "echoes what comes", "把收到的发回去"),
    ] {
        desk.inspect(receiver).await;
        let mut all = vec![(0, app)];
        all.extend(inputs);
        // Its inputs appear with the choice.
        let choice =
            "document.querySelector('#inspector form[data-verb=serve] [data-input=\"0\"]')";
        tab.evaluate(&format!("{choice}.value = {app:?}, {choice}.dispatchEvent(new Event('change', {{ bubbles: true }}))")).await;
        desk.try_call("serve", &all, "serve(").await;
        tab.wait_for(&runs(look.pick(english, chinese)), app).await;
        tab.wait_for(&on_stage(sign), "the sign at the outlet").await;
    }
    desk.inspect(sender).await;
    desk.try_call(
        "sendto",
        &[(0, "hello"), (1, &to)],
        look.pick("taken by the kernel", "内核已收下"),
    )
    .await;
    desk.try_call("recvfrom", &[], "b\"hello\"").await;
    desk.inspect(receiver).await;
    desk.try_call("reader", &[(1, "9"), (2, "1000")], "recv(9) every 1000 ms").await;
    tab.wait_for(
        &runs(look.pick("up to 9 bytes every 1.00 s", "每 1.00 s 读最多 9 字节")),
        "a reader instead",
    )
    .await;
    desk.call("stop", &[]).await;
    tab.wait_for(&format!("!({})", on_stage("read")), "no sign").await;

    // A lossy receiver; what makes no sense is pointed at.
    desk.try_call("SO_ATTACH_FILTER", &[(0, "101")], look.pick("from 0 to 100", "0 到 100")).await;
    tab.wait_for(
        "document.querySelector('#inspector form[data-verb=SO_ATTACH_FILTER] [aria-invalid=true]')",
        "the wrong input",
    )
    .await;
    desk.try_call("SO_ATTACH_FILTER", &[(0, "100")], "SO_ATTACH_FILTER").await;
    desk.inspect(sender).await;
    desk.try_call("burst", &[(0, "10"), (1, &to)], look.pick("took all 10", "全部 10 个")).await;
    desk.inspect(receiver).await;
    let drops = "document.querySelectorAll('#inspector .facts dd')[14].textContent";
    tab.wait_for(&format!("{drops}.startsWith('10')"), "ten dropped as they arrived").await;
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_serves_one_after_the_other_in_english() {
    server(Look::ENGLISH).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_serves_one_after_the_other_in_chinese() {
    server(Look::CHINESE).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_run_by_themselves_in_english() {
    programs(Look::ENGLISH).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_run_by_themselves_in_chinese() {
    programs(Look::CHINESE).await;
}
