//! Owns the calls of an experiment: made once or again and again, awaited or left asleep, and what
//! they gave.

use super::super::found::{self, Root};
use super::super::script::Act;
use super::{PATIENCE, Player};
use protocol::command::Command;
use protocol::{Answer, CallId, Done, Nanos, SocketId, World};
use serde_json::{Map, Value, json};
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};

/// How long a call may take to end.
const CALL: Duration = Duration::from_secs(15);

/// How a call ended, and how long it took from its `call_began` to its `call_ended`.
#[derive(Clone, Debug)]
pub(super) struct Ended {
    answer: Answer,
    took: Option<Nanos>,
}

impl Ended {
    fn result(&self) -> Value {
        found::result(&self.answer, self.took)
    }
}

/// A call that was left asleep.
pub(super) struct Asleep {
    /// The role that its accepted connection gets.
    accepts: Option<String>,
    /// The name under which its result is kept.
    keep: Option<String>,
    command: Command,
    call: JoinHandle<Ended>,
}

impl Player {
    /// Makes an act's call, as often as it says.
    pub(super) async fn calls(&mut self, place: usize, act: &Act) {
        let roles = &self.roles;
        let players = act.players(|role| {
            roles.contains_key(role)
                || self.asleep.iter().any(|call| call.accepts.as_deref() == Some(role))
        });
        for (nth, role) in players.into_iter().enumerate() {
            self.call(place, act, role, nth + 1).await;
        }
    }

    async fn call(&mut self, place: usize, act: &Act, role: Option<String>, nth: usize) {
        let command = match self.command(act, role.as_deref(), nth).await {
            Ok(command) => command,
            Err(wrong) => return self.check(place, false, "a call that can be made", wrong),
        };
        let accepts = act.nth(act.accepts.as_ref(), nth);
        let keep = act.nth(act.keep.as_ref(), nth);
        let socket = command.socket();
        let mut call = self.start(command.clone());
        if act.asleep {
            self.asleep.push(Asleep { accepts, keep, command, call });
            return;
        }
        let mut ended = self.end(place, act, &command, &mut call).await;
        if act.or_any_port
            && matches!(&ended, Some(Ended { answer: Answer::Error(no), .. }) if no.short() == "EADDRINUSE")
            && let Command::Bind { socket, address: protocol::Address::Inet(mut address) } = command
        {
            address.set_port(0);
            let command = Command::Bind { socket, address: address.into() };
            let mut call = self.start(command.clone());
            ended = self.end(place, act, &command, &mut call).await;
        }
        if let Some(ended) = ended {
            self.adopt(role.as_ref(), accepts.as_ref(), &ended.answer);
            if let (Some(socket), Answer::Ok(Done::Local(done))) = (socket, &ended.answer) {
                self.bound.insert(socket, json!(done.local));
            }
            self.keep(keep.as_ref(), &ended);
            self.expects(place, act, &ended);
        }
    }

    /// Begins a call at once.
    fn start(&self, command: Command) -> JoinHandle<Ended> {
        let asked = self.ask(command.clone());
        let journal = self.lab.journal().clone();
        tokio::spawn(async move {
            let answer = Answer::from(asked.await.1);
            let took = journal.look(|world| took(world, &command));
            Ended { answer, took }
        })
    }

    /// Awaits a call's end; where it does not come in time, that is a broken promise, and the call is
    /// interrupted.
    async fn end(
        &mut self,
        place: usize,
        act: &Act,
        command: &Command,
        call: &mut JoinHandle<Ended>,
    ) -> Option<Ended> {
        let patience = act.within.map_or(CALL, Duration::from_secs_f64);
        if let Some(ended) = self.in_time(patience, call).await {
            return Some(ended);
        }
        let seconds = patience.as_secs_f64();
        self.check(place, false, format!("the call ends within {seconds} s"), "it sleeps still");
        let running = self.lab.journal().look(|world| running(world, command));
        if let Some(socket) = command.socket() {
            // Where it has ended meanwhile there is nothing to interrupt.
            let _ = self.ask(Command::Interrupt { socket, call: running }).await;
        }
        let _ = timeout(PATIENCE, call).await;
        None
    }

    /// The call's end, if it comes in time. While calls wait at the gate, time does not count.
    async fn in_time(&self, patience: Duration, call: &mut JoinHandle<Ended>) -> Option<Ended> {
        let journal = self.lab.journal();
        let mut news = journal.watch();
        let mut deadline = Instant::now() + patience;
        loop {
            tokio::select! {
                ended = &mut *call => return ended.ok(),
                () = tokio::time::sleep_until(deadline) => {
                    if journal.look(|world| world.waiting.is_empty()) {
                        return None;
                    }
                    // The gate opens with an event.
                    news.changed().await.ok()?;
                    deadline = Instant::now() + patience;
                }
            }
        }
    }

