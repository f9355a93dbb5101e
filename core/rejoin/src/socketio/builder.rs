use std::future::Future;
use std::sync::Arc;

#[cfg(feature = "polling")]
use rejoin_proto::engineio::{self, Transport};
use rejoin_proto::socketio::{Limits, Options, Parser, SocketIo};
use rejoin_proto::{Connection, Error, Secret};

use super::client::{Client, Session};
use super::router::Consumers;
use super::url;
use crate::builder::Builder;
use crate::driver::Driver;
use crate::hooks::{Hooks, RejoinHook, rejoin_hook};
use crate::journal::Journal;
use crate::platform::{MaybeSend, MaybeSync, OnWake, Runtime, on_wake};
use crate::shared::Shared;
#[cfg(feature = "polling")]
use crate::transport::{Dialer, Transports};

/// The Socket.IO part of a [`Builder`].
pub struct SocketIoOptions {
    path: String,
    namespaces: Vec<(String, Option<Secret>)>,
    parser: Parser,
    limits: Limits,
    #[cfg(feature = "polling")]
    transports: Vec<Transport>,
    on_connect: Option<RejoinHook<SocketIo, Consumers>>,
}

impl Default for SocketIoOptions {
    fn default() -> Self {
        Self {
            path: url::DEFAULT_PATH.to_owned(),
            namespaces: Vec::new(),
            parser: Parser::default(),
            limits: Limits::default(),
            #[cfg(feature = "polling")]
            transports: vec![Transport::WebSocket],
            on_connect: None,
        }
    }
}

impl Builder<SocketIoOptions> {
    /// The path of Engine.IO. Default `/socket.io/`, with the slash.
    #[must_use]
    pub fn path(mut self, path: &str) -> Self {
        path.clone_into(&mut self.kind.path);
        self
    }

    /// Connects this namespace in each handshake; with the first one named, `/` is no longer connected by default.
    #[must_use]
    pub fn namespace(mut self, name: &str) -> Self {
        self.kind.namespaces.push((name.to_owned(), None));
        self
    }

    /// As [`namespace`](Self::namespace), with an auth object of its own, as JSON text, in place of that of the credentials.
    #[must_use]
    pub fn namespace_with_auth(mut self, name: &str, auth_json: &str) -> Self {
        self.kind.namespaces.push((name.to_owned(), Some(Secret::new(auth_json))));
        self
    }

    /// How packets are written: the server must be set up for the same. Default [`Parser::Json`].
    #[must_use]
    pub fn parser(mut self, parser: Parser) -> Self {
        self.kind.parser = parser;
        self
    }

    /// The transports, in order of preference. The next one is tried where one is blocked, and what worked is tried
    /// first from then on. With both, polling changes to a WebSocket where that turns out to work. Default: WebSocket.
    #[cfg(feature = "polling")]
    #[must_use]
    pub fn transports(mut self, order: impl IntoIterator<Item = Transport>) -> Self {
        self.kind.transports = order.into_iter().collect();
        self
    }

    /// The bounds of what a server can make the client hold.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.kind.limits = limits;
        self
    }

    /// Runs at every connection before events flow: to authenticate in-band, or to join again. If it fails, the
    /// attempt has failed.
    #[must_use]
    pub fn on_connect<F, Fut, E>(mut self, step: F) -> Self
    where
        F: Fn(Session) -> Fut + MaybeSend + MaybeSync + 'static,
        Fut: Future<Output = Result<(), E>> + MaybeSend + 'static,
        E: std::fmt::Display + 'static,
    {
        self.kind.on_connect = Some(rejoin_hook(Session::new, step));
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
        let websocket =
            self.dialer_without_token(&url::endpoint(&self.url, &self.kind.path, "websocket")?)?;
        #[cfg(feature = "polling")]
        let transports = self.alternatives(&websocket.0)?;
        let mut options =
            Options { parser: self.kind.parser, limits: self.kind.limits, ..Options::default() };
        if !self.kind.namespaces.is_empty() {
            options.namespaces =
                self.kind.namespaces.into_iter().map(|(name, auth)| (name.into(), auth)).collect();
        }
        let connection = Connection::new(self.config, SocketIo::new(options)?, self.seed)?;
        let hooks =
            Hooks { runtime: runtime.clone(), credentials: self.credentials, rejoin: self.kind.on_connect };
        let journal = Journal::new(&self.url);
        let shared = Shared::new(connection, Consumers::default(), runtime.clone());
        on_wake(Arc::downgrade(&(shared.clone() as Arc<dyn OnWake>)));
        #[cfg(feature = "polling")]
        if let Some(transports) = transports {
            runtime.spawn(Driver::new(shared.clone(), transports, hooks, journal));
            return Ok(Client::new(shared, self.inbound));
        }
        runtime.spawn(Driver::new(shared.clone(), websocket, hooks, journal));
        Ok(Client::new(shared, self.inbound))
    }

    /// What dials where there is more than WebSocket.
    #[cfg(feature = "polling")]
    fn alternatives(&self, websocket: &Dialer) -> Result<Option<Transports>, Error> {
        let order = engineio::Transports::new(self.kind.transports.iter().copied())?;
        if !order.has(Transport::Polling) {
            return Ok(None);
        }
        let polling = self.dialer(&url::endpoint(&self.url, &self.kind.path, "polling")?)?;
        Ok(Some(Transports::new(websocket.clone(), polling, order)))
    }
}

impl std::fmt::Debug for SocketIoOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SocketIoOptions").field("path", &self.path).finish_non_exhaustive()
    }
}
