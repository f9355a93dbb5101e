use std::future::Future;
use std::time::Duration;

use rejoin_proto::{
    BackoffConfig, Config, Credentials, CredentialsReason, Error, HeartbeatConfig, OutboxConfig, Overflow,
};

use crate::hooks::{CredentialsHook, credentials_hook};
use crate::platform::{MaybeSend, MaybeSync, random_seed};
use crate::subscription::{Inbound, InboundPolicy};
use crate::transport::DialConfig;

/// What a client is to be: `K` is the protocol's own part.
///
/// Every option has a default; [`build`](Builder::build) checks all of them.
pub struct Builder<K> {
    pub(crate) url: String,
    pub(crate) config: Config,
    pub(crate) inbound: Inbound,
    pub(crate) credentials: Option<CredentialsHook>,
    pub(crate) seed: u64,
    pub(crate) dial: DialConfig,
    pub(crate) kind: K,
}

impl<K> Builder<K> {
    pub(crate) fn new(url: &str, kind: K) -> Self {
        Self {
            url: url.to_owned(),
            config: Config::default(),
            inbound: Inbound::default(),
            credentials: None,
            seed: random_seed(),
            dial: DialConfig::default(),
            kind,
        }
    }

    /// Replaces the whole configuration of the connection, in one value.
    #[must_use]
    pub fn config(mut self, config: Config) -> Self {
        self.config = config;
        self
    }

    /// Changes the configuration of the connection.
    #[must_use]
    pub fn configure(mut self, change: impl FnOnce(&mut Config)) -> Self {
        change(&mut self.config);
        self
    }

    /// When to try again. Default: 500 ms, doubling up to 20 s, full jitter, no limit of attempts.
    #[must_use]
    pub fn backoff(mut self, backoff: BackoffConfig) -> Self {
        self.config.backoff = backoff;
        self
    }

    /// The time from the start of an attempt until connected. Default 15 s.
    #[must_use]
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.config.connect_timeout = timeout;
        self
    }

    /// When to ping a silent server, and when to give it up. Default 25 s and 10 s more. Socket.IO uses the server's values.
    #[must_use]
    pub fn heartbeat(mut self, interval: Duration, timeout: Duration) -> Self {
        self.config.heartbeat = HeartbeatConfig { interval, timeout };
        self
    }

    /// The bounds of what waits to be sent, and what happens at them. Default 1,000 messages, 1 MiB, reject.
    #[must_use]
    pub fn outbox(mut self, max_messages: usize, max_bytes: usize, overflow: Overflow) -> Self {
        self.config.outbox = OutboxConfig { max_messages, max_bytes, overflow };
        self
    }

    /// How many messages each consumer may leave unread, and what happens then. Default 1,024, backpressure.
    #[must_use]
    pub fn inbound(mut self, max_messages: usize, policy: InboundPolicy) -> Self {
        self.inbound = Inbound { max_messages, policy };
        self
    }

    /// How long to wait for an acknowledgement, unless the call says otherwise. Default 10 s.
    #[must_use]
    pub fn ack_timeout(mut self, timeout: Duration) -> Self {
        self.config.ack_timeout = timeout;
        self
    }

    /// How long the server may take to answer a close. Default 3 s.
    #[must_use]
    pub fn close_grace(mut self, grace: Duration) -> Self {
        self.config.close_grace = grace;
        self
    }

    /// The largest message that is accepted from the server, in bytes. Default 64 MiB.
    #[must_use]
    pub fn max_message_bytes(mut self, bytes: usize) -> Self {
        self.config.max_message_bytes = bytes;
        self
    }

    /// Asks for credentials at each attempt to connect: fresh tokens, never a stale one.
    ///
    /// The callback runs in a task of its own. It may fail (the client retries with backoff), and has 10 s
    /// ([`Config::credentials_timeout`]). After a refusal it is asked once more, with [`CredentialsReason::Refused`].
    #[must_use]
    pub fn credentials<F, Fut, E>(mut self, callback: F) -> Self
    where
        F: Fn(CredentialsReason) -> Fut + MaybeSend + MaybeSync + 'static,
        Fut: Future<Output = Result<Credentials, E>> + MaybeSend + 'static,
        E: std::fmt::Display,
    {
        self.credentials = Some(credentials_hook(callback));
        self.config.credentials = true;
        self
    }

    /// Fixes the seed of the jitter, so that a run can be repeated. Default: random.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Checks what concerns every protocol.
    pub(crate) fn check(&self) -> Result<(), Error> {
        if self.inbound.max_messages == 0 {
            return Err(Error::invalid("inbound.max_messages", "must be at least 1"));
        }
        self.config.validate()
    }
}

impl<K: std::fmt::Debug> std::fmt::Debug for Builder<K> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Builder")
            .field("config", &self.config)
            .field("inbound", &self.inbound)
            .finish_non_exhaustive()
    }
}
