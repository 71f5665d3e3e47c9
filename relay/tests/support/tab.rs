//! Owns one open page: acting on it, waiting for it, and what went wrong in it.

use super::line::DEADLINE;
use chromiumoxide::cdp::browser_protocol::emulation::{
    MediaFeature, SetDeviceMetricsOverrideParams, SetEmulatedMediaParams,
    SetFocusEmulationEnabledParams, SetUserAgentOverrideParams,
};
use chromiumoxide::cdp::browser_protocol::input::{
    DispatchKeyEventParams, DispatchKeyEventType, InsertTextParams,
};
use chromiumoxide::cdp::browser_protocol::log::{EventEntryAdded, LogEntryLevel};
use chromiumoxide::cdp::browser_protocol::memory::GetDomCountersParams;
use chromiumoxide::cdp::browser_protocol::target::CreateTargetParams;
use chromiumoxide::cdp::js_protocol::heap_profiler::CollectGarbageParams;
use chromiumoxide::cdp::js_protocol::runtime::{
    ConsoleApiCalledType, EventConsoleApiCalled, EventExceptionThrown, GetHeapUsageParams,
};
use chromiumoxide::error::{CdpError, Result};
use chromiumoxide::page::ScreenshotParams;
use chromiumoxide::{Browser, Page};
use futures_util::StreamExt as _;
use futures_util::stream::{BoxStream, select_all};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::time::{Instant, interval, timeout};

/// Written to the page's console to learn that everything before it has been read.
const MARK: &str = "patchbay: all said";

/// Watches, before the page's own scripts run, what the page draws and what it says to the relay.
pub(super) const WITNESS: &str = include_str!("witness.js");

enum Said {
    Problem(String),
    Mark,
    Other,
}

/// What a page holds, as the browser counts it.
pub struct Counts {
    /// Bytes of JavaScript's heap in use.
    pub heap: f64,
    /// Nodes, those of no document too.
    pub nodes: f64,
    /// Listeners that scripts have added.
    pub listeners: f64,
}

pub struct Tab {
    page: Page,
    said: BoxStream<'static, Said>,
    /// Runs the connection to the browser.
    runtime: Handle,
}

impl Drop for Tab {
    fn drop(&mut self) {
        let page = self.page.clone();
        self.runtime.spawn(async move { page.close().await });
    }
}

impl Tab {
    pub(super) async fn open(
        browser: &Browser,
        runtime: &Handle,
        url: &str,
        size: (u32, u32),
        dark: bool,
        lang: &str,
        script: &str,
    ) -> Result<Self> {
        // A window of its own: the browser stops the frames of what nobody could see.
        let target = CreateTargetParams::builder().url("about:blank").new_window(true).build();
        let page = browser.new_page(target.expect("it has a url")).await?;
        let said = select_all([
            page.event_listener::<EventConsoleApiCalled>()
                .await?
                .map(|event| console(&event))
                .boxed(),
            page.event_listener::<EventExceptionThrown>()
                .await?
                .map(|event| exception(&event))
                .boxed(),
            page.event_listener::<EventEntryAdded>().await?.map(|event| entry(&event)).boxed(),
        ])
        .boxed();
        page.enable_runtime().await?;
        page.enable_log().await?;
        page.execute(SetFocusEmulationEnabledParams::new(true)).await?;
        let runtime = runtime.clone();
        let tab = Self { page, said, runtime };
        tab.page.evaluate_on_new_document(script).await?;
        tab.resize(size.0, size.1).await;
        tab.darken(dark).await;
        let mut agent = SetUserAgentOverrideParams::new(browser.user_agent().await?);
        agent.accept_language = Some(lang.to_owned());
        tab.page.execute(agent).await?;
        tab.page.goto(url).await?;
        Ok(tab)
    }

