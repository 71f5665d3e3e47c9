//! Gives every seed and every input that once broke something to the fuzz targets again (`relay/fuzz`):
//! what was found stays mended without a fuzzer. The page's part is `web/tests/corpus.rs`.
#![cfg(target_os = "linux")]

#[path = "../fuzz/src/targets.rs"]
#[allow(unreachable_pub, missing_docs, reason = "it is the fuzzer's file")]
mod targets;

use protocol::message::{ToPage, ToRelay};
use protocol::recording::{Block, open};
use protocol::{CommandId, Event, codec};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use targets::{TARGETS, Target};

fn here() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// The files of a folder; none where it is not.
fn files(folder: &Path) -> Vec<PathBuf> {
    let read = fs::read_dir(folder).into_iter().flatten();
    let mut files: Vec<PathBuf> = read.map(|entry| entry.expect("readable").path()).collect();
    files.retain(|file| file.is_file());
    files.sort();
    files
}

/// Every file of these folders; a panic names it.
fn replay(name: &str, target: Target, folders: &[PathBuf]) -> usize {
    let files: Vec<PathBuf> = folders.iter().flat_map(|folder| files(folder)).collect();
    for file in &files {
        let bytes = fs::read(file).expect("readable");
        let taken = std::panic::catch_unwind(|| target(&bytes));
        assert!(taken.is_ok(), "{name} breaks on {}", file.display());
    }
    files.len()
}

#[test]
fn every_seed_and_every_find_is_taken() {
    for (name, target) in TARGETS {
        let mut folders =
            vec![here().join("fuzz/corpus").join(name), here().join("fuzz/regression").join(name)];
        match name {
            "experiment" => folders.push(here().join("experiments")),
            "recording" => folders.push(here().join("tests/record")),
            _ => {}
        }
        let count = replay(name, target, &folders);
        assert!(count >= 4, "{name} has {count} inputs");
    }
}

/// The seeds reach what they are seeds of: they are not refused at the door.
#[test]
fn seeds_open() {
    let of = |name: &str| files(&here().join("fuzz/corpus").join(name));
    let bytes = |file: &PathBuf| fs::read(file).expect("readable");
    assert!(of("fold").iter().all(|file| codec::decode(&bytes(file)).is_ok()));
    for file in of("recording") {
        let file = targets::file(&bytes(&file));
        assert!(open(&file).expect("a recording").1.count() > 0);
    }
    for file in files(&here().join("experiments")) {
        let text = String::from_utf8(bytes(&file)).expect("text");
        relay::probe::experiment(&text).unwrap_or_else(|why| panic!("{}: {why}", file.display()));
    }
}

/// A fixture's bytes.
fn fixture() -> Vec<u8> {
    fs::read(here().join("tests/record/format2.patchbay")).expect("readable")
}

struct Seeds;

impl Seeds {
    fn write(target: &str, name: &str, bytes: &[u8]) {
        let folder = here().join("fuzz/corpus").join(target);
        fs::create_dir_all(&folder).expect("a folder");
        fs::write(folder.join(name), bytes).expect("written");
    }

    /// One event of each kind, and all of them in their order.
    fn events(events: &[Event]) {
        let mut kinds = BTreeMap::new();
        for event in events {
            let what = serde_json::to_value(&event.what).expect("JSON");
            let kind = what.as_object().and_then(|what| what.keys().next()).expect("a name");
            kinds.entry(kind.clone()).or_insert(event);
        }
        for (kind, event) in kinds {
            let frame = codec::encode_batch(std::slice::from_ref(event));
            Self::write("decode", &format!("{kind}.postcard"), &frame);
            let told = serde_json::to_vec(&ToPage::Event(event.clone())).expect("JSON");
            Self::write("decode", &format!("{kind}.json"), &told);
        }
        for (nth, some) in events.chunks(4).enumerate() {
            Self::write("fold", &format!("events-{nth}.postcard"), &codec::encode_batch(some));
        }
    }

