//! Other sites' pages in the owner's own browser, while the owner's page is open: none of them reaches the
//! relay, and none learns the token. The same script from the relay's own origin does both.

use crate::desk::{Desk, Look};
use crate::support::line::DEADLINE;
use crate::support::tab::Tab;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::{Instant, interval};

const ATTACK: &str = include_str!("attack.js");

/// The journal's newest number, told to a session of its own from the owner's page.
const SEQ: &str = "new Promise(done => {
    const socket = new WebSocket(`ws://${location.host}/ws`, 'patchbay.json.v1');
    const token = location.hash.slice('#token='.length);
    socket.onopen = () => socket.send(JSON.stringify({ hello: { version: 1, token, resume: null } }));
    socket.onmessage = ({ data }) => {
        const { welcome } = JSON.parse(data);
        if (welcome) { done(welcome.seq); socket.close(); }
    };
})";

/// The status with which the document came.
const STATUS: &str = "performance.getEntriesByType('navigation')[0].responseStatus";

/// A site of somebody else's, which remembers every byte that reaches it.
struct Site {
    address: SocketAddr,
    heard: Arc<Mutex<Vec<u8>>>,
    serves: JoinHandle<()>,
}

impl Site {
    async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("its address");
        let heard = Arc::new(Mutex::new(Vec::new()));
        let into = heard.clone();
        let serves = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, into.clone()));
            }
        });
        Self { address, heard, serves }
    }

    /// Its origin under one of the names that lead to it.
    fn origin(&self, name: &str) -> String {
        format!("http://{name}:{}", self.address.port())
    }

    fn heard(&self) -> String {
        String::from_utf8_lossy(&self.heard.lock().expect("not poisoned")).into_owned()
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.serves.abort();
    }
}

/// Reads one request, remembers it, and answers with a page that has a button.
async fn answer(mut stream: TcpStream, heard: Arc<Mutex<Vec<u8>>>) {
    const PAGE: &str =
        "<!doctype html><title>Kittens</title><button id=steal>More kittens</button>";
    let mut request: Vec<u8> = Vec::new();
    while !request.windows(4).any(|end| end == b"\r\n\r\n") {
        let mut piece = [0; 4_096];
        let Ok(count @ 1..) = stream.read(&mut piece).await else { break };
        heard.lock().expect("not poisoned").extend(&piece[..count]);
        request.extend(&piece[..count]);
    }
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\nReferrer-Policy: unsafe-url";
    let _ = stream
        .write_all(format!("{head}\r\nContent-Length: {}\r\n\r\n{PAGE}", PAGE.len()).as_bytes())
        .await;
}

/// The owner at an empty bench, and somebody else's site.
struct Scene {
    desk: Desk,
    site: Site,
    token: String,
    seq: Value,
}

impl Scene {
    async fn open() -> Option<Self> {
        let desk = Desk::open_loopback_bench(Look::ENGLISH).await?;
        let token = desk.relay.url().split("#token=").nth(1).expect("a token").to_owned();
        assert_eq!(token.len(), 64);
        let seq = desk.tab.evaluate(SEQ).await;
        assert!(seq.is_u64(), "{seq}");
        Some(Self { desk, site: Site::open().await, token, seq })
    }

    fn port(&self) -> &str {
        self.desk.relay.origin().rsplit(':').next().expect("a port")
    }

    /// A tab of the owner's browser, armed.
    async fn visit(&self, url: &str) -> Tab {
        self.desk.browser.open_with(ATTACK, url, (1_000, 700), false, "en").await
    }

    /// Every token that might open the door, and nothing.
    fn tokens(&self) -> [&str; 3] {
        ["", "wrong", &self.token]
    }

    /// Nobody has done anything, nobody else knows the token, and the owner's page is well.
    async fn end(self) {
        assert_eq!(self.desk.tab.evaluate(SEQ).await, self.seq, "the journal has not grown");
        self.desk.wait_for_rows("rows.length === 0", "an empty bench").await;
        let heard = self.site.heard();
        assert!(!heard.contains(&self.token), "{heard}");
        self.desk.end().await;
    }
}

