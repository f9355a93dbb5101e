//! The one task that owns a connection's socket: it carries out what the core says, and tells it what happened.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use rejoin_proto::{Error, Frame, Output, Protocol, SocketEvent, SocketId, State, Timer, Timestamp};

use crate::hooks::Hooks;
use crate::journal::Journal;
use crate::platform::{BoxFuture, MaybeSend, MaybeSync, Sleep};
use crate::shared::{Inner, Router, Shared};
use crate::socket::{Dial, Socket};

/// Frames that are read before they are handed to the consumers, and before what these answer is written: a peer that has
/// the first answers works while the others are made. Many more, and both sides take turns instead.
const READ_BATCH: usize = 16;
/// The same for bytes: what the consumers get should still be in the cache, and each time costs a switch to them and back.
const READ_BYTES: usize = 256 * 1024;
/// Frames that are pulled from the core before they are flushed.
const WRITE_BATCH: usize = 128;
/// The same for bytes.
const WRITE_BYTES: usize = 64 * 1024;
/// Rounds before other tasks get their turn.
const MAX_ROUNDS: usize = 16;

struct Open<S> {
    id: SocketId,
    socket: S,
    /// The peer or the network ended it: nothing more is read or written.
    ended: bool,
    /// More may be there to read than was asked for since the driver woke.
    unread: bool,
    unflushed: bool,
    reported: u64,
}

type Dialing<D> = (SocketId, BoxFuture<Result<<D as Dial>::Socket, Error>>);

/// Drives one client until it is closed.
pub(crate) struct Driver<P: Protocol, R, D: Dial> {
    shared: Arc<Shared<P, R>>,
    dialer: D,
    hooks: Hooks<P, R>,
    journal: Journal,
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
    pub(crate) fn new(shared: Arc<Shared<P, R>>, dialer: D, hooks: Hooks<P, R>, journal: Journal) -> Self {
        Self {
            shared,
            dialer,
            hooks,
            journal,
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
        let unread = self.read(cx);
        let (more, commands, states) = {
            let shared = self.shared.clone();
            let mut inner = shared.lock();
            let more = self.exchange(&mut inner, cx);
            if inner.is_over() && self.open.is_none() && inner.commands.is_empty() {
                let states = core::mem::take(&mut inner.journal);
                drop(inner);
                self.write_down(&states);
                self.wake_all();
                return Poll::Ready(false);
            }
            if !more {
                inner.driver = Some(cx.waker().clone());
            }
            (more, core::mem::take(&mut inner.commands), core::mem::take(&mut inner.journal))
        };
        self.write_down(&states);
        self.wake_all();
        let commanded = self.carry_out(commands, cx);
        let wrote = self.write(cx);
        if unread {
            // The consumers come first: more would only wait for them.
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        if more || commanded || wrote { Poll::Ready(true) } else { Poll::Pending }
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
                self.open =
                    Some(Open { id, socket, ended: false, unread: true, unflushed: false, reported: 0 });
            }
            Err(error) => self.shared.with(|inner, now| {
                inner.connection.handle_socket(id, SocketEvent::Failed(error), now);
            }),
        }
    }

    /// Reads a batch. True if there may be more.
    fn read(&mut self, cx: &mut Context<'_>) -> bool {
        let Some(open) = &mut self.open else { return false };
        if open.ended || !open.unread {
            return false;
        }
        let room = if self.reading_paused { 0 } else { self.shared.lock().router.room().min(READ_BATCH) };
        let mut bytes = 0;
        while self.events.len() < room && bytes < READ_BYTES {
            match open.socket.poll_event(cx) {
                Poll::Pending => {
                    open.unread = false;
                    return false;
                }
                Poll::Ready(event) => {
                    if let SocketEvent::Frame(frame) = &event {
                        bytes += frame.len();
                    }
                    open.ended = matches!(event, SocketEvent::Closed { .. } | SocketEvent::Failed(_));
                    self.events.push(event);
                    if open.ended {
                        return false;
                    }
                }
            }
        }
        room > 0
    }

    /// Under the lock: inputs to the core, effects and frames out of it. True if something happened.
    fn exchange(&mut self, inner: &mut Inner<P, R>, cx: &mut Context<'_>) -> bool {
        let now = self.shared.now();
        inner.looked_at = now;
        let mut busy = false;
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
                if let SocketEvent::Frame(frame) = event {
                    inner.arrived(open.id, frame, now, &mut self.wakers);
                } else {
                    inner.connection.handle_socket(open.id, event, now);
                }
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

    /// Takes frames from the core while the socket can take more. True if the batch was full.
    fn pull(&mut self, inner: &mut Inner<P, R>, now: Timestamp, cx: &mut Context<'_>) -> bool {
        let Some(open) = &mut self.open else { return false };
        if open.ended || open.socket.poll_ready(cx).is_pending() {
            return false;
        }
        let mut bytes = 0;
        while self.frames.len() < WRITE_BATCH && bytes < WRITE_BYTES {
            let Some(transmit) = inner.connection.poll_transmit(now) else { break };
            bytes += transmit.frame.len();
            self.frames.push(transmit.frame);
        }
        self.frames.len() >= WRITE_BATCH || bytes >= WRITE_BYTES
    }

    /// Sees to it that the driver wakes at the deadline. Most deadlines only move on: the timer is not set anew for
    /// that, and finds out when it fires. True if the time has come already.
    fn set_timer(&mut self, next: Option<(Timestamp, Timer)>, now: Timestamp, cx: &mut Context<'_>) -> bool {
        let Some((at, _)) = next else { return false };
        if self.wake_at.is_none_or(|earlier| at < earlier) {
            self.wake(at, now);
        }
        while self.sleep.poll(cx).is_ready() {
            if at <= now {
                self.wake_at = None;
                return true;
            }
            self.wake(at, now);
        }
        false
    }

    fn wake(&mut self, at: Timestamp, now: Timestamp) {
        self.wake_at = Some(at);
        self.sleep.reset(at.since(now));
    }

    fn write_down(&self, states: &[State]) {
        states.iter().for_each(|state| self.journal.tell(state, self.shared.now()));
    }

    fn wake_all(&mut self) {
        self.wakers.drain(..).for_each(Waker::wake);
    }

    /// Carries out what the core said, without the lock. True if there was something.
    fn carry_out(&mut self, commands: VecDeque<Output<P::Event>>, cx: &mut Context<'_>) -> bool {
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
                Output::Close { socket, code } => self.close(socket, code, cx),
                Output::Abort { socket, code } => self.abort(socket, code, cx),
                // Given out by the pump.
                Output::Event(_) => {}
            }
        }
        busy
    }

    fn close(&mut self, socket: SocketId, code: u16, cx: &mut Context<'_>) {
        let Some(open) = self.open.as_mut().filter(|open| open.id == socket && !open.ended) else { return };
        let written = self.frames.drain(..).try_for_each(|frame| open.socket.write(frame, cx));
        if written.is_ok() {
            open.socket.close(code, cx);
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
                open.socket.close(code, cx);
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
            result = result.and_then(|()| open.socket.write(frame, cx));
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
        if let Some(open) = &mut self.open {
            open.unread = true;
        }
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
