//! Owns a running experiment: plays act after act, says its sentences and waits for its learner.
//! Everything that it does and finds is in the journal.
//!
//! Reading order: here (the acts), `call` (calls, their ends and results), `watch` (what must be seen),
//! `bet` (what was bet).

mod bet;
mod call;
mod watch;

use super::bell::Bell;
use super::bets::Bets;
use super::found::{self, Root};
use super::lease::Leases;
use super::line;
use super::script::{self, Act, Judgement, Need, Script};
use crate::lab::{Lab, Outcome};
use call::{Asleep, Ended};
use protocol::command::Command;
use protocol::event::Words;
use protocol::experiment::Verdict;
use protocol::wire::Impairment;
use protocol::{Answer, SocketId, Source, What};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::sync::oneshot;

/// How long something may take to be seen.
const PATIENCE: Duration = Duration::from_secs(5);

/// What came of an experiment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ending {
    /// Promises that held.
    pub held: u32,
    /// Promises that did not: which act, what was promised, what was found.
    pub broken: Vec<(usize, String, String)>,
    /// What the measurements say of the claim.
    pub verdict: Option<(Verdict, Words)>,
}

impl Ending {
    /// Whether every promise held.
    pub fn passed(&self) -> bool {
        self.broken.is_empty()
    }
}

/// A running experiment.
pub struct Player {
    lab: Lab,
    leases: Leases,
    bets: Bets,
    roles: BTreeMap<String, SocketId>,
    /// Results by their names.
    kept: BTreeMap<String, Value>,
    /// The last call's result.
    last: Value,
    /// Calls that were left asleep.
    asleep: Vec<Asleep>,
    /// How those ended that have a name and were awaited.
    ended: BTreeMap<String, Ended>,
    bet: Option<script::Bet>,
    /// The act that is played, from 1.
    place: usize,
    step: u32,
    /// What the wire had seen when this began.
    before: found::Before,
    /// Where sockets were bound: a closed one's kernel tells no more.
    bound: BTreeMap<SocketId, Value>,
    ending: Ending,
}

impl Player {
    /// One that plays in `lab` and leases what it makes.
    pub fn new(lab: Lab, leases: Leases) -> Self {
        Self {
            lab,
            leases,
            bets: Bets::default(),
            roles: BTreeMap::new(),
            kept: BTreeMap::new(),
            last: Value::Null,
            asleep: Vec::new(),
            ended: BTreeMap::new(),
            bet: None,
            place: 0,
            step: 0,
            before: found::Before::default(),
            bound: BTreeMap::new(),
            ending: Ending::default(),
        }
    }

    /// The same, with bets that others may hold.
    #[must_use]
    pub fn with_bets(self, bets: Bets) -> Self {
        Self { bets, ..self }
    }

    /// Plays a script to its end, in a lab that is empty. `bell` tells when the learner goes on;
    /// without it nobody is waited for. Where its leases are revoked, it never ends and does nothing
    /// more.
    pub async fn play(mut self, script: &Script, bell: Option<Bell>) -> Ending {
        self.begin(script).await;
        for (place, act) in script.act.iter().enumerate() {
            // Hung before the button is told of: whoever sees it may press it.
            let waits = act.button.is_some() || act.bet.is_some();
            let rung = bell.as_ref().filter(|_| waits).map(Bell::hang);
            let bet = rung.as_ref().filter(|_| act.bet.is_some()).map(|_| self.bets.bell.hang());
            self.act(place + 1, act).await;
            if let Some(rung) = rung
                && !heard(rung, bet).await
            {
                break;
            }
        }
        self.bets.close();
        self.tell(What::ExperimentEnded { passed: self.ending.passed() });
        self.ending
    }

    async fn begin(&mut self, script: &Script) {
        self.tell(What::ExperimentBegan {
            name: script.name.clone(),
            title: script.title.clone(),
            steps: script.steps(),
        });
        self.tell(What::ExperimentPlanned {
            question: script.question.clone(),
            claim: script.claimed(),
            lines: line::lines(script),
        });
        if script.needs == Some(Need::Wire) {
            // A clean wire with the same luck each time.
            let (set, seed) = (Impairment::default(), Some(script.seed));
            let (_, result) = self.ask(Command::Impair { from: None, set, seed }).await;
            if let Err(failure) = result {
                self.check(0, false, "a clean wire", failure.message);
            }
        }
        self.before = self.lab.journal().look(found::Before::of);
    }

    fn tell(&self, what: What) {
        self.leases.act(|| self.lab.journal().append(Source::Relay, what));
    }