/// A session that the relay refused before any message.
fn refused() -> Value {
    json!({ "opened": false, "said": [] })
}

async fn session(tab: &Tab, url: &str, token: &str) -> Value {
    tab.evaluate(&format!("attack.session({url:?}, {token:?})")).await
}

async fn get(tab: &Tab, url: &str, mode: &str) -> Value {
    tab.evaluate(&format!("attack.get({url:?}, {mode:?})")).await
}

/// Waits until Chromium has told in its console of `count` things stopped by `text`: the network's part
/// of it comes late.
async fn told(tab: &mut Tab, text: &str, count: usize) {
    let deadline = Instant::now() + DEADLINE;
    let mut tick = interval(Duration::from_millis(20));
    let mut told = Vec::new();
    loop {
        told.extend(tab.problems().await);
        let now = told.iter().filter(|own| own.contains(text)).count();
        if now == count {
            return;
        }
        assert!(now < count && Instant::now() < deadline, "{count} × {text:?}: {told:#?}");
        tick.tick().await;
    }
}

const REFUSED: &str = "Error during WebSocket handshake: Unexpected response code: 403";

#[tokio::test(flavor = "multi_thread")]
async fn the_same_from_our_own_origin_succeeds() {
    let Some(scene) = Scene::open().await else { return };
    let origin = scene.desk.relay.origin().to_owned();
    let tab = scene.visit(&origin).await;
    let url = format!("{}/ws", origin.replace("http", "ws"));
    let wrong = session(&tab, &url, "wrong").await;
    assert_eq!(wrong, json!({ "opened": true, "said": ["refused"] }));
    assert_eq!(scene.desk.tab.evaluate(SEQ).await, scene.seq);
    let made = session(&tab, &url, &scene.token).await;
    assert_eq!((&made["opened"], &made["said"][0]), (&json!(true), &json!("welcome")), "{made}");
    scene.desk.wait_for_rows("rows.length === 1 && rows[0][0] === 'stolen'", "a socket").await;
    assert!(scene.desk.tab.evaluate(SEQ).await.as_u64() > scene.seq.as_u64());
    let page = get(&tab, &format!("{origin}/"), "cors").await;
    assert_eq!(page["came"], 200);
    assert!(page["text"].as_str().is_some_and(|text| text.contains("Patchbay")), "{page}");
    let image = tab.evaluate(&format!("attack.image('{origin}/icon.svg')")).await;
    assert_eq!(image, "load");
    scene.desk.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn names_that_lead_here_but_are_not_ours() {
    let Some(scene) = Scene::open().await else { return };
    let port = scene.port().to_owned();
    for name in ["evil.test", "rebind.test", "0.0.0.0"] {
        let origin = format!("http://{name}:{port}");
        let mut tab = scene.visit(&format!("{origin}/")).await;
        tab.wait_for("document.body", "an answer").await;
        assert_eq!(tab.evaluate("location.origin").await, origin, "it is the page's own origin");
        assert_eq!(tab.evaluate(STATUS).await, 403, "{name}");
        let page = get(&tab, &format!("{origin}/"), "cors").await;
        assert_eq!(page["came"], 403, "{name}: {page}");
        for token in scene.tokens() {
            let tried = session(&tab, &format!("ws://{name}:{port}/ws"), token).await;
            assert_eq!(tried, refused(), "{name} {token:?}");
        }
        told(&mut tab, REFUSED, scene.tokens().len()).await;
    }
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_other_ports_and_names() {
    let Some(scene) = Scene::open().await else { return };
    let port = scene.port().to_owned();
    for from in ["127.0.0.1", "localhost", "evil.test"] {
        let mut tab = scene.visit(&scene.site.origin(from)).await;
        tab.wait_for("document.querySelector('#steal')", "the site").await;
        for to in ["127.0.0.1", "localhost"] {
            let relay = format!("http://{to}:{port}");
            for token in scene.tokens() {
                let tried = session(&tab, &format!("ws://{to}:{port}/ws"), token).await;
                assert_eq!(tried, refused(), "{from} to {to} {token:?}");
            }
            for mode in ["cors", "no-cors"] {
                for path in ["/", "/page.js", "/ws", "/recording/a"] {
                    let page = get(&tab, &format!("{relay}{path}"), mode).await;
                    let nothing = json!({ "came": "TypeError", "text": "" });
                    assert_eq!(page, nothing, "{from} to {to}{path} {mode}");
                }
            }
            for (how, path) in
                [("script", "/boot.js"), ("script", "/page.js"), ("image", "/icon.svg")]
            {
                let came = tab.evaluate(&format!("attack.{how}('{relay}{path}')")).await;
                assert_eq!(came, "error", "{from} to {to}: {how}");
            }
            let frame = tab.evaluate(&format!("attack.frame('{relay}/')")).await;
            assert_eq!(frame, "SecurityError", "{from} to {to}");
        }
        told(&mut tab, REFUSED, 2 * scene.tokens().len()).await;
    }
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn frames_without_an_origin() {
    let Some(scene) = Scene::open().await else { return };
    let origin = scene.desk.relay.origin().to_owned();
    let mut tab = scene.visit(&scene.site.origin("127.0.0.1")).await;
    for kind in ["sandbox", "data"] {
        let tried = format!("attack.nameless('{kind}', '{origin}', '{}')", scene.token);
        let came = tab.evaluate(&tried).await;
        assert_eq!(came["origin"], "null", "{kind}");
        assert_eq!(came["session"], refused(), "{kind}");
        assert_eq!(came["page"], json!({ "came": "TypeError", "text": "" }), "{kind}");
    }
    // The sandboxed frame has a process of its own, and a console.
    told(&mut tab, REFUSED, 1).await;
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_opener_learns_nothing_and_no_referrer_tells() {
    let Some(scene) = Scene::open().await else { return };
    let link = scene.desk.relay.url().to_owned();
    let tab = scene.visit(&scene.site.origin("127.0.0.1")).await;
    let opens = "document.getElementById('steal').onclick = () => { window.stolen = open('/own') }";
    tab.evaluate(opens).await;
    tab.click("#steal").await;
    // Its own window it can read: the means are good.
    tab.wait_for("attack.learn(stolen).text.includes('kittens')", "the site's own window").await;
    tab.evaluate(&format!("stolen.location = {link:?}")).await;
    tab.wait_for("attack.learn(stolen).closed", "the two to be parted").await;
    let learnt = tab.evaluate("attack.learn(stolen)").await.to_string();
    assert!(!learnt.contains(&scene.token) && !learnt.contains("Plug"), "{learnt}");
    // The owner's page leads to the site: neither address nor token comes along.
    let own = scene.desk.browser.open(&link, 1_000, 700, false, "en").await;
    own.wait_for("document.getElementById('caption')?.checkVisibility()", "the owner's page").await;
    own.evaluate(&format!("location.href = '{}/from-owner'", scene.site.origin("localhost"))).await;
    own.wait_for("document.title === 'Kittens'", "the site").await;
    assert_eq!(own.evaluate("document.referrer + window.name + (window.opener ?? '')").await, "");
    let heard = scene.site.heard();
    let owners = heard.split("GET /from-owner ").nth(1).expect("it was asked").to_lowercase();
    let owners = owners.split("\r\n\r\n").next().unwrap_or_default();
    assert!(!owners.contains("referer") && !owners.contains("cookie"), "{owners}");
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_posts_nothing() {
    let Some(scene) = Scene::open().await else { return };
    let origin = scene.desk.relay.origin().to_owned();
    for path in ["/", "/ws", "/page.js"] {
        let tab = scene.visit(&scene.site.origin("127.0.0.1")).await;
        tab.evaluate(&format!("attack.post('{origin}{path}')")).await;
        tab.wait_for(&format!("location.href === '{origin}{path}' && {STATUS}"), "an answer").await;
        assert_eq!(tab.evaluate(STATUS).await, 405, "{path}");
    }
    scene.end().await;
}