    /// Gives the window another size.
    pub async fn resize(&self, width: u32, height: u32) {
        let size =
            SetDeviceMetricsOverrideParams::new(i64::from(width), i64::from(height), 1.0, false);
        self.page.execute(size).await.unwrap_or_else(|e| panic!("{width} × {height}: {e}"));
    }

    /// Makes the reader prefer dark, or light.
    pub async fn darken(&self, dark: bool) {
        self.emulate(&[("prefers-color-scheme", if dark { "dark" } else { "light" })]).await;
    }

    /// Gives the reader's media features values, and all others their usual ones.
    pub async fn emulate(&self, features: &[(&str, &str)]) {
        let features = features.iter().map(|(name, value)| MediaFeature::new(*name, *value));
        let media =
            SetEmulatedMediaParams::builder().features(features.collect::<Vec<_>>()).build();
        self.page.execute(media).await.unwrap_or_else(|e| panic!("media: {e}"));
    }

    /// Loads the page again.
    pub async fn reload(&self) {
        self.page.reload().await.unwrap_or_else(|e| panic!("reload: {e}"));
    }

    /// The value of a JavaScript expression; where it is a promise, what it comes to.
    pub async fn evaluate(&self, expression: &str) -> Value {
        let result = self.page.evaluate_expression(expression).await;
        result
            .unwrap_or_else(|e| panic!("{expression}: {e}"))
            .value()
            .cloned()
            .unwrap_or(Value::Null)
    }

    /// Collects the page's garbage, then counts what is left.
    pub async fn counts(&self) -> Counts {
        let counted = async {
            self.page.execute(CollectGarbageParams::default()).await?;
            let dom = self.page.execute(GetDomCountersParams::default()).await?;
            let heap = self.page.execute(GetHeapUsageParams::default()).await?;
            Ok(Counts {
                heap: heap.used_size,
                nodes: dom.nodes as f64,
                listeners: dom.js_event_listeners as f64,
            })
        };
        counted.await.unwrap_or_else(|e: CdpError| panic!("counts: {e}"))
    }

    /// Waits until a JavaScript expression is true; `what` says in a word what the test waits for.
    pub async fn wait_for(&self, expression: &str, what: &str) {
        let deadline = Instant::now() + DEADLINE;
        let mut tick = interval(Duration::from_millis(20));
        loop {
            tick.tick().await;
            // An expression may throw until the page is there.
            let last = self.page.evaluate_expression(format!("Boolean({expression})")).await;
            match last.map(|result| result.value().cloned()) {
                Ok(Some(Value::Bool(true))) => return,
                last if Instant::now() > deadline => {
                    let text = self.page.evaluate_expression("document.body?.innerText").await;
                    let text = text.ok().and_then(|result| result.value().cloned());
                    panic!(
                        "waited {DEADLINE:?} for {what}: {expression} gave {last:?}; the page shows {text:?}"
                    );
                }
                _ => {}
            }
        }
    }

    /// Clicks the middle of an element, as a mouse does.
    pub async fn click(&self, selector: &str) {
        self.wait_for(&format!("document.querySelector({selector:?})"), selector).await;
        let clicked =
            async { self.page.find_element(selector).await?.click().await.map(drop) }.await;
        clicked.unwrap_or_else(|e| panic!("click {selector}: {e}"));
    }

    /// Clicks an element and enters `text` at its end, as an input method does: any script, no key events.
    pub async fn type_text(&self, selector: &str, text: &str) {
        self.click(selector).await;
        self.page
            .execute(InsertTextParams::new(text))
            .await
            .unwrap_or_else(|e| panic!("type into {selector}: {e}"));
    }

    /// Replaces what stands in an input, as [`type_text`](Self::type_text) does.
    pub async fn fill(&self, selector: &str, text: &str) {
        self.click(selector).await;
        self.evaluate(&format!("document.querySelector({selector:?}).value = ''")).await;
        self.page
            .execute(InsertTextParams::new(text))
            .await
            .unwrap_or_else(|e| panic!("fill {selector}: {e}"));
    }

