//! Owns a running experiment: makes its calls, waits for what must be seen, says its sentences and
//! waits for its learner. Everything that it does and finds is in the journal.

use super::bell::Bell;
use super::found::{self, Root};
use super::lease::Leases;
use super::script::{Act, Script, See};
use crate::lab::{Lab, Outcome};
use protocol::command::Command;
use protocol::event::Words;
use protocol::world::Ledger;
use protocol::{Answer, Done, Failure, SocketId, Source, What, World};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};

/// How long something may take to be seen.
const PATIENCE: Duration = Duration::from_secs(5);

/// What came of an experiment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ending {
    /// Promises that held.
    pub held: u32,
    /// Promises that did not: which act, what was promised, what was found.
    pub broken: Vec<(usize, String, String)>,
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
    roles: BTreeMap<String, SocketId>,
    /// Calls that sleep: the role that their accepted connection gets.
    asleep: Vec<(Option<String>, JoinHandle<Outcome>)>,
    step: u32,
    ending: Ending,
}

impl Player {
    /// One that plays in `lab` and leases what it makes.
    pub fn new(lab: Lab, leases: Leases) -> Self {
        Self {
            lab,
            leases,
            roles: BTreeMap::new(),
            asleep: Vec::new(),
            step: 0,
            ending: Ending::default(),
        }
    }

    /// Plays a script to its end, in a lab that is empty. `bell` tells when the learner goes on;
    /// without it nobody is waited for. Where its leases are revoked, it never ends and does nothing
    /// more.
    pub async fn play(mut self, script: &Script, bell: Option<Bell>) -> Ending {
        self.tell(What::ExperimentBegan {
            name: script.name.clone(),
            title: script.title.clone(),
            steps: script.steps(),
        });
        for (place, act) in script.act.iter().enumerate() {
            // Hung before the button is told of: whoever sees it may press it.
            let rung = bell.as_ref().filter(|_| act.button.is_some()).map(Bell::hang);
            self.act(place + 1, act).await;
            if let Some(rung) = rung
                && rung.await.is_err()
            {
                break;
            }
        }
        self.tell(What::ExperimentEnded { passed: self.ending.passed() });
        self.ending
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
        if let Some(call) = &act.call {
            self.call(place, act, call).await;
        } else if let Some(see) = &act.see {
            self.see(place, see).await;
        } else if let Some(role) = &act.balanced {
            self.balanced(place, role).await;
        } else if let Some(weather) = &act.weather {
            self.weather(place, weather).await;
        } else if let Some(say) = &act.say {
            self.say(act, say).await;
        }
    }

    async fn call(&mut self, place: usize, act: &Act, call: &Map<String, Value>) {
        let command = match self.command(act, call).await {
            Ok(command) => command,
            Err(wrong) => return self.check(place, false, "a call that can be made", wrong),
        };
        let asked = self.ask(command.clone());
        if act.asleep {
            self.asleep.push((act.accepts.clone(), tokio::spawn(asked)));
            return;
        }
        let (_, mut result) = asked.await;
        if act.or_any_port
            && result.as_ref().is_err_and(|failure| failure.short() == "EADDRINUSE")
            && let Command::Bind { socket, address: protocol::Address::Inet(mut address) } = command
        {
            address.set_port(0);
            result = self.ask(Command::Bind { socket, address: address.into() }).await.1;
        }
        self.adopt(act.role.as_ref(), act.accepts.as_ref(), &result);
        let answer = Answer::from(result);
        let expect = act.expect.clone().unwrap_or_default();
        let held = found::fits(&expect, &answer);
        self.check(
            place,
            held,
            Value::Object(expect).to_string(),
            serde_json::to_string(&answer.clipped()).unwrap_or_default(),
        );
    }

    /// The protocol's command for a call of the script.
    async fn command(&mut self, act: &Act, call: &Map<String, Value>) -> Result<Command, String> {
        let mut call = call.clone();
        let makes = call.contains_key("socket");
        for arguments in call.values_mut().filter_map(Value::as_object_mut) {
            if !makes && let Some(role) = &act.role {
                arguments.insert("socket".into(), json!(self.role(role).await?));
            }
            let role = arguments
                .get("address")
                .and_then(Value::as_str)
                .and_then(|text| text.strip_prefix('@'))
                .map(str::to_owned);
            if let Some(role) = role {
                let id = self.role(&role).await?;
                let path =
                    if arguments.contains_key("peer") { "kernel.peer" } else { "kernel.local" };
                arguments.insert(
                    "address".into(),
                    self.lab.journal().look(|world| found::at(world, Root::Socket(id), path)),
                );
            }
        }
        serde_json::from_value(Value::Object(call)).map_err(|error| error.to_string())
    }

