//! Each kind of act does what it says, and a promise that is not kept is told.

use crate::support::lab::Bench;
use crate::{PAIR, script};
use protocol::event::Words;
use protocol::experiment::Verdict;
use protocol::world::Bet;
use relay::experiment::{Ending, Leases, Player};

async fn play(bench: &Bench, acts: &str) -> Ending {
    Player::new(bench.lab.clone(), Leases::default()).play(&script(acts), None).await
}

fn bet_of(bench: &Bench) -> Bet {
    bench.look(|world| world.lesson.as_ref().and_then(|lesson| lesson.bet.clone())).expect("a bet")
}

/// Two choices: 5 and 7.
fn bet(of: &str) -> String {
    let choice = |n: u8| format!("{{ say = {{ en = \"{n}\", zh = \"{n}\" }}, is = {n} }}");
    let (five, seven) = (choice(5), choice(7));
    format!(
        "[[act]]\nbet = {{ ask = {{ en = \"?\", zh = \"?\" }}, of = {of}, choices = [{five}, {seven}] }}\n"
    )
}

#[tokio::test]
async fn results_are_kept_seen_and_told() {
    let bench = Bench::new();
    let acts = r#"
[[act]]
see = { role = "last", path = "bytes", is = 5 }
[[act]]
see = { role = "sent", path = "bytes", at_least = 4, at_most = 5, not = 4 }
[[act]]
see = { role = "sent", path = "took", at_least = 1 }
[[act]]
role = "reader"
call = { recv_from = { max = 100, peek = false } }
keep = "got"
expect = { bytes = { at_least = 1, at_most = 5 }, text = "hello", took_ms = { at_most = 15000 } }
[[act]]
see = { role = "got", path = "bytes", same_as = { role = "sent", path = "bytes" } }
[[act]]
see = { role = "sender", path = "sent.bytes", is = 5, for = 0.05 }
[[act]]
wait = 0.01
[[act]]
say = { en = "{sent:bytes} {got:text} {last:truncated}", zh = "{sent:bytes}" }
[[act]]
verdict = { is = "fair", here = { en = "{got:bytes}", zh = "b" } }
"#;
    let ending = play(&bench, &[PAIR, acts].concat()).await;
    assert!(ending.passed(), "{:?}", ending.broken);
    let here = Words { en: "5".into(), zh: "b".into() };
    assert_eq!(ending.verdict, Some((Verdict::Fair, here.clone())));
    bench.look(|world| {
        let lesson = world.lesson.as_ref().expect("an experiment");
        assert_eq!(lesson.said.say.en, "5 hello false");
        assert_eq!(
            (lesson.act, lesson.verdict.clone()),
            (Some(8), Some((Verdict::Fair, here.clone())))
        );
    });
}

#[tokio::test]
async fn what_does_not_hold_is_told_with_its_act() {
    let bench = Bench::new();
    let acts = r#"
[[act]]
see = { role = "sent", path = "bytes", at_most = 4, within = 0.05 }
[[act]]
see = { role = "sent", path = "bytes", not = 5, within = 0.05 }
[[act]]
see = { role = "sent", path = "bytes", same_as = { role = "sent", path = "parts" }, within = 0.05 }
[[act]]
role = "reader"
call = { recv_from = { max = 100, peek = false } }
expect = { bytes = { at_least = 6 } }
"#;
    let ending = play(&bench, &[PAIR, acts].concat()).await;
    let acts: Vec<usize> = ending.broken.iter().map(|(act, ..)| *act).collect();
    assert_eq!(acts, [5, 6, 7, 8], "{:?}", ending.broken);
    assert_eq!(ending.broken[0].1, "sent bytes is at most 4");
}

#[tokio::test]
async fn a_call_that_sleeps_too_long_is_a_broken_promise_and_is_interrupted() {
    let bench = Bench::new();
    let acts = r#"
[[act]]
role = "reader"
call = { recv_from = { max = 100, peek = false } }
[[act]]
role = "reader"
call = { recv_from = { max = 100, peek = false } }
within = 0.05
[[act]]
role = "reader"
call = { recv_from = { max = 100, peek = false } }
asleep = true
keep = "late"
[[act]]
role = "sender"
call = { send_to = { address = "@reader", data = { text = "again" } } }
[[act]]
ends = "late"
expect = { bytes = 5, text = "again" }
[[act]]
see = { role = "late", path = "text", is = "again" }
"#;
    let ending = play(&bench, &[PAIR, acts].concat()).await;
    let [(6, expected, found)] = &ending.broken[..] else { panic!("{:?}", ending.broken) };
    assert_eq!(
        (expected.as_str(), found.as_str()),
        ("the call ends within 0.05 s", "it sleeps still")
    );
}

