//! A file that is wrong says line, column and what was expected there.

use crate::support::scratch::Scratch;
use crate::{HEAD, PAIR};
use relay::experiment::{Library, Script};
use std::fs;

/// Whatever follows the pair, on line 19 and later.
fn wrong(acts: &str) -> String {
    let text = [HEAD, PAIR, acts].concat();
    Script::read("mine", &text).expect_err(acts)
}

#[test]
fn the_form_is_judged_with_its_place() {
    let read = |text: &str| Script::read("mine", text).expect_err(text);
    for (text, starts, says) in [
        ("title = 1\n", "mine.toml:1:9: ", "expected struct Words"),
        ("title = { en = \"a\" }\n", "mine.toml:1:9: ", "zh"),
        ("a = \n", "mine.toml:1:", ""),
    ] {
        let wrong = read(text);
        assert!(wrong.starts_with(starts) && wrong.contains(says), "{wrong}");
    }
    for (text, starts, says) in [
        ("[[act]]\nsai = 1\n", "mine.toml:6:1: ", "unknown field `sai`, expected one of `call`"),
        ("[[act]]\nwait = \"x\"\n", "mine.toml:6:8: ", "f64"),
        ("[[act]]\nsee = { role = \"a\", pth = \"b\" }\n", "mine.toml:6:21: ", "`path`"),
    ] {
        let wrong = read(&[HEAD, text].concat());
        assert!(wrong.starts_with(starts) && wrong.contains(says), "{wrong}");
    }
    let group = HEAD.replace("\"what\"", "\"wat\"") + "[[act]]\nwait = 1\n";
    assert!(
        read(&group).starts_with("mine.toml:3:9: unknown variant `wat`, expected one of `what`")
    );
    let rows = format!("rows = [1, 38]\n{HEAD}[[act]]\nwait = 1\n");
    assert!(read(&rows).starts_with("mine.toml:1:12: expected a row"), "{}", read(&rows));
}

#[test]
fn names_are_judged_with_their_place() {
    for (acts, place, says) in [
        (
            "[[act]]\nrole = \"nobody\"\ncall = { close = {} }\n",
            "20:8",
            "known here: reader, sender",
        ),
        (
            "[[act]]\nrole = \"sender\"\ncall = { send_to = { address = \"@nobody\", data = { text = \"a\" } } }\n",
            "21:32",
            "nobody",
        ),
        (
            "[[act]]\nsee = { role = \"nobody\", path = \"a\", is = 1 }\n",
            "20:16",
            "reader, sender, sent",
        ),
        (
            "[[act]]\nsee = { role = \"sent\", path = \"a\", same_as = { role = \"x\", path = \"a\" } }\n",
            "20:55",
            "\"x\"",
        ),
        ("[[act]]\nbalanced = \"sent\"\n", "20:12", "no socket plays"),
        ("[[act]]\nsay = { en = \"a\", zh = \"{got:bytes}\" }\n", "20:24", "\"got\""),
        ("[[act]]\nsay = { en = \"a\", zh = \"b\" }\nat = \"x\"\n", "21:6", "\"x\""),
        ("[[act]]\nends = \"sent\"\n", "20:8", "asleep = true and keep"),
        (
            "[[act]]\nrole = \"last\"\ncall = { socket = { net = \"host\", family = \"ipv4\", kind = \"stream\" } }\n",
            "20:8",
            "another name",
        ),
        (
            "[[act]]\nrole = \"sender\"\ncall = { close = {} }\nkeep = \"reader\"\n",
            "22:8",
            "another name",
        ),
    ] {
        let wrong = wrong(acts);
        assert!(
            wrong.starts_with(&format!("mine.toml:{place}: ")) && wrong.contains(says),
            "{wrong}"
        );
    }
}

