//! Spellings through a real relay's door, and what the kernel was asked for, as strace(1) saw it.

use crate::support::need;
use crate::support::relay::Relay;
use crate::support::scratch::Scratch;
use crate::support::viewer::{PATIENCE, Viewer};
use protocol::message::ToPage;
use protocol::{Answer, CommandId, Done, SocketId};
use relay::session::Form;
use std::net::IpAddr;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

/// Where nobody may come to. The relay's own port stands for `OWN`.
const SPELLINGS: [&str; 48] = [
    "169.254.169.254:80",
    "[::ffff:169.254.169.254]:80",
    "[::ffff:a9fe:a9fe]:80",
    "[0:0:0:0:0:FFFF:A9FE:A9FE]:80",
    "[::169.254.169.254]:80",
    "[64:ff9b::169.254.169.254]:80",
    "[64:ff9b:1::a9fe:a9fe]:80",
    "[2002:a9fe:a9fe::1]:80",
    "[2001:0:a9fe:a9fe::1]:80",
    "[::ffff:0:169.254.169.254]:80",
    "2852039166:80",
    "0xa9fea9fe:80",
    "0xa9.0xfe.0xa9.0xfe:80",
    "0251.0376.0251.0376:80",
    "169.254.43518:80",
    "169.16689662:80",
    "169.254.169.254.:80",
    "169.254.169.254%00:80",
    "１６９.254.169.254:80",
    "169。254。169。254:80",
    "[169.254.169.254]:80",
    "[fd00:ec2::254]:80",
    "[fd00:ec2:0:0::254%1]:80",
    "100.100.100.200:80",
    "[::ffff:100.100.100.200]:80",
    "metadata.google.internal:80",
    "169.254.169.254.nip.io:80",
    "example.org:80",
    "0.0.0.0:OWN",
    "0:OWN",
    "[::]:OWN",
    "[::ffff:0.0.0.0]:OWN",
    "[::0.0.0.0]:OWN",
    "127.0.0.1:OWN",
    "[::ffff:127.0.0.1]:OWN",
    "[::ffff:7f00:1]:OWN",
    "[::127.0.0.1]:OWN",
    "localhost:OWN",
    "a.localhost:OWN",
    "2130706433:OWN",
    "0x7f000001:OWN",
    "127.1:OWN",
    "255.255.255.255:9",
    "224.0.0.1:9",
    "[ff02::1]:9",
    "[fe80::1]:9",
    "[fe80::1%1]:9",
    "10.77.0.2:80",
];

/// Asks in plain JSON, as any program may, and waits for the reply.
async fn ask(viewer: &mut Viewer, id: u32, order: &str) -> Answer {
    viewer.text(&format!(r#"{{"command":{{"id":{id},"do":{order}}}}}"#)).await;
    loop {
        if let ToPage::Reply(reply) = viewer.next().await
            && reply.id == Some(CommandId(id))
        {
            return reply.result;
        }
    }
}

async fn socket(viewer: &mut Viewer, id: u32, family: &str, kind: &str) -> SocketId {
    let order = format!(
        r#"{{"socket":{{"net":"host","family":"{family}","kind":"{kind}","side":null,"name":null}}}}"#
    );
    match ask(viewer, id, &order).await {
        Answer::Ok(Done::Made(made)) => made.socket,
        other => panic!("no socket: {other:?}"),
    }
}

/// Every IP address that a call was given.
fn addresses(trace: &str) -> Vec<IpAddr> {
    let mut found = Vec::new();
    for (before, family) in [("inet_addr(\"", 4), ("inet_pton(AF_INET6, \"", 6)] {
        for rest in trace.split(before).skip(1) {
            let text = rest.split('"').next().expect("split gives one");
            let ip: IpAddr = text.parse().unwrap_or_else(|_| panic!("IPv{family}: {text}"));
            found.push(ip.to_canonical());
        }
    }
    found
}

/// What strace wrote by the relay's end.
fn written(path: &Path) -> String {
    let late = Instant::now() + PATIENCE;
    loop {
        let trace = std::fs::read_to_string(path).unwrap_or_default();
        if trace.contains("+++ killed by SIGKILL +++") || Instant::now() > late {
            return trace;
        }
        std::thread::yield_now();
    }
}

/// What a socket may be asked with an address.
fn orders(socket: SocketId, kind: &str, address: &str) -> Vec<String> {
    let named = format!(r#""socket":{socket},"address":"{address}""#);
    let mut orders = vec![format!(r#"{{"connect":{{{named}}}}}"#)];
    if kind == "datagram" {
        orders.push(format!(r#"{{"send_to":{{{named},"data":{{"text":"x"}}}}}}"#));
        orders.push(format!(r#"{{"burst":{{{named},"count":1,"bytes":1}}}}"#));
    }
    orders
}

/// A relay under strace, which writes to that file.
fn traced(path: &Path) -> Relay {
    let mut command = Command::new("strace");
    // The relay stays this process's child, so that its end is the test's to make.
    command.args(["-D", "-f", "-q", "-e", "trace=connect,sendto,sendmsg,sendmmsg,bind", "-o"]);
    command.arg(path).args([env!("CARGO_BIN_EXE_relay"), "--rung", "loopback"]);
    Relay::by(command.env("PATCHBAY_ALLOW_STUB", "1"), Scratch::new())
}

#[tokio::test]
async fn no_spelling_comes_to_the_kernel() {
    let works = Command::new("strace").args(["-o", "/dev/null", "true"]).status();
    if !works.is_ok_and(|status| status.success()) {
        return need::skip("strace", "strace is not here, or may not trace");
    }
    let folder = Scratch::new();
    let path = folder.path().join("trace");
    let mut relay = traced(&path);
    let own = relay.origin().rsplit(':').next().expect("a port").to_owned();
    let (mut viewer, _) = Viewer::of(relay.url(), Form::Json).await;
    let mut ids = 1..;
    let mut next = || ids.next().expect("a number");
    let mut sockets = Vec::new();
    for family in ["ipv4", "ipv6"] {
        for kind in ["stream", "datagram"] {
            sockets.push((socket(&mut viewer, next(), family, kind).await, family, kind));
        }
    }
    for spelling in SPELLINGS.map(|spelling| spelling.replace("OWN", &own)) {
        for (socket, family, kind) in &sockets {
            // To an IPv6 socket localhost is ::1, where the relay does not listen.
            if spelling.contains("localhost") && *family == "ipv6" {
                continue;
            }
            for order in orders(*socket, kind, &spelling) {
                let answer = ask(&mut viewer, next(), &order).await;
                let Answer::Error(failure) = answer else { panic!("{order}: {answer:?}") };
                let refused = ["denied", "bad_request"].contains(&failure.short());
                assert!(refused, "{order}: {failure:?}");
            }
        }
    }
    // What may go does, and strace sees it.
    let (post, ..) = sockets[1];
    let send = &orders(post, "datagram", "127.0.0.77:9")[1];
    assert!(matches!(ask(&mut viewer, next(), send).await, Answer::Ok(_)), "{send}");
    relay.kill();
    let trace = written(&path);
    let listens = format!("htons({own})");
    let itself = trace.lines().filter(|line| line.contains(&listens) && !line.contains("bind("));
    assert_eq!(itself.count(), 0, "the relay was made to reach itself");
    let seen = addresses(&trace);
    assert!(seen.contains(&[127, 0, 0, 77].into()), "{seen:?}");
    for ip in seen {
        assert!(ip.is_loopback(), "{ip} came to the kernel");
    }
}
