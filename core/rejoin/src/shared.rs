//! What a client's handles and its driver share: the connection under a lock, and who waits for what.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use rejoin_proto::{
    Connection, Error, Event, Frame, MessageId, NetworkHint, Output, Protocol, SocketEvent, SocketId, State,
    Timestamp,
};

use crate::journal::Journal;
use crate::platform::{Clock, MaybeSend, MaybeSync, OnWake, Runtime};
use crate::receipts::{Ledger, Receipt, Receipts};
use crate::subscription::{Batch, Inbound, InboundPolicy, Source, Subscribers, Subscription};

/// Brings the events of a protocol to the application's consumers.
pub(crate) trait Router {
    type Event;

    /// The event that a frame is as it stands, where its content means nothing to the protocol; or the frame again.
    fn as_event(&self, frame: Frame) -> Result<Self::Event, Frame> {
        Err(frame)
    }

    /// Gives one event to whom it concerns; wakers are collected, to be woken without the lock.
    fn route(&mut self, event: Self::Event, wakers: &mut Vec<Waker>);

    /// How many more events the consumers can take before one that wants backpressure is full.
    fn room(&self) -> usize;

    /// The client is closed: nothing follows.
    fn end(&mut self, wakers: &mut Vec<Waker>);
}

pub(crate) struct Inner<P: Protocol, R> {
    pub(crate) connection: Connection<P>,
    pub(crate) router: R,
    pub(crate) receipts: Receipts,
    states: Subscribers<State>,
    /// Effects for the driver; events among them were given out already.
    pub(super) commands: VecDeque<Output<P::Event>>,
    /// States that the driver is to write down, if anybody reads that.
    pub(super) journal: Vec<State>,
    /// Set while the driver waits.
    pub(super) driver: Option<Waker>,
    /// When the driver last looked at the clock.
    pub(super) looked_at: Timestamp,
    ended: bool,
    /// What the server chose on the live socket, or the last one.
    pub(super) subprotocol: Option<String>,
}

/// See the module.
pub(crate) struct Shared<P: Protocol, R> {
    inner: Mutex<Inner<P, R>>,
    clock: Clock,
    pub(crate) runtime: Runtime,
}

impl<P: Protocol, R: Router<Event = P::Event>> Inner<P, R> {
    /// A frame arrived. The core is told of it, and sees its content only where that means something to the protocol.
    pub(super) fn arrived(
        &mut self,
        socket: SocketId,
        frame: Frame,
        now: Timestamp,
        wakers: &mut Vec<Waker>,
    ) {
        match self.router.as_event(frame) {
            Ok(event) => {
                if self.connection.handle_messages(socket, 1, now) {
                    self.router.route(event, wakers);
                }
            }
            Err(frame) => self.connection.handle_socket(socket, SocketEvent::Frame(frame), now),
        }
    }

    /// Gives out what happened, in order, and keeps what the driver has to do.
    pub(super) fn pump(&mut self, wakers: &mut Vec<Waker>) {
        while let Some(output) = self.connection.poll_output() {
            match output {
                Output::Event(Event::Receipt(receipt)) => self.receipts.resolve(receipt, wakers),
                Output::Event(Event::State(state)) => {
                    if Journal::is_read() {
                        self.journal.push(state.clone());
                    }
                    self.states.push(state, wakers);
                }
                Output::Event(Event::Protocol(event)) => self.router.route(event, wakers),
                command @ (Output::NeedCredentials { .. }
                | Output::Open { .. }
                | Output::Rejoin { .. }
                | Output::Close { .. }
                | Output::Abort { .. }) => self.commands.push_back(command),
            }
        }
        let over =
            self.connection.is_closed() && matches!(self.connection.state(), State::Disconnected { .. });
        if over && !self.ended {
            self.ended = true;
            self.router.end(wakers);
            self.states.end(wakers);
        }
    }

    /// Whether the client is closed and everything has come to its end.
    pub(super) fn is_over(&self) -> bool {
        self.ended
    }
}

impl<P, R> Shared<P, R>
where
    P: Protocol,
    R: Router<Event = P::Event>,
{
    pub(crate) fn new(connection: Connection<P>, router: R, runtime: Runtime) -> Arc<Self> {
        let inner = Inner {
            connection,
            router,
            receipts: Receipts::default(),
            states: Subscribers::default(),
            commands: VecDeque::new(),
            journal: Vec::new(),
            driver: None,
            looked_at: Timestamp::ZERO,
            ended: false,
            subprotocol: None,
        };
        Arc::new(Self { inner: Mutex::new(inner), clock: Clock::start(), runtime })
    }

    /// A panic under the lock would be a bug of ours that the connection, total as it is, survives.
    pub(super) fn lock(&self) -> MutexGuard<'_, Inner<P, R>> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn clock(&self) -> Clock {
        self.clock
    }

    /// Looks, changes nothing.
    pub(crate) fn look<T>(&self, look: impl FnOnce(&Inner<P, R>) -> T) -> T {
        look(&self.lock())
    }

    /// Changes what is no concern of the connection.
    pub(crate) fn look_mut<T>(&self, look: impl FnOnce(&mut Inner<P, R>) -> T) -> T {
        look(&mut self.lock())
    }

    /// A consumer made room: the driver may read on.
    pub(crate) fn resume_reading(&self, poll: &Poll<Batch>) {
        match poll {
            Poll::Ready(Batch::Room | Batch::Items { was_full: true, .. }) => {
                let driver = self.lock().driver.take();
                driver.into_iter().for_each(Waker::wake);
            }
            Poll::Ready(Batch::Items { was_full: false, .. } | Batch::End) | Poll::Pending => {}
        }
    }

    /// Gives the connection an input, then gives out what follows from it.
    pub(crate) fn with<T>(&self, input: impl FnOnce(&mut Inner<P, R>, Timestamp) -> T) -> T {
        let now = self.now();
        self.with_inner(|inner| input(inner, now))
    }

    fn with_inner<T>(&self, input: impl FnOnce(&mut Inner<P, R>) -> T) -> T {
        let mut wakers = Vec::new();
        let mut inner = self.lock();
        let result = input(&mut inner);
        inner.pump(&mut wakers);
        let driver = inner.driver.take();
        drop(inner);
        wakers.into_iter().for_each(Waker::wake);
        if let Some(driver) = driver {
            driver.wake();
        }
        result
    }

    /// Follows every change of state from now on. Lossy, so that a consumer which does not look stops nothing.
    pub(crate) fn subscribe_states(inner: &mut Inner<P, R>) -> u64 {
        inner.states.add(Inbound { max_messages: 256, policy: InboundPolicy::DropOldest })
    }

    pub(crate) fn state(&self) -> State {
        self.look(|inner| inner.connection.state().clone())
    }

    pub(crate) fn subprotocol(&self) -> Option<String> {
        self.look(|inner| inner.subprotocol.clone())
    }

    pub(crate) fn hint(&self, hint: NetworkHint) {
        self.with(|inner, now| inner.connection.handle_network(hint, now));
    }
}

