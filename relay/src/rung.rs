//! Owns how a rung of the ladder is told, and the loopback one, which every machine has. What stands
//! above it is found out by [`wire`](crate::wire).

use crate::descriptor;
use protocol::message::{Privilege, Refused, Rung, RungName};

/// This machine's loopback, and the better rungs that it refused.
pub fn loopback(refused: Vec<Refused>) -> Rung {
    Rung { name: RungName::Loopback, privilege: Privilege::None, refused }
}

/// Loopback, because the process may open too few descriptors for more.
pub fn without_descriptors() -> Rung {
    loopback(vec![Refused {
        rung: RungName::Tun,
        step: "open the wire's descriptors".into(),
        errno: "EMFILE".into(),
        remedy: format!(
            "let the relay open {} descriptors or more (ulimit -n)",
            descriptor::FOR_WIRE
        ),
    }])
}

/// A rung in words, a line for each.
pub fn told(rung: &Rung) -> String {
    let refused = rung
        .refused
        .iter()
        .map(|no| format!("not {}: {} ({}); {}\n", word(no.rung), no.step, no.errno, no.remedy));
    let privilege = match rung.privilege {
        Privilege::Userns => "a user namespace",
        Privilege::Root => "root",
        Privilege::None => "none",
    };
    format!("{} (privilege: {privilege})\n", word(rung.name)) + &refused.collect::<String>()
}

fn word(name: RungName) -> &'static str {
    match name {
        RungName::Tun => "tun",
        RungName::Veth => "veth",
        RungName::Loopback => "loopback",
        RungName::Userspace => "userspace",
    }
}
