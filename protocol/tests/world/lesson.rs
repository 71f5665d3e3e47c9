//! An experiment as it is played.

use crate::script::Script;
use protocol::event::Words;
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
