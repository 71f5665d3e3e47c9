//! Experiments on the real kernel: the built-in ones keep their promises (here), a bad file says where
//! it is bad (`file`), each kind of act does what it says (`play`), bets and rights (`room`), the command
//! line (`order`).

#[path = "../support/mod.rs"]
mod support;

mod file;
mod order;
mod play;
mod room;

use protocol::limit::Limits;
use relay::experiment::{Leases, Library, Need, Player, Script};
use relay::journal::Journal;
use relay::lab::{Lab, Names};
use relay::policy::Policy;
use std::collections::BTreeSet;
use std::sync::Arc;
use support::lab::Bench;

#[test]
fn every_row_of_the_tutorial_is_shown_by_one() {
    let library = Library::built_in().expect("files that read");
    let rows = |name: &str| library.find(name).expect("it reads").rows;
    let shown: BTreeSet<u32> = library.names().flat_map(rows).collect();
    let missing: Vec<u32> = (1..=37).filter(|row| !shown.contains(row)).collect();
    assert_eq!(missing, [0; 0]);
}

/// A lab off the wire that has a place for the names of Unix sockets.
fn named() -> Bench {
    let (journal, policy) = (Journal::new("test".into()), Arc::new(Policy::default()));
    let names = Some(Arc::new(Names::temporary().expect("a folder")));
    Bench { lab: Lab::start_in(journal, policy, Limits::default(), None, names).expect("a lab") }
}

#[tokio::test]
async fn every_built_in_experiment_keeps_its_promises() {
    let library = Library::built_in().expect("files that read");
    let read = |name| library.find(name).expect("a script that reads");
    let (wire, host): (Vec<Script>, Vec<Script>) =
        library.names().map(read).partition(|script| script.needs == Some(Need::Wire));
    // On the wire and off it at once: they mostly wait.
    tokio::join!(keep_their_promises(&wire), keep_their_promises(&host));
}

async fn keep_their_promises(scripts: &[Script]) {
    for script in scripts {
        let name = &script.name;
        let bench = match script.needs {
            Some(Need::Wire) => Bench::on_wire(),
            None => Some(named()),
        };
        let Some(bench) = bench else { continue };
        let ending = Player::new(bench.lab.clone(), Leases::default()).play(script, None).await;
        assert!(ending.passed(), "{name}: {:#?}", ending.broken);
        assert!(ending.held > 0);
        bench.look(|world| {
            let lesson = world.lesson.as_ref().expect("an experiment");
            let calls = script.act.iter().filter(|act| act.call.is_some()).count();
            assert_eq!((lesson.lines.len(), lesson.ended), (calls, Some(true)));
            assert_eq!(lesson.question, script.question);
        });
    }
}

/// A head that is whole, five lines long.
const HEAD: &str = r#"title = { en = "a", zh = "b" }
question = { en = "a", zh = "b" }
group = "what"

"#;

/// A bound reader and a sender of datagrams, 14 lines long.
const PAIR: &str = r#"[[act]]
role = "reader"
call = { socket = { net = "host", family = "ipv4", kind = "datagram" } }
[[act]]
role = "reader"
call = { bind = { address = "127.0.0.1:0" } }
[[act]]
role = "sender"
call = { socket = { net = "host", family = "ipv4", kind = "datagram" } }
[[act]]
role = "sender"
call = { send_to = { address = "@reader", data = { text = "hello" } } }
keep = "sent"
expect = { bytes = 5 }
"#;

fn script(acts: &str) -> Script {
    Script::read("mine", &[HEAD, acts].concat()).unwrap_or_else(|wrong| panic!("{wrong}"))
}
