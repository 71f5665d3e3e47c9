//! Recordings on the page: made there, and shown again without a relay: by `relay replay`, as one file of
//! its own, and by choosing a file. Same journal, same moment, same picture.

use crate::desk::{Desk, Look, MIRROR, visible};
use crate::support::browser::Browser;
use crate::support::relay::Relay;
use crate::support::scratch::Scratch;
use crate::support::tab::Tab;
use std::path::PathBuf;
use std::process::Command;

const FRAMES: &str =
    "new Promise(frame => requestAnimationFrame(() => requestAnimationFrame(frame)))";
const RELAY: &str = env!("CARGO_BIN_EXE_relay");
const ROWS: &str = "rows.length === 3 && rows.filter(row => row[3] === 'ESTABLISHED').length === 2";

/// A bench whose connection was recorded by its own menu, and the file; the picture rests at its end.
async fn recorded(look: Look) -> Option<(Desk, PathBuf)> {
    let desk = Desk::open_bench(look).await?;
    let tab = &desk.tab;
    tab.click("#tape summary").await;
    tab.click("#record").await;
    let state = "document.getElementById('tape-state').textContent";
    tab.wait_for(&format!("{state}.includes('.patchbay')"), "a recording").await;
    tab.press("Escape").await;
    desk.make_server("right", "stream").await;
    let client = desk.make("left", "stream").await;
    desk.offer(client, "connect").await;
    desk.wait_for_rows(ROWS, "a connection").await;
    tab.click("#tape summary").await;
    tab.click("#record").await;
    tab.wait_for(&visible("#save"), "a file to save").await;
    let name = tab.evaluate("document.getElementById('save').dataset.file").await;
    let file = desk.relay.state().join("recordings").join(name.as_str().expect("a name"));
    assert!(file.is_file(), "{}", file.display());
    Some((desk, file))
}

/// Waits for the recording's end on the screen, and says what the table shows there.
async fn at_the_end(tab: &Tab) -> serde_json::Value {
    tab.wait_for("document.getElementById('app').className === 'replay'", "a recording").await;
    tab.wait_for(&format!("(rows => {ROWS})({MIRROR})"), "its end").await;
    tab.evaluate(MIRROR).await
}

#[tokio::test(flavor = "multi_thread")]
async fn one_file_replays_by_itself() {
    let Some((desk, file)) = recorded(Look::ENGLISH).await else { return };
    let live = desk.tab.evaluate(MIRROR).await;
    let page = file.with_extension("html");
    let export = Command::new(RELAY).arg("export").arg(&file).arg("--html").arg(&page).output();
    let export = export.expect("it runs");
    assert!(export.status.success(), "{}", String::from_utf8_lossy(&export.stderr));
    let url = format!("file://{}", page.display());
    let mut tab = desk.browser.open(&url, 1440, 900, false, "en").await;
    assert_eq!(at_the_end(&tab).await, live, "the same journal shows the same");
    let link = tab.text("#link").await;
    assert!(link.starts_with("recording of 2") && link.contains("Linux"), "{link}");
    // Back to before the first socket, and forward again.
    tab.press("Home").await;
    tab.wait_for(&format!("{MIRROR}.length === 0"), "its beginning").await;
    tab.screenshot("replay-beginning").await;
    // Event by event, through the lesson that began by itself, to its first socket.
    let shown = "+document.getElementById('scrubber').ariaValueNow";
    for _ in 0..200 {
        if tab.evaluate(&format!("{MIRROR}.length")).await == 1 {
            break;
        }
        tab.press("ArrowRight").await;
        tab.evaluate(FRAMES).await;
    }
    tab.wait_for(&format!("{MIRROR}.length === 1 && {shown} > 0"), "the first socket").await;
    tab.click("#language").await;
    tab.wait_for("document.getElementById('link').textContent.includes('录制')", "Chinese").await;
    assert_eq!(tab.problems().await, Vec::<String>::new());
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_experiment_ships_as_one_file() {
    let Some(browser) = Browser::start().await else { return };
    let scratch = Scratch::new();
    let page = scratch.path().join("experiment.html");
    let order = ["experiment", "export", "one-send-one-recv", "--html"];
    let export = Command::new(RELAY).args(order).arg(&page).output().expect("it runs");
    assert!(export.status.success(), "{}", String::from_utf8_lossy(&export.stderr));
    let url = format!("file://{}", page.display());
    for lang in ["en", "zh-CN"] {
        let mut tab = browser.open(&url, 1440, 900, false, lang).await;
        tab.wait_for("document.getElementById('app').className === 'replay'", "a recording").await;
        tab.press("End").await;
        let said = if lang == "en" { "A stream keeps" } else { "流保持顺序" };
        let card = "document.getElementById('card').textContent";
        tab.wait_for(&format!("{card}.includes({said:?})"), "its verdict").await;
        assert_eq!(tab.problems().await, Vec::<String>::new());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_replays_a_file_and_makes_no_socket() {
    let Some((desk, file)) = recorded(Look::ENGLISH).await else { return };
    let live = desk.tab.evaluate(MIRROR).await;
    let replay = Relay::by(Command::new(RELAY).arg("replay").arg(&file), Scratch::new());
    let mut tab = desk.browser.open(replay.url(), 1440, 900, true, "en").await;
    assert_eq!(at_the_end(&tab).await, live);
    for hidden in ["#reset", "#host-left .menu", "#host-right .menu", "[data-do=first]"] {
        tab.wait_for(&format!("!({})", visible(hidden)), "what cannot be done is not offered")
            .await;
    }
    // Another file is chosen, and it is none.
    let choose = |text: &str, how: &str| {
        format!(
            "{{ const data = new DataTransfer(); data.items.add(new File(['{text}'], 'x.patchbay')); {how}; }}"
        )
    };
    let input = "document.getElementById('recording')";
    let pick = format!("{input}.files = data.files; {input}.dispatchEvent(new Event('change'))");
    tab.evaluate(&choose("hello", &pick)).await;
    let told =
        |words: &str| format!("document.getElementById('link').textContent.includes('{words}')");
    tab.wait_for(&told("not a recording of Patchbay"), "a sentence").await;
    let drop = "dispatchEvent(new DragEvent('drop', { dataTransfer: data, cancelable: true }))";
    tab.evaluate(&choose("\\u0089PBREC", drop)).await;
    tab.wait_for(&told("not a recording of Patchbay"), "a sentence").await;
    assert_eq!(tab.problems().await, Vec::<String>::new());
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recording_is_given_only_for_the_token() {
    let Some((desk, file)) = recorded(Look::ENGLISH).await else { return };
    let name = file.file_name().unwrap().to_str().unwrap();
    let fetched = |token: &str, name: &str| {
        format!(
            "fetch('/recording/{name}', {{ headers: {{ authorization: 'Bearer ' + {token} }} }}).then(async answer => [answer.status, (await answer.arrayBuffer()).byteLength])"
        )
    };
    let own = "sessionStorage['patchbay.token']";
    let bytes = file.metadata().unwrap().len();
    let tab = &desk.tab;
    assert_eq!(tab.evaluate(&fetched(own, name)).await, serde_json::json!([200, bytes]));
    for (token, name, status) in [
        ("'0'.repeat(64)", name, 401),
        ("''", name, 401),
        (own, "1.patchbay", 404),
        (own, "..%2ftoken", 404),
    ] {
        let answer = tab.evaluate(&fetched(token, name)).await;
        assert_eq!(answer[0], status, "{token} {name}");
    }
    // The refusals stand in the console by the browser's own doing.
}
