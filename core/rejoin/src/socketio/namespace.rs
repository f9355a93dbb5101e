use std::collections::VecDeque;
use std::fmt;
use std::future::Future;
use std::task::{Context, Poll};
use std::time::Duration;

use bytestring::ByteString;
use rejoin_proto::{Error, ErrorCode, Secret};
use serde::Serialize;

use super::listener::{self, Listener};
use super::router::Topic;
use super::{AckFuture, Emitter, Event, Events, SharedArc, SocketIoShared};
use crate::platform::{MaybeSend, MaybeSync};
use crate::receipts::Receipt;
use crate::subscription::{Batch, Inbound, InboundPolicy, Source, Subscription};

/// One namespace of a client. A clone is another handle to the same; it keeps the client open no longer than the
/// client's own handles do.
#[derive(Clone)]
pub struct Namespace {
    shared: SharedArc,
    name: ByteString,
    inbound: Inbound,
}

/// A change of a namespace's state.
#[derive(Clone, Debug, PartialEq)]
pub struct NamespaceEvent {
    /// Which namespace.
    pub namespace: ByteString,
    /// What it is now.
    pub state: NamespaceState,
}

/// The state of a namespace.
#[derive(Clone, Debug, PartialEq)]
pub enum NamespaceState {
    /// Connected: events flow.
    Connected {
        /// The server kept the session, and what was missed follows. False: fetch the state anew.
        recovered: bool,
        /// The id of the session, which others can see.
        sid: ByteString,
    },
    /// Not connected. A retryable error is followed by a new attempt.
    Disconnected {
        /// Why; `namespace_refused` holds the server's data.
        error: Error,
    },
}

impl Namespace {
    pub(super) fn new(shared: SharedArc, name: &str, inbound: Inbound) -> Self {
        Self { shared, name: name.into(), inbound }
    }

    pub(super) fn shared(&self) -> &SharedArc {
        &self.shared
    }

    pub(super) fn inbound(&self) -> Inbound {
        self.inbound
    }

    /// Its name: begins with `/`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it is connected.
    pub fn is_connected(&self) -> bool {
        self.shared.is_namespace_connected(&self.name)
    }

    /// The id of its session, which others can see; `None` if it is not connected.
    pub fn sid(&self) -> Option<ByteString> {
        self.shared.look(|inner| inner.connection.protocol().sid(&self.name).cloned())
    }

    /// Whether it is connected, and the server kept its session over the last break, so that nothing was missed.
    pub fn is_recovered(&self) -> bool {
        self.shared.look(|inner| inner.connection.protocol().is_recovered(&self.name))
    }

    /// Connects the namespace, now and on each later link, and resolves when it is connected. While the client itself is not
    /// connected that takes until it is, so call [`Client::connect`](super::Client::connect) before, or beside it.
    ///
    /// # Errors
    /// `namespace_refused` with the server's data, `connect_timeout` (no answer in
    /// [`Limits::namespace_timeout`](super::Limits::namespace_timeout), 15 s), `invalid_argument` (a name without `/` or with a
    /// comma, an auth that is no JSON object), `client_closed`, or what ended the connection.
    pub async fn connect(&self) -> Result<(), Error> {
        self.connect_as(None).await
    }

    /// As [`connect`](Self::connect), with an auth object of its own, as JSON text, in place of that of the credentials.
    ///
    /// # Errors
    /// As for [`connect`](Self::connect).
    pub async fn connect_with_auth(&self, auth_json: &str) -> Result<(), Error> {
        self.connect_as(Some(Secret::new(auth_json))).await
    }

    async fn connect_as(&self, auth: Option<Secret>) -> Result<(), Error> {
        let mut changes = self.changes();
        self.shared.with(|inner, now| inner.connection.connect_namespace(self.name.clone(), auth, now))?;
        if self.is_connected() {
            return Ok(());
        }
        while let Some(change) = changes.next().await {
            match change.state {
                NamespaceState::Connected { .. } if change.namespace == self.name => return Ok(()),
                NamespaceState::Disconnected { error }
                    if change.namespace == self.name && !error.is_retryable() =>
                {
                    return Err(error);
                }
                NamespaceState::Connected { .. } | NamespaceState::Disconnected { .. } => {}
            }
        }
        Err(Error::new(ErrorCode::ClientClosed, "the client is closed"))
    }

    /// Leaves the namespace: it is not connected again, and what waits for it is withdrawn.
    ///
    /// # Errors
    /// `invalid_argument`: a name without `/` or with a comma. `namespace_closed`: it was never asked for, or left before.
    /// `client_closed`.
    pub fn disconnect(&self) -> Result<(), Error> {
        self.shared.with(|inner, now| inner.connection.disconnect_namespace(&self.name, now))
    }