    /// Presses and releases a key where the focus is: "Enter", "ArrowLeft", "t", " ".
    pub async fn press(&self, key: &str) {
        let pressed =
            async { self.page.find_element("body").await?.press_key(key).await.map(drop) }.await;
        pressed.unwrap_or_else(|e| panic!("press {key}: {e}"));
    }

    /// Presses and releases a letter together with Control.
    pub async fn control(&self, letter: &str) {
        use DispatchKeyEventType::{KeyUp, RawKeyDown};
        for kind in [RawKeyDown, KeyUp] {
            let mut event = DispatchKeyEventParams::new(kind);
            event.modifiers = Some(2);
            event.key = Some(letter.to_owned());
            event.code = Some(format!("Key{}", letter.to_uppercase()));
            let pressed = self.page.execute(event).await;
            pressed.unwrap_or_else(|e| panic!("Control+{letter}: {e}"));
        }
    }

    /// Enters text where the focus is, as an input method does.
    pub async fn insert(&self, text: &str) {
        let entered = self.page.execute(InsertTextParams::new(text)).await;
        entered.unwrap_or_else(|e| panic!("enter {text}: {e}"));
    }

    /// An element's text as shown; waits for the element.
    pub async fn text(&self, selector: &str) -> String {
        self.wait_for(&format!("document.querySelector({selector:?})"), selector).await;
        let text = self.evaluate(&format!("document.querySelector({selector:?}).innerText")).await;
        text.as_str().unwrap_or_default().to_owned()
    }

    /// Writes what is seen to `screenshots/NAME.png` in the target folder.
    pub async fn screenshot(&self, name: &str) -> PathBuf {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("screenshots");
        std::fs::create_dir_all(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
        let file = folder.join(name).with_extension("png");
        self.page
            .save_screenshot(ScreenshotParams::default(), &file)
            .await
            .unwrap_or_else(|e| panic!("{name}: {e}"));
        file
    }

    /// Console errors, exceptions, failed requests and breaches of the content security policy since the
    /// last call. Empty at the end of every test.
    pub async fn problems(&mut self) -> Vec<String> {
        let mut problems = Vec::new();
        // The second mark has gone round after the first was read: by then no kind of event is behind.
        for _ in 0..2 {
            self.evaluate(&format!("console.debug({MARK:?})")).await;
            loop {
                match timeout(DEADLINE, self.said.next()).await {
                    Ok(Some(Said::Problem(text))) => problems.push(text),
                    Ok(Some(Said::Other)) => {}
                    Ok(Some(Said::Mark)) => break,
                    Ok(None) | Err(_) => {
                        panic!("the page no longer answers; problems so far: {problems:?}")
                    }
                }
            }
        }
        problems
    }
}

fn console(event: &EventConsoleApiCalled) -> Said {
    let words = event.args.iter().map(|argument| match (&argument.value, &argument.description) {
        (Some(Value::String(text)), _) | (None, Some(text)) => text.clone(),
        (Some(value), _) => value.to_string(),
        (None, None) => String::new(),
    });
    let text = words.collect::<Vec<_>>().join(" ");
    match event.r#type {
        ConsoleApiCalledType::Error | ConsoleApiCalledType::Assert => {
            Said::Problem(format!("console: {text}"))
        }
        _ if text == MARK => Said::Mark,
        _ => Said::Other,
    }
}

fn exception(event: &EventExceptionThrown) -> Said {
    let details = &event.exception_details;
    let thrown = details.exception.as_ref().and_then(|object| object.description.as_deref());
    Said::Problem(format!("exception: {} {}", details.text, thrown.unwrap_or_default()))
}

fn entry(event: &EventEntryAdded) -> Said {
    let entry = &event.entry;
    match entry.level {
        LogEntryLevel::Error => {
            Said::Problem(format!("{:?}: {} {:?}", entry.source, entry.text, entry.url))
        }
        _ => Said::Other,
    }
}
