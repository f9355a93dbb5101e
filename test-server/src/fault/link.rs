//! One TCP connection under faults: its socket can be taken away from under the one who uses it.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

use super::conditions::Conditions;
use super::frames::{GARBAGE, close_frame};
use super::outgoing::Outgoing;
use super::pump;
use super::queue::Queue;

/// How long the peer of a cut connection gets to read the FIN before what it still sends is answered by RST.
const LINGER: Duration = Duration::from_secs(2);

/// Shared by the [`FaultStream`](super::FaultStream), the pumps and the registry of open connections.
#[derive(Debug)]
pub(super) struct Link {
    state: Mutex<State>,
}

#[derive(Debug)]
pub(super) struct State {
    /// `None` once the connection ended; `reset` then tells how.
    pub(super) socket: Option<TcpStream>,
    pub(super) reset: bool,
    pub(super) conditions: Conditions,
    /// Present from the first fault on that slows or stops this way; until then bytes pass straight through.
    pub(super) inbound: Option<Queue>,
    pub(super) outbound: Option<Queue>,
    pub(super) inbound_ended: bool,
    /// The user will write no more: a FIN follows what it wrote.
    pub(super) finishing: bool,
    /// The user dropped its end: the connection ends when what it wrote has left.
    pub(super) abandoned: bool,
    pub(super) wakers: Wakers,
    pub(super) outgoing: Outgoing,
    pub(super) engine_io: bool,
    /// In the middle of a heartbeat that [`Fault::Silence`](super::Fault::Silence) withholds.
    pub(super) withholding: bool,
    /// Bytes of a fault that wait for the end of a frame, or for room in the socket.
    pub(super) injected: Vec<u8>,
    /// A close frame is out: nothing may follow it.
    pub(super) muted: bool,
    queue_capacity: usize,
}

/// Who waits for this link.
#[derive(Debug, Default)]
pub(super) struct Wakers {
    pub(super) reader: Option<Waker>,
    pub(super) writer: Option<Waker>,
    pub(super) inbound_pump: Option<Waker>,
    pub(super) outbound_pump: Option<Waker>,
}

impl Wakers {
    pub(super) fn wake_all(&mut self) {
        let waiting = [&mut self.reader, &mut self.writer, &mut self.inbound_pump, &mut self.outbound_pump];
        for waker in waiting {
            wake(waker);
        }
    }
}

pub(super) fn wake(waker: &mut Option<Waker>) {
    if let Some(waker) = waker.take() {
        waker.wake();
    }
}

/// Remembers who waits, without a clone when it is the same task again.
pub(super) fn remember(slot: &mut Option<Waker>, cx: &Context<'_>) {
    match slot {
        Some(waker) => waker.clone_from(cx.waker()),
        None => *slot = Some(cx.waker().clone()),
    }
}

