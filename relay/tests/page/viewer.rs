//! The link for viewers: made by the owner's hand, opened by another tab, which sees the same, bets, and
//! does nothing else; ended, and that tab is told.

use crate::desk::{Desk, Look, MIRROR, visible};
use crate::experiment::to_the_bet;
use crate::eye::offences;
use crate::support::tab::Tab;
use serde_json::Value;

const LINK: &str = "document.getElementById('invite-link').value";
/// All that acts, as far as it is seen.
const ACTS: &str = "[...document.querySelectorAll('.owners, form[data-verb], form[data-form=make], [data-do=disarm], [data-do=first], [data-do=voice], [data-do=record], #next, #host-left summary, #weather summary')].filter(node => node.checkVisibility()).map(node => node.id || node.outerHTML.slice(0, 90))";
/// What the page has sent to the relay since it said hello.
const SENT: &str = "witness.sent.length";

/// Counts the frames that the page sends, by the socket that the witness knows.
const COUNT: &str = "(() => {
    witness.sent = [];
    const { send } = WebSocket.prototype;
    WebSocket.prototype.send = function (data) { witness.sent.push(data); return send.call(this, data); };
})()";

/// Opens the panel and waits for the link.
async fn link(desk: &Desk) -> String {
    desk.tab.click("#invite-open").await;
    desk.tab.wait_for(&format!("{LINK}.includes('#token=')"), "the link").await;
    desk.tab.evaluate(LINK).await.as_str().unwrap_or_default().to_owned()
}

async fn close(desk: &Desk) {
    desk.tab.press("Escape").await;
    desk.tab.wait_for("!document.querySelector('dialog[open]')", "the panel to close").await;
    desk.tab.wait_for(&format!("{LINK} === ''"), "the link to be gone from the page").await;
}

/// Another tab, by that link.
async fn look_on(desk: &Desk, link: &str, look: Look) -> Tab {
    let (width, height) = look.size;
    let tab = desk.browser.open(link, width, height, look.dark, look.lang).await;
    let says = look.pick("you look on", "旁观中");
    let there = format!("document.getElementById('link').textContent === {says:?}");
    tab.wait_for(&there, "the viewer's page").await;
    tab.evaluate(COUNT).await;
    tab
}

