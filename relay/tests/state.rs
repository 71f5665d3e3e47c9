//! The private folder: what is kept, and what is refused.

use relay::state::{State, place};
use std::collections::HashMap;
use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};

/// An empty folder of this test's own, in cargo's place for such things.
fn fresh(test: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("state-{test}"));
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).expect("made");
    path
}

fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).expect("there").mode() & 0o777
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("set");
}

/// Why the state is refused.
fn no(path: &Path) -> String {
    let result = State::open(path).and_then(|state| state.token());
    let sentence = result.expect_err("refused").to_string();
    assert!(sentence.ends_with('.') && !sentence.contains('\n'), "{sentence}");
    sentence
}

#[test]
fn the_place_is_where_the_variables_say() {
    let place = |variables: &[(&str, &str)]| {
        let map: HashMap<_, _> = variables.iter().copied().collect();
        place(|name| map.get(name).map(OsString::from)).ok()
    };
    let all = [("PATCHBAY_STATE", "/p"), ("XDG_STATE_HOME", "/x"), ("HOME", "/h")];
    assert_eq!(place(&all), Some("/p".into()));
    assert_eq!(place(&all[1..]), Some("/x/patchbay".into()));
    assert_eq!(place(&all[2..]), Some("/h/.local/state/patchbay".into()));
    assert_eq!(
        place(&[("XDG_STATE_HOME", "x"), ("HOME", "/h")]),
        Some("/h/.local/state/patchbay".into())
    );
    assert_eq!(
        place(&[("PATCHBAY_STATE", ""), ("HOME", "/h")]),
        Some("/h/.local/state/patchbay".into())
    );
    assert_eq!(place(&[]), None);
}

#[test]
fn a_token_is_made_once_and_kept_private() {
    let folder = fresh("kept").join("a/b");
    let first = State::open(&folder).unwrap().token().unwrap();
    assert_eq!((mode(&folder), mode(&folder.join("token"))), (0o700, 0o600));
    let second = State::open(&folder).unwrap().token().unwrap();
    assert!(second.matches(first.reveal()));
    let third = State::open(&folder).unwrap().new_token().unwrap();
    assert!(!third.matches(first.reveal()));
    assert!(State::open(&folder).unwrap().token().unwrap().matches(third.reveal()));
    let names: Vec<_> =
        fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["token"], "no draft is left");
}

#[test]
fn the_viewers_token_is_made_when_asked_for_and_kept_as_private() {
    let folder = fresh("viewers").join("patchbay");
    let state = State::open(&folder).unwrap();
    let owner = state.token().unwrap();
    let file = folder.join("viewers");
    assert!(state.viewers().unwrap().is_none() && !file.exists());
    state.end_viewers().expect("nothing to end is no failure");
    let first = state.invite().unwrap();
    assert_eq!(mode(&file), 0o600);
    assert!(!owner.matches(first.reveal()));
    assert!(State::open(&folder).unwrap().invite().unwrap().matches(first.reveal()));
    let second = state.new_viewers().unwrap();
    assert!(!second.matches(first.reveal()));
    assert!(state.viewers().unwrap().unwrap().matches(second.reveal()));
    set_mode(&file, 0o640);
    let no = |state: &State| state.viewers().expect_err("refused").to_string();
    assert!(no(&state).contains("mode 640"), "{}", no(&state));
    fs::remove_file(&file).unwrap();
    symlink("token", &file).unwrap();
    assert!(no(&state).contains("is a symlink") && no(&state).contains("relay --new-token"));
    assert!(state.invite().is_err(), "what is refused is not replaced");
    state.new_token().unwrap();
    assert!(state.viewers().unwrap().is_none(), "a new token ends the viewers' too");
    let names: Vec<_> =
        fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["token"], "no draft is left");
}

#[test]
fn a_draft_left_behind_does_not_matter() {
    let folder = fresh("draft").join("state");
    let state = State::open(&folder).unwrap();
    let outside = folder.join("../outside");
    fs::write(&outside, "untouched").unwrap();
    symlink(&outside, folder.join(format!("token.{}", std::process::id()))).unwrap();
    state.token().unwrap();
    assert_eq!(fs::read_to_string(outside).unwrap(), "untouched");
}

#[test]
fn folders_that_are_not_ours_alone_are_refused() {
    let base = fresh("folder");
    let lax = base.join("lax");
    fs::DirBuilder::new().mode(0o755).create(&lax).unwrap();
    set_mode(&lax, 0o755);
    assert!(no(&lax).contains("mode 755") && no(&lax).contains("chmod 700"));
    let real = base.join("real");
    State::open(&real).unwrap();
    let link = base.join("link");
    symlink(&real, &link).unwrap();
    assert!(no(&link).contains("not a plain folder"));
    symlink("nowhere", base.join("dangling")).unwrap();
    assert!(no(&base.join("dangling")).contains("not a plain folder"));
    let file = base.join("file");
    fs::write(&file, "").unwrap();
    assert!(no(&file).contains("not a plain folder"));
    assert!(no(&file.join("below")).contains("cannot be made"));
}

#[test]
fn the_folder_of_running_relays_is_as_private() {
    let folder = fresh("run").join("patchbay");
    let state = State::open(&folder).expect("opened");
    let (_, run) = state.run().expect("made");
    assert_eq!((run.as_path(), mode(&run)), (folder.join("run").as_path(), 0o700));
    state.run().expect("opened");
    let no = || state.run().expect_err("refused").to_string();
    set_mode(&run, 0o750);
    assert!(no().contains("run is refused because it is open to others (mode 750)"), "{}", no());
    fs::remove_dir(&run).unwrap();
    symlink("..", &run).unwrap();
    assert!(no().contains("is not a plain folder"), "{}", no());
}

#[test]
fn token_files_that_are_not_ours_alone_are_refused() {
    let folder = fresh("token").join("state");
    let token = folder.join("token");
    State::open(&folder).unwrap().token().unwrap();
    let good = fs::read_to_string(&token).unwrap();

    set_mode(&token, 0o640);
    assert!(no(&folder).contains("mode 640"));
    set_mode(&token, 0o600);
    for text in [
        "",
        "abc",
        &good[..63],
        &format!("{}0\n", good.trim_end()),
        &good.to_uppercase().replace(|c: char| c.is_ascii_digit(), "A"),
        "\u{fe}",
    ] {
        fs::write(&token, text).unwrap();
        assert!(no(&folder).contains("does not hold a token"), "{text:?}");
    }
    fs::rename(&token, folder.join("other")).unwrap();
    symlink("other", &token).unwrap();
    assert!(no(&folder).contains("is a symlink"));
    fs::remove_file(&token).unwrap();
    fs::create_dir(&token).unwrap();
    assert!(no(&folder).contains("not a plain file"));
    fs::remove_dir(&token).unwrap();

    // --new-token mends what can be mended.
    fs::write(&token, "abc").unwrap();
    State::open(&folder).unwrap().new_token().unwrap();
    assert!(State::open(&folder).unwrap().token().is_ok());
}

#[test]
fn another_users_folder_is_refused() {
    if !rustix::process::geteuid().is_root() {
        eprintln!("SKIPPED: only root can make another user's folder");
        return;
    }
    let folder = fresh("owner").join("state");
    State::open(&folder).unwrap().token().unwrap();
    std::os::unix::fs::chown(folder.join("token"), Some(1), None).unwrap();
    assert!(no(&folder).contains("another user"));
    std::os::unix::fs::chown(&folder, Some(1), None).unwrap();
    assert!(no(&folder).contains("another user"));
}
