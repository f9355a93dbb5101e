//! The one task that owns a connection's socket: it carries out what the core says, and tells it what happened.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use rejoin_proto::{Error, Frame, Output, Protocol, SocketEvent, SocketId, Timer, Timestamp};

use crate::hooks::Hooks;
use crate::platform::{BoxFuture, MaybeSend, MaybeSync, Sleep};
use crate::shared::{Inner, Router, Shared};
use crate::socket::{Dial, Socket};

/// Frames that cross the lock at once, in each direction.
const BATCH: usize = 128;
/// Bytes that are pulled from the core before they are flushed.
const BATCH_BYTES: usize = 256 * 1024;
/// Rounds before other tasks get their turn.
const MAX_ROUNDS: usize = 16;

struct Open<S> {
    id: SocketId,
    socket: S,
    /// The peer or the network ended it: nothing more is read or written.
    ended: bool,
    unflushed: bool,
    reported: u64,
}

type Dialing<D> = (SocketId, BoxFuture<Result<<D as Dial>::Socket, Error>>);

/// Drives one client until it is closed.
pub(crate) struct Driver<P: Protocol, R, D: Dial> {
    shared: Arc<Shared<P, R>>,
    dialer: D,
    hooks: Hooks<P, R>,
    dialing: Option<Dialing<D>>,
    open: Option<Open<D::Socket>>,
    /// Answers of the application's callbacks are inputs that its tasks give; dropping them gives them up.
    asking: Option<BoxFuture<()>>,
    events: Vec<SocketEvent>,
    frames: Vec<Frame>,
    wakers: Vec<Waker>,
    reading_paused: bool,
    sleep: Sleep,
    wake_at: Option<Timestamp>,
}