/// The calls of every client, whatever its protocol.
impl<P, R> Shared<P, R>
where
    P: Protocol + 'static,
    R: Router<Event = P::Event> + 'static,
    Self: Source<State> + Ledger + MaybeSend + MaybeSync,
{
    pub(crate) fn states(self: &Arc<Self>) -> Subscription<State> {
        let id = Self::subscribe_states(&mut self.lock());
        Subscription::new(self.clone(), id)
    }

    pub(crate) async fn connect(self: &Arc<Self>) -> Result<(), Error> {
        let mut states = self.with(|inner, now| {
            inner.connection.check_open()?;
            inner.connection.connect(now);
            // What led here is given out first: an older end is not the answer to this call.
            let mut wakers = Vec::new();
            inner.pump(&mut wakers);
            wakers.into_iter().for_each(Waker::wake);
            let id = Self::subscribe_states(inner);
            Ok(Subscription::new(self.clone(), id))
        })?;
        let mut state = self.state();
        let leaving = matches!(state, State::Disconnecting);
        loop {
            match state {
                State::Connected { .. } => return Ok(()),
                // The end of a disconnect that was under way: what this call asked for follows it.
                State::Disconnected { .. } if leaving && !self.state().is_disconnected() => {}
                State::Disconnected { reason: Some(reason) } => return Err(reason),
                State::Disconnected { reason: None }
                | State::Connecting { .. }
                | State::Waiting { .. }
                | State::Disconnecting => {}
            }
            state = match states.next().await {
                Some(next) => next,
                None => {
                    return Err(Error::new(rejoin_proto::ErrorCode::ClientClosed, "the client is closed"));
                }
            };
        }
    }

    pub(crate) async fn disconnected(self: &Arc<Self>, end: impl FnOnce(&mut Connection<P>, Timestamp)) {
        let mut states = self.with(|inner, now| {
            end(&mut inner.connection, now);
            let id = Self::subscribe_states(inner);
            Subscription::new(self.clone(), id)
        });
        let mut state = self.state();
        while !matches!(state, State::Disconnected { .. }) {
            let Some(next) = states.next().await else { return };
            state = next;
        }
    }

    /// Hands a message over and keeps its receipt. `now` is for what is counted from this very moment; without it
    /// the driver's last look at the clock will do.
    pub(crate) fn send(
        self: &Arc<Self>,
        now: Option<Timestamp>,
        send: impl FnOnce(&mut Connection<P>, Timestamp) -> Result<MessageId, Error>,
    ) -> Result<Receipt, Error> {
        let id = self.with_inner(|inner| {
            let id = send(&mut inner.connection, now.unwrap_or(inner.looked_at))?;
            inner.receipts.add(id);
            Ok(id)
        })?;
        Ok(Receipt::new(self.clone(), id))
    }
}

impl<P, R> Source<State> for Shared<P, R>
where
    P: Protocol,
    R: Router<Event = P::Event>,
{
    fn poll_batch(&self, id: u64, batch: &mut VecDeque<State>, cx: &mut Context<'_>) -> Poll<Batch> {
        self.lock().states.poll_batch(id, batch, cx)
    }

    fn unsubscribe(&self, id: u64) {
        self.lock().states.remove(id);
    }
}

impl<P, R> Ledger for Shared<P, R>
where
    P: Protocol,
    R: Router<Event = P::Event>,
{
    fn with_receipts(&self, call: &mut dyn FnMut(&mut Receipts)) {
        call(&mut self.lock().receipts);
    }

    fn withdraw(&self, id: MessageId) -> bool {
        self.with(|inner, _| inner.connection.withdraw(id))
    }
}

impl<P, R> OnWake for Shared<P, R>
where
    P: Protocol,
    R: Router<Event = P::Event>,
    Self: MaybeSend + MaybeSync,
{
    fn woke(&self) {
        self.hint(NetworkHint::Woke);
    }
}

impl<P: Protocol, R> fmt::Debug for Shared<P, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").finish_non_exhaustive()
    }
}
