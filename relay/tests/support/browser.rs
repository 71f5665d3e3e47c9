//! Owns a headless Chromium under test: its process group, its profile folder, its connection.

use super::group::Group;
use super::scratch::Scratch;
use super::tab::{Tab, WITNESS};
use super::{line, need};
use chromiumoxide::handler::HandlerConfig;
use futures_util::StreamExt as _;
use std::sync::{Arc, Weak};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Mutex;

const FLAGS: [&str; 16] = [
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
    "--disable-renderer-backgrounding",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--remote-debugging-port=0",
    // Names of other sites that lead here.
    "--host-resolver-rules=MAP evil.test 127.0.0.1, MAP rebind.test 127.0.0.1",
];

// Fields drop in this order: the connection, the processes, then the folder that they wrote to.
pub struct Browser {
    remote: chromiumoxide::Browser,
    /// Its own: it outlives the runtime of the test that came first.
    runtime: Option<Runtime>,
    _group: Group,
    _profile: Scratch,
}

impl Browser {
    /// One Chromium for all the tests that run at a time; `None`, said loudly, where there is none.
    pub async fn start() -> Option<Arc<Self>> {
        static SHARED: Mutex<Weak<Browser>> = Mutex::const_new(Weak::new());
        let mut shared = SHARED.lock().await;
        if let Some(browser) = shared.upgrade() {
            return Some(browser);
        }
        let browser = Arc::new(Self::launch().await?);
        *shared = Arc::downgrade(&browser);
        Some(browser)
    }

    async fn launch() -> Option<Self> {
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
        let runtime =
            Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
        let remote = runtime.spawn(async {
            let config = HandlerConfig { viewport: None, ..HandlerConfig::default() };
            let (remote, mut handler) =
                chromiumoxide::Browser::connect_with_config(address, config)
                    .await
                    .expect("Chromium takes a connection");
            tokio::spawn(async move { while handler.next().await.is_some() {} });
            remote
        });
        let remote = remote.await.expect("Chromium is connected");
        Some(Self { remote, runtime: Some(runtime), _group: group, _profile: profile })
    }

    /// Opens `url` in a window of `width` × `height` CSS pixels, in dark or light, for a reader of `lang`
    /// ("en", "zh-CN").
    pub async fn open(&self, url: &str, width: u32, height: u32, dark: bool, lang: &str) -> Tab {
        self.open_with(WITNESS, url, (width, height), dark, lang).await
    }

    /// The same, with a script instead of the witness that runs before the page's own.
    pub async fn open_with(
        &self,
        script: &str,
        url: &str,
        size: (u32, u32),
        dark: bool,
        lang: &str,
    ) -> Tab {
        let runtime = self.runtime.as_ref().expect("it runs until it is dropped").handle();
        Tab::open(&self.remote, runtime, url, size, dark, lang, script)
            .await
            .unwrap_or_else(|e| panic!("{url}: {e}"))
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
