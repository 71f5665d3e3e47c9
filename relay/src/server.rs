//! Owns the listener: connections, their number and their deadlines, and which request gets which
//! answer. Never reads a session's messages or opens a file.

mod answer;
mod guard;
mod upgrade;

use crate::session::{self, Asker, Hub};
use answer::{Answer, answer, asset, refusal};
use guard::Guard;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{sleep, timeout};

/// Connections at once, sessions included; more wait in the kernel's backlog.
pub const CONNECTIONS: u32 = 256;
/// For a request's head, from the connection or the answer before it.
const HEAD_DEADLINE: Duration = Duration::from_secs(5);
/// For all requests of a connection that does not become a session: also bounds who never reads.
const HTTP_DEADLINE: Duration = Duration::from_mins(1);
/// Until accept is tried again when the process is out of descriptors (EMFILE, accept(2)).
const ACCEPT_RETRY: Duration = Duration::from_millis(10);
/// For sessions to say goodbye.
const GOODBYE: Duration = Duration::from_millis(500);
/// Bytes of a request's head.
const HEAD: usize = 16 * 1024;

/// The bounds of a server.
#[derive(Clone, Copy, Debug)]
pub struct Config {
    /// Connections at once.
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
}

/// What every connection of a running server needs.
struct House<A> {
    hub: Arc<Hub<A>>,
    guard: Guard,
    closing: watch::Receiver<bool>,
}

impl Server {
    /// Listens on `address`; port 0 lets the kernel choose.
    pub async fn bind(address: SocketAddr, config: Config) -> std::io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        Ok(Self { listener, address, config })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `shutdown` comes true, then gives the sessions half a second to end.
    pub async fn run<A: Asker>(self, hub: Arc<Hub<A>>, shutdown: impl Future<Output = ()>) {
        let (close, closing) = watch::channel(false);
        let house = Arc::new(House { hub, guard: Guard::new(self.address), closing });
        let places = Arc::new(Semaphore::new(self.config.connections as usize));
        tokio::select! {
            () = self.accept(&house, &places) => {}
            () = shutdown => {}
        }
        close.send_replace(true);
        let _ = timeout(GOODBYE, places.acquire_many(self.config.connections)).await;
    }

    async fn accept<A: Asker>(&self, house: &Arc<House<A>>, places: &Arc<Semaphore>) {
        while let Ok(place) = places.clone().acquire_owned().await {
            let stream = loop {
                match self.listener.accept().await {
                    Ok((stream, _)) => break stream,
                    Err(_) => sleep(ACCEPT_RETRY).await,
                }
            };
            // Replies are small and waited for (Nagle's algorithm off, tcp(7)); without it they are
            // only later.
            let _ = stream.set_nodelay(true);
            tokio::spawn(connection(stream, house.clone(), place, self.config));
        }
    }
}

/// One connection, until it ends or becomes a session.
async fn connection<A: Asker>(
    stream: TcpStream,
    house: Arc<House<A>>,
    place: OwnedSemaphorePermit,
    config: Config,
) {
    let mut closing = house.closing.clone();
    let place = Arc::new(place);
    let service = service_fn(async |request| Ok::<_, Infallible>(respond(&house, &place, request)));
    let http = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(config.head_deadline)
        .max_buf_size(HEAD)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    // How it ended concerns nobody: the other side knows.
    tokio::select! {
        _ = timeout(config.http_deadline, http) => {}
        _ = closing.wait_for(|closing| *closing) => {}
    }
}

fn respond<A: Asker>(
    house: &Arc<House<A>>,
    place: &Arc<OwnedSemaphorePermit>,
    mut request: Request<Incoming>,
) -> Answer {
    if !house.guard.knows_host(&request) {
        return refusal(StatusCode::FORBIDDEN, &house.guard.sentence());
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return refusal(StatusCode::METHOD_NOT_ALLOWED, "Only GET and HEAD are answered here.");
    }
    if request.uri().path() != "/ws" {
        return match crate::assets::get(request.uri().path()) {
            Some(found) => asset(found),
            None => refusal(StatusCode::NOT_FOUND, "Nothing is here."),
        };
    }
    if !house.guard.knows_origin(request.headers()) {
        return refusal(StatusCode::FORBIDDEN, "Another site's page may not open a session.");
    }
    let handshake = match upgrade::read(&request) {
        Ok(handshake) => handshake,
        Err(why) => return refusal(StatusCode::BAD_REQUEST, why),
    };
    let upgraded = hyper::upgrade::on(&mut request);
    let (hub, mut closing) = (house.hub.clone(), house.closing.clone());
    let (form, place) = (handshake.form, place.clone());
    tokio::spawn(async move {
        let _place = place;
        let Ok(upgraded) = upgraded.await else { return };
        let closing = async move {
            let _ = closing.wait_for(|closing| *closing).await;
        };
        session::serve(hub, TokioIo::new(upgraded), form, closing).await;
    });
    upgrade::accept(answer(StatusCode::SWITCHING_PROTOCOLS), &handshake)
}
