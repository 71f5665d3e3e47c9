//! `relay experiment` as people type it.

use crate::support::scratch::Scratch;
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn ran(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_relay"));
    command.current_dir(folder).args(arguments).output().expect("it runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn the_list_is_grouped_and_has_all() {
    let scratch = Scratch::new();
    let told = ran(scratch.path(), &["experiment", "list"]);
    let lines = text(&told.stdout);
    let names: Vec<&str> = lines
        .lines()
        .filter(|line| !line.starts_with("# "))
        .filter_map(|line| line.split('\t').next())
        .collect();
    let json = ran(scratch.path(), &["experiment", "list", "--json"]);
    let heads: Vec<Value> = serde_json::from_slice(&json.stdout).expect("JSON");
    assert_eq!(names.len(), heads.len());
    assert!(heads.iter().all(|head| names.contains(&head["name"].as_str().expect("a name"))));
    assert!(heads.iter().all(|head| head["question"]["zh"] != "" && head["own"] == false));
    let streams = lines.split("# streams\n").nth(1).expect("a group");
    assert!(streams.contains("\none-send-one-recv\t"), "{lines}");
}

#[test]
fn the_starter_runs_as_it_is() {
    let scratch = Scratch::new();
    let new = ran(scratch.path(), &["experiment", "new", "mine"]);
    assert!(new.status.success(), "{}", text(&new.stderr));
    let run = ran(scratch.path(), &["experiment", "run", "mine", "--experiments", ".", "--json"]);
    assert!(run.status.success(), "{}{}", text(&run.stdout), text(&run.stderr));
    let reports: Vec<Value> = serde_json::from_slice(&run.stdout).expect("JSON");
    assert_eq!(
        (&reports[0]["outcome"], &reports[0]["verdict"]["is"]),
        (&"passed".into(), &"wrong".into())
    );
    assert!(text(&run.stderr).starts_with("mine: passed after "), "{}", text(&run.stderr));
    let again = ran(scratch.path(), &["experiment", "new", "mine"]);
    assert!(!again.status.success() && text(&again.stderr).contains("EEXIST"));
    for name in ["first", "a/b", ""] {
        assert!(!ran(scratch.path(), &["experiment", "new", name]).status.success(), "{name}");
    }
    // One promise that the kernel does not keep.
    let file = scratch.path().join("mine.toml");
    let starter = fs::read_to_string(&file).expect("a file");
    fs::write(&file, starter.replace("expect = { bytes = 10 }", "expect = { bytes = 11 }"))
        .expect("written");
    let run = ran(scratch.path(), &["experiment", "run", "mine", "--experiments", "."]);
    assert!(!run.status.success() && text(&run.stdout).contains("promised {\"bytes\":11}"));
    fs::write(&file, "title = 1").expect("written");
    let run = ran(scratch.path(), &["experiment", "run", "mine", "--experiments", "."]);
    assert!(!run.status.success() && text(&run.stderr).starts_with("mine.toml:1:9: "));
}

#[test]
fn an_experiment_becomes_a_page() {
    let scratch = Scratch::new();
    let html = ["experiment", "export", "udp-truncation", "--html", "it.html"];
    let told = ran(scratch.path(), &html);
    if relay::assets::PAGE_IS_STUB {
        assert!(text(&told.stderr).contains("without its page"), "{}", text(&told.stderr));
        assert!(!scratch.path().join("it.html").exists());
        return;
    }
    assert!(told.status.success(), "{}", text(&told.stderr));
    let page = fs::read_to_string(scratch.path().join("it.html")).expect("a page");
    assert!(page.contains("application/octet-stream"));
    let twice = ran(scratch.path(), &html);
    assert!(!twice.status.success() && text(&twice.stderr).contains("EEXIST"));
}
