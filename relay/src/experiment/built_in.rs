//! Owns the table of experiments that come with the relay: one line a file, in the order of the path
//! through them.

macro_rules! table {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../experiments/", $name, ".toml")))),*]
    };
}

/// Name and text of each.
pub(super) const BUILT_IN: &[(&str, &str)] = table![
    "first",
    "first-host",
    "flood",
    "flood-host",
    "one-send-one-recv",
    "udp-truncation",
    "backlog",
];
