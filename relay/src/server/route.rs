//! Owns which request gets which answer. Never reads a session's messages or opens a file.

use super::answer::{Refusal, strict};
use super::guard::Guard;
use super::line::Line;
use super::place::Place;
use super::upgrade::{Accepted, Handshake};
use crate::assets::{self, Asset};
use crate::session::{self, Asker, Hub};
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Extension, Router};
use hyper_util::rt::TokioIo;
use std::sync::Arc;
use tokio::sync::watch;

/// What every request of a running server needs.
struct House<A> {
    hub: Arc<Hub<A>>,
    guard: Guard,
    closing: watch::Receiver<bool>,
}

/// All that is answered: sessions at `/ws`, recordings, files everywhere else. Each request carries its
/// connection's place and line as extensions.
pub(super) fn router<A: Asker>(
    hub: Arc<Hub<A>>,
    guard: Guard,
    closing: watch::Receiver<bool>,
) -> Router {
    let house = Arc::new(House { hub, guard, closing });
    Router::new()
        .route("/ws", get(open::<A>))
        .route("/recording/{name}", get(recording::<A>))
        .fallback(file)
        .layer(middleware::from_fn_with_state(house.clone(), door::<A>))
        .with_state(house)
}

/// Lets in who names us and asks to read; sets the strict headers on every answer.
async fn door<A: Asker>(
    State(house): State<Arc<House<A>>>,
    Extension(line): Extension<Arc<Line>>,
    request: Request,
    next: Next,
) -> Response {
    let mut answer = if !house.guard.knows_host(&request) {
        Refusal::new(StatusCode::FORBIDDEN, house.guard.sentence()).into_response()
    } else if matches!(*request.method(), Method::GET | Method::HEAD) {
        next.run(request).await
    } else {
        Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "Only GET and HEAD are answered here.")
            .into_response()
    };
    strict(answer.headers_mut());
    line.answered();
    answer
}

async fn file(path: Uri) -> Result<Asset, Refusal> {
    assets::get(path.path()).ok_or_else(|| Refusal::new(StatusCode::NOT_FOUND, "Nothing is here."))
}

async fn recording<A: Asker>(
    State(house): State<Arc<House<A>>>,
    Extension(line): Extension<Arc<Line>>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    super::recording::answer(&house.hub, line.peer(), &headers, &name).await
}

/// Opens a session. axum's own WebSocket is not used: it can neither bound what a stranger makes us
/// read before hello nor read on after the last word.
async fn open<A: Asker>(
    State(house): State<Arc<House<A>>>,
    Extension(place): Extension<Arc<Place>>,
    Extension(line): Extension<Arc<Line>>,
    headers: HeaderMap,
    handshake: Result<Handshake, Refusal>,
) -> Result<Accepted, Refusal> {
    if !house.guard.knows_origin(&headers) {
        return Err(Refusal::new(
            StatusCode::FORBIDDEN,
            "Another site's page may not open a session.",
        ));
    }
    let Handshake { accepted, upgrade } = handshake?;
    let (form, caller) = (accepted.form, line.caller());
    tokio::spawn(async move {
        let Ok(upgraded) = upgrade.await else { return };
        let mut closing = house.closing.clone();
        let closing = async {
            // Fails when the server has gone, which closes too.
            let _ = closing.wait_for(|closing| *closing).await;
        };
        let stream = TokioIo::new(upgraded);
        let hub = house.hub.clone();
        tokio::select! {
            () = session::serve(hub, stream, form, caller, || place.keep(), closing) => {}
            // Without a last word: while it is waited for, nobody else would be let in.
            () = place.wanted() => {}
        }
    });
    Ok(accepted)
}