    fn commands() {
        for (nth, ask) in COMMANDS.lines().filter(|line| !line.is_empty()).enumerate() {
            let ask = serde_json::from_str(ask).unwrap_or_else(|why| panic!("{ask}: {why}"));
            let message = ToRelay::Command { id: CommandId(nth as u32), ask };
            let (text, frame) =
                (serde_json::to_vec(&message).expect("JSON"), codec::encode_command(&message));
            Self::write("decode", &format!("command-{nth}.postcard"), &frame);
            Self::write("request", &format!("command-{nth}.postcard"), &frame);
            Self::write("request", &format!("command-{nth}.json"), &text);
        }
        let hello =
            format!(r#"{{"hello":{{"version":1,"token":"{}","resume":null}}}}"#, "5a".repeat(32));
        Self::write("request", "hello.json", hello.as_bytes());
        let resumes = hello.replace("null", r#"{"epoch":"e","seq":7}"#);
        Self::write("request", "resume.json", resumes.as_bytes());
    }

    fn packets(packets: &[Vec<u8>]) {
        let mut all = Vec::new();
        for (nth, packet) in packets.iter().enumerate() {
            Self::write("layers", &format!("packet-{nth}"), packet);
            let short = &packet[..packet.len().min(255)];
            let mut one = vec![nth as u8 & 1, short.len() as u8];
            one.extend(short);
            Self::write("packet", &format!("packet-{nth}"), &one);
            all.extend(one);
        }
        Self::write("packet", "all", &all);
    }

    fn blocks(blocks: &[Block]) {
        let mut all = vec![1];
        for (nth, block) in blocks.iter().enumerate() {
            let encoded = block.encode();
            let payload = &encoded[9..];
            let mut one = vec![encoded[0], payload.len() as u8, (payload.len() >> 8) as u8];
            one.extend(payload);
            all.extend(&one);
            one.insert(0, 1);
            Self::write("recording", &format!("block-{nth}"), &one);
        }
        Self::write("recording", "all", &all);
        Self::write("replay", "all", &targets::file(&all));
        Self::write("replay", "begin", &targets::file(&all[..all.len() / 2]));
    }
}

/// One of each kind that has a shape of its own.
const COMMANDS: &str = r#"
{"socket":{"net":"left","family":"ipv4","kind":"stream","side":null,"name":"a"}}
{"option":{"socket":1,"set":{"send_buffer":4096}}}
{"option":{"socket":1,"set":{"keepalive":{"on":true,"idle":1}}}}
{"bind":{"socket":1,"address":"10.77.0.1:9000"}}
{"bind":{"socket":1,"address":"[fd77::1]:0"}}
{"listen":{"socket":1,"backlog":-1}}
{"accept":{"socket":1}}
{"connect":{"socket":2,"address":"10.77.0.2:9000"}}
{"send":{"socket":2,"data":{"text":"hello"},"all":true}}
{"send":{"socket":2,"data":{"fill":{"bytes":4096}},"all":false}}
{"send_to":{"socket":2,"address":"127.0.0.1:9","data":{"hex":"00ff"}}}
{"recv":{"socket":2,"max":100,"peek":true}}
{"shutdown":{"socket":2,"how":"both"}}
{"timeout":{"socket":2,"after":1000000}}
{"burst":{"socket":2,"address":null,"count":100,"bytes":32}}
{"impair":{"from":"left","set":{"delay":1000000,"jitter":0,"duplicate":0,"reorder":0,"corrupt":0,"pulled":false},"seed":7}}
{"trap":{"on":true,"match":{"kind":"syn","nth":2},"do":"hold","count":1}}
{"packet":{"release":{"packet":7}}}
{"serve":{"socket":1,"set":null}}
{"experiment":{"start":{"name":"first"}}}
"reset"
"step"
"#;

/// An IPv6 packet with extension headers, both halves of a fragmented datagram, an ICMP error that
/// quotes, a TCP header with every option, and headers that say more than there is.
const PACKETS: &str = "
600000000018004000000000000000000000000000000001000000000000000000000000000000021100010400000000000700080008ffeb
4500001c00072000401100000a4d00010a4d00020009000900100000
450000240007000140110000 0a4d00010a4d00026f6f6f6f6f6f6f6f6f6f6f6f6f6f6f6f
450000380000000040010000 0a4d00020a4d0001 0303000000000000 4500001c000000004011000 00a4d00010a4d00020009000900080000
4500004800004000400600000a4d00010a4d000223281f90000000010000000ad012faf000000000 020405b4 0402 080a0000000100000002 0103 0307 050a 0000000100000009 00000000
4fffffff
60000000ffff063f
";

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<char> = text.chars().filter(|letter| !letter.is_whitespace()).collect();
    let byte = |pair: &[char]| {
        u8::from_str_radix(&pair.iter().collect::<String>(), 16).expect("hexadecimal")
    };
    digits.chunks(2).map(byte).collect()
}

#[test]
#[ignore = "writes the seeds of relay/fuzz/corpus anew"]
fn seeds() {
    let bytes = fixture();
    let blocks: Vec<Block> = open(&bytes).expect("a recording").1.collect();
    let (mut events, mut packets) = (Vec::new(), Vec::new());
    for block in &blocks {
        match block {
            Block::Events(more) => events.extend(more.iter().cloned()),
            Block::Packets(more) => packets.extend(more.iter().map(|kept| kept.bytes.clone())),
            _ => {}
        }
    }
    packets.extend(PACKETS.lines().filter(|line| !line.is_empty()).map(hex));
    Seeds::events(&events);
    Seeds::commands();
    Seeds::packets(&packets);
    Seeds::blocks(&blocks);
    for (nth, text) in TEXTS.iter().enumerate() {
        Seeds::write("experiment", &format!("text-{nth}.toml"), text.as_bytes());
    }
}

/// Short files; the long ones are `relay/experiments`.
const TEXTS: [&str; 4] = [
    "",
    "title = { en = \"a\", zh = \"b\" }\nquestion = { en = \"a\", zh = \"b\" }\ngroup = \"what\"\nact = []\n",
    "title = { en = \"a\", zh = \"b\" }\nquestion = { en = \"a\", zh = \"b\" }\ngroup = \"what\"\n[[act]]\nask = { socket = { net = \"host\", family = \"ipv4\", kind = \"stream\" } }\nas = \"a\"\n",
    "[[act]]\nsay = { en = \"…\", zh = \"…\" }\n[[act]]\nask = \"reset\"\nexpect = 7\n",
];
