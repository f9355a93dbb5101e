//! The client of a plain WebSocket server.

use std::collections::VecDeque;
use std::future::Future;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use rejoin_proto::{
    Connection, Error, Frame, Message, NetworkHint, PlainWebSocket, SendOptions, State, TextHeartbeat,
};

use crate::builder::Builder;
use crate::driver::Driver;
use crate::hooks::{Hooks, RejoinHook, rejoin_hook};
use crate::journal::Journal;
use crate::platform::{Clock, MaybeSend, MaybeSync, OnWake, Runtime, on_wake};
use crate::receipts::Receipt;
use crate::shared::{Router, Shared};
use crate::stats::Stats;
use crate::subscription::{Batch, Inbound, Source, Subscribers, Subscription};

type PlainShared = Shared<PlainWebSocket, Messages>;

/// The consumers of a plain client's messages.
#[derive(Debug, Default)]
pub(crate) struct Messages {
    subscribers: Subscribers<Message>,
    unobserved: u64,
    /// The protocol looks at messages: one of them may be the answer to a heartbeat.
    inspected: bool,
}

impl Router for Messages {
    type Event = Message;

    fn as_event(&self, frame: Frame) -> Result<Message, Frame> {
        match frame {
            Frame::Text(text) if !self.inspected => Ok(Message::Text(text)),
            Frame::Binary(bytes) if !self.inspected => Ok(Message::Binary(bytes)),
            Frame::Text(_) | Frame::Binary(_) | Frame::Ping(_) | Frame::Pong(_) => Err(frame),
        }
    }

    fn route(&mut self, message: Message, wakers: &mut Vec<Waker>) {
        if !self.subscribers.push(message, wakers) {
            self.unobserved += 1;
        }
    }

    fn room(&self) -> usize {
        self.subscribers.room()
    }

    fn end(&mut self, wakers: &mut Vec<Waker>) {
        self.subscribers.end(wakers);
    }
}

impl Source<Message> for PlainShared {
    fn poll_batch(&self, id: u64, batch: &mut VecDeque<Message>, cx: &mut Context<'_>) -> Poll<Batch> {
        let poll = self.look_mut(|inner| inner.router.subscribers.poll_batch(id, batch, cx));
        self.resume_reading(&poll);
        poll
    }

    fn unsubscribe(&self, id: u64) {
        self.with(|inner, _| inner.router.subscribers.remove(id));
    }
}

/// The plain part of a [`Builder`].
#[derive(Default)]
pub struct Plain {
    text_heartbeat: Option<TextHeartbeat>,
    on_connect: Option<RejoinHook<PlainWebSocket, Messages>>,
}

/// A client that stays connected to a WebSocket server. A clone is another handle to the same connection.
///
/// Dropping the last handle closes it; streams and receipts do not keep it open.
///
/// ```no_run
/// # async fn example() -> Result<(), rejoin::Error> {
/// let client = rejoin::Client::builder("wss://example.com/live").build()?;
/// let mut messages = client.messages();
/// client.connect().await?;
/// let receipt = client.send("hello")?;
/// println!("{:?}", receipt.await);
/// while let Some(message) = messages.next().await {
///     println!("{message:?}");
/// }
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct Client(Arc<Handle>);

#[derive(Debug)]
struct Handle {
    shared: Arc<PlainShared>,
    inbound: Inbound,
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.shared.with(|inner, now| inner.connection.close(now));
    }
}

impl Client {
    /// Describes a client of the server at `url` (`ws://` or `wss://`).
    pub fn builder(url: &str) -> Builder<Plain> {
        Builder::new(url, Plain::default())
    }

    /// Connects, and resolves when connected: by then the outbox flows. Called twice, both wait for the same connection.
    ///
    /// The first connection is tried as often as any later one: without a limit unless
    /// [`BackoffConfig::max_attempts`](rejoin_proto::BackoffConfig::max_attempts) sets one. Cancelling the wait does not stop it.
    ///
    /// # Errors
    /// What ended the attempts, or `client_closed`.
    pub async fn connect(&self) -> Result<(), Error> {
        self.0.shared.connect().await
    }

    /// Sends what can be sent, closes, and resolves when disconnected. Nothing connects again until [`connect`](Self::connect).
    /// Messages that could not be sent stay in the outbox.
    pub async fn disconnect(&self) {
        self.0.shared.disconnected(Connection::disconnect).await;
    }

    /// Disconnects for good, for all handles: every message comes to its end, every stream ends.
    pub async fn close(&self) {
        self.0.shared.disconnected(Connection::close).await;
    }

    /// Sends a message, now or when there is a connection, in order. The receipt tells what became of it; drop it to
    /// ignore that.
    ///
    /// # Errors
    /// `queue_full`, `too_big`, `client_closed`: the message was not accepted.
    pub fn send(&self, message: impl Into<Message>) -> Result<Receipt, Error> {
        self.send_with(message, SendOptions::default())
    }

