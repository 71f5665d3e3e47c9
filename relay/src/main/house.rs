//! Owns what a running relay is made of, and the order in which its parts begin and end.

use super::experiment::library;
use super::{Options, listen, say};
use anyhow::Context as _;
use protocol::message::RungName;
use relay::director::Director;
use relay::experiment::Library;
use relay::journal::Journal;
use relay::lab::{Lab, Maker, Names};
use relay::policy::{Policy, Range};
use relay::recorder::{ONLY, Recorder, Shelf};
use relay::server::{self, Server};
use relay::session::{self, Guests, Hub};
use relay::state::{self, State, Token};
use relay::{assets, descriptor, file, run, rung, wire};
use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Arc;

/// Serves until it is asked to end.
pub(super) fn serve(options: &Options) -> anyhow::Result<()> {
    let library = library(options.experiments.as_deref())?;
    let (state, token) = begin(options)?;
    let recording = options.record.as_deref().map(file::create).transpose()?;
    let doors = run::folder(&state)?;
    for range in &options.allow {
        eprintln!("{}", range.told());
    }
    let names = folder_of_names(&state);
    let kept = names.clone();
    let shelf = Shelf::folder(state.recordings()?);
    let descriptors = descriptor::raise();
    let connections = descriptor::connections(descriptors);
    let guests = Guests::kept(token.clone(), state, connections / 2)?;
    let runtime = tokio::runtime::Runtime::new().context("The runtime cannot be started")?;
    let maker = maker(options.rung.as_deref(), descriptors);
    let done = runtime.block_on(async {
        let shutdown = asked_to_end().context("Signals cannot be watched")?;
        let server = listen::open(options, connections).await?;
        let house = House { token, guests, shelf, descriptors, maker, doors, names, library };
        run_relay(
            server,
            house,
            recording.zip(options.record.as_deref()),
            options.snaplen,
            &options.allow,
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
pub(super) fn replay(options: &Options, file: &Path) -> anyhow::Result<()> {
    let (_, token) = begin(options)?;
    let link = token.reveal().to_owned();
    let hub = file::replay(file, token)?;
    let runtime = tokio::runtime::Runtime::new().context("The runtime cannot be started")?;
    let done = runtime.block_on(async {
        let shutdown = asked_to_end().context("Signals cannot be watched")?;
        let server = listen::open(options, server::Config::default().connections).await?;
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
    listen::judge(options)?;
    let state = State::open(&state::place(|name| std::env::var_os(name))?)?;
    let token = if options.new_token { state.new_token()? } else { state.token()? };
    Ok((state, token))
}

/// What a relay is made of.
struct House {
    token: Token,
    guests: Guests,
    shelf: Shelf,
    descriptors: u64,
    maker: Maker,
    doors: run::Folder,
    names: Option<Arc<Names>>,
    library: Library,
}

async fn run_relay(
    server: Server,
    house: House,
    record: Option<(File, &Path)>,
    snaplen: u32,
    allow: &[Range],
    shutdown: impl Future<Output = ()>,
) -> anyhow::Result<()> {
    let House { token, guests, shelf, descriptors, maker, doors, names, library } = house;
    let link = format!("http://{}/#token={}", server.address(), token.reveal());
    let limits = descriptor::limits(descriptors);
    let policy = Policy { own: vec![server.address()], allow: allow.to_vec() };
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
    let director = Director::new(lab)
        .with_library(library.clone())
        .recording(recorder.clone(), shelf.clone())
        .inviting(guests.clone());
    let hub = Hub::new(director, guests, rung, limits, session::Config::default());
    // The listener is there already: whoever reads this line may connect.
    say(&format!("Patchbay: {link}\n"))?;
    let hub = hub.with_shelf(Some(shelf)).with_experiments(library.heads().to_vec());
    server.run(Arc::new(hub), shutdown).await;
    // Where nothing is recorded there is nothing to end.
    let _ = recorder.stop();
    drop(door);
    Ok(())
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
pub(super) fn maker(rung: Option<&str>, descriptors: u64) -> Maker {
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
