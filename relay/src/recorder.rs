//! Owns a recording under way: one thread that follows the journal and writes it to a file. Never holds
//! the lab or the wire up; what came too fast is told in the file itself.

mod shelf;

pub use shelf::{ONLY, SUFFIX, Shelf, create_new};

use crate::errno;
use crate::journal::{Journal, Read};
use crate::tap::Tap;
use protocol::message::Rung;
use protocol::number::Wide;
use protocol::recording::{self, Block, Closed, EVENTS, EVENTS_BYTES, Header, LONGEST};
use protocol::{ErrorKind, Event, Failure, Seq, Source, What, limit};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;
use tokio::sync::watch;

/// Bytes of a file at most; then the recording ends and says so.
pub const FILE_BYTES: u64 = 4 * 1024 * 1024 * 1024;
/// Between two looks at the journal, while it grows.
const PACE: Duration = Duration::from_millis(20);
/// What is in the file is at most this old: what a `kill -9` can cost.
const FLUSH: Duration = Duration::from_millis(250);
/// Events of one block.
const BATCH: usize = 512;
const _: () = assert!(BATCH <= EVENTS);
/// Between the writer and the kernel.
const BUFFER: usize = 256 * 1024;

/// Writes at most one recording at a time. All clones are one.
#[derive(Clone)]
pub struct Recorder {
    journal: Journal,
    tap: Tap,
    rung: Rung,
    running: Arc<Mutex<Option<Running>>>,
    file_bytes: u64,
}

struct Running {
    stop: watch::Sender<bool>,
    thread: JoinHandle<()>,
}

impl Recorder {
    /// Of this journal, and of the packets that come through the tap.
    pub fn new(journal: Journal, tap: Tap, rung: Rung) -> Self {
        Self { journal, tap, rung, running: Arc::default(), file_bytes: FILE_BYTES }
    }

    /// The same with another bound for a file.
    #[must_use]
    pub fn bounded(self, file_bytes: u64) -> Self {
        Self { file_bytes, ..self }
    }

    /// Begins to write to `file`, which the journal names `name`: from the journal's beginning where
    /// it still has that, else from now on.
    ///
    /// # Errors
    /// `busy` while another is written, `bad_request` for a snaplen above 65535, the errno of write(2).
    pub fn start(&self, file: File, name: &str, snaplen: u32) -> Result<(), Failure> {
        check(snaplen)?;
        let mut running = self.running();
        if running.as_ref().is_some_and(|running| !running.thread.is_finished()) {
            let message = "A recording is being written already; end it first.";
            return Err(Failure::new(ErrorKind::Busy, message));
        }
        self.tap.open(snaplen);
        let mut writer = Writer::new(file, self.journal.clone(), self.tap.clone(), self.file_bytes);
        writer.begin(&self.rung, snaplen).map_err(|error| unwritten(name, &error))?;
        let began = What::RecordingBegan { file: name.to_owned(), snaplen };
        self.journal.append(Source::Relay, began);
        let (stop, stopped) = watch::channel(false);
        let thread = thread::Builder::new()
            .name("recorder".into())
            .spawn(move || writer.follow(stopped))
            .map_err(|error| unwritten(name, &error))?;
        *running = Some(Running { stop, thread });
        Ok(())
    }

    /// Ends the recording; its file is whole afterwards. Waits for the disk.
    ///
    /// # Errors
    /// `bad_request` where nothing is recorded.
    pub fn stop(&self) -> Result<(), Failure> {
        let running = self.running().take();
        let Some(running) = running else {
            return Err(Failure::new(ErrorKind::BadRequest, "Nothing is being recorded."));
        };
        running.stop.send_replace(true);
        // It ends by itself where it fails, and has told why.
        let _ = running.thread.join();
        Ok(())
    }

    fn running(&self) -> MutexGuard<'_, Option<Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Refuses a snaplen that no packet has.
///
/// # Errors
/// `bad_request`.
pub fn check(snaplen: u32) -> Result<(), Failure> {
    if snaplen <= LONGEST {
        return Ok(());
    }
    let message = format!("A packet has at most {LONGEST} bytes, so snaplen is 0 to {LONGEST}.");
    Err(Failure::new(ErrorKind::BadRequest, message))
}

fn unwritten(name: &str, error: &io::Error) -> Failure {
    let message = format!("{name} cannot be written: {error}.");
    match errno::code_of(error) {
        0 => Failure::new(ErrorKind::Unsupported, message),
        _ => Failure::errno(errno::name_of(error), message),
    }
}

/// What the thread owns.
struct Writer {
    out: BufWriter<File>,
    bytes: u64,
    most: u64,
    journal: Journal,
    tap: Tap,
    /// The last event that is written.
    seq: Seq,
    unkept: u64,
}

impl Writer {
    fn new(file: File, journal: Journal, tap: Tap, most: u64) -> Self {
        let out = BufWriter::with_capacity(BUFFER, file);
        Self { out, bytes: 0, most, journal, tap, seq: 0, unkept: 0 }
    }

