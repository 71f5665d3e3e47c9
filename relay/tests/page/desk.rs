//! Owns a relay with a page open on it, and what a hand does there. Finds things by ids, names and data
//! attributes, never by words: the page speaks two languages.

use crate::support::browser::Browser;
use crate::support::need;
use crate::support::relay::Relay;
use crate::support::tab::Tab;
use serde_json::Value;
use std::sync::Arc;

/// The mirror table's cells: name, side, type, state, own address, peer, send queue, receive queue, asleep.
pub(crate) const MIRROR: &str = "[...document.querySelectorAll('#mirror tr')].map(row => [...row.children].map(cell => cell.textContent))";

/// Who looks at the page, and on what.
#[derive(Clone, Copy)]
pub(crate) struct Look {
    pub(crate) size: (u32, u32),
    pub(crate) dark: bool,
    pub(crate) lang: &'static str,
}

impl Look {
    pub(crate) const ENGLISH: Self = Self { size: (1440, 900), dark: false, lang: "en" };
    pub(crate) const CHINESE: Self = Self { lang: "zh-CN", ..Self::ENGLISH };
    pub(crate) const PHONE: Self = Self { size: (390, 844), dark: true, ..Self::CHINESE };

    /// One of two texts, in the page's language.
    pub(crate) fn pick<'a>(&self, english: &'a str, chinese: &'a str) -> &'a str {
        if self.lang.starts_with("zh") { chinese } else { english }
    }
}

pub(crate) struct Desk {
    pub(crate) tab: Tab,
    pub(crate) relay: Relay,
    pub(crate) browser: Arc<Browser>,
}

impl Desk {
    /// A fresh relay on the best rung that there is, and a page open on it; the first run begins by itself.
    pub(crate) async fn open(look: Look) -> Option<Self> {
        Self::open_with(look, &[]).await
    }

    /// The same where there is no wire.
    pub(crate) async fn open_loopback(look: Look) -> Option<Self> {
        Self::open_with(look, &["--rung", "loopback"]).await
    }

    /// The same where there must be a wire; `None`, said loudly, where this machine has none.
    pub(crate) async fn open_wire(look: Look) -> Option<Self> {
        let desk = Self::open(look).await?;
        let rung = "document.getElementById('rung')";
        desk.tab.wait_for(&format!("{rung}.textContent"), "the rung").await;
        if desk.tab.evaluate(&format!("{rung}.className")).await == "off" {
            need::skip("wire", &desk.tab.text("#rung").await);
            return None;
        }
        Some(desk)
    }

