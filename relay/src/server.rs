//! Owns the listener: connections, their number and their deadlines. Which request gets which answer
//! is an axum router's business (`route`); axum's own `serve` is not used, since it waits for heads and
//! keeps connections without any bound.

mod answer;
#[cfg(test)]
mod conformance;
mod guard;
mod line;
mod name;
mod place;
mod recording;
mod route;
mod upgrade;

pub use name::Name;

use crate::session::{Asker, Hub, Peer};
use axum::{Extension, Router};
use guard::Guard;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use line::Line;
use place::{Place, Places};
use socket2::SockRef;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

/// Connections at once, sessions included.
pub const CONNECTIONS: u32 = 256;
/// For a request's head, from the connection or the answer before it.
const HEAD_DEADLINE: Duration = Duration::from_secs(5);
/// For all requests of a connection that does not become a session: also bounds who never reads.
const HTTP_DEADLINE: Duration = Duration::from_mins(1);
/// Until accept is tried again when the process is out of descriptors (EMFILE, accept(2)).
const ACCEPT_RETRY: Duration = Duration::from_millis(10);
/// For sessions to say goodbye.
const GOODBYE: Duration = Duration::from_millis(500);
/// Bytes that may wait in the kernel for somebody slow, as asked for; Linux takes twice that for its own
/// book-keeping (SO_SNDBUF, socket(7)). Its own choice would be some MiB a connection.
const SEND_BUFFER: usize = 64 * 1024;
/// Bytes of a request's head.
const HEAD: usize = 16 * 1024;

/// The bounds of a server.
#[derive(Clone, Copy, Debug)]
pub struct Config {
    /// Connections at once. Where one more comes, the oldest that is not yet a session of somebody
    /// who knows the token makes room; where all are, it waits.
    pub connections: u32,
    /// For a request's head.
    pub head_deadline: Duration,
    /// For a connection that does not become a session.
    pub http_deadline: Duration,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            connections: CONNECTIONS,
            head_deadline: HEAD_DEADLINE,
            http_deadline: HTTP_DEADLINE,
        }
    }
}

/// A bound listener.
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    config: Config,
    names: Vec<Name>,
}

impl Server {
    /// Listens on `address`; port 0 lets the kernel choose.
    pub async fn bind(address: SocketAddr, config: Config) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        Ok(Self { listener, address, config, names: Vec::new() })
    }

    /// The same, under these names too.
    #[must_use]
    pub fn known_as(self, names: Vec<Name>) -> Self {
        Self { names, ..self }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `shutdown` comes true, then gives the sessions half a second to end.
    pub async fn run<A: Asker>(self, hub: Arc<Hub<A>>, shutdown: impl Future<Output = ()>) {
        let (close, closing) = watch::channel(false);
        let router = route::router(hub, Guard::new(self.address, &self.names), closing.clone());
        let places = Places::new(self.config.connections);
        tokio::select! {
            () = self.accept(&router, &places, &closing) => {}
            () = shutdown => {}
        }
        close.send_replace(true);
        let _ = timeout(GOODBYE, places.all_left()).await;
    }

    async fn accept(&self, router: &Router, places: &Places, closing: &watch::Receiver<bool>) {
        loop {
            let (stream, peer) = match self.listener.accept().await {
                Ok(accepted) => accepted,
                Err(error) => {
                    if matches!(crate::errno::code_of(&error), libc::EMFILE | libc::ENFILE) {
                        places.make_room();
                    }
                    sleep(ACCEPT_RETRY).await;
                    continue;
                }
            };
            // Replies are small and waited for (Nagle's algorithm off, tcp(7)); without it they are
            // only later.
            let _ = stream.set_nodelay(true);
            // Without it a slow viewer is only further behind.
            let _ = SockRef::from(&stream).set_send_buffer_size(SEND_BUFFER);
            let place = places.enter().await;
            let line = Arc::new(Line::new(Peer::of(peer, self.address)));
            let answers = router.clone().layer(Extension(line));
            tokio::spawn(connection(stream, answers, place, closing.clone(), self.config));
        }
    }
}

/// One connection, until it ends or becomes a session.
async fn connection(
    stream: TcpStream,
    router: Router,
    place: Place,
    mut closing: watch::Receiver<bool>,
    config: Config,
) {
    let place = Arc::new(place);
    let answers = router.layer(Extension(place.clone()));
    let http = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(config.head_deadline)
        .max_buf_size(HEAD)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(answers))
        .with_upgrades();
    // How it ended concerns nobody: the other side knows.
    tokio::select! {
        _ = timeout(config.http_deadline, http) => {}
        () = place.wanted() => {}
        _ = closing.wait_for(|closing| *closing) => {}
    }
}