    /// Asks the lab, at once.
    fn ask(&self, command: Command) -> impl Future<Output = Outcome> + Send + 'static {
        let asked = self.leases.act(|| self.lab.ask(None, command));
        async move {
            match asked {
                Some(asked) => asked.await,
                None => std::future::pending().await,
            }
        }
    }

    async fn act(&mut self, place: usize, act: &Act) {
        self.place = place;
        if act.call.is_some() {
            self.tell(What::ExperimentActed { act: place as u32 });
            self.calls(place, act).await;
        } else if let Some(name) = &act.ends {
            self.ends(place, act, name).await;
        } else if let Some(see) = &act.see {
            self.see(place, see).await;
        } else if let Some(role) = &act.balanced {
            self.balanced(place, role).await;
        } else if let Some(weather) = &act.weather {
            self.weather(place, weather).await;
        } else if let Some(seconds) = act.wait {
            // The pause that the file asks for: a timer of the kernel runs meanwhile.
            tokio::time::sleep(Duration::from_secs_f64(seconds)).await;
        } else if let Some(say) = &act.say {
            self.say(act, say).await;
        } else if let Some(bet) = &act.bet {
            self.asks_for_bet(bet).await;
        } else if let Some(verdict) = &act.verdict {
            self.judges(verdict).await;
        }
        let ended = act.ends.is_some() || act.call.is_some() && !act.asleep;
        let of_result = |bet: &script::Bet| bet.of.result.is_some();
        if act.mark || ended && self.bet.as_ref().is_some_and(of_result) {
            self.marks(place).await;
        }
    }

    /// Where a path begins.
    async fn root(&mut self, role: &str) -> Result<Root, String> {
        Ok(match role {
            "burst" => Root::Burst,
            "wire" => Root::Wire(self.before.clone()),
            "last" => Root::Result(self.last.clone()),
            role => match self.kept.get(role) {
                Some(kept) => Root::Result(kept.clone()),
                None => Root::Socket(self.role(role).await?),
            },
        })
    }

    /// What is found there now.
    async fn found(&mut self, role: &str, path: &str) -> Value {
        match self.root(role).await {
            Ok(root) => self.lab.journal().look(|world| found::at(world, &root, path)),
            Err(_) => Value::Null,
        }
    }

    /// Impairs the wire.
    async fn weather(&mut self, place: usize, weather: &Map<String, Value>) {
        let asked = match super::weather::commands(weather) {
            Ok(asked) => asked,
            Err(wrong) => return self.check(place, false, "a weather that can be", wrong),
        };
        for command in asked {
            let (_, result) = self.ask(command).await;
            let answer = Answer::from(result);
            self.check(
                place,
                matches!(answer, Answer::Ok(_)),
                "the wire is impaired so",
                serde_json::to_string(&answer).unwrap_or_default(),
            );
        }
    }

    /// Words with their slots filled.
    async fn filled(&mut self, words: &Words) -> Words {
        let mut found = BTreeMap::new();
        for (role, path) in found::slots(&words.en).chain(found::slots(&words.zh)) {
            let value = self.found(role, path).await;
            if value.is_null() {
                self.check(
                    self.place,
                    false,
                    format!("{{{role}:{path}}} in a sentence"),
                    "nothing",
                );
            }
            found.insert((role.to_owned(), path.to_owned()), value);
        }
        let look = |role: &str, path: &str| {
            found.get(&(role.to_owned(), path.to_owned())).cloned().unwrap_or_default()
        };
        Words { en: found::fill(&words.en, look), zh: found::fill(&words.zh, look) }
    }

    async fn say(&mut self, act: &Act, say: &Words) {
        self.step += 1;
        let at = match &act.at {
            Some(role) => self.role(role).await.ok(),
            None => None,
        };
        let say = self.filled(say).await;
        let note = match &act.note {
            Some(note) => self.filled(note).await,
            None => Words::default(),
        };
        let button = match &act.button {
            Some(button) => Some(self.filled(button).await),
            None => None,
        };
        self.tell(What::ExperimentSaid { step: self.step, say, note, button, at });
    }

    async fn judges(&mut self, verdict: &Judgement) {
        let here = self.filled(&verdict.here).await;
        self.ending.verdict = Some((verdict.is, here.clone()));
        self.tell(What::ExperimentVerdict { is: verdict.is, here });
    }

    fn check(
        &mut self,
        place: usize,
        held: bool,
        expected: impl Into<String>,
        found: impl Into<String>,
    ) {
        let (expected, found) = (expected.into(), found.into());
        if held {
            self.ending.held += 1;
        } else {
            self.ending.broken.push((place, expected.clone(), found.clone()));
        }
        self.tell(What::ExperimentChecked { step: place as u32, held, expected, found });
    }
}

/// Whether the learner goes on, by the button or by a bet; false when nobody can any more.
async fn heard(rung: oneshot::Receiver<()>, bet: Option<oneshot::Receiver<()>>) -> bool {
    let Some(bet) = bet else { return rung.await.is_ok() };
    tokio::select! {
        Ok(()) = bet => true,
        rung = rung => rung.is_ok(),
    }
}
