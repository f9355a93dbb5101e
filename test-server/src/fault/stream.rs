//! The byte stream that a service sees: a TCP connection, with the faults in force.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::task::coop;
use tokio::time::{Instant, Sleep, sleep_until};

use super::frames::is_heartbeat;
use super::link::{Link, State, remember, wake};
use super::outgoing::Outgoing;

const ENGINE_IO_QUERY: &[u8] = b"EIO=";

/// A TCP connection under faults. Dropping it closes the connection, once what was written has left.
#[derive(Debug)]
pub(crate) struct FaultStream {
    link: Arc<Link>,
    /// Runs until delayed bytes may be read.
    arrival: Option<Pin<Box<Sleep>>>,
}

impl FaultStream {
    pub(super) fn new(link: Arc<Link>) -> Self {
        FaultStream { link, arrival: None }
    }
}

impl AsyncRead for FaultStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let mut state = this.link.lock();
        remember(&mut state.wakers.reader, cx);
        let before = buf.filled().len();
        if state.inbound.is_some() {
            ready!(state.poll_arrived(&mut this.arrival, cx, buf))?;
        } else {
            ready!(state.poll_take(cx, buf))?;
        }
        if !state.engine_io && !state.outgoing.is_web_socket() {
            state.engine_io = contains(&buf.filled()[before..], ENGINE_IO_QUERY);
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for FaultStream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let mut state = self.link.lock();
        remember(&mut state.wakers.writer, cx);
        if !state.injected.is_empty() {
            ready!(state.poll_injected(cx))?;
        }
        if state.muted && state.outgoing.at_boundary() {
            return poll_swallow(bytes.len(), cx);
        }
        if state.conditions.silent || state.withholding || !state.injected.is_empty() {
            return state.poll_write_frame(bytes, cx);
        }
        let n = ready!(state.poll_put(bytes, cx))?;
        state.outgoing.advance(bytes, n);
        Poll::Ready(Ok(n))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut state = self.link.lock();
        if state.injected.is_empty() {
            return Poll::Ready(Ok(()));
        }
        remember(&mut state.wakers.writer, cx);
        state.poll_injected(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut state = self.link.lock();
        state.finishing = true;
        if state.outbound.is_some() {
            wake(&mut state.wakers.outbound_pump);
            return Poll::Ready(Ok(()));
        }
        match &mut state.socket {
            Some(socket) => Pin::new(socket).poll_shutdown(cx),
            None => Poll::Ready(Ok(())),
        }
    }
}

impl Drop for FaultStream {
    fn drop(&mut self) {
        let mut state = self.link.lock();
        state.finishing = true;
        state.abandoned = true;
        if state.outbound.is_none() {
            state.socket = None;
        }
        state.wakers.wake_all();
    }
}

impl State {
    fn poll_arrived(
        &mut self,
        arrival: &mut Option<Pin<Box<Sleep>>>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.socket.is_none() {
            return Poll::Ready(self.ended());
        }
        if self.conditions.inbound.frozen {
            return Poll::Pending;
        }
        let Some(queue) = &mut self.inbound else { return Poll::Pending };
        let Some(due) = queue.next_due() else {
            return if self.inbound_ended { Poll::Ready(Ok(())) } else { Poll::Pending };
        };
        if due > Instant::now() {
            let timer = arrival.get_or_insert_with(|| Box::pin(sleep_until(due)));
            timer.as_mut().reset(due);
            ready!(timer.as_mut().poll(cx));
        }
        let n = queue.front().len().min(buf.remaining());
        buf.put_slice(&queue.front()[..n]);
        queue.advance(n);
        wake(&mut self.wakers.inbound_pump);
        Poll::Ready(Ok(()))
    }

    /// Writes at most to the end of the current frame, so that the next one is judged by its own.
    fn poll_write_frame(&mut self, bytes: &[u8], cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let Outgoing::WebSocket(frames) = &self.outgoing else {
            let n = ready!(self.poll_put(bytes, cx))?;
            self.outgoing.advance(bytes, n);
            return Poll::Ready(Ok(n));
        };
        if frames.at_boundary() {
            self.withholding = self.conditions.silent && is_heartbeat(bytes, self.engine_io);
        }
        let mut ahead = *frames;
        let mut n = ahead.step(bytes);
        if self.withholding {
            n = ready!(poll_swallow(n, cx))?;
            self.withholding = !ahead.at_boundary();
        } else {
            n = ready!(self.poll_put(&bytes[..n], cx))?;
        }
        self.outgoing.advance(bytes, n);
        Poll::Ready(Ok(n))
    }
}

/// Takes bytes that go nowhere. A writer that never has to wait would starve its thread, so it yields.
fn poll_swallow(n: usize, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
    ready!(coop::poll_proceed(cx)).made_progress();
    Poll::Ready(Ok(n))
}

fn contains(bytes: &[u8], pattern: &[u8]) -> bool {
    bytes.windows(pattern.len()).any(|window| window == pattern)
}
