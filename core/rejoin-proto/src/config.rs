use core::time::Duration;

use crate::Error;

/// The configuration of one connection. Every duration is the driver's clock's.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// When to try again.
    pub backoff: BackoffConfig,
    /// The time from the start of an attempt until connected, over all phases. Default 15 s.
    pub connect_timeout: Duration,
    /// Whether to ask the application for credentials at each attempt. Default false.
    pub credentials: bool,
    /// How long the credentials callback may take. Default 10 s.
    pub credentials_timeout: Duration,
    /// Whether the application has an on-connect step of its own ([`Output::Rejoin`](crate::Output::Rejoin)). Default false.
    pub rejoin: bool,
    /// Pings on a plain WebSocket. Socket.IO uses the server's values.
    pub heartbeat: HeartbeatConfig,
    /// How long the peer may take to show life after a wake-up or a change of network. Default 2.5 s.
    pub probe_timeout: Duration,
    /// How long a write may take to be handed to the network. Default 30 s.
    pub write_timeout: Duration,
    /// How long the application may leave a full inbound queue unread before the link is closed. Default 60 s.
    pub read_timeout: Duration,
    /// The bounds of what waits to be sent.
    pub outbox: OutboxConfig,
    /// How long to wait for an acknowledgement, unless the message says otherwise. Default 10 s.
    pub ack_timeout: Duration,
    /// How long the peer may take to answer a close. Default 3 s.
    pub close_grace: Duration,
    /// The largest message that is accepted from the peer, in bytes. Default 64 MiB.
    pub max_message_bytes: usize,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            backoff: BackoffConfig::default(),
            connect_timeout: Duration::from_secs(15),
            credentials: false,
            credentials_timeout: Duration::from_secs(10),
            rejoin: false,
            heartbeat: HeartbeatConfig::default(),
            probe_timeout: Duration::from_millis(2500),
            write_timeout: Duration::from_secs(30),
            read_timeout: Duration::from_secs(60),
            outbox: OutboxConfig::default(),
            ack_timeout: Duration::from_secs(10),
            close_grace: Duration::from_secs(3),
            max_message_bytes: 64 << 20,
        }
    }
}

/// When to try again after a failure: exponential backoff with full jitter inside the cap.
#[derive(Clone, Debug, PartialEq)]
pub struct BackoffConfig {
    /// The upper end of the first delay. Default 500 ms.
    pub initial: Duration,
    /// The upper end of any delay. Default 20 s.
    pub max: Duration,
    /// How much the upper end grows with each failure: 1 or more. Default 2.
    pub factor: f64,
    /// How many attempts in a row may fail before the client gives up. Default: no limit.
    pub max_attempts: Option<u32>,
    /// How long a connection must last before failures are forgotten. Default 10 s.
    pub reset_after: Duration,
    /// The spread of the first retry after a server announced a restart (close codes 1001, 1012, 1013). Default 5 s.
    pub restart_window: Duration,
    /// The spread of the first retry after the network came back. Default 250 ms.
    pub online_window: Duration,
    /// The least delay after a failure that only time or the user can mend (expired certificate, captive portal). Default 60 s.
    pub slow: Duration,
}

impl Default for BackoffConfig {
    fn default() -> Self {
        Self {
            initial: Duration::from_millis(500),
            max: Duration::from_secs(20),
            factor: 2.0,
            max_attempts: None,
            reset_after: Duration::from_secs(10),
            restart_window: Duration::from_secs(5),
            online_window: Duration::from_millis(250),
            slow: Duration::from_secs(60),
        }
    }
}

/// When to ask a silent peer for a sign of life.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeartbeatConfig {
    /// The silence after which a ping is sent. Default 25 s.
    pub interval: Duration,
    /// The silence after a ping that ends the link. Default 10 s.
    pub timeout: Duration,
}

impl Default for HeartbeatConfig {
    fn default() -> Self {
        Self { interval: Duration::from_secs(25), timeout: Duration::from_secs(10) }
    }
}

/// The bounds of the outbox, and what happens at them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxConfig {
    /// How many messages may wait or be unacknowledged. Default 1,000.
    pub max_messages: usize,
    /// How many bytes of payload they may hold. Default 1 MiB.
    pub max_bytes: usize,
    /// What happens to a message that does not fit.
    pub overflow: Overflow,
}

impl Default for OutboxConfig {
    fn default() -> Self {
        Self { max_messages: 1000, max_bytes: 1 << 20, overflow: Overflow::Reject }
    }
}

/// What happens to a message that does not fit into the outbox.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Overflow {
    /// The call fails with `queue_full`.
    #[default]
    Reject,
    /// The oldest messages that were never sent are dropped.
    DropOldest,
    /// The new message is accepted and dropped.
    DropNewest,
}

impl Config {
    /// Checks every field.
    ///
    /// # Errors
    /// `invalid_argument`, naming the field and its range.
    pub fn validate(&self) -> Result<(), Error> {
        let durations = [
            ("backoff.initial", self.backoff.initial),
            ("backoff.max", self.backoff.max),
            ("connect_timeout", self.connect_timeout),
            ("credentials_timeout", self.credentials_timeout),
            ("heartbeat.interval", self.heartbeat.interval),
            ("heartbeat.timeout", self.heartbeat.timeout),
            ("probe_timeout", self.probe_timeout),
            ("write_timeout", self.write_timeout),
            ("read_timeout", self.read_timeout),
            ("ack_timeout", self.ack_timeout),
        ];
        for (field, value) in durations {
            if value.is_zero() {
                return Err(Error::invalid(field, "must be longer than 0"));
            }
        }
        if self.backoff.initial > self.backoff.max {
            return Err(Error::invalid("backoff.initial", "must not exceed backoff.max"));
        }
        if !(self.backoff.factor >= 1.0 && self.backoff.factor.is_finite()) {
            return Err(Error::invalid("backoff.factor", "must be a finite number of at least 1"));
        }
        if self.backoff.max_attempts == Some(0) {
            return Err(Error::invalid("backoff.max_attempts", "must be at least 1"));
        }
        let sizes = [
            ("outbox.max_messages", self.outbox.max_messages),
            ("outbox.max_bytes", self.outbox.max_bytes),
            ("max_message_bytes", self.max_message_bytes),
        ];
        for (field, value) in sizes {
            if value == 0 {
                return Err(Error::invalid(field, "must be at least 1"));
            }
        }
        Ok(())
    }
}