impl Link {
    pub(super) fn new(socket: TcpStream, conditions: Conditions, queue_capacity: usize) -> Arc<Self> {
        let link = Arc::new(Link {
            state: Mutex::new(State {
                socket: Some(socket),
                reset: false,
                conditions: Conditions::default(),
                inbound: None,
                outbound: None,
                inbound_ended: false,
                finishing: false,
                abandoned: false,
                wakers: Wakers::default(),
                outgoing: Outgoing::default(),
                engine_io: false,
                withholding: false,
                injected: Vec::new(),
                muted: false,
                queue_capacity,
            }),
        });
        link.set_conditions(conditions);
        link
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn is_open(&self) -> bool {
        self.lock().socket.is_some()
    }

    pub(super) fn set_conditions(self: &Arc<Self>, conditions: Conditions) {
        let mut state = self.lock();
        state.conditions = conditions;
        let now = Instant::now();
        let capacity = state.queue_capacity;
        if state.inbound.is_none() && !conditions.inbound.is_clear() {
            state.inbound = Some(Queue::new(capacity, now));
            tokio::spawn(pump::inbound(Arc::clone(self)));
        }
        if state.outbound.is_none() && !conditions.outbound.is_clear() {
            state.outbound = Some(Queue::new(capacity, now));
            tokio::spawn(pump::outbound(Arc::clone(self)));
        }
        state.wakers.wake_all();
    }

    /// Ends the connection with a FIN, at once.
    pub(super) fn cut(&self) {
        let mut state = self.lock();
        if let Some(socket) = state.socket.take() {
            tokio::spawn(linger(socket));
        }
        state.wakers.wake_all();
    }

    /// Ends the connection with a RST, at once.
    pub(super) fn reset(&self) {
        let mut state = self.lock();
        if let Some(socket) = state.socket.take() {
            // Should the option fail the connection still dies, with a FIN.
            let _ = socket.set_zero_linger();
        }
        state.reset = true;
        state.wakers.wake_all();
    }

    pub(super) fn inject_garbage(&self) {
        self.lock().inject(&GARBAGE);
    }

    /// Sends a close frame on a WebSocket; false if this link is none.
    pub(super) fn inject_close(&self, code: u16, reason: &str) -> bool {
        let mut state = self.lock();
        if !state.outgoing.is_web_socket() || state.muted {
            return false;
        }
        state.inject(&close_frame(code, reason));
        state.muted = true;
        true
    }
}

impl State {
    /// Sends bytes of a fault as soon as the stream stands between two frames.
    fn inject(&mut self, bytes: &[u8]) {
        self.injected.extend_from_slice(bytes);
        let mut cx = Context::from_waker(Waker::noop());
        // What does not leave now leaves with the user's next write or flush, for which it is woken.
        let _ = self.poll_injected(&mut cx);
        wake(&mut self.wakers.writer);
    }

    /// Ready when no bytes of a fault are due any more.
    pub(super) fn poll_injected(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.injected.is_empty() && self.outgoing.at_boundary() {
            let bytes = std::mem::take(&mut self.injected);
            let sent = self.poll_put(&bytes, cx);
            self.injected = bytes;
            match sent {
                Poll::Ready(Ok(n)) => drop(self.injected.drain(..n)),
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Pending => return Poll::Pending,
            }
        }
        Poll::Ready(Ok(()))
    }

    /// Takes bytes from the line; an end of the connection reads as end of file or as a reset.
    pub(super) fn poll_take(&mut self, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match &mut self.socket {
            Some(socket) => Pin::new(socket).poll_read(cx, buf),
            None => Poll::Ready(self.ended()),
        }
    }

    /// Puts bytes on the line: into the socket, or into the queue of a line under faults.
    pub(super) fn poll_put(&mut self, bytes: &[u8], cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let Some(socket) = &mut self.socket else {
            return Poll::Ready(self.ended().and(Err(io::ErrorKind::BrokenPipe.into())));
        };
        let Some(queue) = &mut self.outbound else {
            return Pin::new(socket).poll_write(cx, bytes);
        };
        let way = self.conditions.outbound;
        let n = queue.room(way).min(bytes.len());
        if n == 0 {
            return Poll::Pending;
        }
        queue.push(bytes[..n].to_vec(), way, Instant::now());
        wake(&mut self.wakers.outbound_pump);
        Poll::Ready(Ok(n))
    }

    pub(super) fn ended(&self) -> io::Result<()> {
        if self.reset { Err(io::ErrorKind::ConnectionReset.into()) } else { Ok(()) }
    }
}

/// Dropping a socket with unread bytes sends a RST, which would overtake the FIN: read them first.
async fn linger(mut socket: TcpStream) {
    use tokio::io::AsyncWriteExt;
    // An error here means that the peer is gone already.
    let _ = socket.shutdown().await;
    let mut sink = vec![0; 4096];
    let drained = async { while matches!(socket.read(&mut sink).await, Ok(n) if n > 0) {} };
    let _ = timeout(LINGER, drained).await;
}
