//! Owns a headless Chromium under test: its process group, its profile folder, its connection.

use super::group::Group;
use super::scratch::Scratch;
use super::tab::Tab;
use super::{line, need};
use chromiumoxide::handler::HandlerConfig;
use futures_util::StreamExt as _;
use tokio::task::JoinHandle;

const FLAGS: [&str; 12] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-breakpad",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--remote-debugging-port=0",
];

// Fields drop in this order: the connection, the processes, then the folder that they wrote to.
pub struct Browser {
    remote: chromiumoxide::Browser,
    events: JoinHandle<()>,
    _group: Group,
    _profile: Scratch,
}

impl Browser {
    /// Starts Chromium; `None`, said loudly, where there is none.
    pub async fn start() -> Option<Self> {
        let Some(program) = need::program(&["chromium", "chromium-browser", "google-chrome"])
        else {
            need::skip("browser", "no chromium in PATH (Debian: apt-get install chromium)");
            return None;
        };
        let profile = Scratch::new();
        let mut flags: Vec<String> = FLAGS.map(str::to_owned).into();
        flags.push(format!("--user-data-dir={}", profile.path().display()));
        let (group, errors) = Group::start(&program, flags);
        let address = line::wait("Chromium", errors, |line| {
            line.strip_prefix("DevTools listening on ").map(str::to_owned)
        });
        let config = HandlerConfig { viewport: None, ..HandlerConfig::default() };
        let (remote, mut handler) = chromiumoxide::Browser::connect_with_config(address, config)
            .await
            .expect("Chromium takes a connection");
        let events = tokio::spawn(async move { while handler.next().await.is_some() {} });
        Some(Self { remote, events, _group: group, _profile: profile })
    }

    /// Opens `url` in a window of `width` × `height` CSS pixels, in dark or light, for a reader of `lang`
    /// ("en", "zh-CN").
    pub async fn open(&self, url: &str, width: u32, height: u32, dark: bool, lang: &str) -> Tab {
        Tab::open(&self.remote, url, (width, height), dark, lang)
            .await
            .unwrap_or_else(|e| panic!("{url}: {e}"))
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        self.events.abort();
    }
}
