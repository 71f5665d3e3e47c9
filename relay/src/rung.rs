//! Owns what this machine offers, rung by rung. Never opens a socket.

use protocol::message::{Privilege, Refused, Rung, RungName};

/// The rung in use and the better ones that are not there.
pub fn offered() -> Rung {
    let refused = Refused {
        rung: RungName::Tun,
        step: "not built".into(),
        errno: "ENOSYS".into(),
        remedy: "this version offers loopback only".into(),
    };
    Rung { name: RungName::Loopback, privilege: Privilege::None, refused: vec![refused] }
}

/// The same in words, a line for each rung.
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
