//! A film over UDP and over TCP in the page: what is told and drawn of it is what came out of `recv`.

use crate::desk::{Desk, Look, says, visible};
use crate::{axe, gallery};
use protocol::film::{self, BANDS, ROWS, WIDTH};

/// Frames that the experiment sends each way.
const FRAMES: u32 = 200;
/// The first row of each band of a player's picture, a brightness for each of the film's points; null
/// where the band is hatched.
const BANDS_SHOWN: &str = "(canvas => { const context = canvas.getContext('2d'); \
    return [...Array(12)].map((_, band) => { \
      const all = context.getImageData(0, band * 16, 256, 16).data; \
      if (all.some((value, place) => place % 4 === 3 && value === 0)) return null; \
      return [...Array(32)].map((_, x) => all[(4 * 256 + x * 8 + 4) * 4]); }); \
    })(document.querySelector('PLAYER .film-picture'))";

fn part(player: &str, what: &str) -> String {
    format!("document.querySelector('{player} .film-{what}').textContent")
}

/// A number that a player tells: the one before or after some words.
async fn number(desk: &Desk, player: &str, what: &str, pattern: &str) -> u64 {
    let text = part(player, what);
    let found = desk.tab.evaluate(&format!("+(/{pattern}/.exec({text})?.[1] ?? NaN)")).await;
    let told = desk.tab.evaluate(&text).await;
    found.as_f64().unwrap_or_else(|| panic!("{pattern} in {told}")) as u64
}

/// Plays the experiment to its end, with a bet.
async fn played() -> Option<Desk> {
    let desk = Desk::open_wire(Look::ENGLISH).await?;
    let tab = &desk.tab;
    tab.wait_for(&visible("#next"), "the first run").await;
    tab.evaluate("document.getElementById('door-voice').click()").await;
    for (say, button) in [("One call, twice", "connect()"), ("200 frames, one every 20 ms", "")] {
        tab.wait_for(&says("say", say), say).await;
        if !button.is_empty() {
            tab.wait_for(&says("next-text", button), button).await;
            tab.wait_for(&visible("#next"), button).await;
            tab.click("#next").await;
        }
    }
    tab.wait_for(&visible("#bet-pass"), "the bet").await;
    tab.press("1").await;
    tab.wait_for(&visible("#film"), "the films, by themselves").await;
    tab.wait_for(&says("next-text", "And TCP?"), "the end of both").await;
    tab.wait_for(&visible("#next"), "the last button").await;
    tab.click("#next").await;
    tab.wait_for(&visible("#verdict"), "the verdict").await;
    assert_eq!(tab.evaluate("document.getElementById('broken').textContent").await, "");
    Some(desk)
}

/// Each band that is not hatched is the last frame of its place, byte for byte; how many are hatched.
async fn hatched(desk: &Desk, player: &str) -> usize {
    let shown = desk.tab.evaluate(&BANDS_SHOWN.replace("PLAYER", player)).await;
    let shown: Vec<Option<Vec<u8>>> = serde_json::from_value(shown).expect("bands");
    for (band, rows) in (0..BANDS).zip(&shown) {
        let last = (FRAMES - 1) - (FRAMES - 1 + BANDS - band) % BANDS;
        let bytes = film::frame(last);
        let frame = film::read(&bytes).expect("a frame");
        assert_eq!(frame.rows.len(), WIDTH * ROWS);
        if let Some(rows) = rows {
            assert_eq!(rows, &frame.rows[..WIDTH], "band {band} of {player} is frame {last}");
        }
    }
    shown.iter().filter(|rows| rows.is_none()).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn udp_has_specks_and_tcp_stalls_and_each_point_was_received() {
    let Some(desk) = played().await else { return };
    let (udp, tcp) = ("#film-udp", "#film-tcp");
    let arrived = number(&desk, udp, "says", "(\\d+) arrived").await;
    let missing = number(&desk, udp, "says", "(\\d+) missing").await;
    let late = number(&desk, udp, "says", "(\\d+) too late").await;
    let shown = number(&desk, udp, "says", "(\\d+) played").await;
    assert!(missing >= 1, "{missing} missing");
    assert_eq!((arrived + missing, shown + missing + late), (200, 200));
    let specks = number(&desk, udp, "delay", "Specks and clicks: (\\d+)").await;
    assert_eq!(specks, missing + late);
    let whole = part(tcp, "says");
    let whole = desk.tab.evaluate(&whole).await;
    assert_eq!(whole, "200 of 200 frames sent, 200 arrived, 200 played; none missing");
    assert!(number(&desk, tcp, "delay", "Stalled (\\d+)").await >= 1);
    assert!(number(&desk, tcp, "delay", "now (\\d+) ms behind").await > 150);
    assert_eq!(hatched(&desk, tcp).await, 0);
    assert!(hatched(&desk, udp).await as u64 <= specks);
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_is_heard_at_its_own_pace_and_another_loss_is_tried() {
    let Some(desk) = played().await else { return };
    let tab = &desk.tab;
    let pressed = |of: &str, on: bool| {
        format!("document.querySelector('[data-do={of}]').ariaPressed === '{on}'")
    };
    tab.click("[data-do=hear-tcp]").await;
    let amid = format!("/, ([1-9]|[1-9]\\d|1\\d\\d) played/.test({})", part("#film-tcp", "says"));
    tab.wait_for(&amid, "some frame in the middle").await;
    assert_eq!(tab.evaluate(&pressed("hear-tcp", true)).await, true);
    // One is heard at a time; a second press ends it.
    tab.click("[data-do=hear-udp]").await;
    tab.wait_for(&pressed("hear-tcp", false), "silence over there").await;
    tab.wait_for(&pressed("hear-udp", true), "the other one").await;
    tab.click("[data-do=hear-udp]").await;
    tab.wait_for(&pressed("hear-udp", false), "silence").await;
    // Without loss nothing is missing.
    let loss = |place: u32, on: bool| {
        let button = format!("#film-losses [data-place='{place}']");
        format!("document.querySelector({button:?}).ariaPressed === '{on}'")
    };
    tab.wait_for(&loss(2, true), "the experiment’s 5 %").await;
    tab.click("#film-losses [data-place='0']").await;
    tab.wait_for(&loss(0, true), "no loss").await;
    let wire = tab.text("#wire").await;
    assert!(wire.contains("60 ms"), "the delay stays: {wire}");
    tab.click("#film-again").await;
    let begun = format!("/^\\d{{1,2}} of 200 /.test({})", part("#film-udp", "says"));
    tab.wait_for(&begun, "another film").await;
    for player in ["#film-udp", "#film-tcp"] {
        let all = format!("{}.includes('200 arrived')", part(player, "says"));
        tab.wait_for(&all, player).await;
    }
    assert_eq!(number(&desk, "#film-udp", "says", "(\\d+) missing").await, 0);
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_films_look_well_and_axe_finds_nothing() {
    let Some(desk) = played().await else { return };
    axe::open(&desk).await;
    let (mut offending, mut found) = (Vec::new(), Vec::new());
    gallery::look(&desk, "film", &mut offending).await;
    axe::look(&desk, "film", &axe::LOOKS, &mut found).await;
    // Put away by its key, and back.
    desk.key("v").await;
    desk.tab.wait_for(&format!("!({})", visible("#film")), "no films").await;
    desk.key("v").await;
    desk.tab.wait_for(&visible("#film"), "the films again").await;
    desk.end().await;
    assert!(offending.is_empty() && found.is_empty(), "{offending:#?} {found:#?}");
}
