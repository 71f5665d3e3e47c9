//! Experiments on the page: the path, the player, bets, the verdict, the code and the program; and every
//! experiment that is built in, played through in both languages.

use crate::axe::{RUN, open as open_axe};
use crate::desk::{Desk, Look, says, visible};
use crate::eye::offences;
use crate::gallery::settle;
use serde_json::Value;
use std::time::Instant;

const PLAYER: &str = include_str!("experiment.js");

async fn press(desk: &Desk, key: &str) {
    desk.tab.evaluate("document.activeElement?.blur()").await;
    desk.tab.press(key).await;
}

/// Begins an experiment by the path's dialog.
pub(crate) async fn begin(desk: &Desk, name: &str) {
    press(desk, "p").await;
    desk.tab.wait_for(&visible("#path[open]"), "the path").await;
    desk.tab.click(&format!("[data-experiment={name}]")).await;
    desk.tab.wait_for("!document.querySelector('#path[open]')", "the path to close").await;
}

/// To the bet of the three sends.
pub(crate) async fn to_the_bet(desk: &Desk) {
    begin(desk, "one-send-one-recv").await;
    let [title, button] = [("Three sends", "三次 send"), ("Send three", "发送三次")]
        .map(|(english, chinese)| [english, chinese]);
    let either = |id: &str, [a, b]: [&str; 2]| format!("({} || {})", says(id, a), says(id, b));
    desk.tab.wait_for(&either("player-title", title), "the player's bar").await;
    desk.tab.wait_for(&either("next-text", button), "its first button").await;
    desk.tab.wait_for(&visible("#next"), "its first button").await;
    press(desk, "Enter").await;
    desk.tab.wait_for(&visible("#bet-pass"), "the bet").await;
}