    fn begin(&mut self, rung: &Rung, snaplen: u32) -> io::Result<()> {
        let whole = matches!(self.journal.read(0, 0), Read::Events(_));
        let snapshot = (!whole).then(|| self.journal.snapshot());
        self.seq = snapshot.as_ref().map_or(0, |world| world.seq);
        let seed = self.journal.look(|world| world.wire.as_ref().map_or(0, |wire| wire.seed));
        let header = Header {
            protocol: limit::VERSION,
            relay: env!("CARGO_PKG_VERSION").to_owned(),
            kernel: kernel(),
            epoch: self.journal.epoch().to_owned(),
            began_unix_ns: Wide(self.journal.began_unix_ns()),
            rung: rung.clone(),
            seed,
            snaplen,
            after: self.seq,
            at: self.journal.now(),
        };
        self.put(&recording::begin(header))?;
        match snapshot {
            Some(world) => self.block(&Block::Snapshot(Box::new(world))),
            None => Ok(()),
        }?;
        self.out.flush()
    }

    /// Until somebody stops it, or the disk does.
    fn follow(mut self, mut stop: watch::Receiver<bool>) {
        let why = self.write_all(&mut stop).err().map(|error| self.sentence(&error));
        self.tap.open(0);
        let closed =
            Closed { seq: self.seq, at: self.journal.now(), unkept: self.unkept, why: why.clone() };
        // A disk that is full may have no room for this either: the file then ends unclosed, and opens.
        let _ = self.block(&Block::Closed(closed)).and_then(|()| self.out.flush());
        let ended = What::RecordingEnded { bytes: self.bytes, why };
        self.journal.append(Source::Relay, ended);
    }

    fn sentence(&self, error: &io::Error) -> String {
        if self.bytes >= self.most {
            return format!("The file has reached its bound of {} bytes.", self.most);
        }
        format!("The file took no more ({}).", errno::name_of(error))
    }

    fn write_all(&mut self, stop: &mut watch::Receiver<bool>) -> io::Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
        let mut news = self.journal.watch();
        loop {
            let stopped = *stop.borrow();
            self.catch_up()?;
            self.out.flush()?;
            if stopped {
                return Ok(());
            }
            runtime.block_on(async {
                let news = async {
                    // The journal cannot be gone: this thread has one.
                    let _ = news.changed().await;
                    tokio::time::sleep(PACE).await;
                };
                tokio::select! {
                    _ = stop.changed() => {}
                    _ = tokio::time::timeout(FLUSH, news) => {}
                }
            });
        }
    }

    /// Writes all that the journal and the tap have now.
    fn catch_up(&mut self) -> io::Result<()> {
        loop {
            match self.journal.read(self.seq, BATCH) {
                Read::Events(events) => {
                    let Some(last) = events.last() else { break };
                    self.seq = last.seq;
                    self.events(events)?;
                }
                Read::Lost { .. } => {
                    let world = self.journal.snapshot();
                    let (from, to) = (self.seq + 1, world.seq);
                    self.seq = to;
                    self.block(&Block::Missing { from, to })?;
                    self.block(&Block::Snapshot(Box::new(world)))?;
                }
            }
        }
        let taken = self.tap.fetch();
        self.unkept = taken.unkept;
        if !taken.packets.is_empty() {
            self.block(&Block::Packets(taken.packets))?;
        }
        Ok(())
    }

    /// As one block, or as more where one would not be read again.
    fn events(&mut self, events: Vec<Event>) -> io::Result<()> {
        let block = Block::Events(events);
        let bytes = block.encode();
        match block {
            Block::Events(mut events) if bytes.len() > EVENTS_BYTES && events.len() > 1 => {
                let rest = events.split_off(events.len() / 2);
                self.events(events)?;
                self.events(rest)
            }
            _ => self.put(&bytes),
        }
    }

    fn block(&mut self, block: &Block) -> io::Result<()> {
        self.put(&block.encode())
    }

    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.bytes + bytes.len() as u64 > self.most {
            self.bytes = self.most;
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.out.write_all(bytes)?;
        self.bytes += bytes.len() as u64;
        Ok(())
    }
}

/// The kernel's name and release (uname(2)).
fn kernel() -> String {
    #[cfg(unix)]
    {
        let name = rustix::system::uname();
        let text = |part: &std::ffi::CStr| part.to_string_lossy().into_owned();
        format!("{} {} {}", text(name.sysname()), text(name.release()), text(name.machine()))
    }
    #[cfg(not(unix))]
    {
        std::env::consts::OS.to_owned()
    }
}
