//! Every call of the "All calls" panel is made there, and says there what came of it, in both languages.

use crate::desk::{Desk, Look, visible};

async fn stream(look: Look) {
    let Some(desk) = Desk::open_bench(look).await else { return };
    let reads =
        |value: &str| format!("{} {value}", look.pick("the kernel reads back", "内核读回的值是"));
    let server = desk.make("right", "stream").await;
    desk.inspect(server).await;
    desk.try_call("SO_REUSEADDR", &[], &reads("1")).await;
    desk.try_call("TCP_NODELAY", &[], &reads("1")).await;
    desk.try_call("bind", &[(0, "0")], "bind(").await;
    desk.try_call("bind", &[(0, "0")], look.pick("present state", "这个状态")).await;
    desk.try_call("listen", &[(0, "1")], "listen(1)").await;
    desk.try_call("O_NONBLOCK", &[], "setblocking(False)").await;
    desk.try_call("accept", &[], look.pick("It would have had to wait", "本来需要等待")).await;
    desk.try_call("O_NONBLOCK", &[(0, "")], "setblocking(True)").await;
    desk.try_call("settimeout", &[(0, "50")], "settimeout(0.05").await;
    desk.try_call("accept", &[], look.pick("within 0.05 s", "超时")).await;
    desk.try_call("settimeout", &[(0, "")], "settimeout(None)").await;
    desk.try_call("accept", &[], "accept() …").await;
    desk.try_call("interrupt", &[], "interrupt").await;
    desk.wait_outcome("accept", look.pick("interrupted while it slept", "完成之前被结束")).await;
    let to = desk.address(server).await;

    let taken = desk.make("right", "stream").await;
    desk.inspect(taken).await;
    for (verb, inputs, errno, english, chinese) in [
        (
            "bind",
            &[(0, to.as_str())][..],
            "EADDRINUSE",
            "This address and port are taken",
            "已被占用",
        ),
        ("connect", &[(0, "127.0.0.1:1")], "ECONNREFUSED", "Nobody listens there", "没有人在监听"),
        ("send", &[(0, "x")], "EPIPE", "shut for writing", "写方向已关闭"),
        ("recv", &[], "ENOTCONN", "not connected", "没有连接"),
        ("shutdown", &[], "ENOTCONN", "not connected", "没有连接"),
        ("IPV6_V6ONLY", &[], "ENOPROTOOPT", "no such option", "没有这个选项"),
    ] {
        desk.call(verb, inputs).await;
        desk.wait_outcome(verb, errno).await;
        desk.wait_outcome(verb, look.pick(english, chinese)).await;
    }
    // What failed has left nothing behind.
    let queues = "[...document.querySelectorAll('#inspector .facts dd')].slice(5, 8).map(fact => fact.textContent).join() === '0 B,0 B,0 B'";
    desk.tab.wait_for(queues, "three empty queues").await;
    // What makes no sense is said before anybody is asked.
    desk.try_call("connect", &[(0, "nowhere")], look.pick("is no address", "不是地址")).await;
    desk.tab
        .wait_for(
            "document.querySelector('#inspector form[data-verb=connect] [aria-invalid=true]')",
            "the wrong input",
        )
        .await;
    desk.try_call("send", &[(0, "6"), (1, "hex")], look.pick("pairs", "成对")).await;
    let burst = "document.querySelector('#inspector form[data-verb=burst]')";
    desk.tab
        .wait_for(&format!("{burst}.querySelector('button').disabled && {burst}.querySelector('.why').textContent"), "why no burst")
        .await;
    desk.try_call("SO_REUSEPORT", &[], &reads("1")).await;
    // The kernel may forget it before the eye does: then the panel has nothing left to show.
    desk.call("close", &[]).await;
    let shut =
        "[...document.querySelectorAll('#inspector form button')].every(button => button.disabled)";
    desk.tab.wait_for(shut, "no call on a closed socket").await;
    desk.end().await;
}