#[tokio::test]
async fn a_repeated_call_makes_and_acts_on_numbered_roles() {
    let bench = Bench::new();
    let acts = r#"
[[act]]
role = "s"
call = { socket = { net = "host", family = "ipv4", kind = "datagram", name = "s" } }
repeat = 3
[[act]]
role = "s"
call = { send_to = { address = "@reader", data = { text = "abc" } } }
repeat = 3
keep = "part"
expect = { bytes = 3 }
[[act]]
role = "reader"
call = { recv_from = { max = 100, peek = false } }
repeat = 4
[[act]]
see = { role = "part3", path = "bytes", is = 3 }
[[act]]
see = { role = "s3", path = "sent.count", is = 1 }
[[act]]
see = { role = "reader", path = "read.count", is = 4 }
"#;
    let ending = play(&bench, &[PAIR, acts].concat()).await;
    assert!(ending.passed(), "{:?}", ending.broken);
    let names = bench.look(|world| {
        world.sockets.values().filter_map(|socket| socket.name.clone()).collect::<Vec<_>>()
    });
    assert_eq!(names, ["s1", "s2", "s3"]);
}

#[tokio::test]
async fn a_bet_is_marked_by_what_the_kernel_did() {
    let bench = Bench::new();
    let see = "[[act]]\nsee = { role = \"reader\", path = \"kernel.receive_queue\", is = 5 }\nmark = true\n";
    let of = r#"{ role = "reader", path = "kernel.receive_queue" }"#;
    let ending = play(&bench, &[PAIR, &bet(of), see].concat()).await;
    assert!(ending.passed(), "{:?}", ending.broken);
    let bet_then = bet_of(&bench);
    assert_eq!((bet_then.marked, bet_then.found.as_str()), (Some(Some(0)), "5"));
}

#[tokio::test]
async fn a_bet_of_a_result_is_marked_when_the_call_has_ended() {
    let bench = Bench::new();
    let close = "[[act]]\nrole = \"sender\"\ncall = { send_to = { address = \"@reader\", data = { text = \"seven!!\" } } }\n";
    let ending = play(&bench, &[PAIR, &bet(r#"{ result = "bytes" }"#), close].concat()).await;
    assert!(ending.passed(), "{:?}", ending.broken);
    assert_eq!(bet_of(&bench).marked, Some(Some(1)));
}

#[tokio::test]
async fn a_bet_of_which_no_choice_fits_is_a_broken_promise() {
    let bench = Bench::new();
    let refused = "[[act]]\nrole = \"sender\"\ncall = { send_to = { address = \"@reader\", data = { fill = { bytes = 65508 } } } }\nexpect = { errno = \"EMSGSIZE\" }\n";
    let ending = play(&bench, &[PAIR, &bet(r#"{ result = "errno" }"#), refused].concat()).await;
    let bet = bet_of(&bench);
    assert_eq!((bet.marked, bet.found.as_str()), (Some(None), "EMSGSIZE"));
    assert_eq!(ending.broken.len(), 1, "{:?}", ending.broken);
    assert_eq!((ending.broken[0].0, ending.broken[0].2.as_str()), (6, "EMSGSIZE"));
}

#[tokio::test]
async fn a_line_of_ones_own_takes_the_place_of_the_generated_one() {
    let bench = Bench::new();
    let close =
        "[[act]]\nrole = \"sender\"\ncall = { close = {} }\ncode = { python = \"bye()\" }\n";
    play(&bench, &[PAIR, close].concat()).await;
    let lines = bench.look(|world| world.lesson.clone()).expect("an experiment").lines;
    let line = lines.last().expect("a line");
    assert_eq!((line.act, line.role.as_str()), (5, "sender"));
    assert_eq!(
        (line.python.as_str(), line.rust.as_str(), line.c.as_str()),
        ("bye()", "drop(sender)", "close(sender)")
    );
}
