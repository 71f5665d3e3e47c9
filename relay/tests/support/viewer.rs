//! Owns a relay in this process, on port 0 with a fake lab, and a viewer of it that waits with a
//! deadline, never for a span.

use futures_util::{FutureExt as _, SinkExt as _, StreamExt as _, future::BoxFuture};
use protocol::message::{Hello, Resume, ToPage, ToRelay, Welcome};
use protocol::{
    Command, CommandId, Done, Failure, Seq, SessionId, SocketId, Source, What, codec, limit,
};
use relay::journal::Journal;
use relay::server::{self, Server};
use relay::session::{self, Asker, Form, Guests, Hub};
use relay::state::Token;
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{Error, Message, handshake::client::Request};
use tokio_tungstenite::{WebSocketStream, client_async};

/// How long a condition may take to come true.
pub const PATIENCE: Duration = Duration::from_secs(20);
/// A deadline that is meant to pass.
pub const SHORT: Duration = Duration::from_millis(100);

pub type Answer = (Seq, Result<Done, Failure>);
type Ask = Arc<dyn Fn(&Journal, SessionId, Command) -> BoxFuture<'static, Answer> + Send + Sync>;

/// A lab that does what a test says.
#[derive(Clone)]
pub struct Fake {
    journal: Journal,
    ask: Ask,
}

impl Fake {
    pub fn new(
        journal: Journal,
        ask: impl Fn(&Journal, SessionId, Command) -> BoxFuture<'static, Answer> + Send + Sync + 'static,
    ) -> Self {
        Self { journal, ask: Arc::new(ask) }
    }

    /// Appends one event for each command, and answers at its seq.
    pub fn echo(journal: Journal) -> Self {
        Self::new(journal, |journal, _, command| {
            let (seq, _) = gone(journal, command.socket().map_or(0, |socket| socket.0));
            std::future::ready((seq, Ok(Done::nothing()))).boxed()
        })
    }
}

impl Asker for Fake {
    fn journal(&self) -> &Journal {
        &self.journal
    }

    fn ask(
        &self,
        by: SessionId,
        command: Command,
    ) -> impl Future<Output = Answer> + Send + 'static {
        let fake = self.clone();
        // As lazy as an async fn: nothing happens before the first poll.
        async move { (fake.ask)(&fake.journal, by, command).await }
    }
}

/// Appends a small event.
pub fn gone(journal: &Journal, socket: u32) -> (Seq, u64) {
    journal.append(Source::Kernel, What::Gone { socket: SocketId(socket) })
}

pub fn journal() -> Journal {
    Journal::new("epoch".into())
}

pub fn token() -> Token {
    Token::from_hex(&"5".repeat(64)).expect("a token")
}

/// A relay that runs until it is dropped.
pub struct Relay {
    pub address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    ended: Option<oneshot::Receiver<()>>,
}

impl Relay {
    pub async fn start(fake: Fake) -> Self {
        Self::with(fake, session::Config::default(), server::Config::default()).await
    }

    pub async fn with<A: Asker>(fake: A, session: session::Config, server: server::Config) -> Self {
        Self::among(fake, token(), session, server).await
    }

    /// The same, letting these in.
    pub async fn among<A: Asker>(
        asker: A,
        guests: impl Into<Guests>,
        session: session::Config,
        server: server::Config,
    ) -> Self {
        let rung = relay::rung::loopback(Vec::new());
        let hub = Hub::new(asker, guests, rung, limit::Limits::default(), session);
        let server = Server::bind("127.0.0.1:0".parse().unwrap(), server).await.expect("bound");
        let address = server.address();
        let (stop, stopped) = oneshot::channel();
        let (end, ended) = oneshot::channel();
        tokio::spawn(async move {
            server.run(Arc::new(hub), stopped.map(|_| ())).await;
            let _ = end.send(());
        });
        Self { address, stop: Some(stop), ended: Some(ended) }
    }

    /// Stops it and waits for its end.
    pub async fn stop(mut self) {
        drop(self.stop.take());
        timeout(PATIENCE, self.ended.take().unwrap()).await.expect("in time").expect("ended");
    }

    /// An opening handshake as the relay's own page sends it.
    pub fn request(&self, form: Option<Form>) -> Request {
        handshake(self.address, form)
    }

    pub async fn open(&self, request: Request) -> Result<Viewer, Error> {
        Viewer::open(self.address, request).await
    }

    /// A viewer who has not said hello.
    pub async fn stranger(&self, form: Form) -> Viewer {
        self.open(self.request(Some(form))).await.expect("open")
    }

