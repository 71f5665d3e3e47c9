//! An honest viewer: it folds exactly what it is told, as the page does, and believes nothing else. It
//! lags, is cut off at any byte, comes again and goes on where it was.

use crate::dice::Dice;
use crate::house::{House, Life, Now, pause};
use crate::support::viewer::token;
use futures_util::{SinkExt as _, StreamExt as _};
use protocol::message::{Hello, Resume, ToPage, ToRelay, Welcome};
use protocol::{Command, CommandId, Seq, SocketId, World, codec, limit};
use relay::session::Form;
use std::collections::BTreeSet;
use tokio::io::{AsyncReadExt as _, DuplexStream, Join, ReadHalf, Take, WriteHalf, join, split};
use tokio::sync::watch;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::{Message, protocol::Role};

type Pipe = WebSocketStream<Join<Take<ReadHalf<DuplexStream>>, WriteHalf<DuplexStream>>>;

macro_rules! counts {
    ($($name:ident)*) => {
        /// What viewers went through, counted.
        #[derive(Debug, Default)]
        pub(crate) struct Seen { $(pub(crate) $name: u64,)* }

        impl Seen {
            pub(crate) fn and(mut self, other: Self) -> Self {
                $(self.$name += other.$name;)*
                self
            }

            pub(crate) fn all(&self) -> Vec<(&'static str, u64)> {
                vec![$((stringify!($name), self.$name),)*]
            }
        }
    };
}

counts! { events thinned gaps snapshots resumes replies ends kills compared }

pub(crate) struct Viewer<'a> {
    house: &'a House,
    now: watch::Receiver<Now>,
    done: watch::Receiver<bool>,
    dice: Dice,
    form: Form,
    /// Whose events it has; none before the first welcome.
    epoch: Option<String>,
    world: World,
    /// Up to where a hole was named; the next word is a welcome with a snapshot.
    hole: Option<Seq>,
    asked: BTreeSet<CommandId>,
    commands: u32,
    seen: Seen,
}

impl<'a> Viewer<'a> {
    pub(crate) fn new(house: &'a House, mut dice: Dice) -> Self {
        let form = if dice.one_in(3) { Form::Json } else { Form::Postcard };
        Self {
            house,
            now: house.now(),
            done: house.done(),
            dice,
            form,
            epoch: None,
            world: World::default(),
            hole: None,
            asked: BTreeSet::new(),
            commands: 0,
            seen: Seen::default(),
        }
    }

    /// Comes and comes again, until it has all that there is.
    pub(crate) async fn run(mut self) -> Seen {
        loop {
            pause(&mut self.dice).await;
            let life = self.now.wait_for(Option::is_some).await.expect("a house").clone();
            let life = life.expect("waited for");
            let pipe = self.connect(&life).await;
            if self.stay(&life, pipe).await {
                return self.seen;
            }
            self.seen.ends += 1;
            // What was asked is never answered, and no welcome follows a hole.
            self.asked.clear();
            self.hole = None;
        }
    }

    async fn connect(&mut self, life: &Life) -> Pipe {
        let holds = 16 + self.dice.scale(1 << 16) as usize;
        // Once it is over, all may be told; before that, a cut may come within the first word.
        let whole = *self.done.borrow() || self.dice.one_in(3);
        let least = if self.dice.one_in(4) { 0 } else { 4_000 };
        let [hears, reads] = [1 << 16, 1 << 18]
            .map(|most| if whole { u64::MAX } else { least + self.dice.scale(most) });
        let (ours, theirs) = split(life.connect(holds, hears, self.form));
        WebSocketStream::from_raw_socket(join(ours.take(reads), theirs), Role::Client, None).await
    }

