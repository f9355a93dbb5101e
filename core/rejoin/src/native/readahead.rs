use std::future::Future;
use std::io;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};

use bytes::{Buf, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf};

/// How much is read at once while much arrives, in bytes.
const AHEAD: usize = 64 * 1024;

/// Reads large pieces while much arrives, and holds no buffer while the connection is quiet.
///
/// tungstenite keeps its read buffer for life and touches all of it, so ours is small; without this, each
/// refill of it would be a system call.
#[derive(Debug)]
pub(crate) struct ReadAhead<S> {
    inner: S,
    ahead: BytesMut,
    /// The last read filled all the room it had: more is likely there.
    busy: bool,
}

impl<S> ReadAhead<S> {
    pub(super) fn new(inner: S) -> Self {
        Self { inner, ahead: BytesMut::new(), busy: false }
    }

    fn rest(&mut self) {
        self.ahead = BytesMut::new();
        self.busy = false;
    }
}

#[cfg(test)]
impl<S> ReadAhead<S> {
    pub(super) fn buffered_capacity(&self) -> usize {
        self.ahead.capacity()
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for ReadAhead<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, out: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let wanted = out.remaining();
        if this.ahead.is_empty() {
            if !this.busy {
                let before = out.filled().len();
                ready!(Pin::new(&mut this.inner).poll_read(cx, out))?;
                this.busy = wanted > 0 && out.filled().len() - before == wanted;
                return Poll::Ready(Ok(()));
            }
            this.ahead.reserve(AHEAD);
            let read = pin!(this.inner.read_buf(&mut this.ahead)).poll(cx);
            let Poll::Ready(read) = read else {
                this.rest();
                return Poll::Pending;
            };
            if read? < wanted {
                this.busy = false;
            }
        }
        let taken = this.ahead.len().min(wanted);
        out.put_slice(&this.ahead[..taken]);
        this.ahead.advance(taken);
        if this.ahead.is_empty() && !this.busy {
            this.rest();
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for ReadAhead<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, data: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(cx, data)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        data: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write_vectored(cx, data)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}