    /// As [`send`](Self::send), with options: volatile, time to live, coalescing by key.
    ///
    /// # Errors
    /// As for [`send`](Self::send).
    pub fn send_with(&self, message: impl Into<Message>, options: SendOptions) -> Result<Receipt, Error> {
        let message = message.into();
        let now = options.ttl.map(|_| self.0.shared.now());
        self.0.shared.send(now, |connection, now| connection.send(message, options, now))
    }

    /// The messages that arrive from now on. Each call gives a consumer of its own, which gets every message; what
    /// arrives while there is none is counted in [`Stats::unobserved`].
    pub fn messages(&self) -> Subscription<Message> {
        let id = self.0.shared.look_mut(|inner| inner.router.subscribers.add(self.0.inbound));
        Subscription::new(self.0.shared.clone(), id)
    }

    /// The state now.
    pub fn state(&self) -> State {
        self.0.shared.state()
    }

    /// Every change of state from now on.
    pub fn states(&self) -> Subscription<State> {
        self.0.shared.states()
    }

    /// The subprotocol that the server chose for the connection, or for the last one.
    pub fn subprotocol(&self) -> Option<String> {
        self.0.shared.subprotocol()
    }

    /// The clock of [`State::Waiting`]'s `retry_at`.
    pub fn clock(&self) -> Clock {
        self.0.shared.clock()
    }

    /// What was counted so far.
    pub fn stats(&self) -> Stats {
        self.0.shared.look(|inner| Stats::of(&inner.connection, inner.router.unobserved))
    }

    /// Tells what the operating system or the application knows about the network. It never undoes a disconnect.
    pub fn network(&self, hint: NetworkHint) {
        self.0.shared.hint(hint);
    }
}

/// What the on-connect step of a plain client works with: the new connection, before anything else uses it.
#[derive(Debug)]
pub struct Session(Arc<PlainShared>);

impl Session {
    /// Sends a message on this connection, ahead of all that waits. It is not kept for another connection.
    ///
    /// # Errors
    /// As for [`Client::send`].
    pub fn send(&self, message: impl Into<Message>) -> Result<Receipt, Error> {
        let message = message.into();
        self.0.send(None, |connection, now| connection.send_while_rejoining(message, now))
    }

    /// The messages that arrive from now on.
    pub fn messages(&self) -> Subscription<Message> {
        let id = self.0.look_mut(|inner| inner.router.subscribers.add(Inbound::default()));
        Subscription::new(self.0.clone(), id)
    }
}

impl Builder<Plain> {
    /// Sends this text in place of ping frames, for servers that answer only that.
    #[must_use]
    pub fn text_heartbeat(mut self, heartbeat: TextHeartbeat) -> Self {
        self.kind.text_heartbeat = Some(heartbeat);
        self
    }

    /// Runs at every connection before messages flow: to authenticate in-band, or to join again. If it fails, the
    /// attempt has failed.
    #[must_use]
    pub fn on_connect<F, Fut, E>(mut self, step: F) -> Self
    where
        F: Fn(Session) -> Fut + MaybeSend + MaybeSync + 'static,
        Fut: Future<Output = Result<(), E>> + MaybeSend + 'static,
        E: std::fmt::Display + 'static,
    {
        self.kind.on_connect = Some(rejoin_hook(Session, step));
        self.config.rejoin = true;
        self
    }

    /// Makes the client, disconnected. Call it inside the tokio runtime that is to drive it; a page needs none.
    ///
    /// # Errors
    /// `invalid_argument`, naming the option that is wrong and what is expected.
    pub fn build(self) -> Result<Client, Error> {
        self.check()?;
        let runtime = Runtime::current()?;
        let dialer = self.dialer(&self.url)?;
        let messages = Messages { inspected: self.kind.text_heartbeat.is_some(), ..Messages::default() };
        let protocol = PlainWebSocket::new(&self.config.heartbeat, self.kind.text_heartbeat);
        let connection = Connection::new(self.config, protocol, self.seed)?;
        let hooks =
            Hooks { runtime: runtime.clone(), credentials: self.credentials, rejoin: self.kind.on_connect };
        let shared = Shared::new(connection, messages, runtime.clone());
        on_wake(Arc::downgrade(&(shared.clone() as Arc<dyn OnWake>)));
        runtime.spawn(Driver::new(shared.clone(), dialer, hooks, Journal::new(&self.url)));
        Ok(Client(Arc::new(Handle { shared, inbound: self.inbound })))
    }
}

impl std::fmt::Debug for Plain {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Plain").field("text_heartbeat", &self.text_heartbeat).finish_non_exhaustive()
    }
}
