//! Every control of the page, played in both languages: automatic programs, the palette, the call gate,
//! and outcomes that stay to be read.

mod automatic;
mod callgate;
mod help;
mod life;
mod outcome;
mod palette;
mod unix;

use crate::desk::Desk;

impl Desk {
    /// Opens the palette by its key, writes into it, and takes what it finds first.
    async fn find_and_do(&self, words: &str) {
        self.tab.control("k").await;
        self.tab.wait_for("document.activeElement.id === 'palette-field'", "the palette").await;
        self.write_and_take(words).await;
    }

    /// Writes into the open palette and takes what it finds first.
    async fn write_and_take(&self, words: &str) {
        self.tab.insert(words).await;
        let found = "document.querySelector('#palette [aria-selected=true]')";
        self.tab.wait_for(found, words).await;
        self.tab.press("Enter").await;
        self.tab.wait_for("!document.getElementById('palette').open", "the palette closed").await;
    }

    /// Waits until the live region for outcomes says this.
    async fn wait_said(&self, text: &str) {
        let said = format!("document.getElementById('said').textContent.includes({text:?})");
        self.tab.wait_for(&said, &format!("{text:?} to be said aloud")).await;
    }
}