#[test]
fn acts_are_judged_with_their_place() {
    let sender = "[[act]]\nrole = \"sender\"\n";
    let bet = |of: &str, choices: &str| {
        format!(
            "[[act]]\nbet = {{ ask = {{ en = \"a\", zh = \"b\" }}, of = {of}, choices = {choices} }}\n"
        )
    };
    let choice = r#"{ say = { en = "1", zh = "1" }, is = 1 }"#;
    let two = format!("[{choice}, {choice}]");
    let of_result = r#"{ result = "bytes" }"#;
    for (acts, place, says) in [
        ("[[act]]\nwait = 1\nsay = { en = \"a\", zh = \"b\" }\n".into(), "19:1", "found 2 of them"),
        ("[[act]]\nwait = 11\n".into(), "20:8", "at most 10"),
        ("[[act]]\nwait = 1\nkeep = \"a\"\n".into(), "21:8", "only beside call"),
        (format!("{sender}call = {{ sned = {{ }} }}\n"), "21:17", "unknown variant `sned`"),
        (format!("{sender}call = {{ recv = {{ max = 1, peak = true }} }}\n"), "21:17", "`peek`"),
        ("[[act]]\ncall = { listen = { backlog = 1 } }\n".into(), "20:19", "expected a role"),
        (format!("{sender}call = {{ close = {{}} }}\nrepeat = 65\n"), "22:10", "1 to 64"),
        (format!("{sender}call = {{ close = {{}} }}\nmark = true\n"), "22:8", "none to mark"),
        ("[[act]]\nsee = { role = \"sender\", path = \"a\" }\n".into(), "20:7", "what must be seen"),
        ("[[act]]\nweather = { preset = \"snow\" }\n".into(), "20:11", "there are: clean"),
        ("[[act]]\nrole = \"x\"\ncall = { socket = { net = \"left\", family = \"ipv4\", kind = \"stream\" } }\n".into(), "21:27", "needs = \"wire\""),
        ("[[act]]\nverdict = { is = \"true\", here = { en = \"a\", zh = \"b\" } }\n[[act]]\nwait = 1\n".into(), "20:11", "last act"),
        ("[[act]]\ncall = { reset = {} }\n".into(), "20:18", ""),
        (bet(of_result, &format!("[{choice}]")), "20:", "2 to 5 choices"),
        (bet("{ role = \"sender\" }", &two), "20:", "path"),
        (bet(of_result, &two), "20:7", "decides this bet"),
        (bet(of_result, &two) + &bet(of_result, &two), "22:7", "decided first"),
        (bet("{ role = \"x\", path = \"a\" }", &two) + sender + "call = { close = {} }\nmark = true\n", "20:", "\"x\""),
    ] {
        let wrong = wrong(&acts);
        assert!(wrong.starts_with(&format!("mine.toml:{place}")) && wrong.contains(says), "{acts}{wrong}");
    }
}

#[test]
fn a_folder_of_ones_own_stands_beside_the_built_in_ones() {
    let scratch = Scratch::new();
    let put = |name: &str, text: &str| {
        fs::write(scratch.path().join(name), text).expect("written");
    };
    let open = || Library::with(scratch.path());
    put("mine.toml", &[HEAD, PAIR].concat());
    put("notes.txt", "not an experiment");
    let library = open().expect("a library");
    let head = library.heads().last().expect("mine");
    assert_eq!((head.name.as_str(), head.own, head.needs_wire), ("mine", true, false));
    assert!(library.heads().iter().filter(|head| head.own).count() == 1);
    // It is read anew each time.
    put("mine.toml", "title = 1");
    assert!(library.find("mine").expect_err("it is bad now").starts_with("mine.toml:1:9: "));
    assert!(open().expect_err("a bad file").starts_with("mine.toml:1:9: "));
    put("mine.toml", &" ".repeat(256 * 1024 + 1));
    assert!(open().expect_err("too long").contains("longer than 262144 bytes"));
    put("mine.toml", &[HEAD, PAIR].concat());
    put("first.toml", &[HEAD, PAIR].concat());
    assert!(open().expect_err("a clash").contains("built-in experiment \"first\""));
    let none = Library::with(&scratch.path().join("none")).expect_err("no folder");
    assert!(none.contains("cannot be read"), "{none}");
}