    /// Until the connection ends, or all is there: then true.
    async fn stay(&mut self, life: &Life, mut pipe: Pipe) -> bool {
        if pipe.send(self.hello()).await.is_err() {
            return false;
        }
        let lags = self.dice.one_in(2);
        loop {
            // Looked at once: what comes after this wakes the wait below.
            let over = *self.done.borrow();
            if over && self.has_all(life) {
                return true;
            }
            if lags && self.dice.one_in(8) {
                pause(&mut self.dice).await;
            }
            if self.dice.one_in(24) && !over && self.epoch.is_some() {
                let ask = self.command();
                if pipe.send(ask).await.is_err() {
                    return false;
                }
            }
            let next = tokio::select! {
                next = pipe.next() => next,
                // The end may come when all is here already.
                _ = self.done.changed(), if !over => continue,
            };
            match next {
                Some(Ok(Message::Text(text))) => {
                    self.heard(serde_json::from_str(&text).expect("JSON"));
                }
                Some(Ok(Message::Binary(bytes))) => {
                    for message in codec::decode(&bytes).expect("postcard") {
                        self.heard(message);
                    }
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return false,
            }
        }
    }

    /// At the journal's own seq, with its very world.
    fn has_all(&self, life: &Life) -> bool {
        let own = self.epoch.as_deref() == Some(life.journal.epoch());
        let all = own && self.hole.is_none() && self.world.seq == life.journal.seq();
        if all {
            let there = life.journal.snapshot();
            assert_eq!(self.world.fingerprint(), there.fingerprint(), "at {}", there.seq);
        }
        all
    }

    fn hello(&self) -> Message {
        let seq = self.world.seq;
        let known = self.epoch.clone().filter(|_| seq > 0 && self.world.knows_its_packets());
        let resume = known.map(|epoch| Resume { epoch, seq });
        let hello = Hello { version: limit::VERSION, token: token().reveal().into(), resume };
        Message::text(serde_json::to_string(&ToRelay::Hello(hello)).expect("JSON"))
    }

    fn command(&mut self) -> Message {
        self.commands += 1;
        let id = CommandId(self.commands);
        self.asked.insert(id);
        // A socket that no history has.
        let ask = Command::Close { socket: SocketId(1_000_000 + self.commands) };
        let ask = ToRelay::Command { id, ask };
        match self.form {
            Form::Json => Message::text(serde_json::to_string(&ask).expect("JSON")),
            Form::Postcard => Message::binary(codec::encode_command(&ask)),
        }
    }

    fn heard(&mut self, message: ToPage) {
        assert!(
            self.hole.is_none() || matches!(message, ToPage::Welcome(_)),
            "after a hole: {message:?}"
        );
        match message {
            ToPage::Welcome(welcome) => self.welcomed(*welcome),
            ToPage::Event(event) => {
                assert_eq!(event.seq, self.world.seq + 1, "no hole that is not named");
                assert!(event.at >= self.world.at, "{} after {}", event.at, self.world.at);
                self.world.apply(&event);
                self.seen.events += 1;
            }
            ToPage::Thinned { from, to, at, flows } => {
                assert_eq!(from, self.world.seq + 1, "no hole that is not named");
                assert!(to >= from && at >= self.world.at, "{from} to {to} at {at}");
                self.world.apply_thinned(from, to, at, &flows);
                assert_eq!(self.world.seq, to);
                self.seen.thinned += 1;
            }
            ToPage::Gap { from, to } => {
                assert_eq!(from, self.world.seq + 1, "the hole begins where we are");
                self.hole = Some(to);
                self.seen.gaps += 1;
                return;
            }
            ToPage::Reply(reply) => {
                assert!(reply.seq <= self.world.seq, "{reply:?} before its events");
                assert!(self.asked.remove(&reply.id.expect("of a command")), "{reply:?}");
                self.seen.replies += 1;
            }
            ToPage::Refused { kind, message } => panic!("{kind:?}: {message}"),
        }
        self.compare();
    }

    fn welcomed(&mut self, welcome: Welcome) {
        let Welcome { epoch, seq, snapshot, .. } = welcome;
        let hole = self.hole.take();
        if let Some(world) = snapshot {
            assert_eq!(world.seq, seq, "the snapshot's own seq");
            assert!(hole.is_none_or(|to| to == seq), "the hole ends at {hole:?}, not {seq}");
            let on = self.epoch.as_ref() == Some(&epoch);
            assert!(!on || seq >= self.world.seq, "back from {} to {seq}", self.world.seq);
            self.world = world;
            self.seen.snapshots += 1;
        } else {
            assert_eq!(hole, None, "a hole needs a snapshot");
            assert_eq!(self.epoch.as_ref(), Some(&epoch), "another epoch needs a snapshot");
            assert_eq!(seq, self.world.seq, "on from where we were");
            self.seen.resumes += 1;
        }
        self.epoch = Some(epoch);
    }

    /// Where the relay's world was written down, ours is the same.
    fn compare(&mut self) {
        let Some(epoch) = &self.epoch else { return };
        if let Some(there) = self.house.truth(epoch, self.world.seq) {
            assert_eq!(self.world.fingerprint(), there, "{epoch} at {}", self.world.seq);
            self.seen.compared += 1;
        }
    }
}
