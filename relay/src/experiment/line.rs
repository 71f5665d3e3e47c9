//! Owns the calls of a script as lines of code in three languages, one line a call. Pure; how a language
//! writes a call, [`protocol::program`] knows.

use super::script::{Act, Code, Script};
use protocol::experiment::CodeLine;
use protocol::program::{Dialect, Words, line};
use protocol::{Address, Command, SocketId};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// A port that stands for one which the kernel will choose; the role's number is added.
const CHOSEN: u16 = 60_000;

/// One line for each act that makes a call.
pub fn lines(script: &Script) -> Vec<CodeLine> {
    let cast = Cast::of(script);
    let acts = script.act.iter().enumerate();
    acts.filter_map(|(place, act)| {
        let call = act.call.as_ref()?;
        let own = act.code.clone().unwrap_or(Code { python: None, rust: None, c: None });
        let [python, rust, c] = Dialect::ALL.map(|dialect| cast.line(dialect, act, call));
        Some(CodeLine {
            act: place as u32 + 1,
            role: act.role.clone().unwrap_or_default(),
            python: own.python.unwrap_or(python),
            rust: own.rust.unwrap_or(rust),
            c: own.c.unwrap_or(c),
        })
    })
    .collect()
}

/// The roles of a script as the sockets of a program.
struct Cast<'a> {
    ids: BTreeMap<&'a str, SocketId>,
    /// Where the script itself binds a role.
    bound: BTreeMap<&'a str, &'a str>,
    words: Words,
}

impl<'a> Cast<'a> {
    fn of(script: &'a Script) -> Self {
        let mut cast = Self {
            ids: BTreeMap::new(),
            bound: BTreeMap::new(),
            words: Words::default().where_it_is(),
        };
        for act in &script.act {
            for role in [&act.role, &act.accepts].into_iter().flatten() {
                let id = SocketId(cast.ids.len() as u32 + 1);
                if *cast.ids.entry(role).or_insert(id) == id {
                    cast.words.name(id, role);
                    cast.words.choose(CHOSEN + id.0 as u16, id);
                }
            }
            let bind =
                act.call.as_ref().and_then(|call| call.get("bind")?.get("address")?.as_str());
            if let (Some(role), Some(address)) = (&act.role, bind)
                && !address.starts_with('@')
                && !address.ends_with(":0")
            {
                cast.bound.entry(role).or_insert(address);
            }
        }
        cast
    }

    fn line(&self, dialect: Dialect, act: &Act, call: &Map<String, Value>) -> String {
        let remark = if dialect == Dialect::Python { "#" } else { "//" };
        let made = self.command(act, call).and_then(|ask| line(dialect, &self.words, &ask));
        let Some(made) = made else {
            let told = call.iter().map(|(name, arguments)| format!("{name} {}", bare(arguments)));
            return format!("{remark} {}", told.collect::<String>().trim_end());
        };
        let name = |role: &Option<String>| {
            role.as_deref().and_then(|role| self.ids.get(role)).map(|id| self.words.of_socket(*id))
        };
        let gives = if call.contains_key("socket") { name(&act.role) } else { name(&act.accepts) };
        let accepts = call.contains_key("accept");
        let mut text = match (dialect, gives) {
            (Dialect::Python, Some(gives)) if accepts => format!("{gives}, address = {made}"),
            (Dialect::Rust, Some(gives)) if accepts => format!("let ({gives}, address) = {made}?"),
            (Dialect::Rust, Some(gives)) => format!("let {gives} = {made}?"),
            (_, Some(gives)) => format!("{gives} = {made}"),
            (_, None) => made,
        };
        if dialect == Dialect::Python {
            // As after `from socket import *`.
            text = text.replace("socket.", "");
        }
        match act.repeat {
            Some(times) => format!("{text}  {remark} × {times}"),
            None => text,
        }
    }

    /// The protocol's command, with the roles' own numbers.
    fn command(&self, act: &Act, call: &Map<String, Value>) -> Option<Command> {
        let mut call = call.clone();
        let makes = call.contains_key("socket");
        for arguments in call.values_mut().filter_map(Value::as_object_mut) {
            if let Some(id) = act.role.as_deref().and_then(|role| self.ids.get(role))
                && !makes
            {
                arguments.insert("socket".into(), json!(id));
            }
            let address = arguments.get("address").and_then(Value::as_str);
            if let Some(role) = address.and_then(|text| text.strip_prefix('@')) {
                let bound = self.bound.get(role).map(|text| (*text).to_owned());
                let address = bound.or_else(|| {
                    let id = self.ids.get(role)?;
                    let port = CHOSEN + id.0 as u16;
                    Some(Address::Inet(([127, 0, 0, 1], port).into()).to_string())
                });
                arguments.insert("address".into(), json!(address?));
            }
        }
        serde_json::from_value(Value::Object(call)).ok()
    }
}

/// Arguments as they stand in the file.
fn bare(arguments: &Value) -> String {
    let fields = arguments.as_object().into_iter().flatten();
    fields.map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(acts: &str) -> Vec<CodeLine> {
        let head = "title = { en = \"a\", zh = \"a\" }\nquestion = { en = \"a\", zh = \"a\" }\ngroup = \"what\"\nneeds = \"wire\"\n";
        lines(&Script::read("test", &format!("{head}{acts}")).expect("a script"))
    }

    #[test]
    fn each_language_writes_the_call_its_own_way() {
        let all = of(r#"
[[act]]
role = "server"
call = { socket = { net = "right", family = "ipv4", kind = "stream" } }
[[act]]
role = "server"
call = { bind = { address = "10.77.0.2:8001" } }
[[act]]
role = "server"
call = { accept = {} }
accepts = "conn"
asleep = true
[[act]]
role = "c"
call = { socket = { net = "left", family = "ipv4", kind = "stream" } }
repeat = 3
[[act]]
role = "c1"
call = { connect = { address = "@server" } }
[[act]]
role = "c1"
call = { send = { data = { text = "你" }, all = true } }
[[act]]
call = { freeze = { on = true } }
"#);
        let python: Vec<&str> = all.iter().map(|line| line.python.as_str()).collect();
        assert_eq!(
            python,
            [
                "server = socket(AF_INET, SOCK_STREAM)",
                r#"server.bind(("10.77.0.2", 8001))"#,
                "conn, address = server.accept()",
                "c = socket(AF_INET, SOCK_STREAM)  # × 3",
                r#"c1.connect(("10.77.0.2", 8001))"#,
                r#"c1.sendall("你".encode())"#,
                "# freeze on=true",
            ]
        );
        assert_eq!(all[2].rust, "let (conn, address) = server.accept()?");
        assert_eq!(all[2].c, "conn = accept(server, NULL, NULL)");
        assert_eq!((all[3].act, all[3].role.as_str()), (4, "c"));
    }

    #[test]
    fn a_port_that_the_kernel_chooses_has_a_name() {
        let all = of(r#"
[[act]]
role = "b"
call = { socket = { net = "host", family = "ipv4", kind = "datagram" } }
[[act]]
role = "b"
call = { bind = { address = "127.0.0.1:0" } }
[[act]]
role = "b"
call = { send_to = { address = "@b", data = { fill = { bytes = 52 } } } }
"#);
        assert_eq!(
            all[2].python,
            r#"b.sendto(b"abcdefghijklmnopqrstuvwxyz" * 2, ("127.0.0.1", b_port))"#
        );
    }
}
