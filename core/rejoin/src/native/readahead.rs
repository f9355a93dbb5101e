use std::cell::Cell;
use std::io;
use std::ops::Range;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// How much is read at once, in bytes.
const AHEAD: usize = 64 * 1024;

type Buffer = Box<[u8]>;

thread_local! {
    /// The buffer that the connections of this thread read into, one after the other.
    static SPARE: Cell<Option<Buffer>> = const { Cell::new(None) };
}

/// Reads large pieces, and holds no buffer once all that arrived was taken.
///
/// tungstenite keeps its read buffer for life and touches all of it, so ours is small; without this, each
/// refill of it would be a system call.
#[derive(Debug)]
pub(crate) struct ReadAhead<S> {
    inner: S,
    ahead: Option<Buffer>,
    /// What of `ahead` is still to be taken.
    rest: Range<usize>,
}

impl<S> ReadAhead<S> {
    pub(super) fn new(inner: S) -> Self {
        Self { inner, ahead: None, rest: 0..0 }
    }
}

#[cfg(test)]
impl<S> ReadAhead<S> {
    pub(super) fn holds_a_buffer(&self) -> bool {
        self.ahead.is_some()
    }
}

/// Nothing is left to borrow or to give back to while a thread ends.
fn borrow_buffer() -> Buffer {
    SPARE.try_with(Cell::take).ok().flatten().unwrap_or_else(|| vec![0; AHEAD].into_boxed_slice())
}

fn give_back(buffer: Buffer) {
    let _ = SPARE.try_with(|spare| spare.set(Some(buffer)));
}

impl<S: AsyncRead + Unpin> AsyncRead for ReadAhead<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, out: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let buffer = match this.ahead.take() {
            Some(buffer) => buffer,
            None => {
                let mut buffer = borrow_buffer();
                let mut space = ReadBuf::new(&mut buffer);
                let read = Pin::new(&mut this.inner).poll_read(cx, &mut space);
                this.rest = 0..space.filled().len();
                if !matches!(read, Poll::Ready(Ok(()))) {
                    give_back(buffer);
                    return read;
                }
                buffer
            }
        };
        let taken = this.rest.len().min(out.remaining());
        out.put_slice(&buffer[this.rest.start..this.rest.start + taken]);
        this.rest.start += taken;
        if this.rest.is_empty() {
            give_back(buffer);
        } else {
            this.ahead = Some(buffer);
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
