//! The wire in the page: every packet real, every fate chosen by a hand on the page.

mod hands;
mod hold;
mod keyboard;
mod language;
mod lesson;
mod rung;
mod trap;
mod weather;

use crate::desk::{Desk, beside};

/// Whether a canvas shows a text now.
pub(crate) fn drawn(canvas: &str, text: &str) -> String {
    format!(
        "[...witness.drawn].some(([canvas, texts]) => canvas.id === {canvas:?} && texts.some(own => own.text.includes({text:?})))"
    )
}

/// Whether some line of the log says all of this.
fn logged(parts: &[&str]) -> String {
    let parts = serde_json::to_string(parts).expect("JSON");
    format!(
        "[...document.querySelectorAll('#log-lines li')].some(line => {parts}.every(part => line.textContent.includes(part)))"
    )
}

/// The packets that can be clicked and are held, by their numbers.
const HELD: &str = "[...document.querySelectorAll('.spot[data-held=true]')].map(spot => +spot.dataset.packet).sort((a, b) => a - b)";

/// The traps on the wire's bar, as they say it.
const CHIPS: &str =
    "[...document.querySelectorAll('#chips .chip .what')].map(chip => chip.textContent)";

/// What the wire's bar says of the weather.
const WEATHER: &str = "document.getElementById('wire').textContent";

impl Desk {
    /// A connection over the wire, made by clicking: the client, and what accept gave.
    pub(crate) async fn connected(&self) -> (u64, u64) {
        let server = self.make_server("right", "stream").await;
        let client = self.make("left", "stream").await;
        let to = format!("document.querySelector({:?})?.value", field(client, "connect", 0));
        let address = self.address(server).await;
        assert!(address.starts_with("10.77.0.2:"), "{address}");
        self.tab.wait_for(&format!("{to} === {address:?}"), "the server's address").await;
        self.offer(client, "connect").await;
        let both = "rows.filter(row => row[3] === 'ESTABLISHED').length === 2";
        self.wait_for_rows(both, "both ends plugged in").await;
        (client, server.max(client) + 1)
    }

    /// Two datagram sockets, made by clicking: who sends, who receives.
    async fn speaking(&self) -> (u64, u64) {
        let receiver = self.make_server("right", "datagram").await;
        let sender = self.make("left", "datagram").await;
        let to = format!("document.querySelector({:?})?.value", field(sender, "sendto", 1));
        let address = self.address(receiver).await;
        self.tab.wait_for(&format!("{to} === {address:?}"), "the receiver's address").await;
        (sender, receiver)
    }

    /// Writes beside a socket, and Enter.
    pub(crate) async fn say(&self, socket: u64, verb: &str, text: &str) {
        self.tab.fill(&field(socket, verb, 0), text).await;
        self.tab.press("Enter").await;
        self.wait_beside(socket, "taken by the kernel").await;
    }

    /// A key that is meant for the page: the focus is nowhere where letters are written.
    pub(crate) async fn key(&self, key: &str) {
        self.tab.evaluate("document.activeElement.blur()").await;
        self.tab.press(key).await;
    }

    /// Opens the log, where it is shut.
    async fn open_log(&self) {
        if self.tab.evaluate("document.getElementById('log').hidden").await == true {
            self.key("j").await;
        }
        self.tab.wait_for("document.querySelector('#log-lines li')", "the log").await;
    }

    async fn close_log(&self) {
        if self.tab.evaluate("document.getElementById('log').hidden").await == false {
            self.key("j").await;
            self.tab.wait_for("document.getElementById('log').hidden", "the log closed").await;
        }
    }

    /// Clicks a control of an open menu's form and gives it a value, as its own widget would.
    async fn choose(&self, selector: &str, value: &str) {
        self.tab
            .evaluate(&format!(
                "(() => {{ const own = document.querySelector({selector:?}); own.focus(); own.value = {value:?}; own.dispatchEvent(new Event('change', {{ bubbles: true }})); }})()"
            ))
            .await;
    }

    /// Holds the wire by its key.
    async fn hold_wire(&self) {
        self.key("h").await;
        self.tab
            .wait_for("document.getElementById('hold').ariaPressed === 'true'", "a held wire")
            .await;
    }

    /// Lets it go by its button.
    async fn let_go(&self) {
        self.tab.click("#hold").await;
        self.tab
            .wait_for("document.getElementById('hold').ariaPressed === 'false'", "a running wire")
            .await;
    }

    /// The packets that are held, once there are so many of them.
    async fn held(&self, count: usize) -> Vec<u64> {
        self.tab.wait_for(&format!("{HELD}.length === {count}"), "the held packets").await;
        serde_json::from_value(self.tab.evaluate(HELD).await).expect("numbers")
    }

    /// Opens a packet by a click on it.
    async fn open_packet(&self, packet: u64) {
        if self.tab.evaluate("document.getElementById('packet').hidden").await == false {
            self.tab.click("#packet [data-do=dismiss]").await;
        }
        // By keyboard: a parcel that moves may slip from under the pointer between aim and click.
        let spot = format!("document.querySelector(\".spot[data-packet='{packet}']\")");
        self.tab.wait_for(&spot, "the packet's button").await;
        self.tab.evaluate(&format!("{spot}.focus()")).await;
        self.tab.press("Enter").await;
        self.wait_for_packet(packet).await;
    }

    /// Waits until a packet is the open one, with its bytes.
    async fn wait_for_packet(&self, packet: u64) {
        let open = format!(
            "document.querySelector('#packet-acts [data-packet=\"{packet}\"]') && document.querySelector('#packet-bytes [data-at]')"
        );
        self.tab.wait_for(&open, "the open packet").await;
    }

    /// Presses a button of the open packet.
    async fn act(&self, act: &str) {
        self.tab.click(&format!("#packet-acts [data-do={act}]")).await;
    }

    /// Waits until the open packet's state is as the pattern says.
    async fn wait_for_state(&self, pattern: &str) {
        let state =
            format!("/{pattern}/.test(document.getElementById('packet-state').textContent)");
        self.tab.wait_for(&state, pattern).await;
    }
}

fn field(socket: u64, verb: &str, place: usize) -> String {
    format!("{} [data-input='{place}']", beside(socket, verb))
}