impl<P, R, D> Driver<P, R, D>
where
    P: Protocol,
    R: Router<Event = P::Event> + 'static,
    D: Dial,
    P: 'static,
    Shared<P, R>: MaybeSend + MaybeSync,
{
    pub(crate) fn new(shared: Arc<Shared<P, R>>, dialer: D, hooks: Hooks<P, R>) -> Self {
        Self {
            shared,
            dialer,
            hooks,
            dialing: None,
            open: None,
            asking: None,
            events: Vec::new(),
            frames: Vec::new(),
            wakers: Vec::new(),
            reading_paused: false,
            sleep: Sleep::new(),
            wake_at: None,
        }
    }

    /// One round: read, tell the core, take what it wants written, write. True if another round may find more.
    fn round(&mut self, cx: &mut Context<'_>) -> Poll<bool> {
        self.poll_dial(cx);
        if let Some(asking) = &mut self.asking
            && asking.as_mut().poll(cx).is_ready()
        {
            self.asking = None;
        }
        let read_all = self.read(cx);
        let more = {
            let shared = self.shared.clone();
            let mut inner = shared.lock();
            let more = self.exchange(&mut inner, cx);
            if inner.is_over() && self.open.is_none() && inner.commands.is_empty() {
                drop(inner);
                self.wake_all();
                return Poll::Ready(false);
            }
            if !more {
                inner.driver = Some(cx.waker().clone());
            }
            more
        };
        self.wake_all();
        let commanded = self.carry_out(cx);
        let wrote = self.write(cx);
        if more || commanded || wrote || !read_all { Poll::Ready(true) } else { Poll::Pending }
    }

    fn poll_dial(&mut self, cx: &mut Context<'_>) {
        let Some((id, dial)) = &mut self.dialing else { return };
        let Poll::Ready(result) = dial.as_mut().poll(cx) else { return };
        let id = *id;
        self.dialing = None;
        match result {
            Ok(socket) => {
                self.events.push(SocketEvent::Opened { ping_frames: socket.has_ping_frames() });
                self.reading_paused = false;
                let subprotocol = socket.subprotocol().map(str::to_owned);
                self.shared.look_mut(|inner| inner.subprotocol = subprotocol);
                self.open = Some(Open { id, socket, ended: false, unflushed: false, reported: 0 });
            }
            Err(error) => self.shared.with(|inner, now| {
                inner.connection.handle_socket(id, SocketEvent::Failed(error), now);
            }),
        }
    }

    /// Reads a batch. True if there is no more for now.
    fn read(&mut self, cx: &mut Context<'_>) -> bool {
        let Some(open) = &mut self.open else { return true };
        if open.ended {
            return true;
        }
        let room = if self.reading_paused { 0 } else { self.shared.lock().router.room().min(BATCH) };
        while self.events.len() < room {
            match open.socket.poll_event(cx) {
                Poll::Pending => return true,
                Poll::Ready(event) => {
                    open.ended = matches!(event, SocketEvent::Closed { .. } | SocketEvent::Failed(_));
                    self.events.push(event);
                    if open.ended {
                        return true;
                    }
                }
            }
        }
        room == 0
    }

    /// Under the lock: inputs to the core, effects and frames out of it. True if something happened.
    fn exchange(&mut self, inner: &mut Inner<P, R>, cx: &mut Context<'_>) -> bool {
        let now = self.shared.now();
        let mut busy = !self.events.is_empty();
        if let Some(open) = &mut self.open {
            let flushed = open.socket.flushed();
            if flushed > open.reported {
                open.reported = flushed;
                inner.connection.handle_socket(open.id, SocketEvent::Flushed { frames: flushed }, now);
            }
            if open.socket.progressed() && self.events.is_empty() {
                inner.connection.handle_socket(open.id, SocketEvent::Progress, now);
            }
            for event in self.events.drain(..) {
                inner.connection.handle_socket(open.id, event, now);
            }
        }
        inner.pump(&mut self.wakers);
        let full = inner.router.room() == 0;
        if full != self.reading_paused {
            self.reading_paused = full;
            busy |= !full;
            inner.connection.handle_reading(full, now);
        }
        if inner.connection.poll_timeout().is_some_and(|(at, _)| at <= now) {
            inner.connection.handle_timeout(now);
            busy = true;
        }
        busy |= self.pull(inner, now, cx);
        inner.pump(&mut self.wakers);
        self.set_timer(inner.connection.poll_timeout(), now, cx) || busy
    }

    /// Takes frames from the core while the socket can take more.
    fn pull(&mut self, inner: &mut Inner<P, R>, now: Timestamp, cx: &mut Context<'_>) -> bool {
        let Some(open) = &mut self.open else { return false };
        if open.ended || open.socket.poll_ready(cx).is_pending() {
            return false;
        }
        let mut bytes = 0;
        while self.frames.len() < BATCH && bytes < BATCH_BYTES {
            let Some(transmit) = inner.connection.poll_transmit(now) else { break };
            bytes += transmit.frame.len();
            self.frames.push(transmit.frame);
        }
        !self.frames.is_empty()
    }

    /// True if the time has come already.
    fn set_timer(&mut self, next: Option<(Timestamp, Timer)>, now: Timestamp, cx: &mut Context<'_>) -> bool {
        let at = next.map(|(at, _)| at);
        if at != self.wake_at {
            self.wake_at = at;
            if let Some(at) = at {
                self.sleep.reset(at.since(now));
            }
        }
        at.is_some() && self.sleep.poll(cx).is_ready() && {
            self.wake_at = None;
            true
        }
    }

    fn wake_all(&mut self) {
        self.wakers.drain(..).for_each(Waker::wake);
    }

    /// Carries out what the core said, without the lock. True if there was something.
    fn carry_out(&mut self, cx: &mut Context<'_>) -> bool {
        let commands = core::mem::take(&mut self.shared.lock().commands);
        let busy = !commands.is_empty();
        for command in commands {
            match command {
                Output::NeedCredentials { socket, reason } => {
                    self.asking = self.hooks.ask_credentials(&self.shared, socket, reason);
                }
                Output::Open { socket, credentials } => {
                    self.dialing = Some((socket, self.dialer.dial(credentials)));
                }
                Output::Rejoin { socket } => self.asking = self.hooks.rejoin(&self.shared, socket),
                Output::Close { socket, code } => self.close(socket, code),
                Output::Abort { socket, code } => self.abort(socket, code, cx),
                // Given out by the pump.
                Output::Event(_) => {}
            }
        }
        busy
    }

    fn close(&mut self, socket: SocketId, code: u16) {
        let Some(open) = self.open.as_mut().filter(|open| open.id == socket && !open.ended) else { return };
        let written = self.frames.drain(..).try_for_each(|frame| open.socket.write(frame));
        if written.is_ok() {
            open.socket.close(code);
        }
        open.unflushed = true;
    }

    fn abort(&mut self, socket: SocketId, code: Option<u16>, cx: &mut Context<'_>) {
        self.asking = None;
        if self.dialing.as_ref().is_some_and(|(id, _)| *id == socket) {
            self.dialing = None;
        }
        if let Some(mut open) = self.open.take_if(|open| open.id == socket) {
            if let Some(code) = code {
                open.socket.close(code);
                // As far as it goes: nobody waits for a peer that is at fault.
                let _ = open.socket.poll_flush(cx);
            }
            self.events.clear();
            self.frames.clear();
        }
    }

    /// Writes what was pulled and flushes once. True if something came of it that the core does not know of yet.
    fn write(&mut self, cx: &mut Context<'_>) -> bool {
        let Some(open) = &mut self.open else { return false };
        if open.ended {
            return false;
        }
        let mut result = Ok(());
        for frame in self.frames.drain(..) {
            result = result.and_then(|()| open.socket.write(frame));
            open.unflushed = true;
        }
        if open.unflushed
            && result.is_ok()
            && let Poll::Ready(flushed) = open.socket.poll_flush(cx)
        {
            open.unflushed = false;
            result = flushed;
        }
        let Err(error) = result else { return open.socket.flushed() > open.reported };
        // The peer's last words say more than the failed write.
        open.ended = true;
        while let Poll::Ready(event) = open.socket.poll_event(cx) {
            let last = matches!(event, SocketEvent::Closed { .. } | SocketEvent::Failed(_));
            self.events.push(event);
            if last {
                return true;
            }
        }
        self.events.push(SocketEvent::Failed(error));
        true
    }
}

impl<P, R, D> Future for Driver<P, R, D>
where
    P: Protocol,
    P: 'static,
    R: Router<Event = P::Event> + 'static,
    D: Dial,
    Shared<P, R>: MaybeSend + MaybeSync,
    Self: Unpin,
{
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        for _ in 0..MAX_ROUNDS {
            match self.round(cx) {
                Poll::Ready(true) => {}
                Poll::Ready(false) => return Poll::Ready(()),
                Poll::Pending => return Poll::Pending,
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}
