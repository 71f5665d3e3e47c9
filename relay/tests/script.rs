//! The example script against the real relay: hello in thirty lines of Python, over the JSON subprotocol.

mod support;

use std::process::Command;
use support::{need, relay::Relay};

#[test]
fn hello_in_python() {
    let Some(python) = need::program(&["python3"]) else {
        return need::skip("tools", "python3 is not installed");
    };
    let relay = Relay::without_page();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/hello.py");
    let ran = Command::new(python).args([script, relay.url()]).output().expect("it runs");
    assert_eq!(String::from_utf8_lossy(&ran.stderr), "");
    assert_eq!(
        String::from_utf8_lossy(&ran.stdout),
        "welcome: owner\nsent: 5\nwaiting in the kernel: 5 bytes, ESTABLISHED\nread: hello\nclosed\n"
    );
    assert!(ran.status.success());
}