    /// The socket of a role; waits for a sleeping accept to give it.
    async fn role(&mut self, role: &str) -> Result<SocketId, String> {
        if let Some(place) =
            self.asleep.iter().position(|(accepts, _)| accepts.as_deref() == Some(role))
        {
            let (accepts, call) = self.asleep.remove(place);
            if let Ok(Ok((_, result))) = tokio::time::timeout(PATIENCE, call).await {
                self.adopt(None, accepts.as_ref(), &result);
            }
        }
        self.roles.get(role).copied().ok_or_else(|| format!("no socket plays {role:?}"))
    }

    /// Where a role's paths begin.
    async fn root(&mut self, role: &str) -> Result<Root, String> {
        match role {
            "burst" => Ok(Root::Burst),
            "wire" => Ok(Root::Wire),
            role => self.role(role).await.map(Root::Socket),
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
                found::fits(&Map::new(), &answer),
                "the wire is impaired so",
                serde_json::to_string(&answer).unwrap_or_default(),
            );
        }
    }

    fn adopt(
        &mut self,
        role: Option<&String>,
        accepts: Option<&String>,
        result: &Result<Done, Failure>,
    ) {
        let cast = match result {
            Ok(Done::Made(made)) => role.map(|role| (role, made.socket)),
            Ok(Done::Accepted(accepted)) => accepts.map(|role| (role, accepted.socket)),
            _ => None,
        };
        if let Some((role, socket)) = cast {
            self.roles.insert(role.clone(), socket);
            self.leases.add(socket);
        }
    }

    async fn see(&mut self, place: usize, see: &See) {
        let root = match self.root(&see.role).await {
            Ok(root) => root,
            Err(wrong) => {
                return self.check(place, false, format!("{} is there", see.role), wrong);
            }
        };
        let expected = match (&see.is, see.at_least) {
            (Some(is), _) => format!("{} {} is {is}", see.role, see.path),
            (None, least) => {
                format!("{} {} is at least {}", see.role, see.path, least.unwrap_or(0.0))
            }
        };
        let look = |world: &World| found::at(world, root, &see.path);
        let fits = |value: &Value| match (&see.is, see.at_least) {
            (Some(is), _) => value == is,
            (None, least) => value.as_f64().is_some_and(|value| value >= least.unwrap_or(0.0)),
        };
        let patience = see.within.map_or(PATIENCE, Duration::from_secs_f64);
        let held = self.until(patience, |world| fits(&look(world))).await;
        let found = self.lab.journal().look(look);
        self.check(place, held, expected, found.to_string());
    }

    async fn balanced(&mut self, place: usize, role: &str) {
        let id = match self.role(role).await {
            Ok(id) => id,
            Err(wrong) => return self.check(place, false, format!("{role} is there"), wrong),
        };
        let held = self
            .until(PATIENCE, |world| match world.ledger(id) {
                Some(Ledger::Stream(ledger)) => ledger.quiet && ledger.unexplained == Some(0),
                Some(Ledger::Datagram(ledger)) => ledger.quiet && ledger.unexplained == Some(0),
                None => false,
            })
            .await;
        let found = self.lab.journal().look(|world| format!("{:?}", world.ledger(id)));
        self.check(place, held, format!("nothing of {role}'s flow is unexplained"), found);
    }

    /// Whether the world comes to say so in time. While calls wait at the gate, time does not count.
    async fn until(&self, patience: Duration, mut fits: impl FnMut(&World) -> bool) -> bool {
        let journal = self.lab.journal();
        let mut news = journal.watch();
        let mut deadline = Instant::now() + patience;
        while !journal.look(&mut fits) {
            if journal.look(|world| !world.waiting.is_empty()) {
                deadline = Instant::now() + patience;
                if news.changed().await.is_err() {
                    break;
                }
            } else if !matches!(timeout_at(deadline, news.changed()).await, Ok(Ok(()))) {
                break;
            }
        }
        journal.look(&mut fits)
    }

    async fn say(&mut self, act: &Act, say: &Words) {
        self.step += 1;
        let at = match &act.at {
            Some(role) => self.role(role).await.ok(),
            None => None,
        };
        let journal = self.lab.journal();
        let look = |role: &str, path: &str| {
            let root = match role {
                "burst" => Root::Burst,
                "wire" => Root::Wire,
                role => match self.roles.get(role) {
                    Some(id) => Root::Socket(*id),
                    None => return Value::Null,
                },
            };
            journal.look(|world| found::at(world, root, path))
        };
        let words = |words: &Words| Words {
            en: found::fill(&words.en, look),
            zh: found::fill(&words.zh, look),
        };
        let note = act.note.as_ref().map(words).unwrap_or_default();
        let what = What::ExperimentSaid {
            step: self.step,
            say: words(say),
            note,
            button: act.button.as_ref().map(words),
            at,
        };
        self.tell(what);
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
