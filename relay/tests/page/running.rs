//! The page loads, its wasm runs, and the tests' own hands and ears work.
use crate::support::browser::Browser;
use crate::support::relay::Relay;

const RUNNING: &str = "document.querySelector('#boot').textContent === 'Patchbay is running.'";

#[tokio::test(flavor = "multi_thread")]
async fn the_page_runs() {
    let Some(browser) = Browser::start().await else { return };
    let relay = Relay::start();
    let mut tab = browser.open(relay.url(), 1280, 720, false, "en").await;
    tab.wait_for(RUNNING, "the wasm's text").await;
    assert_eq!(tab.text("#boot").await, "Patchbay is running.");
    assert!(tab.screenshot("page").await.is_file());
    assert_eq!(tab.problems().await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_reader_is_who_the_test_says() {
    let Some(browser) = Browser::start().await else { return };
    let relay = Relay::start();
    let mut tab = browser.open(relay.url(), 390, 844, true, "zh-CN").await;
    tab.wait_for(RUNNING, "the wasm's text").await;
    assert_eq!(tab.evaluate("navigator.language").await, "zh-CN");
    assert_eq!(tab.evaluate("[innerWidth, innerHeight]").await, serde_json::json!([390, 844]));
    assert_eq!(tab.evaluate("matchMedia('(prefers-color-scheme: dark)').matches").await, true);
    assert_eq!(tab.problems().await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn hands_reach_the_page() {
    let Some(browser) = Browser::start().await else { return };
    let relay = Relay::start();
    let mut tab = browser.open(relay.url(), 1280, 720, false, "en").await;
    tab.evaluate(
        "const input = document.createElement('input'); input.id = 'typed'; document.body.prepend(input); window.keys = []; \
         addEventListener('keydown', event => keys.push(event.key));",
    )
    .await;
    tab.type_text("#typed", "你好 hi").await;
    assert_eq!(tab.evaluate("document.querySelector('#typed').value").await, "你好 hi");
    for key in ["Enter", "t", "ArrowLeft"] {
        tab.press(key).await;
    }
    tab.wait_for("keys.length === 3", "three keys").await;
    assert_eq!(tab.evaluate("keys.join()").await, "Enter,t,ArrowLeft");
    assert_eq!(tab.problems().await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_wrong_is_told() {
    let Some(browser) = Browser::start().await else { return };
    let relay = Relay::start();
    let mut tab = browser.open(relay.url(), 1280, 720, false, "en").await;
    for (cause, trace) in [
        ("console.error('spilt', 3)", "console: spilt 3"),
        (
            "setTimeout(() => { throw new Error('thrown') }); new Promise(done => setTimeout(done))",
            "thrown",
        ),
        ("document.body.setAttribute('style', 'color: red')", "Content Security Policy"),
        ("fetch('/nowhere').then(response => response.status)", "404"),
    ] {
        tab.evaluate(cause).await;
        let problems = tab.problems().await;
        assert!(problems.len() == 1 && problems[0].contains(trace), "{cause}: {problems:?}");
    }
}
