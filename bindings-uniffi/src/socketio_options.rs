//! What a Socket.IO client is to be, and how its events are emitted.

use std::time::Duration;

use rejoin::Builder;
use rejoin::socketio::{Emitter, Limits, Parser, Transport};

use crate::SendOptions;
use crate::options::size;

/// What Socket.IO adds to the [`Options`](crate::Options). It has no `Debug`: it holds secrets.
#[derive(Default, uniffi::Record)]
pub struct SocketIoOptions {
    /// The path of Engine.IO.
    #[uniffi(default)]
    pub path: Option<String>,
    /// The namespaces of each handshake; none: `/`.
    #[uniffi(default)]
    pub namespaces: Vec<NamespaceOptions>,
    /// The transports, the preferred one first; none: WebSocket.
    #[uniffi(default)]
    pub transports: Vec<Transport>,
    /// How packets are written.
    #[uniffi(default)]
    pub parser: Option<Parser>,
    /// The bounds of what a server can make the client hold.
    #[uniffi(default)]
    pub limits: LimitOptions,
}

/// The bounds of what a server can make the client hold.
#[derive(Default, uniffi::Record)]
pub struct LimitOptions {
    /// The attachments of one packet.
    #[uniffi(default)]
    pub max_attachments: Option<u64>,
    /// The bytes of one packet and its attachments.
    #[uniffi(default)]
    pub max_packet_bytes: Option<u64>,
    /// How long the attachments of a packet may take to arrive.
    #[uniffi(default)]
    pub attachments_timeout_ms: Option<u64>,
    /// The nesting of the arguments.
    #[uniffi(default)]
    pub max_depth: Option<u32>,
    /// The events that are held while a namespace is being connected.
    #[uniffi(default)]
    pub max_held_events: Option<u64>,
    /// How long the server may take to answer for a namespace that is connected later than the link.
    #[uniffi(default)]
    pub namespace_timeout_ms: Option<u64>,
    /// Acknowledgements, and other packets ahead of the outbox, that may wait for the network.
    #[uniffi(default)]
    pub max_backlog: Option<u64>,
}

#[uniffi::remote(Enum)]
pub enum Parser {
    Json,
    Msgpack,
}

#[uniffi::remote(Enum)]
pub enum Transport {
    WebSocket,
    Polling,
}

/// A namespace of the handshake.
#[derive(uniffi::Record)]
pub struct NamespaceOptions {
    /// Its name: begins with `/`.
    pub name: String,
    /// An auth object of its own, as JSON text.
    #[uniffi(default)]
    pub auth: Option<String>,
}

/// How an event is emitted.
#[derive(Default, uniffi::Record)]
pub struct EmitOptions {
    /// How it waits.
    #[uniffi(default)]
    pub send: SendOptions,
    /// How long to wait for an acknowledgement each time.
    #[uniffi(default)]
    pub timeout_ms: Option<u64>,
    /// How many times to send it again until it is acknowledged.
    #[uniffi(default)]
    pub retries: u32,
}

impl SocketIoOptions {
    pub(crate) fn apply(
        self,
        mut builder: Builder<rejoin::socketio::SocketIoOptions>,
    ) -> Builder<rejoin::socketio::SocketIoOptions> {
        if let Some(path) = &self.path {
            builder = builder.path(path);
        }
        if !self.transports.is_empty() {
            builder = builder.transports(self.transports);
        }
        for NamespaceOptions { name, auth } in &self.namespaces {
            builder = match auth {
                Some(auth) => builder.namespace_with_auth(name, auth),
                None => builder.namespace(name),
            };
        }
        builder.parser(self.parser.unwrap_or_default()).limits(self.limits.into())
    }
}

impl From<LimitOptions> for Limits {
    fn from(options: LimitOptions) -> Self {
        let default = Self::default();
        Self {
            max_attachments: options.max_attachments.map_or(default.max_attachments, size),
            max_packet_bytes: options.max_packet_bytes.map_or(default.max_packet_bytes, size),
            attachments_timeout: options
                .attachments_timeout_ms
                .map_or(default.attachments_timeout, Duration::from_millis),
            max_depth: options.max_depth.unwrap_or(default.max_depth),
            max_held_events: options.max_held_events.map_or(default.max_held_events, size),
            namespace_timeout: options
                .namespace_timeout_ms
                .map_or(default.namespace_timeout, Duration::from_millis),
            max_backlog: options.max_backlog.map_or(default.max_backlog, size),
        }
    }
}

impl EmitOptions {
    pub(crate) fn apply(self, mut emitter: Emitter<'_>) -> Emitter<'_> {
        let SendOptions { volatile, ttl_ms, key } = self.send;
        if volatile {
            emitter = emitter.volatile();
        }
        if let Some(ttl) = ttl_ms {
            emitter = emitter.ttl(Duration::from_millis(ttl));
        }
        if let Some(key) = key {
            emitter = emitter.key(&key);
        }
        if let Some(timeout) = self.timeout_ms {
            emitter = emitter.timeout(Duration::from_millis(timeout));
        }
        emitter.retries(self.retries)
    }
}
