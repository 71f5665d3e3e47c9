//! Owns the answer that is a recording: only for owners, streamed from the disk, since a
//! file may be larger than memory.

use super::answer::Refusal;
use crate::session::{Asker, Hub, Peer};
use axum::body::Body;
use axum::http::StatusCode;
use axum::http::header::{self, HeaderMap};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream;
use tokio::fs::File;
use tokio::io::AsyncReadExt as _;

/// Bytes that are read at once.
const PIECE: usize = 64 * 1024;

/// The recording of that name.
pub(super) async fn answer<A: Asker>(
    hub: &Hub<A>,
    peer: Peer,
    headers: &HeaderMap,
    name: &str,
) -> Result<Response, Refusal> {
    let token = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    if !token.is_some_and(|token| hub.is_owner(token, peer)) {
        return Err(Refusal::new(
            StatusCode::UNAUTHORIZED,
            "Recordings are given only on this machine, to who sends the token of the printed link.",
        ));
    }
    let none = || Refusal::new(StatusCode::NOT_FOUND, "There is no recording of that name.");
    let file = File::open(hub.recording(name).ok_or_else(none)?).await.map_err(|_| none())?;
    let length = file.metadata().await.map_err(|_| none())?.len();
    let pieces = stream::try_unfold(file.take(length), |mut file| async move {
        let mut piece = Vec::with_capacity(PIECE);
        let more = (&mut file).take(PIECE as u64).read_to_end(&mut piece).await?;
        Ok::<_, std::io::Error>((more > 0).then_some((piece, file)))
    });
    let kind = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::CONTENT_LENGTH, length.to_string()),
    ];
    Ok((kind, Body::from_stream(pieces)).into_response())
}
