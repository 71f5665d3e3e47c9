//! Owns the choice of a relay among those that run, and the fetching of its nets.

use super::RunError;
use super::folder::{self, Found, Word};
use crate::wire::Join;
use crate::wire::frame::{self, Got};
use std::os::fd::{AsFd as _, OwnedFd};

/// One relay, and what it said.
pub(super) struct Relay {
    pid: String,
    said: Said,
}

enum Said {
    Word { port: u16, nets: Result<Join, String> },
    Nothing,
    Garbage,
}

/// Asks every relay of this user.
pub(super) fn ask_all(folder: &OwnedFd) -> Result<Vec<Relay>, RunError> {
    let found = folder::knock_all(folder.as_fd()).map_err(RunError::Folder)?;
    Ok(found.into_iter().map(|Found { pid, socket }| Relay { pid, said: listen(socket) }).collect())
}

fn listen(socket: Option<OwnedFd>) -> Said {
    let Some(socket) = socket else { return Said::Nothing };
    match frame::receive::<Word>(socket.as_fd()) {
        Ok(Got::Message(Word { port, nets: Err(why) }, _)) => Said::Word { port, nets: Err(why) },
        Ok(Got::Message(Word { port, nets: Ok(()) }, descriptors)) => {
            let mut rest = descriptors.into_iter();
            match (rest.next(), rest.next(), rest.next()) {
                (Some(left), Some(right), user) => {
                    Said::Word { port, nets: Ok(Join { user, nets: [left, right] }) }
                }
                _ => Said::Garbage,
            }
        }
        Ok(Got::Garbage) => Said::Garbage,
        Ok(Got::End) | Err(_) => Said::Nothing,
    }
}

/// The nets of the one at port `at`, or of the only one.
pub(super) fn choose(relays: Vec<Relay>, at: Option<u16>) -> Result<Join, RunError> {
    let (mut fit, mut ports, mut odd) = (Vec::new(), Vec::new(), None);
    for Relay { pid, said } in relays {
        match said {
            Said::Word { port, nets } => {
                ports.push(port);
                if at.is_none_or(|at| at == port) {
                    fit.push((port, nets));
                }
            }
            Said::Nothing => odd = Some(RunError::Silent { pid }),
            Said::Garbage => odd = Some(RunError::Strange { pid }),
        }
    }
    ports.sort_unstable();
    match (fit.pop(), odd, at) {
        (Some(_), _, _) if !fit.is_empty() => Err(RunError::Several { ports }),
        // With one that says nothing there are two, and the port tells which.
        (Some((port, nets)), None, _) | (Some((port, nets)), Some(_), Some(_)) => {
            nets.map_err(|why| RunError::NoWire { port, why })
        }
        (_, Some(odd), _) => Err(odd),
        (None, None, Some(port)) if !ports.is_empty() => Err(RunError::NotThere { port, ports }),
        (None, None, _) => Err(RunError::NoRelay),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(relays: &[Option<u16>], at: Option<u16>) -> String {
        let relay = |port: &Option<u16>| Relay {
            pid: "7".into(),
            said: port
                .map_or(Said::Nothing, |port| Said::Word { port, nets: Err("found.".into()) }),
        };
        choose(relays.iter().map(relay).collect(), at).expect_err("no nets").to_string()
    }

    #[test]
    fn the_only_one_is_chosen_or_the_port_says_which() {
        let one = "The relay at port 1 has no wire: found.";
        assert_eq!(told(&[Some(1)], None), one);
        assert_eq!(told(&[Some(2), Some(1)], Some(1)), one);
        assert_eq!(told(&[None, Some(1)], Some(1)), one);
    }

    #[test]
    fn else_a_sentence_tells_what_there_is() {
        assert!(told(&[], None).starts_with("No relay of yours runs"));
        assert!(told(&[], Some(3)).starts_with("No relay of yours runs"));
        let several = "3 relays run, at ports 1, 2 and 9: choose one with --at PORT.";
        assert_eq!(told(&[Some(2), Some(9), Some(1)], None), several);
        let elsewhere = "No relay of yours listens at port 3; there is 1.";
        assert_eq!(told(&[Some(1)], Some(3)), elsewhere);
        for (relays, at) in [(&[None][..], None), (&[None, Some(1)], None), (&[None], Some(1))] {
            assert!(told(relays, at).contains("process id 7 does not answer"));
        }
    }
}