async fn height_of_stage(desk: &Desk) -> Value {
    settle(desk).await;
    desk.tab.evaluate("document.getElementById('stage').getBoundingClientRect().top + ' ' + document.getElementById('stage').offsetHeight").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_bet_is_marked_and_the_verdict_leads_on() {
    let Some(desk) = Desk::open_bench(Look::ENGLISH).await else { return };
    let tab = &desk.tab;
    to_the_bet(&desk).await;
    assert_eq!(tab.text("#progress").await, "step 2 of 3");
    assert_eq!(tab.text("#player-question").await, "Does one recv() give what one send() sent?");
    let before = height_of_stage(&desk).await;
    assert_eq!(tab.evaluate("document.querySelectorAll('.choice:enabled').length").await, 3);
    press(&desk, "1").await;
    tab.wait_for(&visible(".choice.fits"), "what was found").await;
    assert_eq!(height_of_stage(&desk).await, before, "nothing jumps");
    assert!(tab.text("#bet-says").await.contains("wrong. Found: 8"));
    let [fails, fits] = [tab.text(".choice.fails").await, tab.text(".choice.fits").await];
    assert!(fails.contains("10: recv") && fails.contains("✕ my bet"), "{fails}");
    assert!(fits.contains("8: recv") && fits.contains("✓ so it is"), "{fits}");
    assert_eq!(tab.text("#bet-room").await, "1 bet in the room");
    assert_eq!(tab.text("#bet-tally").await, "right so far: 0 of 1");
    tab.wait_for(&visible("#next"), "the next button").await;
    tab.click("#next").await;
    tab.wait_for(&visible("#verdict"), "the verdict").await;
    assert!(tab.text("#claim-original").await.contains("多余的数据将缓冲"));
    assert!(tab.text("#claim-translated").await.contains("the rest is buffered"));
    assert_eq!(tab.text("#verdict-word").await, "True");
    assert!(tab.text("#verdict-here").await.contains("came as 7 and 8"));
    assert!(tab.text("#verdict-kept").await.contains("15 promises checked, all held"));
    assert_eq!(offences(tab).await, Vec::<String>::new());
    // Again, by its key; this time rightly.
    press(&desk, "a").await;
    tab.wait_for(&format!("!({})", visible("#card")), "the experiment to begin again").await;
    tab.wait_for(&says("progress", "step 1 of 3"), "its first step").await;
    tab.wait_for(&visible("#next"), "its first button").await;
    tab.click("#next").await;
    tab.wait_for(&visible("#bet-pass"), "the bet").await;
    tab.click(".choice[data-do=bet-2]").await;
    tab.wait_for(&says("bet-says", "Your bet was right. Found: 8"), "a right bet").await;
    assert_eq!(tab.text("#bet-tally").await, "right so far: 1 of 2");
    tab.wait_for(&visible("#next"), "the next button").await;
    tab.click("#next").await;
    tab.wait_for(&visible("#onward"), "the way on").await;
    let next = tab.text("#onward-text").await;
    // What was played is remembered.
    tab.click("#onwards [data-do=path]").await;
    tab.wait_for(&visible("[data-experiment=one-send-one-recv] .played"), "the mark").await;
    tab.press("Escape").await;
    tab.click("#onward").await;
    let title = next.strip_prefix("Next: ").expect("it names the next").to_owned();
    tab.wait_for(&says("player-title", &title), &title).await;
    tab.click("#stop").await;
    tab.wait_for(&visible("#host-left summary"), "the bench").await;
    assert_eq!(tab.evaluate(&visible("#verdict")).await, false, "what was left is not judged");
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_automatic_hand_plays_to_the_end_and_passes_bets() {
    let Some(desk) = Desk::open_loopback_bench(Look::CHINESE).await else { return };
    let tab = &desk.tab;
    begin(&desk, "udp-truncation").await;
    tab.wait_for(&visible("#auto"), "the player's bar").await;
    assert_eq!(
        tab.evaluate("document.getElementById('auto').getAttribute('aria-pressed')").await,
        "false"
    );
    press(&desk, "u").await;
    tab.wait_for("document.querySelector('#auto[aria-pressed=true]')", "auto-play").await;
    tab.wait_for(
        "document.getElementById('verdict').checkVisibility() || document.getElementById('bet').checkVisibility()",
        "it to go on by itself",
    )
    .await;
    tab.wait_for(&visible("#verdict"), "the verdict").await;
    assert!(tab.text("#verdict-kept").await.contains("全部符合"));
    assert_eq!(tab.evaluate(&visible("#claim-translated")).await, false);
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_code_tells_where_the_kernel_is_and_what_sleeps() {
    let Some(desk) = Desk::open_bench(Look::ENGLISH).await else { return };
    let tab = &desk.tab;
    begin(&desk, "end-of-stream").await;
    press(&desk, "k").await;
    tab.wait_for(&visible("#code-lines .here"), "where the kernel is").await;
    let line = tab.text("#code-lines li").await;
    assert!(line.contains("= socket(AF_INET, SOCK_STREAM)"), "{line}");
    tab.wait_for(&visible("#code-lines .done"), "what was done").await;
    tab.wait_for(
        "document.querySelectorAll('#code-lines [aria-current=step]').length === 1",
        "one place",
    )
    .await;
    tab.click("#code [data-do=in-rust]").await;
    tab.wait_for(&says("code-lines", "Socket::new(Domain::IPV4, Type::STREAM, None)?"), "Rust")
        .await;
    tab.click("#code [data-do=in-c]").await;
    tab.wait_for(&says("code-lines", "socket(AF_INET, SOCK_STREAM, 0)"), "C").await;
    let asleep = visible("#code-lines .asleep");
    for _ in 0..12 {
        let stops = format!(
            "{asleep} || {} || {} || {}",
            visible("#next"),
            visible("#bet-pass"),
            visible("#verdict")
        );
        tab.wait_for(&stops, "a stop or a sleeping line").await;
        if tab.evaluate(&asleep).await == true {
            break;
        }
        press(&desk, "Enter").await;
        settle(&desk).await;
    }
    tab.wait_for(&asleep, "a line that sleeps").await;
    assert!(tab.text("#code-lines .asleep").await.contains("asleep in the kernel"));
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_done_is_copied_as_a_program() {
    let Some(desk) = Desk::open_bench(Look::ENGLISH).await else { return };
    let tab = &desk.tab;
    tab.evaluate(
        "window.taken = null; navigator.clipboard.writeText = text => { window.taken = text; return Promise.resolve(); }",
    )
    .await;
    let server = desk.make_server("right", "stream").await;
    assert!(server > 0);
    tab.evaluate("document.querySelector('#tape [data-do=program]').click()").await;
    tab.wait_for(&visible("#program[open]"), "the program").await;
    let text = "document.getElementById('program-text').value";
    let holds =
        async |what: &str| tab.evaluate(text).await.as_str().is_some_and(|own| own.contains(what));
    assert!(holds("import socket").await && holds(".listen(").await);
    tab.click("#program [data-do=in-rust]").await;
    tab.wait_for(&format!("{text}.includes('Socket::new')"), "Rust").await;
    tab.click("#program [data-do=in-c]").await;
    tab.wait_for(&format!("{text}.includes('#include')"), "C").await;
    tab.click("#program [data-do=copy-program]").await;
    tab.wait_for(&says("program-says", "Copied."), "the clipboard").await;
    assert_eq!(tab.evaluate(&format!("taken === {text}")).await, true);
    // Where the browser refuses, the text is selected.
    tab.evaluate("navigator.clipboard.writeText = () => Promise.reject(new Error('no'))").await;
    tab.click("#program [data-do=copy-program]").await;
    tab.wait_for(&says("program-says", "Ctrl+C"), "what to do by hand").await;
    let selected = "(own => own.selectionEnd - own.selectionStart === own.value.length)(document.getElementById('program-text'))";
    assert_eq!(tab.evaluate(selected).await, true);
    tab.press("Escape").await;
    tab.reload().await;
    press(&desk, "/").await;
    tab.wait_for(&visible("#palette[open]"), "the palette").await;
    tab.insert("copy as program").await;
    tab.press("Enter").await;
    tab.wait_for(&format!("{text}.includes('#include')"), "C is remembered").await;
    desk.end().await;
}

/// What the eye and axe say of the page as it stands, in both languages, light and dark.
async fn look(desk: &Desk, state: &str, size: (u32, u32), found: &mut Vec<String>) {
    desk.tab.resize(size.0, size.1).await;
    for (lang, dark) in [("en", false), ("zh-CN", true)] {
        let spoken = format!("document.documentElement.lang === {lang:?}");
        if desk.tab.evaluate(&spoken).await == false {
            desk.tab.evaluate("document.getElementById('language').click()").await;
            desk.tab.wait_for(&spoken, lang).await;
        }
        desk.tab.darken(dark).await;
        settle(desk).await;
        let name = format!("experiment-{state}-{lang}-{}", size.0);
        desk.tab.screenshot(&name).await;
        // An open dialog lies over everything, as it should.
        if !state.ends_with("dialog") {
            found.extend(offences(&desk.tab).await.iter().map(|own| format!("{name}: {own}")));
        }
        let Value::Array(said) = desk.tab.evaluate(RUN).await else { panic!("axe says nothing") };
        found.extend(said.iter().map(|own| format!("{name}: {own}")));
    }
}

const SIZES: [(u32, u32); 3] = [(1440, 900), (1280, 720), (390, 844)];

#[tokio::test(flavor = "multi_thread")]
async fn nothing_offends_eye_or_axe() {
    let Some(desk) = Desk::open_bench(Look::ENGLISH).await else { return };
    let tab = &desk.tab;
    open_axe(&desk).await;
    let mut found = Vec::new();
    for size in SIZES {
        tab.resize(size.0, size.1).await;
        press(&desk, "p").await;
        tab.wait_for(&visible("#path[open]"), "the path").await;
        look(&desk, "path-dialog", size, &mut found).await;
        tab.press("Escape").await;
        to_the_bet(&desk).await;
        look(&desk, "bet", size, &mut found).await;
        press(&desk, "3").await;
        tab.wait_for(&visible(".choice.fails"), "what was found").await;
        tab.wait_for(&visible("#next"), "the next button").await;
        look(&desk, "marked", size, &mut found).await;
        press(&desk, "k").await;
        tab.wait_for(&visible("#code-lines .here"), "the code").await;
        look(&desk, "code", size, &mut found).await;
        if size.0 == 1280 {
            press(&desk, "l").await;
            look(&desk, "lecture", size, &mut found).await;
            press(&desk, "Escape").await;
        }
        press(&desk, "k").await;
        tab.evaluate("document.getElementById('next').click()").await;
        tab.wait_for(&visible("#verdict"), "the verdict").await;
        look(&desk, "verdict", size, &mut found).await;
        tab.evaluate("document.querySelector('#tape [data-do=program]').click()").await;
        tab.wait_for(&visible("#program[open]"), "the program").await;
        look(&desk, "program-dialog", size, &mut found).await;
        tab.press("Escape").await;
    }
    desk.end().await;
    assert!(found.is_empty(), "{} offences:\n{}", found.len(), found.join("\n"));
}

/// One relay, one browser, all of them one after the other: each button is pressed when it is there, each
/// bet is taken, and at each of these stops the page is read in both languages.
#[tokio::test(flavor = "multi_thread")]
async fn every_experiment_is_played_through_in_both_languages() {
    let Some(mut desk) = Desk::open_bench(Look::ENGLISH).await else { return };
    desk.tab.evaluate(PLAYER).await;
    press(&desk, "p").await;
    desk.tab.wait_for(&visible("#path[open]"), "the path").await;
    let names = desk.tab.evaluate("[...document.querySelectorAll('#path .lesson:enabled')].map(own => own.dataset.experiment)").await;
    desk.tab.press("Escape").await;
    let names: Vec<String> = serde_json::from_value(names).expect("names");
    assert!(names.len() >= 6, "{names:?}");
    let mut wrong = Vec::new();
    for name in &names {
        let begun = Instant::now();
        let told = desk.tab.evaluate(&format!("playThrough({name:?})")).await;
        let told: Vec<String> = serde_json::from_value(told).expect("what is wrong");
        wrong.extend(told.into_iter().map(|own| format!("{name}: {own}")));
        let problems = desk.tab.problems().await;
        println!("{name}: {:.1} s", begun.elapsed().as_secs_f64());
        wrong.extend(problems.into_iter().map(|own| format!("{name}: {own}")));
    }
    desk.end().await;
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}
