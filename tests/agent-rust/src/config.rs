//! The `config` of an operation, and how it becomes a builder's.

use std::collections::BTreeMap;
use std::time::Duration;

use rejoin::socketio::SocketIoOptions;
use rejoin::{Builder, Error, ErrorCode, Inbound, InboundPolicy, Overflow};
use serde::Deserialize;

use crate::request::duration;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Config {
    backoff: Backoff,
    #[serde(rename = "connect_timeout_ms", deserialize_with = "duration")]
    connect_timeout: Option<Duration>,
    heartbeat: Heartbeat,
    #[serde(rename = "probe_timeout_ms", deserialize_with = "duration")]
    probe_timeout: Option<Duration>,
    outbox: Outbox,
    inbound: InboundQueue,
    #[serde(rename = "ack_timeout_ms", deserialize_with = "duration")]
    ack_timeout: Option<Duration>,
    #[serde(rename = "close_grace_ms", deserialize_with = "duration")]
    close_grace: Option<Duration>,
    headers: BTreeMap<String, String>,
    subprotocols: Vec<String>,
    /// Whether there is a credentials callback.
    pub(crate) credentials: bool,
    /// The path of Engine.IO.
    path: Option<String>,
    /// How Socket.IO travels, the preferred one first.
    transports: Option<Vec<Transport>>,
    max_message_bytes: Option<usize>,
    compression: bool,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Backoff {
    #[serde(rename = "initial_ms", deserialize_with = "duration")]
    initial: Option<Duration>,
    #[serde(rename = "max_ms", deserialize_with = "duration")]
    max: Option<Duration>,
    factor: Option<f64>,
    max_attempts: Option<u32>,
    #[serde(rename = "reset_after_ms", deserialize_with = "duration")]
    reset_after: Option<Duration>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Heartbeat {
    #[serde(rename = "interval_ms", deserialize_with = "duration")]
    interval: Option<Duration>,
    #[serde(rename = "timeout_ms", deserialize_with = "duration")]
    timeout: Option<Duration>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Outbox {
    max_messages: Option<usize>,
    max_bytes: Option<usize>,
    overflow: Option<OutboxOverflow>,
    store: Option<String>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum OutboxOverflow {
    Reject,
    DropOldest,
    DropNewest,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct InboundQueue {
    max_messages: Option<usize>,
    policy: Option<Policy>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Transport {
    WebSocket,
    Polling,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Policy {
    Backpressure,
    DropOldest,
    DropNewest,
}

impl Config {
    /// What only Socket.IO has is refused rather than ignored.
    pub(crate) fn apply_plain<K>(&self, builder: Builder<K>) -> Result<Builder<K>, Error> {
        if self.path.is_some() || self.transports.is_some() {
            return Err(Error::invalid("config", "path and transports are of Socket.IO"));
        }
        self.apply(builder)
    }

    /// What every protocol understands.
    fn apply<K>(&self, builder: Builder<K>) -> Result<Builder<K>, Error> {
        self.check_supported()?;
        let mut inbound = Inbound::default();
        set(&mut inbound.max_messages, self.inbound.max_messages);
        set(&mut inbound.policy, self.inbound.policy.map(Into::into));
        let mut builder =
            builder.configure(|config| self.configure(config)).inbound(inbound.max_messages, inbound.policy);
        for (name, value) in &self.headers {
            builder = builder.header(name, value);
        }
        for name in &self.subprotocols {
            builder = builder.subprotocol(name);
        }
        Ok(builder)
    }

    fn configure(&self, config: &mut rejoin::Config) {
        set(&mut config.backoff.initial, self.backoff.initial);
        set(&mut config.backoff.max, self.backoff.max);
        set(&mut config.backoff.factor, self.backoff.factor);
        set(&mut config.backoff.max_attempts, self.backoff.max_attempts.map(Some));
        set(&mut config.backoff.reset_after, self.backoff.reset_after);
        set(&mut config.connect_timeout, self.connect_timeout);
        set(&mut config.heartbeat.interval, self.heartbeat.interval);
        set(&mut config.heartbeat.timeout, self.heartbeat.timeout);
        set(&mut config.probe_timeout, self.probe_timeout);
        set(&mut config.outbox.max_messages, self.outbox.max_messages);
        set(&mut config.outbox.max_bytes, self.outbox.max_bytes);
        set(&mut config.outbox.overflow, self.outbox.overflow.map(Into::into));
        set(&mut config.ack_timeout, self.ack_timeout);
        set(&mut config.close_grace, self.close_grace);
        set(&mut config.max_message_bytes, self.max_message_bytes);
    }

    /// What Socket.IO adds.
    pub(crate) fn apply_socketio(
        &self,
        builder: Builder<SocketIoOptions>,
    ) -> Result<Builder<SocketIoOptions>, Error> {
        let mut builder = self.apply(builder)?;
        if let Some(path) = &self.path {
            builder = builder.path(path);
        }
        if let Some(transports) = &self.transports {
            builder = builder.transports(transports.iter().copied().map(Into::into));
        }
        Ok(builder)
    }

    /// Capabilities that the client does not have are refused rather than ignored.
    fn check_supported(&self) -> Result<(), Error> {
        let wanted = [("outbox.store", self.outbox.store.is_some()), ("compression", self.compression)];
        match wanted.into_iter().find(|(_, wanted)| *wanted) {
            Some((name, _)) => Err(unsupported(name)),
            None => Ok(()),
        }
    }
}

/// The answer to what no client can do yet.
pub(crate) fn unsupported(what: &str) -> Error {
    Error::new(ErrorCode::Unsupported, format!("{what} is not available"))
}

fn set<T>(field: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *field = value;
    }
}

impl From<OutboxOverflow> for Overflow {
    fn from(overflow: OutboxOverflow) -> Self {
        match overflow {
            OutboxOverflow::Reject => Self::Reject,
            OutboxOverflow::DropOldest => Self::DropOldest,
            OutboxOverflow::DropNewest => Self::DropNewest,
        }
    }
}

impl From<Policy> for InboundPolicy {
    fn from(policy: Policy) -> Self {
        match policy {
            Policy::Backpressure => Self::Backpressure,
            Policy::DropOldest => Self::DropOldest,
            Policy::DropNewest => Self::DropNewest,
        }
    }
}

impl From<Transport> for rejoin::socketio::Transport {
    fn from(transport: Transport) -> Self {
        match transport {
            Transport::WebSocket => Self::WebSocket,
            Transport::Polling => Self::Polling,
        }
    }
}