    /// Every change of state of every namespace of the client, from now on.
    pub fn changes(&self) -> Subscription<NamespaceEvent> {
        let inbound = Inbound { max_messages: 256, policy: InboundPolicy::DropOldest };
        let id = self.shared.look_mut(|inner| inner.router.namespaces.add(inbound));
        Subscription::new(self.shared.clone(), id)
    }

    /// Emits with options: volatile, time to live, time-out and retries of the acknowledgement.
    ///
    /// ```no_run
    /// # use std::time::Duration;
    /// # async fn example(chat: rejoin::socketio::Namespace) -> Result<(), rejoin::Error> {
    /// let stored = chat.emitter().retries(5).timeout(Duration::from_secs(2)).emit_with_ack("store", "hello")?.await?;
    /// chat.emitter().volatile().emit("typing", ())?;
    /// # Ok(()) }
    /// ```
    pub fn emitter(&self) -> Emitter<'_> {
        Emitter::new(self)
    }

    /// An emitter that waits so long for an acknowledgement. See [`Emitter::timeout`].
    pub fn timeout(&self, timeout: Duration) -> Emitter<'_> {
        self.emitter().timeout(timeout)
    }

    /// An emitter of events that are sent now or not at all. See [`Emitter::volatile`].
    pub fn volatile(&self) -> Emitter<'_> {
        self.emitter().volatile()
    }

    /// Emits an event, now or when the namespace is connected, in order. See [`Emitter::emit`].
    ///
    /// # Errors
    /// As for [`Emitter::emit`].
    pub fn emit<T: Serialize>(&self, name: &str, data: T) -> Result<Receipt, Error> {
        self.emitter().emit(name, data)
    }

    /// Emits an event, and resolves to the server's acknowledgement. See [`Emitter::emit_with_ack`].
    ///
    /// # Errors
    /// As for [`Emitter::emit`].
    pub fn emit_with_ack<T: Serialize>(&self, name: &str, data: T) -> Result<AckFuture, Error> {
        self.emitter().emit_with_ack(name, data)
    }

    /// The events that arrive from now on. Each call gives a consumer of its own, which gets every event.
    pub fn events(&self) -> Events {
        Events::subscribe(&self.shared, Topic::Any(self.name.clone()), self.inbound)
    }

    /// The events of one name that arrive from now on.
    pub fn events_named(&self, name: &str) -> Events {
        Events::subscribe(&self.shared, Topic::Named(self.name.clone(), name.into()), self.inbound)
    }

    /// The events that this client emits here from now on, as they were accepted.
    pub fn outgoing_events(&self) -> Events {
        Events::subscribe(&self.shared, Topic::Outgoing(self.name.clone()), self.inbound)
    }

    /// Calls `handler` for each event of this name, one after the other, in a task of its own.
    pub fn on<F, Fut>(&self, name: &str, handler: F) -> Listener
    where
        F: Fn(Event) -> Fut + MaybeSend + MaybeSync + 'static,
        Fut: Future<Output = ()> + MaybeSend + 'static,
    {
        listener::listen(self, Topic::Named(self.name.clone(), name.into()), handler)
    }

    /// Calls `handler` for each event that arrives, one after the other, in a task of its own.
    pub fn on_any<F, Fut>(&self, handler: F) -> Listener
    where
        F: Fn(Event) -> Fut + MaybeSend + MaybeSync + 'static,
        Fut: Future<Output = ()> + MaybeSend + 'static,
    {
        listener::listen(self, Topic::Any(self.name.clone()), handler)
    }

    /// Calls `handler` for each event that this client emits here and that was accepted.
    pub fn on_any_outgoing<F, Fut>(&self, handler: F) -> Listener
    where
        F: Fn(Event) -> Fut + MaybeSend + MaybeSync + 'static,
        Fut: Future<Output = ()> + MaybeSend + 'static,
    {
        listener::listen(self, Topic::Outgoing(self.name.clone()), handler)
    }
}

impl fmt::Debug for Namespace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Namespace").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Source<NamespaceEvent> for SocketIoShared {
    fn poll_batch(&self, id: u64, batch: &mut VecDeque<NamespaceEvent>, cx: &mut Context<'_>) -> Poll<Batch> {
        self.look_mut(|inner| inner.router.namespaces.poll_batch(id, batch, cx))
    }

    fn unsubscribe(&self, id: u64) {
        self.look_mut(|inner| inner.router.namespaces.remove(id));
    }
}
