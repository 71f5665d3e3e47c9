//! Owns what the other side may make us do: how many bytes a stranger may make us read, how long a message
//! may get, how long a write may wait for somebody who takes nothing.

use super::meter::Meter;
use super::outbox::Outbox;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

/// A byte stream of WebSocket frames that ends in an error once a bound is passed.
pub(crate) struct Gate<S> {
    stream: S,
    /// Bytes that a stranger may still make us read.
    left: Option<usize>,
    meter: Meter,
    /// What was read and has not passed the meter.
    held: Vec<u8>,
    /// How long a write may take nothing.
    patience: Duration,
    /// Until when, while a write waits.
    stalled: Option<Pin<Box<Sleep>>>,
    /// What goes before all else that is written.
    outbox: Outbox,
}

impl<S> Gate<S> {
    /// At most `budget` bytes may be read, in messages of at most `message` bytes; something of what is
    /// written must be taken within `patience`.
    pub(super) fn new(stream: S, budget: usize, message: usize, patience: Duration) -> Self {
        let (left, meter) = (Some(budget), Meter::new(message));
        let (held, outbox) = (Vec::new(), Outbox::default());
        Self { stream, left, meter, held, patience, stalled: None, outbox }
    }

    /// From here on any number of bytes, in messages of at most so many.
    pub(super) fn lift(&mut self, message: usize) {
        self.left = None;
        self.meter.set(message);
    }

    /// Where frames wait that are to be written before all else.
    pub(super) fn outbox(&self) -> Outbox {
        self.outbox.clone()
    }

    /// The stream itself.
    pub(super) fn into_inner(self) -> S {
        self.stream
    }

    /// Gives what may pass of `held`.
    fn give(&mut self, buf: &mut ReadBuf<'_>) -> io::Result<()> {
        let next = &self.held[..self.held.len().min(buf.remaining())];
        let good = self.meter.pass(next);
        if good == 0 {
            return Err(io::ErrorKind::QuotaExceeded.into());
        }
        buf.put_slice(&next[..good]);
        self.held.drain(..good);
        if self.held.is_empty() {
            self.held = Vec::new();
        }
        Ok(())
    }
}

/// Whether an error is a bound on reading.
pub(super) fn is_spent(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::QuotaExceeded
}

/// Whether an error is the end of the patience with who takes nothing.
pub(super) fn is_stalled(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::TimedOut
}

impl<S: AsyncRead + Unpin> AsyncRead for Gate<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if !self.held.is_empty() {
            return Poll::Ready(self.give(buf));
        }
        let most = self.left.unwrap_or(usize::MAX);
        if most == 0 {
            return Poll::Ready(Err(io::ErrorKind::QuotaExceeded.into()));
        }
        let mut part = ReadBuf::new(buf.initialize_unfilled_to(most.min(buf.remaining())));
        ready!(Pin::new(&mut self.stream).poll_read(cx, &mut part))?;
        let read = part.filled();
        let good = self.meter.pass(read);
        self.held.extend_from_slice(&read[good..]);
        let read = read.len();
        self.left = self.left.map(|left| left - read);
        if good == 0 && read > 0 {
            return Poll::Ready(Err(io::ErrorKind::QuotaExceeded.into()));
        }
        buf.advance(good);
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> Gate<S> {
    /// Writes something, in time.
    fn poll_some(&mut self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match Pin::new(&mut self.stream).poll_write(cx, bytes) {
            Poll::Ready(written) => {
                self.stalled = None;
                Poll::Ready(written)
            }
            Poll::Pending => {
                let patience = self.patience;
                let stalled = self.stalled.get_or_insert_with(|| Box::pin(sleep(patience)));
                ready!(stalled.as_mut().poll(cx));
                Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
            }
        }
    }

    /// Writes all that is in the outbox.
    fn poll_outbox(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while let Some(next) = self.outbox.next() {
            let written = ready!(self.poll_some(cx, &next))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.outbox.written(written);
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Gate<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_outbox(cx))?;
        self.poll_some(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_outbox(cx))?;
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    const LONG: Duration = Duration::from_secs(1_000);

    /// One whole text frame, unmasked.
    const TEN: &[u8] = b"\x81\x0a0123456789";

    #[tokio::test]
    async fn the_budget_ends_in_an_error_unless_lifted() {
        let mut gate = Gate::new(TEN, 4, 10, LONG);
        let mut read = [0; 20];
        assert_eq!(gate.read(&mut read).await.unwrap(), 4);
        assert!(is_spent(&gate.read(&mut read).await.unwrap_err()));
        gate.lift(10);
        assert_eq!(gate.read(&mut read).await.unwrap(), 8);
    }

    #[tokio::test]
    async fn a_long_message_waits_for_its_bound_to_be_lifted() {
        let bytes = [b"\x81\x02hi", TEN].concat();
        let mut gate = Gate::new(&bytes[..], 100, 9, LONG);
        let mut read = [0; 20];
        assert_eq!(gate.read(&mut read).await.unwrap(), 4);
        assert!(is_spent(&gate.read(&mut read).await.unwrap_err()));
        gate.lift(10);
        let mut rest = Vec::new();
        assert_eq!(gate.read_to_end(&mut rest).await.unwrap(), TEN.len());
        assert_eq!(rest, TEN);
    }

    #[tokio::test]
    async fn patience_lasts_while_something_is_taken() {
        let (near, mut far) = tokio::io::duplex(1);
        let mut gate = Gate::new(near, 0, 0, Duration::from_secs(1));
        let slow = tokio::spawn(async move {
            let mut clock = tokio::time::interval(Duration::from_millis(10));
            for _ in 0..150 {
                clock.tick().await; // slowness is what is tried
                far.read_u8().await.unwrap();
            }
            far
        });
        gate.write_all(&[0; 151]).await.unwrap();
        let _far = slow.await.unwrap();
        assert!(is_stalled(&gate.write_all(&[0; 2]).await.unwrap_err()));
    }
}
