//! Patchbay's relay: parses, starts, reports.

use anyhow::Context as _;
use clap::{Parser, Subcommand};
use protocol::message::{RungName, ToPage, ToRelay};
use protocol::recording::SNAPLEN;
use relay::director::Director;
use relay::file::ExportOrder;
use relay::journal::Journal;
use relay::lab::{Lab, Maker, Names};
use relay::policy::Policy;
use relay::recorder::{ONLY, Recorder, Shelf};
use relay::server::{self, Server};
use relay::session::{self, Hub};
use relay::state::{self, State, Token};
use relay::{assets, descriptor, experiment, file, policy, run, rung, wire};
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, ErrorKind, Write as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

/// Shows real sockets at work: makes the socket calls that its page asks for.
#[derive(Parser)]
#[command(name = "relay", version)]
struct Options {
    /// Where to serve the page; port 0 lets the kernel choose
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:7007")]
    listen: SocketAddr,
    /// Replace the token, so that earlier links stop working
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

#[derive(Subcommand)]
enum ExperimentOrder {
    /// Name the experiments that there are
    List,
    /// Play some, and fail unless the kernel did all that they promise
    #[command(arg_required_else_help = true)]
    Run {
        /// Which
        #[arg(required_unless_present = "all")]
        names: Vec<String>,
        /// Every one
        #[arg(long, conflicts_with = "names")]
        all: bool,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
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
        Some(Order::Experiment(ExperimentOrder::List)) => list(),
        Some(Order::Experiment(ExperimentOrder::Run { names, json, .. })) => {
            play(names, *json, &maker(options.rung.as_deref(), descriptor::raise()))
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
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
    eprintln!("relay: {error:#}");
    error.downcast_ref().map_or(run::FAILED, run::RunError::code).into()
}

fn serve(options: &Options) -> anyhow::Result<()> {
    let (state, token) = begin(options)?;
    let recording = options.record.as_deref().map(file::create).transpose()?;
    let doors = run::folder(&state)?;
    let names = folder_of_names(&state);
    let kept = names.clone();
    let shelf = Shelf::folder(state.recordings()?);
    let descriptors = descriptor::raise();
    let runtime = tokio::runtime::Runtime::new().context("The runtime cannot be started")?;
    let maker = maker(options.rung.as_deref(), descriptors);
    let done = runtime.block_on(async {
        let shutdown = asked_to_end().context("Signals cannot be watched")?;
        let connections = descriptor::connections(descriptors);
        let server = listen(options.listen, connections).await?;
        let house = House { token, shelf, descriptors, maker, doors, names };
        run_relay(
            server,
            house,
            recording.zip(options.record.as_deref()),
            options.snaplen,
            shutdown,
        )
        .await
    });
    runtime.shutdown_background();
    // The lab's thread may outlive this one's end.
    if let Some(names) = kept {
        names.remove();
    }
    done
}

/// Where Unix sockets have their names; without it the relay goes on.
fn folder_of_names(state: &State) -> Option<Arc<Names>> {
    match Names::open(state) {
        Ok(names) => Some(Arc::new(names)),
        Err(error) => {
            eprintln!("There will be no Unix sockets: {error}.");
            None
        }
    }
}

/// Shows a recording; makes no socket but the page's own.
fn replay(options: &Options, file: &Path) -> anyhow::Result<()> {
    let (_, token) = begin(options)?;
    let link = token.reveal().to_owned();
    let hub = file::replay(file, token)?;
    let runtime = tokio::runtime::Runtime::new().context("The runtime cannot be started")?;
    let done = runtime.block_on(async {
        let shutdown = asked_to_end().context("Signals cannot be watched")?;
        let server = listen(options.listen, server::Config::default().connections).await?;
        say(&format!("Patchbay: http://{}/#token={link}&replay={ONLY}\n", server.address()))?;
        server.run(Arc::new(hub), shutdown).await;
        Ok(())
    });
    runtime.shutdown_background();
    done
}

/// What comes before anything is served.
fn begin(options: &Options) -> anyhow::Result<(State, Token)> {
    anyhow::ensure!(
        !assets::PAGE_IS_STUB
            || std::env::var_os("PATCHBAY_ALLOW_STUB").is_some_and(|on| on == "1"),
        "This relay was built without its page: build again without PATCHBAY_PAGE, or set PATCHBAY_ALLOW_STUB=1."
    );
    anyhow::ensure!(
        policy::may_listen(options.listen),
        "{} is not loopback, and this version serves only there: use 127.0.0.1 or [::1].",
        options.listen
    );
    let state = State::open(&state::place(|name| std::env::var_os(name))?)?;
    let token = if options.new_token { state.new_token()? } else { state.token()? };
    Ok((state, token))
}

async fn listen(address: SocketAddr, connections: u32) -> anyhow::Result<Server> {
    Server::bind(address, server::Config { connections, ..Default::default() })
        .await
        .map_err(|error| unbound(address, &error))
}

/// What a relay is made of.
struct House {
    token: Token,
    shelf: Shelf,
    descriptors: u64,
    maker: Maker,
    doors: run::Folder,
    names: Option<Arc<Names>>,
}

async fn run_relay(
    server: Server,
    house: House,
    record: Option<(File, &Path)>,
    snaplen: u32,
    shutdown: impl Future<Output = ()>,
) -> anyhow::Result<()> {
    let House { token, shelf, descriptors, maker, doors, names } = house;
    let link = format!("http://{}/#token={}", server.address(), token.reveal());
    let limits = descriptor::limits(descriptors);
    let policy = Policy { own: vec![server.address()] };
    let (parts, rung) = match maker() {
        Ok(parts) => {
            let rung = parts.rung.clone();
            (Some(parts), rung)
        }
        Err(rung) => (None, rung),
    };
    let wire = parts.map(|parts| Ok::<_, anyhow::Error>((parts, maker, seed()?))).transpose()?;
    let lab = Lab::start_in(Journal::new(epoch()?), Arc::new(policy), limits, wire, names)
        .context("The lab cannot be started")?;
    let recorder = Recorder::new(lab.journal().clone(), lab.tap().clone(), rung.clone());
    if let Some((file, path)) = record {
        recorder
            .start(file, &path.display().to_string(), snaplen)
            .map_err(|no| anyhow::anyhow!(no.message))?;
    }
    let door = run::Door::open(doors, lab.clone(), &rung, server.address().port());
    if let Err(error) = &door {
        eprintln!("`relay run` will not find this relay: {error}.");
    }
    let director = Director::new(lab).recording(recorder.clone(), shelf.clone());
    let hub = Hub::new(director, token, rung, limits, session::Config::default());
    // The listener is there already: whoever reads this line may connect.
    say(&format!("Patchbay: {link}\n"))?;
    server.run(Arc::new(hub.with_shelf(Some(shelf))), shutdown).await;
    // Where nothing is recorded there is nothing to end.
    let _ = recorder.stop();
    drop(door);
    Ok(())
}

fn unbound(listen: SocketAddr, error: &io::Error) -> anyhow::Error {
    match error.kind() {
        ErrorKind::AddrInUse => anyhow::anyhow!(
            "{listen} is taken (EADDRINUSE): another relay may be running; try --listen 127.0.0.1:0."
        ),
        _ => anyhow::anyhow!("{listen} cannot be listened on: {error}."),
    }
}

/// Comes true on SIGINT or SIGTERM; both are watched from now on.
#[cfg(unix)]
fn asked_to_end() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Comes true on Ctrl-C, or when the console is closed; both are watched from now on.
#[cfg(windows)]
fn asked_to_end() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::windows::{ctrl_c, ctrl_close};
    let mut interrupt = ctrl_c()?;
    let mut close = ctrl_close()?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = close.recv() => {}
        }
    })
}

