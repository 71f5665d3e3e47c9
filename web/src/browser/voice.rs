//! Owns what is said of outcomes away from where they were asked: aloud, for those who do not see the
//! page, and at a host's row, for a socket that is gone.

use super::app::App;
use super::asking::{Asking, Outcome, Place};
use super::call_form;
use crate::text::{Language, page};
use protocol::command::Side;
use protocol::{Answer, World};

/// What stands in a host's row: what kept a socket from being made, or how one that is gone ended.
pub(super) fn at_host(
    language: Language,
    newest: &World,
    asking: &Asking,
    side: Side,
) -> (&'static str, String) {
    let made = asking.outcome(Place::Host(side)).filter(|outcome| {
        !matches!(outcome, Outcome::Ended(_, Answer::Ok(_)) | Outcome::Waiting(_))
    });
    if let Some(outcome) = made {
        return call_form::words(language, newest, outcome);
    }
    let gone = asking
        .parting
        .as_ref()
        .filter(|own| own.side == side && !newest.sockets.contains_key(&own.socket));
    let closed = gone.and_then(|own| {
        Some((own, asking.outcome(Place::Call(own.socket, crate::intent::Verb::Close))?))
    });
    let Some((own, outcome)) = closed else { return ("outcome", String::new()) };
    let [english, chinese] = &own.name;
    let (class, text) = call_form::words(language, newest, outcome);
    (class, [language.pick(english, chinese), ": ", &text].concat())
}

impl App {
    /// Says aloud what came of the last asking.
    pub(super) fn speak_up(&mut self) {
        let Some(place) = self.asking.fresh() else { return };
        let Some(outcome) = self.asking.outcome(place) else { return };
        let newest = self.timeline.newest();
        let (class, text) = call_form::words(self.language, newest, outcome);
        match place {
            Place::Call(socket, _) => {
                let name = page::name(self.language, newest, socket);
                self.shell.said.set(&[&name, ": ", &text].concat());
            }
            Place::Host(_) => self.shell.said.set(&text),
            // What succeeds there is told by the thing itself.
            _ if class == "outcome bad" && place != Place::Bytes => self.shell.said.set(&text),
            _ => {}
        }
    }
}
