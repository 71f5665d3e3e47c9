//! Owns the bets of a running experiment: asked before, marked by what the kernel did.

use super::super::script::Bet;
use super::Player;
use protocol::What;
use serde_json::Value;

impl Player {
    pub(super) async fn asks_for_bet(&mut self, bet: &Bet) {
        let ask = self.filled(&bet.ask).await;
        let choices = bet.choices.iter().map(|choice| choice.say.clone()).collect();
        self.bets.open(bet.choices.len());
        self.bet = Some(bet.clone());
        self.tell(What::BetAsked { step: self.step, ask, choices });
    }

    /// Holds the open bet against what is found; that none fits is a broken promise.
    pub(super) async fn marks(&mut self, place: usize) {
        let Some(bet) = self.bet.take() else { return };
        let found = match (&bet.of.role, &bet.of.path, &bet.of.result) {
            (Some(role), Some(path), _) => self.found(role, path).await,
            (.., Some(field)) => field.split('.').fold(self.last.clone(), |value, key| {
                value.get(key).cloned().unwrap_or(Value::Null)
            }),
            _ => Value::Null,
        };
        let choice = bet.choices.iter().position(|choice| choice.fit().holds(&found));
        let told = match &found {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        self.bets.close();
        let choice = choice.map(|choice| choice as u32);
        self.tell(What::BetMarked { choice, found: told.clone() });
        self.check(place, choice.is_some(), "a choice of the bet fits", told);
    }
}
