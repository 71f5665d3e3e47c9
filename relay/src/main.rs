//! The relay: parses, starts, reports.

use anyhow::{Result, bail};
use axum::Router;
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use clap::Parser;
use relay::assets;
use std::net::SocketAddr;
use tokio::net::TcpListener;

const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; style-src 'self'; \
    img-src 'self' data:; require-trusted-types-for 'script'; trusted-types 'none'; frame-ancestors 'none'; base-uri 'none'; \
    form-action 'none'";

/// Shows real sockets at work.
#[derive(Parser)]
struct Arguments {
    /// Where to serve the page; port 0 picks one.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:7007")]
    listen: SocketAddr,
}

#[tokio::main]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    if assets::PAGE_IS_STUB {
        bail!("this relay was built without its page: unset PATCHBAY_PAGE and build again");
    }
    let listener = TcpListener::bind(arguments.listen).await?;
    println!("Patchbay: http://{}/#token=none", listener.local_addr()?);
    axum::serve(listener, Router::new().fallback(serve)).await?;
    Ok(())
}

async fn serve(uri: Uri) -> Response {
    match assets::get(uri.path()) {
        Some(asset) => (
            [(header::CONTENT_TYPE, asset.mime), (header::CONTENT_SECURITY_POLICY, POLICY)],
            asset.bytes,
        )
            .into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
