//! Owns how many bytes a stranger may make us read: a budget until hello is accepted, none after.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// A byte stream that ends in an error once its reading budget is spent.
pub(crate) struct Gate<S> {
    stream: S,
    left: Option<usize>,
}

impl<S> Gate<S> {
    /// At most `budget` bytes may be read.
    pub(super) fn new(stream: S, budget: usize) -> Self {
        Self { stream, left: Some(budget) }
    }

    /// From here on, any number.
    pub(super) fn lift(&mut self) {
        self.left = None;
    }

    /// The stream itself.
    pub(super) fn into_inner(self) -> S {
        self.stream
    }
}

/// Whether an error is the budget's end.
pub(super) fn is_spent(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::QuotaExceeded
}

impl<S: AsyncRead + Unpin> AsyncRead for Gate<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let Some(left) = self.left else {
            return Pin::new(&mut self.stream).poll_read(cx, buf);
        };
        if left == 0 {
            return Poll::Ready(Err(io::ErrorKind::QuotaExceeded.into()));
        }
        let mut part = ReadBuf::new(buf.initialize_unfilled_to(left.min(buf.remaining())));
        ready!(Pin::new(&mut self.stream).poll_read(cx, &mut part))?;
        let read = part.filled().len();
        buf.advance(read);
        self.left = Some(left - read);
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Gate<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::AsyncReadExt as _;

    #[tokio::test]
    async fn the_budget_ends_in_an_error_unless_lifted() {
        let mut gate = Gate::new(&b"0123456789"[..], 4);
        let mut read = [0; 10];
        assert_eq!(gate.read(&mut read).await.unwrap(), 4);
        assert!(is_spent(&gate.read(&mut read).await.unwrap_err()));
        gate.lift();
        assert_eq!(gate.read(&mut read).await.unwrap(), 6);
    }
}