    async fn open_with(look: Look, arguments: &[&'static str]) -> Option<Self> {
        let browser = Browser::start().await?;
        let relay = Relay::with(arguments);
        let (width, height) = look.size;
        let tab = browser.open(relay.url(), width, height, look.dark, look.lang).await;
        Some(Self { tab, relay, browser })
    }

    /// An empty bench, on the best rung that there is.
    pub(crate) async fn open_bench(look: Look) -> Option<Self> {
        Some(Self::open(look).await?.left().await)
    }

    /// An empty bench where there is no wire.
    pub(crate) async fn open_loopback_bench(look: Look) -> Option<Self> {
        Some(Self::open_loopback(look).await?.left().await)
    }

    /// An empty bench where there must be a wire.
    pub(crate) async fn open_wire_bench(look: Look) -> Option<Self> {
        Some(Self::open_wire(look).await?.left().await)
    }

    /// Leaves the first run.
    async fn left(self) -> Self {
        self.tab.wait_for(&visible("#next"), "the first run").await;
        self.tab.click("#reset").await;
        self.wait_for_rows("rows.length === 0", "an empty bench").await;
        self.tab.wait_for(&visible("#host-left summary"), "the bench's menus").await;
        // The lesson's caption has made room: nothing moves under the pointer any more.
        let idle = "document.getElementById('caption').className === 'idle'";
        self.tab.wait_for(idle, "no caption").await;
        self
    }

    /// Waits until the mirror table's `rows` are as `condition` says.
    pub(crate) async fn wait_for_rows(&self, condition: &str, what: &str) {
        self.tab.wait_for(&format!("(rows => {condition})({MIRROR})"), what).await;
    }

    /// Makes a socket by a host's menu: `kind` is "stream" or "datagram". Its id.
    pub(crate) async fn make(&self, side: &str, kind: &str) -> u64 {
        self.menu(side, kind).await;
        self.press_and_know(&format!("form[data-side={side}] button[value=plain]")).await
    }

    /// Makes a server by a host's menu, on a port that the kernel chooses. Its id.
    pub(crate) async fn make_server(&self, side: &str, kind: &str) -> u64 {
        self.menu(side, kind).await;
        self.tab.fill(&format!("form[data-side={side}] input[name=port]"), "0").await;
        self.press_and_know(&format!("form[data-side={side}] button[value=server]")).await
    }

    async fn menu(&self, side: &str, kind: &str) {
        self.close_panel().await;
        self.tab.click(&format!("#host-{side} summary")).await;
        self.tab.click(&format!("form[data-side={side}] input[value={kind}]")).await;
    }

    /// Clicks what makes a socket; its id.
    pub(crate) async fn press_and_know(&self, selector: &str) -> u64 {
        const IDS: &str =
            "[...document.querySelectorAll('.pick')].map(pick => +pick.dataset.socket)";
        let before = self.tab.evaluate(IDS).await;
        self.tab.click(selector).await;
        let new = format!("{IDS}.find(id => !{before}.includes(id))");
        self.tab.wait_for(&new, "a new socket").await;
        self.tab.evaluate(&new).await.as_u64().expect("an id")
    }

    /// Selects a socket by a click on it.
    pub(crate) async fn select(&self, socket: u64) {
        self.tab.click(&format!(".pick[data-socket='{socket}']")).await;
        let chosen =
            format!("document.querySelector('.pick[data-socket=\"{socket}\"][aria-pressed=true]')");
        self.tab.wait_for(&chosen, "the chosen socket").await;
    }

    /// Presses the button of a call that is offered beside a socket.
    pub(crate) async fn offer(&self, socket: u64, verb: &str) {
        self.tab.click(&format!("{} button", beside(socket, verb))).await;
    }

    /// What came of the last call, as it stands beside the socket: waits until it holds `text`.
    pub(crate) async fn wait_beside(&self, socket: u64, text: &str) {
        let says = format!(
            "[...document.querySelectorAll('.calls')].some(group => group.querySelector('[data-socket=\"{socket}\"]') && group.querySelector('.outcome').textContent.includes({text:?}))"
        );
        self.tab.wait_for(&says, text).await;
    }

    /// A socket's own address, as its summary says.
    pub(crate) async fn address(&self, socket: u64) -> String {
        let name = format!(
            "/[\\d.]+:\\d+/.exec(document.querySelector('.pick[data-socket=\"{socket}\"]').ariaLabel)?.[0]"
        );
        self.tab.wait_for(&name, "an address").await;
        self.tab.evaluate(&name).await.as_str().unwrap_or_default().to_owned()
    }

    async fn close_panel(&self) {
        if self.tab.evaluate(&visible("#inspector")).await == true {
            self.tab.click("#inspector [data-do=dismiss]").await;
        }
    }

    /// Opens a socket's panel.
    pub(crate) async fn inspect(&self, socket: u64) {
        self.close_panel().await;
        self.select(socket).await;
        self.tab.click(&format!(".calls [data-do=inspect][data-socket='{socket}']")).await;
        let form = format!("#inspector form[data-verb=bind][data-socket='{socket}']");
        self.tab.wait_for(&visible(&form), "the socket's panel").await;
    }

    /// Makes a call in the open panel, with some inputs given by their places.
    pub(crate) async fn call(&self, verb: &str, inputs: &[(usize, &str)]) {
        let form = format!("#inspector form[data-verb='{verb}']");
        for (place, text) in inputs {
            let input = format!("{form} [data-input='{place}']");
            match self
                .tab
                .evaluate(&format!("document.querySelector({input:?}).type"))
                .await
                .as_str()
            {
                Some("text") => self.tab.fill(&input, text).await,
                Some("checkbox") => {
                    let now = format!("document.querySelector({input:?}).checked");
                    if self.tab.evaluate(&now).await != (*text == "on") {
                        self.tab.click(&input).await;
                    }
                }
                _ => {
                    self.tab
                        .evaluate(&format!("document.querySelector({input:?}).value = {text:?}"))
                        .await;
                }
            }
        }
        self.tab.click(&format!("{form} button")).await;
    }

    /// What came of a call of the open panel: waits until it holds `text`.
    pub(crate) async fn wait_outcome(&self, verb: &str, text: &str) {
        let says = format!(
            "document.querySelector(\"#inspector form[data-verb='{verb}'] .outcome\").textContent.includes({text:?})"
        );
        self.tab.wait_for(&says, &format!("{verb} to say {text:?}")).await;
    }

    /// A call and what comes of it.
    pub(crate) async fn try_call(&self, verb: &str, inputs: &[(usize, &str)], outcome: &str) {
        self.call(verb, inputs).await;
        self.wait_outcome(verb, outcome).await;
    }

    /// A command (JavaScript) by a session of its own, as a script gives it; its result.
    pub(crate) async fn ask(&self, command: &str) -> Value {
        self.tab.evaluate(&format!("witness.ask({command})")).await
    }

    /// Every test's last line.
    pub(crate) async fn end(mut self) {
        let problems = self.tab.problems().await;
        assert_eq!(problems, Vec::<String>::new(), "at {}", self.relay.origin());
    }
}

/// The form of a call that is offered beside a socket.
pub(crate) fn beside(socket: u64, verb: &str) -> String {
    format!(".calls form[data-socket='{socket}'][data-verb={verb}]")
}

/// Whether the element of an id says this.
pub(crate) fn says(id: &str, text: &str) -> String {
    format!("document.getElementById({id:?}).textContent.includes({text:?})")
}

/// Whether the first element of a selector is there and seen.
pub(crate) fn visible(selector: &str) -> String {
    format!("document.querySelector({selector:?})?.checkVisibility({{ visibilityProperty: true }})")
}
