//! Every built-in experiment keeps its promises on the real kernel.

mod support;

use relay::experiment::{Leases, Library, Need, Player, Script};
use support::lab::Bench;

#[tokio::test]
async fn every_built_in_experiment_keeps_its_promises() {
    let library = Library::built_in().expect("files that read");
    for name in library.names() {
        let script = library.find(name).expect("a script that reads");
        let bench = match script.needs {
            Some(Need::Wire) => Bench::on_wire(),
            None => Some(Bench::new()),
        };
        let Some(bench) = bench else { continue };
        let ending = Player::new(bench.lab.clone(), Leases::default()).play(&script, None).await;
        assert!(ending.passed(), "{name}: {:#?}", ending.broken);
        assert!(ending.held > 0);
    }
}

#[test]
fn a_bad_script_says_where_it_is_bad() {
    let error = relay::experiment::Script::read(
        "mine",
        "title = { en = \"a\", zh = \"b\" }\n[[act]]\nsai = 1\n",
    )
    .expect_err("it is bad");
    assert!(error.contains("line 3") && error.contains("sai"), "{error}");
}