    /// A viewer who has been welcomed.
    pub async fn viewer(&self, form: Form) -> (Viewer, Welcome) {
        let mut viewer = self.stranger(form).await;
        let welcome = viewer.greet(None).await;
        (viewer, welcome)
    }
}

fn handshake(address: SocketAddr, form: Option<Form>) -> Request {
    let mut request = format!("ws://{address}/ws").into_client_request().unwrap();
    if let Some(form) = form {
        let name = form.name().parse().unwrap();
        request.headers_mut().insert("Sec-WebSocket-Protocol", name);
    }
    request
}

/// The other end of a session.
pub struct Viewer {
    pub socket: WebSocketStream<TcpStream>,
    pub form: Form,
    waiting: VecDeque<ToPage>,
}

impl Viewer {
    async fn open(address: SocketAddr, request: Request) -> Result<Self, Error> {
        Self::over(TcpStream::connect(address).await?, request).await
    }

    /// A stranger on a connection of the test's own.
    pub async fn on(stream: TcpStream, form: Form) -> Self {
        let request = handshake(stream.peer_addr().expect("connected"), Some(form));
        Self::over(stream, request).await.expect("open")
    }

    async fn over(stream: TcpStream, request: Request) -> Result<Self, Error> {
        let (socket, response) = client_async(request, stream).await?;
        let form = response
            .headers()
            .get("Sec-WebSocket-Protocol")
            .map_or(Form::Json, |name| Form::named(name.to_str().expect("text")).expect("a form"));
        Ok(Self { socket, form, waiting: VecDeque::new() })
    }

    /// A welcomed viewer of a relay whose link is `http://ADDRESS/#token=TOKEN`.
    pub async fn of(link: &str, form: Form) -> (Self, Welcome) {
        let (address, token) =
            link.strip_prefix("http://").and_then(|rest| rest.split_once("/#token=")).expect(link);
        let address = address.parse().expect(link);
        let mut viewer = Self::open(address, handshake(address, Some(form))).await.expect("open");
        let welcome = viewer.greet_with(token, None).await;
        (viewer, welcome)
    }

    pub async fn greet(&mut self, resume: Option<Resume>) -> Welcome {
        self.greet_with(token().reveal(), resume).await
    }

    /// Says hello with that token; what is answered first.
    pub async fn hello(&mut self, token: &str, resume: Option<Resume>) -> ToPage {
        let hello = Hello { version: limit::VERSION, token: token.into(), resume };
        self.text(&serde_json::to_string(&ToRelay::Hello(hello)).unwrap()).await;
        self.next().await
    }

    pub async fn greet_with(&mut self, token: &str, resume: Option<Resume>) -> Welcome {
        match self.hello(token, resume).await {
            ToPage::Welcome(welcome) => *welcome,
            other => panic!("no welcome: {other:?}"),
        }
    }

    pub async fn text(&mut self, text: &str) {
        self.socket.send(Message::text(text)).await.expect("sent");
    }

    pub async fn binary(&mut self, bytes: &[u8]) {
        self.socket.send(Message::binary(bytes.to_vec())).await.expect("sent");
    }

    pub async fn ask(&mut self, id: u32, ask: Command) {
        let message = ToRelay::Command { id: CommandId(id), ask };
        match self.form {
            Form::Json => self.text(&serde_json::to_string(&message).unwrap()).await,
            Form::Postcard => self.binary(&codec::encode_command(&message)).await,
        }
    }

    /// The next frame, whatever it is; None at the end.
    pub async fn frame(&mut self) -> Option<Message> {
        timeout(PATIENCE, self.socket.next()).await.expect("something comes in time")?.ok()
    }

    /// The next message.
    pub async fn next(&mut self) -> ToPage {
        loop {
            if let Some(message) = self.waiting.pop_front() {
                return message;
            }
            match (self.form, self.frame().await.expect("not the end")) {
                (Form::Json, Message::Text(text)) => {
                    self.waiting.push_back(serde_json::from_str(&text).expect("JSON"));
                }
                (Form::Postcard, Message::Binary(bytes)) => {
                    self.waiting.extend(codec::decode(&bytes).expect("postcard"));
                }
                (_, Message::Ping(_) | Message::Pong(_)) => {}
                (form, other) => panic!("{form:?}: {other:?}"),
            }
        }
    }

    /// Waits for the end; the close code, where there was one.
    pub async fn end(&mut self) -> Option<u16> {
        loop {
            match self.frame().await {
                None => return None,
                Some(Message::Close(close)) => return close.map(|close| close.code.into()),
                Some(_) => {}
            }
        }
    }
}
