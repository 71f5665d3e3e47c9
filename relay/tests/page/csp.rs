//! Hostile text, wherever the page shows what others wrote: it stays text. Breaches of the policy, dialogs
//! and elements that markup would make are counted from before the page's own script runs.

use crate::desk::{Desk, MIRROR, says, visible};
use crate::experiment::begin;
use crate::support::browser::Browser;
use crate::support::relay::Relay;
use crate::support::scratch::Scratch;
use serde_json::{Value, json};
use std::process::Command;

const GUARD: &str = concat!(include_str!("../support/witness.js"), include_str!("guard.js"));

/// Markup, schemes, directions, a NUL, a family of one glyph, a flood of marks, 40 bytes without a break.
const ODD: [&str; 9] = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\"><svg onload=alert(1)>",
    "javascript:alert(1)",
    "\u{202e}abc\u{2066}def\u{2069}",
    "a\u{0}b\u{7f}",
    "👩‍👩‍👧‍👦 你好",
    "e\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}\u{307}\u{308}\u{309}\u{30a}\u{30b}\u{30c}",
    "MMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMM",
];

/// An experiment of the user's own whose every sentence is hostile.
fn hostile() -> String {
    let odd = |place: usize| serde_json::to_string(ODD[place]).expect("TOML's strings are JSON's");
    let of = |english, chinese| format!("{{ en = {}, zh = {} }}", odd(english), odd(chinese));
    format!(
        r#"title = {title}
question = {question}
group = "streams"

[[act]]
role = "server"
call = {{ socket = {{ net = "host", family = "ipv4", kind = "datagram", side = "right", name = {name} }} }}
[[act]]
say = {title}
note = {question}
button = {button}
[[act]]
bet = {{ ask = {question}, of = {{ role = "server", path = "kernel.receive_queue" }}, choices = [
  {{ say = {title}, is = 0 }},
  {{ say = {button}, is = 1 }},
] }}
[[act]]
see = {{ role = "server", path = "kernel.receive_queue", is = 0 }}
mark = true
[[act]]
say = {button}
"#,
        title = of(1, 0),
        question = of(2, 4),
        button = of(3, 6),
        name = odd(1),
    )
}

/// A page on a relay with such an experiment, and the guard before all else.
async fn guarded() -> Option<(Desk, Scratch)> {
    let browser = Browser::start().await?;
    let own = Scratch::new();
    std::fs::write(own.path().join("odd.toml"), hostile()).expect("it is written");
    let mut command = Command::new(env!("CARGO_BIN_EXE_relay"));
    let relay = Relay::by(command.arg("--experiments").arg(own.path()), Scratch::new());
    let tab = browser.open_with(GUARD, relay.url(), (1_440, 900), false, "en").await;
    let desk = Desk { tab, relay, browser };
    desk.tab.wait_for(&visible("#next"), "the first run").await;
    desk.tab.click("#reset").await;
    desk.wait_for_rows("rows.length === 0", "an empty bench").await;
    Some((desk, own))
}

/// Nothing has been executed, asked or made.
async fn holds(desk: &Desk, at: &str) {
    let nothing = json!({ "breaches": [], "dialogs": [], "injected": [] });
    assert_eq!(desk.tab.evaluate("guard").await, nothing, "{at}");
}

/// Opens all that shows text, in both languages.
async fn walk(desk: &Desk) {
    let tab = &desk.tab;
    for _ in 0..2 {
        for key in ["c", "j", "y", "k", "?"] {
            tab.evaluate("document.activeElement?.blur()").await;
            tab.press(key).await;
            tab.evaluate(
                "new Promise(frame => requestAnimationFrame(() => requestAnimationFrame(frame)))",
            )
            .await;
            holds(desk, key).await;
            if key == "?" {
                tab.press("Escape").await;
            }
        }
        tab.evaluate("document.querySelector('[data-do=ladder]').click()").await;
        tab.control("k").await;
        tab.wait_for("document.activeElement.id === 'palette-field'", "the palette").await;
        for odd in ODD {
            tab.fill("#palette-field", odd).await;
        }
        tab.press("Escape").await;
        tab.evaluate("document.querySelector('#tape [data-do=program]').click()").await;
        tab.wait_for(&visible("#program[open]"), "the program").await;
        tab.press("Escape").await;
        holds(desk, "a walk").await;
        tab.evaluate("document.getElementById('language').click()").await;
        // What is open closes, so that the next walk opens it.
        for _ in 0..4 {
            tab.press("Escape").await;
        }
    }
}

/// A command of a session of its own, sent as it stands: what the relay says to it.
async fn raw(desk: &Desk, command: &str) -> Value {
    let script = format!(
        "new Promise(done => {{
            const socket = new WebSocket(`ws://${{location.host}}/ws`, 'patchbay.json.v1');
            const token = location.hash.slice('#token='.length);
            socket.onopen = () => {{
                socket.send(JSON.stringify({{ hello: {{ version: 1, token, resume: null }} }}));
                socket.send({command:?});
            }};
            socket.onmessage = ({{ data }}) => {{
                const {{ reply, refused }} = JSON.parse(data);
                if (reply || refused) {{ done(reply ?? refused); socket.close(); }}
            }};
            socket.onclose = () => done('closed');
        }})"
    );
    desk.tab.evaluate(&script).await
}