async fn connection(look: Look) {
    let Some(desk) = Desk::open_bench(look).await else { return };
    let reads =
        |value: &str| format!("{} {value}", look.pick("the kernel reads back", "内核读回的值是"));
    let server = desk.make_server("right", "stream").await;
    let to = desk.address(server).await;
    let client = desk.make("left", "stream").await;
    let conn = client + 1;
    desk.inspect(client).await;
    desk.try_call("SO_SNDBUF", &[(0, "4096")], &reads("8192")).await;
    desk.try_call("SO_RCVBUF", &[(0, "4096")], &reads("8192")).await;
    desk.try_call("SO_KEEPALIVE", &[(1, "60")], "SO_KEEPALIVE").await;
    desk.try_call("SO_LINGER", &[(0, "5")], "SO_LINGER").await;
    desk.try_call("connect", &[(0, &to)], "connect(").await;
    desk.try_call("connect", &[(0, &to)], look.pick("connected already", "已经连接")).await;
    desk.try_call(
        "send",
        &[(0, "68 69 00 ff"), (1, "hex"), (2, "once")],
        look.pick("taken by the kernel", "内核已收下"),
    )
    .await;

    desk.inspect(conn).await;
    desk.try_call("recv", &[(1, "on")], r#"b"hi\x00\xff""#).await;
    desk.try_call("recv", &[(0, "3"), (1, "")], r#"b"hi\x00""#).await;
    let bytes = |place: usize, shown: &str| {
        format!("document.querySelectorAll('#inspector .bytes')[{place}].textContent === {shown:?}")
    };
    desk.tab.wait_for(&bytes(1, "68 69 00"), "the bytes as hex").await;
    desk.tab
        .wait_for(
            "document.querySelectorAll('#inspector .bytes')[0].textContent.startsWith('hi')",
            "the bytes as text",
        )
        .await;
    desk.tab.wait_for(&bytes(2, "ff"), "the byte that still waits").await;
    desk.try_call("reader", &[(2, "1")], "").await;
    let fact = |place: usize| {
        format!("document.querySelectorAll('#inspector .facts dd')[{place}].textContent")
    };
    desk.tab
        .wait_for(&format!("{}.startsWith('4 B')", fact(24)), "the reader to read the fourth")
        .await;

    desk.inspect(client).await;
    desk.try_call(
        "send",
        &[(0, "100000"), (1, "fill"), (2, "all")],
        look.pick("100,000 bytes in", "100,000 字节"),
    )
    .await;
    desk.try_call("shutdown", &[(0, "SHUT_WR")], "SHUT_WR").await;
    desk.try_call("send", &[(0, "x"), (1, "text"), (2, "once")], "EPIPE").await;
    desk.inspect(conn).await;
    desk.tab
        .wait_for(&format!("{}.startsWith('100,004 B')", fact(24)), "the reader to read it all")
        .await;
    desk.call("reader", &[(0, "")]).await;
    desk.tab.wait_for(&format!("{} === '–'", fact(27)), "no reader").await;
    desk.try_call("recv", &[], look.pick("sends no more", "不再发送")).await;
    desk.end().await;
}

async fn datagrams(look: Look) {
    let Some(desk) = Desk::open_bench(look).await else { return };
    let receiver = desk.make_server("right", "datagram").await;
    let to = desk.address(receiver).await;
    desk.inspect(receiver).await;
    desk.call("SO_RCVBUF", &[(0, "4096")]).await;
    desk.wait_outcome("SO_RCVBUF", "8192").await;
    desk.try_call("O_NONBLOCK", &[], "setblocking(False)").await;
    desk.call("recvfrom", &[]).await;
    desk.wait_outcome("recvfrom", "EAGAIN").await;
    desk.wait_outcome("recvfrom", look.pick("It would have had to wait", "本来需要等待")).await;

    let sender = desk.make("left", "datagram").await;
    desk.inspect(sender).await;
    desk.call("send", &[(0, "x")]).await;
    desk.wait_outcome("send", "EDESTADDRREQ").await;
    let taken = look.pick("taken by the kernel", "内核已收下");
    desk.try_call("sendto", &[(0, "你好"), (1, &to), (2, "text")], taken).await;
    desk.call("sendto", &[(0, "65508"), (1, &to), (2, "fill")]).await;
    desk.wait_outcome("sendto", "EMSGSIZE").await;
    desk.wait_outcome("sendto", look.pick("larger than one datagram", "最大长度")).await;
    desk.try_call("connect", &[(0, &to)], "connect(").await;
    desk.try_call("send", &[(0, ""), (1, "text"), (2, "once")], taken).await;

    desk.inspect(receiver).await;
    desk.try_call(
        "recvfrom",
        &[(0, "4")],
        look.pick("the rest of the datagram is gone", "其余部分已丢弃"),
    )
    .await;
    desk.tab
        .wait_for(
            "document.querySelectorAll('#inspector .bytes')[1].textContent === 'e4 bd a0 e5'",
            "four bytes",
        )
        .await;
    desk.try_call("recvfrom", &[(0, "1024")], "b\"\"").await;

    desk.inspect(sender).await;
    desk.try_call("burst", &[(0, "100"), (1, &to)], look.pick("took all 100", "全部 100 个")).await;
    desk.tab.press("Escape").await;
    desk.tab.wait_for(&visible("#to-sheet"), "the receipts").await;
    desk.tab
        .wait_for(
            "document.getElementById('to-sheet').ariaPressed === 'true'",
            "the receipts shown",
        )
        .await;
    desk.tab
        .wait_for(
            "/100/.test(document.getElementById('ladder-words').textContent)",
            "the receipts in words",
        )
        .await;
    desk.tab.click("#to-ladder").await;
    desk.tab
        .wait_for("document.getElementById('to-ladder').ariaPressed === 'true'", "the ladder")
        .await;
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn stream_in_english() {
    stream(Look::ENGLISH).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn stream_in_chinese() {
    stream(Look::CHINESE).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn connection_in_english() {
    connection(Look::ENGLISH).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn connection_in_chinese() {
    connection(Look::CHINESE).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn datagrams_in_english() {
    datagrams(Look::ENGLISH).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn datagrams_in_chinese() {
    datagrams(Look::CHINESE).await;
}