    /// Awaits a call that was left asleep.
    pub(super) async fn ends(&mut self, place: usize, act: &Act, name: &str) {
        let there = self.asleep.iter().position(|call| call.keep.as_deref() == Some(name));
        let ended = match there {
            Some(there) => {
                let mut asleep = self.asleep.remove(there);
                let Some(ended) = self.end(place, act, &asleep.command, &mut asleep.call).await
                else {
                    return;
                };
                self.adopt(None, asleep.accepts.as_ref(), &ended.answer);
                self.keep(asleep.keep.as_ref(), &ended);
                ended
            }
            None => match self.ended.get(name) {
                Some(ended) => ended.clone(),
                None => return self.check(place, false, format!("the call {name}"), "none"),
            },
        };
        self.last = ended.result();
        self.expects(place, act, &ended);
    }

    fn expects(&mut self, place: usize, act: &Act, ended: &Ended) {
        let expect = act.expect.clone().unwrap_or_default();
        let held = found::fits(&expect, &ended.answer, ended.took);
        self.check(
            place,
            held,
            Value::Object(expect).to_string(),
            serde_json::to_string(&ended.answer.clipped()).unwrap_or_default(),
        );
    }

    fn keep(&mut self, name: Option<&String>, ended: &Ended) {
        self.last = ended.result();
        if let Some(name) = name {
            self.kept.insert(name.clone(), self.last.clone());
            self.ended.insert(name.clone(), ended.clone());
        }
    }

    /// The protocol's command for a call of the script.
    async fn command(
        &mut self,
        act: &Act,
        role: Option<&str>,
        nth: usize,
    ) -> Result<Command, String> {
        let mut call = act.call.clone().unwrap_or_default();
        let makes = call.contains_key("socket");
        for arguments in call.values_mut().filter_map(Value::as_object_mut) {
            if !makes && let Some(role) = role {
                arguments.insert("socket".into(), json!(self.role(role).await?));
            }
            if makes
                && act.repeat.is_some()
                && let Some(Value::String(name)) = arguments.get_mut("name")
            {
                name.push_str(&nth.to_string());
            }
            self.address(arguments, act, nth).await?;
        }
        serde_json::from_value(Value::Object(call)).map_err(|error| error.to_string())
    }

    /// Puts an address in the place of `"@role"`.
    async fn address(
        &mut self,
        arguments: &mut Map<String, Value>,
        act: &Act,
        nth: usize,
    ) -> Result<(), String> {
        let address = arguments.get("address").and_then(Value::as_str);
        let Some(role) = address.and_then(|text| text.strip_prefix('@')) else { return Ok(()) };
        let own = format!("{role}{nth}");
        let numbered = act.repeat.is_some() && self.roles.contains_key(&own);
        let role = if numbered { own } else { role.to_owned() };
        let id = self.role(&role).await?;
        let path = if arguments.contains_key("peer") { "kernel.peer" } else { "kernel.local" };
        let look = |world: &World| found::at(world, &Root::Socket(id), path);
        let found = self.lab.journal().look(look);
        let known = if found.is_null() { self.bound.get(&id).cloned() } else { Some(found) };
        arguments.insert("address".into(), known.unwrap_or_default());
        Ok(())
    }

    /// The socket of a role; waits for a sleeping accept to give it.
    pub(super) async fn role(&mut self, role: &str) -> Result<SocketId, String> {
        let gives = |call: &Asleep| call.accepts.as_deref() == Some(role);
        if let Some(place) = self.asleep.iter().position(gives) {
            let Asleep { accepts, keep, call, .. } = self.asleep.remove(place);
            if let Ok(Ok(ended)) = timeout(PATIENCE, call).await {
                self.adopt(None, accepts.as_ref(), &ended.answer);
                if let Some(name) = keep {
                    self.kept.insert(name.clone(), ended.result());
                    self.ended.insert(name, ended);
                }
            }
        }
        self.roles.get(role).copied().ok_or_else(|| format!("no socket plays {role:?}"))
    }

    fn adopt(&mut self, role: Option<&String>, accepts: Option<&String>, answer: &Answer) {
        let cast = match answer {
            Answer::Ok(Done::Made(made)) => role.map(|role| (role, made.socket)),
            Answer::Ok(Done::Accepted(accepted)) => accepts.map(|role| (role, accepted.socket)),
            _ => None,
        };
        if let Some((role, socket)) = cast {
            self.roles.insert(role.clone(), socket);
            self.leases.add(socket);
        }
    }
}

/// How long the last such call took that has ended.
fn took(world: &World, command: &Command) -> Option<Nanos> {
    let ask = command.clipped().0;
    let calls = world.calls.values().filter(|call| call.by.is_none() && call.ask == ask);
    let (began, ended) =
        calls.filter_map(|call| Some((call.began, call.ended?))).max_by_key(|(_, ended)| *ended)?;
    Some(ended.saturating_sub(began))
}

/// Such a call that has not ended.
fn running(world: &World, command: &Command) -> Option<CallId> {
    let ask = command.clipped().0;
    let mut calls = world.calls.values();
    let found = calls.find(|call| call.by.is_none() && call.ended.is_none() && call.ask == ask);
    found.map(|call| call.id)
}