/// A name that no other run has.
fn epoch() -> anyhow::Result<String> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).context("The kernel gives no random bytes")?;
    Ok(format!("{:016x}", u64::from_be_bytes(bytes)))
}

/// Makes the wire, on the rung asked for or the best there is.
fn maker(rung: Option<&str>, descriptors: u64) -> Maker {
    if descriptors < descriptor::FOR_WIRE {
        return Arc::new(|| Err(rung::without_descriptors()));
    }
    let only = match rung {
        Some("tun") => Some(RungName::Tun),
        Some("veth") => Some(RungName::Veth),
        Some(_) => Some(RungName::Loopback),
        None => None,
    };
    Arc::new(move || only.map_or_else(wire::open, wire::open_on))
}

/// Where the wire's random numbers begin; told in the journal.
fn seed() -> anyhow::Result<u32> {
    let mut bytes = [0; 4];
    getrandom::fill(&mut bytes).context("The kernel gives no random bytes")?;
    Ok(u32::from_be_bytes(bytes))
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

fn list() -> anyhow::Result<()> {
    for name in experiment::names() {
        let script = experiment::find(name).map_err(anyhow::Error::msg)?;
        say(&format!("{name}\t{}\t{}\n", script.title.en, script.title.zh))?;
    }
    Ok(())
}

fn play(names: &[String], json: bool, maker: &Maker) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Runtime::new().context("The runtime cannot be started")?;
    let reports = runtime.block_on(experiment::headless::run(names, maker))?;
    runtime.shutdown_background();
    if json {
        say(&format!("{}\n", serde_json::to_string(&reports)?))?;
    } else {
        for report in &reports {
            say(&format!("{}\n", report.told()))?;
        }
    }
    let failed = reports.iter().filter(|report| !report.passed()).count();
    anyhow::ensure!(failed == 0, "{failed} of {} experiments failed.", reports.len());
    Ok(())
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
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}
