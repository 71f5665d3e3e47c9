//! Patchbay's relay: parses, starts, reports.

#[path = "main/experiment.rs"]
mod experiment;
#[path = "main/house.rs"]
mod house;
#[path = "main/listen.rs"]
mod listen;

use anyhow::Context as _;
use clap::{Parser, Subcommand};
use experiment::ExperimentOrder;
use house::{maker, replay, serve};
use protocol::message::{ToPage, ToRelay};
use protocol::recording::SNAPLEN;
use relay::file::ExportOrder;
use relay::server::Name;
use relay::state::{self, State};
use relay::terminal::harmless;
use relay::{descriptor, policy, run, rung, wire};
use std::ffi::OsString;
use std::io::{self, ErrorKind, Write as _};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

/// Shows real sockets at work: makes the socket calls that its page asks for.
#[derive(Parser)]
#[command(name = "relay", version)]
struct Options {
    /// Where to serve the page; port 0 lets the kernel choose
    #[arg(long, global = true, value_name = "ADDR", default_value = "127.0.0.1:7007")]
    listen: SocketAddr,
    /// Serve beyond loopback: --listen may name another address of this machine
    #[arg(long, global = true)]
    expose: bool,
    /// Answer under this name too, HOST or HOST:PORT, such as a tunnel's; may be repeated
    #[arg(long = "name", global = true, value_name = "NAME")]
    known_as: Vec<Name>,
    /// Replace the token, so that earlier links stop working, the viewers' too
    #[arg(long)]
    new_token: bool,
    /// Use this rung only, not the best that there is
    #[arg(long, value_name = "RUNG", value_parser = ["tun", "veth", "loopback"])]
    rung: Option<String>,
    /// Write the journal to this new file as it happens
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
    /// Bytes of each packet that --record keeps
    #[arg(long, value_name = "BYTES", default_value_t = SNAPLEN)]
    snaplen: u32,
    /// Let sockets reach this network too, or only these ports of it; may be given again
    #[arg(long, value_name = "CIDR[:PORTS]")]
    allow: Vec<policy::Range>,
    /// Your own experiments: every NAME.toml of this folder
    #[arg(long, global = true, value_name = "DIR")]
    experiments: Option<PathBuf>,
    #[command(subcommand)]
    order: Option<Order>,
}

#[derive(Subcommand)]
enum Order {
    /// Tell what this machine offers
    Check {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Print the JSON Schema of the protocol
    Schema,
    /// Run a program of your own inside a net of a running relay's wire
    Run {
        /// Inside which: left or right
        #[arg(long, value_name = "NET")]
        on: String,
        /// The port of the relay, where several run
        #[arg(long, value_name = "PORT")]
        at: Option<u16>,
        /// The program and its arguments
        #[arg(required = true, trailing_var_arg = true, value_name = "COMMAND")]
        command: Vec<OsString>,
    },
    /// Serve the page with a recording, without any socket
    Replay {
        /// The recording
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Tell a recording in another form
    Export(ExportOrder),
    /// Play experiments without a page
    #[command(subcommand)]
    Experiment(ExperimentOrder),
}

fn main() -> ExitCode {
    // Before any thread: the helper is this program too.
    if let Some(code) = wire::helper::run(std::env::args_os()) {
        return code;
    }
    let options = match Options::try_parse() {
        Ok(options) => options,
        Err(told) => return unparsed(&told),
    };
    let done = match &options.order {
        None => serve(&options),
        Some(Order::Check { json }) => check(*json),
        Some(Order::Schema) => schema(),
        // Before any thread, too.
        Some(Order::Run { on, at, command }) => return enter(on, *at, command),
        Some(Order::Replay { file }) => replay(&options, file),
        Some(Order::Export(order)) => order.run(),
        Some(Order::Experiment(order)) => {
            let maker = maker(options.rung.as_deref(), descriptor::raise());
            order.run(options.experiments.as_deref(), &maker)
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}", harmless(&format!("{error:#}")));
            ExitCode::FAILURE
        }
    }
}

/// Help, version or a usage error; the latter has env(1)'s code for `run`, whose own would be taken
/// for the program's.
fn unparsed(told: &clap::Error) -> ExitCode {
    // To a terminal that is gone nothing can be told.
    let _ = told.print();
    let run = std::env::args_os().nth(1).is_some_and(|order| order == "run");
    match told.exit_code() {
        0 => ExitCode::SUCCESS,
        _ if run => run::FAILED.into(),
        code => ExitCode::from(code.unsigned_abs() as u8),
    }
}

/// Comes back only if the program does not start.
fn enter(on: &str, at: Option<u16>, command: &[OsString]) -> ExitCode {
    let begun = || {
        let end = wire::End::BOTH.into_iter().find(|end| end.name() == on);
        let end = end.with_context(|| format!("--on takes left or right, not {on}."))?;
        let state = State::open(&state::place(|name| std::env::var_os(name))?)?;
        anyhow::Ok((state, end))
    };
    let error = match begun() {
        Ok((state, end)) => run::exec(&state, end, at, command).into(),
        Err(error) => error,
    };
    eprintln!("relay: {}", harmless(&format!("{error:#}")));
    error.downcast_ref().map_or(run::FAILED, run::RunError::code).into()
}

fn check(json: bool) -> anyhow::Result<()> {
    let (rung, unset) = match wire::open() {
        Ok(parts) => (parts.rung, parts.unset),
        Err(rung) => (rung, Vec::new()),
    };
    if json {
        let mut told = serde_json::to_value(&rung)?;
        told["unset"] = unset.into();
        return say(&format!("{told}\n"));
    }
    let unset = unset.iter().fold(String::new(), |all, what| all + "not set: " + what + "\n");
    say(&(rung::told(&rung) + &unset))
}

fn schema() -> anyhow::Result<()> {
    let both = serde_json::json!({
        "to_relay": schemars::schema_for!(ToRelay),
        "to_page": schemars::schema_for!(ToPage),
    });
    say(&format!("{}\n", serde_json::to_string_pretty(&both)?))
}

/// To stdout; a reader that has left is no failure.
fn say(text: &str) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(harmless(text).as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::Options;
    use clap::CommandFactory as _;

    #[test]
    fn no_two_arguments_share_a_name() {
        Options::command().debug_assert();
        for order in ["list", "run first", "new x", "export first --html x.html"] {
            let words = ["relay", "experiment"].into_iter().chain(order.split(' '));
            let told = <Options as clap::Parser>::try_parse_from(words);
            assert!(told.is_ok(), "{order}: {:?}", told.err().map(|error| error.to_string()));
        }
    }
}
