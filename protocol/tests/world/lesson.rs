//! An experiment as it is played.

use crate::script::Script;
use crate::snapshot::through_both;
use protocol::event::Words;
use protocol::experiment::{CodeLine, Verdict};
use protocol::{SocketId, What};

fn words(en: &str) -> Words {
    Words { en: en.into(), zh: "中".into() }
}

#[test]
fn it_says_checks_and_ends() {
    let mut script = Script::default();
    script.tell(What::ExperimentEnded { passed: true });
    assert_eq!(script.world.lesson, None, "what never began cannot end");
    script.tell(What::ExperimentBegan { name: "first".into(), title: words("First"), steps: 2 });
    let said = |button| What::ExperimentSaid {
        step: 1,
        say: words("Look"),
        note: Words::default(),
        button,
        at: Some(SocketId(1)),
    };
    script.tell(said(Some(words("Go"))));
    let check =
        |held| What::ExperimentChecked { step: 2, held, expected: "5".into(), found: "4".into() };
    script.tell(check(true));
    script.tell(check(false));
    let lesson = script.world.lesson.clone().unwrap();
    assert_eq!((lesson.name.as_str(), lesson.steps, lesson.said.step), ("first", 2, 1));
    assert_eq!(lesson.said.button, Some(words("Go")));
    assert_eq!((lesson.held, lesson.broken), (1, vec![(2, "5".into(), "4".into())]));
    assert_eq!(lesson.ended, None);
    script.tell(What::ExperimentEnded { passed: false });
    let lesson = script.world.lesson.clone().unwrap();
    assert_eq!((lesson.ended, lesson.said.button), (Some(false), None));
    script.tell(What::ExperimentBegan { name: "second".into(), title: words("2"), steps: 1 });
    let lesson = script.world.lesson.as_ref().unwrap();
    assert_eq!((lesson.held, lesson.broken.len(), lesson.ended), (0, 0, None));
    script.tell(What::Reset { by: None });
    assert_eq!(script.world.lesson, None);
}

#[test]
fn its_plan_its_bet_and_its_verdict_are_known() {
    let mut script = Script::default();
    script.tell(What::ExperimentBegan { name: "first".into(), title: words("First"), steps: 2 });
    let line = CodeLine {
        act: 1,
        role: "a".into(),
        python: "a.close()".into(),
        rust: "drop(a)".into(),
        c: "close(a)".into(),
    };
    script.tell(What::ExperimentPlanned {
        question: words("Q"),
        claim: Some(words("claim")),
        lines: vec![line.clone()],
    });
    script.tell(What::ExperimentActed { act: 1 });
    let choices = vec![words("8"), words("10")];
    script.tell(What::BetAsked { step: 0, ask: words("How many"), choices: choices.clone() });
    script.tell(What::BetPlaced { counts: vec![1, 2] });
    let lesson = script.world.lesson.clone().unwrap();
    assert_eq!((lesson.question, lesson.claim), (words("Q"), Some(words("claim"))));
    assert_eq!((lesson.lines, lesson.act), (vec![line], Some(1)));
    let bet = lesson.bet.unwrap();
    assert_eq!((&bet.ask, &bet.choices, &bet.counts), (&words("How many"), &choices, &vec![1, 2]));
    assert_eq!((bet.marked, bet.found.as_str()), (None, ""));
    through_both(&script.world);
    for choice in [None, Some(1)] {
        script.tell(What::BetMarked { choice, found: "10".into() });
        let bet = script.world.lesson.clone().unwrap().bet.unwrap();
        assert_eq!((bet.marked, bet.found.as_str()), (Some(choice), "10"));
        for read in through_both(&script.world) {
            assert_eq!(read, script.world, "an open bet and one that nobody won are two things");
        }
    }
    script.tell(What::ExperimentVerdict { is: Verdict::Wrong, here: words("here") });
    let lesson = script.world.lesson.clone().unwrap();
    assert_eq!(lesson.verdict, Some((Verdict::Wrong, words("here"))));
    assert!(lesson.bet.is_some(), "the last bet stays to be looked at");
}