/// The token is where it belongs, and nowhere that outlives the panel.
async fn keeps_the_token(desk: &Desk, link: &str) {
    let token = link.split("#token=").nth(1).expect("a token");
    assert_eq!(token.len(), 64, "{link}");
    assert!(!desk.relay.url().contains(token), "the owner's own is never shown");
    let kept = "JSON.stringify([document.title, location.href, history.state, { ...localStorage }, { ...sessionStorage }, document.body.textContent, document.documentElement.outerHTML])";
    let kept = desk.tab.evaluate(kept).await.to_string();
    assert!(!kept.contains(token), "{kept}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_viewer_sees_bets_and_is_sent_away() {
    let Some(desk) = Desk::open_bench(Look::ENGLISH).await else { return };
    let link = link(&desk).await;
    assert!(link.starts_with(&format!("{}/#token=", desk.relay.origin())), "{link}");
    keeps_the_token(&desk, &link).await;
    assert_eq!(desk.tab.text("#invite-told").await, "Nobody looks on now.");
    assert_eq!(desk.tab.evaluate(&visible("#invite-here")).await, true, "it is a loopback address");
    desk.tab.screenshot("invite").await;
    close(&desk).await;
    let mut viewer = look_on(&desk, &link, Look::ENGLISH).await;
    // The panel asks again each time.
    assert_eq!(self::link(&desk).await, link, "the same link");
    desk.tab
        .wait_for(
            "document.getElementById('invite-told').textContent === '1 page looks on now.'",
            "one",
        )
        .await;
    close(&desk).await;
    to_the_bet(&desk).await;
    viewer.wait_for("document.querySelectorAll('.choice:enabled').length === 3", "the bet").await;
    same(&desk, &viewer).await;
    assert_eq!(viewer.evaluate(ACTS).await, serde_json::json!([]), "nothing that acts is offered");
    assert_eq!(offences(&viewer).await, Vec::<String>::new());
    // The viewer's bet is heard, and counts.
    viewer.press("2").await;
    viewer
        .wait_for("document.querySelector('.choice[aria-pressed=true][data-do=bet-2]')", "my bet")
        .await;
    let room = "document.getElementById('bet-room').textContent === '1 bet in the room'";
    desk.tab.wait_for(room, "the bet, at the owner's").await;
    desk.tab.evaluate("document.activeElement?.blur()").await;
    desk.tab.press("1").await;
    desk.tab.wait_for(&visible(".choice.fits"), "what was found").await;
    viewer.wait_for(&visible(".choice.fits"), "what was found").await;
    assert!(viewer.text("#bet-says").await.contains("Your bet was right. Found: 8"));
    assert!(desk.tab.text("#bet-says").await.contains("wrong"));
    assert_eq!(viewer.evaluate(SENT).await, 1, "the bet, and nothing else");
    same(&desk, &viewer).await;
    // Ended by the owner, who is asked once.
    self::link(&desk).await;
    desk.tab.click("#invite-end").await;
    desk.tab
        .wait_for(
            "document.querySelector('#invite-end .word').dataset.word === 'invite_really'",
            "the question",
        )
        .await;
    assert_eq!(viewer.evaluate(&visible("#gate")).await, false);
    desk.tab.click("#invite-end").await;
    desk.tab.wait_for(&format!("{LINK} === ''"), "no link").await;
    viewer.wait_for(&visible("#gate"), "the gate").await;
    assert_eq!(viewer.text("#gate-title").await, "The relay refused this page.");
    assert_eq!(viewer.text("#gate-text").await, "The link by which you looked on has been ended.");
    assert_eq!(viewer.evaluate(&visible("main")).await, false);
    assert_eq!(viewer.problems().await, Vec::<String>::new());
    close(&desk).await;
    // The owner's goes on.
    desk.tab.wait_for(&visible("#next"), "the next button").await;
    desk.tab.click("#next").await;
    desk.tab.wait_for(&visible("#verdict"), "the verdict").await;
    desk.end().await;
}

/// Both tell the same of the sockets.
async fn same(desk: &Desk, viewer: &Tab) {
    let rows: Value = desk.tab.evaluate(MIRROR).await;
    let same = format!(
        "JSON.stringify({MIRROR}.map(row => row.slice(0, 6))) === JSON.stringify({rows}.map(row => row.slice(0, 6)))"
    );
    viewer.wait_for(&same, "the same sockets").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_act_say_why_they_do_not() {
    let Some(desk) = Desk::open_bench(Look::ENGLISH).await else { return };
    let server = desk.make_server("right", "stream").await;
    let link = link(&desk).await;
    close(&desk).await;
    for look in [Look::ENGLISH, Look::PHONE] {
        let mut viewer = look_on(&desk, &link, look).await;
        viewer.wait_for(&format!("{MIRROR}.length === 1"), "the owner's socket").await;
        assert_eq!(viewer.evaluate(ACTS).await, serde_json::json!([]));
        let why = look.pick(
            "You look on: only the owner acts. You may bet.",
            "你在旁观：只有所有者能操作，你可以猜结果。",
        );
        let told = format!("document.getElementById('link').textContent === {why:?}");
        viewer.press("t").await;
        viewer.wait_for(&told, "why not").await;
        viewer.wait_for(&format!("!({told})"), "the header to be short again").await;
        for key in ["r", "s", "n", "g", "h", "a", "u", "q"] {
            viewer.press(key).await;
        }
        viewer.wait_for(&told, "why not").await;
        viewer.wait_for(&format!("!({told})"), "the header to be short again").await;
        // What only the page does works.
        viewer.press(" ").await;
        viewer
            .wait_for(
                "document.getElementById('pace').textContent.match(/paused|暂停/)",
                "the picture to stand",
            )
            .await;
        viewer.press("p").await;
        viewer.wait_for(&visible("#path[open] .lesson:disabled"), "the path, to be read").await;
        assert_eq!(viewer.evaluate("document.querySelectorAll('.lesson:enabled').length").await, 0);
        viewer.press("Escape").await;
        // A socket can be looked into.
        viewer.click(&format!(".pick[data-socket='{server}']")).await;
        viewer.click(&format!("[data-do=inspect][data-socket='{server}']")).await;
        viewer.wait_for(&visible("#inspector .facts"), "what the kernel says").await;
        assert_eq!(viewer.evaluate(ACTS).await, serde_json::json!([]));
        assert_eq!(offences(&viewer).await, Vec::<String>::new());
        viewer.screenshot(&format!("viewer-{}", look.lang)).await;
        assert_eq!(viewer.evaluate(SENT).await, 0, "the relay was asked nothing");
        assert_eq!(viewer.problems().await, Vec::<String>::new());
    }
    desk.wait_for_rows("rows.length === 1", "the owner's socket").await;
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_link_stops_the_old_one() {
    let Some(desk) = Desk::open_loopback_bench(Look::CHINESE).await else { return };
    let old = link(&desk).await;
    let viewer = look_on(&desk, &old, Look::CHINESE).await;
    desk.tab.click("#invite-renew").await;
    desk.tab.wait_for(&format!("{LINK} && {LINK} !== {old:?}"), "another link").await;
    viewer.wait_for(&visible("#gate"), "the gate").await;
    assert_eq!(viewer.text("#gate-text").await, "你进来时用的旁观链接已停用。");
    let new = desk.tab.evaluate(LINK).await.as_str().unwrap_or_default().to_owned();
    // Without a clipboard, as on a page that came by plain HTTP, the text is selected.
    desk.tab.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })").await;
    desk.tab.click("#invite-copy").await;
    desk.tab
        .wait_for(
            "document.getElementById('invite-says').textContent.includes('Ctrl+C')",
            "how to copy",
        )
        .await;
    let chosen = "(own => own.value.slice(own.selectionStart, own.selectionEnd))(document.getElementById('invite-link'))";
    assert_eq!(desk.tab.evaluate(chosen).await, new);
    look_on(&desk, &new, Look::CHINESE).await;
    close(&desk).await;
    desk.end().await;
}