#[tokio::test(flavor = "multi_thread")]
async fn names_payload_and_errors_stay_text() {
    let Some((desk, _own)) = guarded().await else { return };
    let tab = &desk.tab;
    let receiver = desk.make_server("right", "datagram").await;
    let address = desk.address(receiver).await;
    let net = if address.starts_with("127.") { "host" } else { "left" };
    for odd in ODD {
        let name = serde_json::to_string(odd).expect("JSON");
        let make = format!(
            "{{ socket: {{ net: {net:?}, family: 'ipv4', kind: 'datagram', side: 'left', name: {name} }} }}"
        );
        let made = desk.ask(&make).await;
        let Some(socket) = made["ok"]["socket"].as_u64() else {
            panic!("{odd:?}: {made}");
        };
        desk.wait_for_rows(&format!("rows.some(row => row[0] === {name})"), odd).await;
        for data in [format!("{{ text: {name} }}"), format!("{{ hex: '{}' }}", hex(odd))] {
            desk.ask(&format!(
                "{{ send_to: {{ socket: {socket}, address: '{address}', data: {data} }} }}"
            ))
            .await;
            desk.ask(&format!("{{ recv_from: {{ socket: {receiver}, max: 2048, peek: false }} }}"))
                .await;
            desk.select(receiver).await;
            desk.inspect(receiver).await;
            // What has no picture of its own is written as the browser reads UTF-8.
            let shown =
                format!("document.querySelectorAll('#inspector .bytes')[0].textContent === {name}");
            tab.wait_for(&shown, odd).await;
        }
        // Refused by the page, and by the relay: the text comes back in both.
        for to in [odd.to_owned(), format!("unix:{odd}"), format!("unix:../{odd}")] {
            desk.call("bind", &[(0, &to)]).await;
            let bad = "document.querySelector(\"#inspector form[data-verb='bind'] .outcome\").className.includes('bad')";
            tab.wait_for(bad, &to).await;
        }
        let bound = json!({ "bind": { "socket": socket, "address": format!("unix:{odd}") } });
        desk.ask(&bound.to_string()).await;
        desk.ask(&format!("{{ close: {{ socket: {socket} }} }}")).await;
        holds(&desk, odd).await;
    }
    for half in [
        r#"{"command":{"id":1,"do":{"socket":{"net":"host","family":"ipv4","kind":"stream","side":"left","name":"\ud800"}}}}"#,
        r#"{"command":{"id":1,"do":{"close":{"socket":"\udfff"}}}}"#,
    ] {
        let said = raw(&desk, half).await;
        assert!(said["result"].get("ok").is_none(), "{said}");
    }
    walk(&desk).await;
    tab.screenshot("hostile-names").await;
    desk.end().await;
}

/// Pairs of hex digits.
fn hex(text: &str) -> String {
    let digits = text.bytes().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| char::from_digit(u32::from(digit), 16)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn sentences_of_an_experiment_stay_text() {
    let Some((desk, _own)) = guarded().await else { return };
    let tab = &desk.tab;
    tab.press("p").await;
    let title =
        format!("document.querySelector('[data-experiment=odd] b').textContent === {:?}", ODD[1]);
    tab.wait_for(&title, "its title in the list").await;
    tab.press("Escape").await;
    begin(&desk, "odd").await;
    tab.wait_for(&says("player-title", ODD[1]), "its title").await;
    tab.wait_for(&says("say", ODD[1]), "its sentence").await;
    tab.wait_for(&says("next-text", ODD[3]), "its button").await;
    desk.wait_for_rows(&format!("rows.some(row => row[0] === {:?})", ODD[1]), "its socket").await;
    walk(&desk).await;
    tab.wait_for(&visible("#next"), "its button").await;
    tab.click("#next").await;
    tab.wait_for(&visible("#bet"), "its bet").await;
    assert_eq!(tab.evaluate("document.querySelector('.choice .says').textContent").await, ODD[1]);
    tab.screenshot("hostile-experiment").await;
    walk(&desk).await;
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_recording_is_told_as_text() {
    let Some((desk, _own)) = guarded().await else { return };
    let tab = &desk.tab;
    for (odd, bytes) in ODD
        .into_iter()
        .zip(["", "\\u0089PBREC", "\\u0089PBREC\\r\\n\\u001a\\n", "<script>"].iter().cycle())
    {
        let name = serde_json::to_string(&format!("{odd}.patchbay")).expect("JSON");
        let content = serde_json::to_string(odd).expect("JSON");
        tab.evaluate(&format!("{{ const data = new DataTransfer(); data.items.add(new File(['{bytes}', {content}], {name})); const input = document.getElementById('recording'); input.files = data.files; input.dispatchEvent(new Event('change')); }}")).await;
        tab.wait_for(
            "document.getElementById('link').textContent.includes('recording')",
            "a sentence",
        )
        .await;
        holds(&desk, odd).await;
    }
    walk(&desk).await;
    assert_eq!(tab.evaluate(&format!("{MIRROR}.length")).await, 0);
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_guard_sees_what_it_should() {
    let Some((desk, _own)) = guarded().await else { return };
    let tab = &desk.tab;
    holds(&desk, "at first").await;
    let thrown = "(() => { try { document.body.innerHTML = '<img src=x onerror=alert(1)>'; return ''; } catch (error) { return error.name; } })()";
    assert_eq!(tab.evaluate(thrown).await, "TypeError", "markup is refused as such");
    tab.evaluate("document.body.append(Object.assign(document.createElement('img'), { src: 'http://evil.test/x' }))").await;
    tab.evaluate("{ const own = document.createElement('p'); try { own.setAttribute('onclick', 'alert(1)'); } catch {} document.body.append(own); own.click(); }").await;
    tab.evaluate("alert(1)").await;
    tab.wait_for(
        "guard.breaches.length >= 2 && guard.injected.length && guard.dialogs.length === 1",
        "all of it",
    )
    .await;
}
