use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use rejoin_proto::{Connection, Error, NetworkHint, State};
use serde::Serialize;

use super::builder::SocketIoOptions;
use super::listener::Listener;
use super::{AckFuture, Emitter, Event, Events, Namespace, NamespaceEvent, SharedArc};
use crate::builder::Builder;
use crate::platform::{Clock, MaybeSend, MaybeSync};
use crate::receipts::Receipt;
use crate::stats::Stats;
use crate::subscription::{Inbound, Subscription};

/// A client that stays connected to a Socket.IO server. A clone is another handle to the same connection.
///
/// Events are emitted to, and arrive in, a [`Namespace`]; the methods of the same names here are those of `/`.
/// Dropping the last handle closes it; namespaces, streams and receipts do not keep it open.
#[derive(Clone, Debug)]
pub struct Client(Arc<Handle>);

#[derive(Debug)]
struct Handle {
    main: Namespace,
    inbound: Inbound,
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.main.shared().with(|inner, now| inner.connection.close(now));
    }
}

impl Client {
    /// Describes a client of the server at `url` (`http://`, `https://`, `ws://` or `wss://`).
    pub fn builder(url: &str) -> Builder<SocketIoOptions> {
        Builder::new(url, SocketIoOptions::default())
    }

    pub(super) fn new(shared: SharedArc, inbound: Inbound) -> Self {
        Self(Arc::new(Handle { main: Namespace::new(shared, "/", inbound), inbound }))
    }

    fn shared(&self) -> &SharedArc {
        self.0.main.shared()
    }

    /// Connects, and resolves when connected, the namespaces of the builder included.
    ///
    /// # Errors
    /// What ended the attempts (`namespace_refused` if the server refused every namespace), or `client_closed`.
    pub async fn connect(&self) -> Result<(), Error> {
        self.shared().connect().await
    }

    /// Sends what can be sent, leaves all namespaces, closes, and resolves when disconnected. Nothing connects again
    /// until [`connect`](Self::connect). Events that could not be sent stay in the outbox.
    pub async fn disconnect(&self) {
        self.shared().disconnected(Connection::disconnect).await;
    }

    /// Disconnects for good, for all handles: every event comes to its end, every stream ends.
    pub async fn close(&self) {
        self.shared().disconnected(Connection::close).await;
    }

    /// A namespace by its name, which begins with `/` and holds no comma: a wrong one is an error of its calls. Connect it with
    /// [`Namespace::connect`], unless the builder did.
    pub fn namespace(&self, name: &str) -> Namespace {
        Namespace::new(self.shared().clone(), name, self.0.inbound)
    }

    /// [`Namespace::emit`] of `/`.
    ///
    /// # Errors
    /// As for [`Emitter::emit`].
    pub fn emit<T: Serialize>(&self, name: &str, data: T) -> Result<Receipt, Error> {
        self.0.main.emit(name, data)
    }

    /// [`Namespace::emit_with_ack`] of `/`.
    ///
    /// # Errors
    /// As for [`Emitter::emit`].
    pub fn emit_with_ack<T: Serialize>(&self, name: &str, data: T) -> Result<AckFuture, Error> {
        self.0.main.emit_with_ack(name, data)
    }

    /// [`Namespace::emitter`] of `/`.
    pub fn emitter(&self) -> Emitter<'_> {
        self.0.main.emitter()
    }

    /// [`Emitter::timeout`] on an emitter of `/`: `client.timeout(limit).emit_with_ack("save", data)`.
    pub fn timeout(&self, timeout: Duration) -> Emitter<'_> {
        self.emitter().timeout(timeout)
    }

    /// [`Emitter::volatile`] on an emitter of `/`: `client.volatile().emit("typing", ())`.
    pub fn volatile(&self) -> Emitter<'_> {
        self.emitter().volatile()
    }

    /// [`Namespace::events`] of `/`.
    pub fn events(&self) -> Events {
        self.0.main.events()
    }

    /// [`Namespace::events_named`] of `/`.
    pub fn events_named(&self, name: &str) -> Events {
        self.0.main.events_named(name)
    }

    /// [`Namespace::on`] of `/`.
    pub fn on<F, Fut>(&self, name: &str, handler: F) -> Listener
    where
        F: Fn(Event) -> Fut + MaybeSend + MaybeSync + 'static,
        Fut: Future<Output = ()> + MaybeSend + 'static,
    {
        self.0.main.on(name, handler)
    }

    /// [`Namespace::on_any`] of `/`.
    pub fn on_any<F, Fut>(&self, handler: F) -> Listener
    where
        F: Fn(Event) -> Fut + MaybeSend + MaybeSync + 'static,
        Fut: Future<Output = ()> + MaybeSend + 'static,
    {
        self.0.main.on_any(handler)
    }

    /// [`Namespace::on_any_outgoing`] of `/`.
    pub fn on_any_outgoing<F, Fut>(&self, handler: F) -> Listener
    where
        F: Fn(Event) -> Fut + MaybeSend + MaybeSync + 'static,
        Fut: Future<Output = ()> + MaybeSend + 'static,
    {
        self.0.main.on_any_outgoing(handler)
    }

    /// Every change of state of every namespace, from now on.
    pub fn changes(&self) -> Subscription<NamespaceEvent> {
        self.0.main.changes()
    }

    /// The state of the connection now.
    pub fn state(&self) -> State {
        self.shared().state()
    }

    /// Every change of the connection's state from now on.
    pub fn states(&self) -> Subscription<State> {
        self.shared().states()
    }

    /// The clock of [`State::Waiting`]'s `retry_at`.
    pub fn clock(&self) -> Clock {
        self.shared().clock()
    }

    /// What was counted so far.
    pub fn stats(&self) -> Stats {
        self.shared().look(|inner| Stats {
            handler_panics: inner.router.panics,
            ..Stats::of(&inner.connection, inner.router.unobserved)
        })
    }

    /// Tells what the operating system or the application knows about the network. It never undoes a disconnect.
    pub fn network(&self, hint: NetworkHint) {
        self.shared().hint(hint);
    }
}

/// What the on-connect step of a Socket.IO client works with: the new connection, before anything else uses it.
#[derive(Debug)]
pub struct Session {
    main: Namespace,
}

impl Session {
    pub(super) fn new(shared: SharedArc) -> Self {
        Self { main: Namespace::new(shared, "/", Inbound::default()) }
    }

    /// A namespace by its name: only those of the builder are connected by now.
    pub fn namespace(&self, name: &str) -> Self {
        Self { main: Namespace::new(self.main.shared().clone(), name, Inbound::default()) }
    }

    /// Emits an event on this connection, ahead of all that waits. It is not kept for another connection.
    ///
    /// # Errors
    /// As for [`Emitter::emit`].
    pub fn emit<T: Serialize>(&self, name: &str, data: T) -> Result<Receipt, Error> {
        self.emitter().emit(name, data)
    }

    /// As [`emit`](Self::emit), and resolves to the server's acknowledgement.
    ///
    /// # Errors
    /// As for [`Emitter::emit`].
    pub fn emit_with_ack<T: Serialize>(&self, name: &str, data: T) -> Result<AckFuture, Error> {
        self.emitter().emit_with_ack(name, data)
    }

    /// Emits on this connection with options, ahead of all that waits.
    pub fn emitter(&self) -> Emitter<'_> {
        self.main.emitter().setup()
    }

    /// The events that arrive from now on.
    pub fn events(&self) -> Events {
        self.main.events()
    }

    /// The events of one name that arrive from now on.
    pub fn events_named(&self, name: &str) -> Events {
        self.main.events_named(name)
    }
}
