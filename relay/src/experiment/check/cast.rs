//! Owns the names that a script has made known so far: roles, kept results, calls left asleep.

use super::super::found;
use std::collections::BTreeSet;

/// Names that stand for something else than a socket.
const RESERVED: [&str; 3] = ["burst", "wire", "last"];

/// The names so far.
#[derive(Debug, Default)]
pub(super) struct Cast {
    roles: BTreeSet<String>,
    kept: BTreeSet<String>,
    asleep: BTreeSet<String>,
}

impl Cast {
    /// A socket plays that role from now on.
    pub(super) fn joins(&mut self, role: &str) -> Result<(), String> {
        fresh(role, &self.kept)?;
        self.roles.insert(role.to_owned());
        Ok(())
    }

    /// A result is kept under that name from now on, or once its call has ended.
    pub(super) fn keeps(&mut self, name: &str, asleep: bool) -> Result<(), String> {
        fresh(name, &self.roles)?;
        if asleep {
            self.kept.remove(name);
            self.asleep.insert(name.to_owned());
        } else {
            self.kept.insert(name.to_owned());
        }
        Ok(())
    }

    /// The call kept under that name is awaited.
    pub(super) fn wakes(&mut self, name: &str) -> Result<(), String> {
        if !self.asleep.remove(name) {
            let says =
                format!("expected the name of a call with asleep = true and keep, not {name:?}");
            return Err(says + &listed(&self.asleep));
        }
        self.kept.insert(name.to_owned());
        Ok(())
    }

    /// Whether there is such a role.
    pub(super) fn knows(&self, role: &str) -> bool {
        self.roles.contains(role)
    }

    /// A role must be there.
    pub(super) fn plays(&self, role: &str) -> Result<(), String> {
        if self.knows(role) {
            return Ok(());
        }
        let says = format!("expected a role, and no socket plays {role:?}");
        Err(says + &listed(&self.roles))
    }

    /// The root of a path must be there.
    pub(super) fn seen(&self, root: &str) -> Result<(), String> {
        if RESERVED.contains(&root) || self.knows(root) || self.kept.contains(root) {
            return Ok(());
        }
        let known: BTreeSet<String> = self.roles.union(&self.kept).cloned().collect();
        let says = format!("expected a role, a kept result, last, burst or wire, not {root:?}");
        Err(says + &listed(&known))
    }

    /// The roots of all slots of a text must be there.
    pub(super) fn slots(&self, text: &str) -> Result<(), String> {
        found::slots(text).try_for_each(|(root, _)| self.seen(root))
    }
}

fn fresh(name: &str, taken: &BTreeSet<String>) -> Result<(), String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if name.is_empty() || !name.chars().all(plain) {
        return Err(format!("expected a name of letters, digits, - and _, not {name:?}"));
    }
    if RESERVED.contains(&name) {
        return Err(format!("expected another name: {name} is taken by the experiment itself"));
    }
    if taken.contains(name) {
        return Err(format!("expected another name: {name} is taken already"));
    }
    Ok(())
}

/// What is known, for an error's end.
fn listed(names: &BTreeSet<String>) -> String {
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    if names.is_empty() {
        "; none is known here".into()
    } else {
        format!("; known here: {}", names.join(", "))
    }
}
