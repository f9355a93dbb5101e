use std::io::{self, ErrorKind, Read, Write};
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig, WebSocketContext};
use tokio_tungstenite::tungstenite::{Error, Message};

/// tungstenite's frames on a transport that one task owns.
///
/// tokio-tungstenite lets one task read and another write, for which it keeps two wakers for each direction and
/// sets them for every message: a tenth of what a small message costs.
#[derive(Debug)]
pub(crate) struct Frames<S> {
    context: WebSocketContext,
    transport: S,
    /// The last write found the transport full: nothing more is taken before it was flushed.
    full: bool,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Frames<S> {
    /// `rest` is what arrived behind the handshake.
    pub(super) fn new(transport: S, rest: Vec<u8>, config: WebSocketConfig) -> Self {
        let context = WebSocketContext::from_partially_read(rest, Role::Client, Some(config));
        Self { context, transport, full: false }
    }

    pub(crate) fn transport(&self) -> &S {
        &self.transport
    }

    /// The next message. Not called again after an error, which may be the orderly end.
    pub(crate) fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Result<Message, Error>> {
        pending_where_blocked(self.context.read(&mut Attached { transport: &mut self.transport, cx }))
    }

    /// Whether it can take a message. An error is met again by the flush or the read that follows.
    pub(crate) fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if self.full { self.poll_flush(cx).map(drop) } else { Poll::Ready(()) }
    }

    /// Takes a message; what does not fit into the transport waits for the flush.
    pub(crate) fn write(&mut self, message: Message, cx: &mut Context<'_>) -> Result<(), Error> {
        let written = self.context.write(&mut Attached { transport: &mut self.transport, cx }, message);
        match pending_where_blocked(written) {
            Poll::Ready(result) => result,
            Poll::Pending => {
                self.full = true;
                Ok(())
            }
        }
    }

    pub(crate) fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        let flushed = self.context.flush(&mut Attached { transport: &mut self.transport, cx });
        let flushed = pending_where_blocked(flushed);
        self.full = flushed.is_pending();
        flushed
    }
}

#[cfg(test)]
impl<S> Frames<S> {
    pub(super) fn transport_mut(&mut self) -> &mut S {
        &mut self.transport
    }
}

/// A transport for the length of one call: who is to be woken is known.
struct Attached<'a, 'cx, S> {
    transport: &'a mut S,
    cx: &'a mut Context<'cx>,
}

impl<S: AsyncRead + Unpin> Read for Attached<'_, '_, S> {
    fn read(&mut self, space: &mut [u8]) -> io::Result<usize> {
        let mut space = ReadBuf::new(space);
        let read = Pin::new(&mut *self.transport).poll_read(self.cx, &mut space);
        blocked_where_pending(read).map(|()| space.filled().len())
    }
}

impl<S: AsyncWrite + Unpin> Write for Attached<'_, '_, S> {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        blocked_where_pending(Pin::new(&mut *self.transport).poll_write(self.cx, data))
    }

    fn flush(&mut self) -> io::Result<()> {
        blocked_where_pending(Pin::new(&mut *self.transport).poll_flush(self.cx))
    }
}

fn blocked_where_pending<T>(poll: Poll<io::Result<T>>) -> io::Result<T> {
    match poll {
        Poll::Ready(result) => result,
        Poll::Pending => Err(ErrorKind::WouldBlock.into()),
    }
}

fn pending_where_blocked<T>(result: Result<T, Error>) -> Poll<Result<T, Error>> {
    match result {
        Err(Error::Io(error)) if error.kind() == ErrorKind::WouldBlock => Poll::Pending,
        other => Poll::Ready(other),
    }
}
