//! What a client is to be. An option that is left out has the core's default.

use std::time::Duration;

use rejoin::{Builder, Config, Error, Inbound, InboundPolicy, Overflow, Proxy, Secret, TextHeartbeat, Tls};

/// The options of every client. It has no `Debug`: it holds secrets.
#[derive(Default, uniffi::Record)]
pub struct Options {
    /// When to try again.
    #[uniffi(default)]
    pub backoff: BackoffOptions,
    /// The time from the start of an attempt until connected.
    #[uniffi(default)]
    pub connect_timeout_ms: Option<u64>,
    /// When to ping a silent server, and when to give it up.
    #[uniffi(default)]
    pub heartbeat: HeartbeatOptions,
    /// How long the peer may take to show life after a wake-up or a change of network.
    #[uniffi(default)]
    pub probe_timeout_ms: Option<u64>,
    /// How long each stage of an attempt may take: name resolution, TCP for each address, proxy, TLS; the upgrade has
    /// twice that.
    #[uniffi(default)]
    pub stage_timeout_ms: Option<u64>,
    /// How long a write may take to be handed to the network.
    #[uniffi(default)]
    pub write_timeout_ms: Option<u64>,
    /// How long the application may leave a full inbound queue unread.
    #[uniffi(default)]
    pub read_timeout_ms: Option<u64>,
    /// The bounds of what waits to be sent.
    #[uniffi(default)]
    pub outbox: OutboxOptions,
    /// How many messages each consumer may leave unread.
    #[uniffi(default)]
    pub inbound: InboundOptions,
    /// How long to wait for an acknowledgement, unless the call says otherwise.
    #[uniffi(default)]
    pub ack_timeout_ms: Option<u64>,
    /// How long the server may take to answer a close.
    #[uniffi(default)]
    pub close_grace_ms: Option<u64>,
    /// The largest message that is accepted from the server.
    #[uniffi(default)]
    pub max_message_bytes: Option<u64>,
    /// Ask for credentials at each attempt, as [`Item::Credentials`](crate::Item::Credentials).
    #[uniffi(default)]
    pub credentials: bool,
    /// Run a step at each connection before messages flow, as [`Item::OnConnect`](crate::Item::OnConnect).
    #[uniffi(default)]
    pub on_connect: bool,
    /// How long the credentials may take.
    #[uniffi(default)]
    pub credentials_timeout_ms: Option<u64>,
    /// Headers of the upgrade request.
    #[uniffi(default)]
    pub headers: Vec<Header>,
    /// Subprotocols to offer, the preferred one first.
    #[uniffi(default)]
    pub subprotocols: Vec<String>,
    /// Authorities to trust besides the platform's, in PEM or DER.
    #[uniffi(default)]
    pub authorities: Vec<Vec<u8>>,
    /// Who the client is to the server.
    #[uniffi(default)]
    pub identity: Option<ClientIdentity>,
    /// SHA-256 of public keys, of which the server's chain must have one, in base64.
    #[uniffi(default)]
    pub pins: Vec<String>,
    /// The proxy to go through.
    #[uniffi(default)]
    pub proxy: Option<ProxyOptions>,
    /// Allow credentials on `ws://` to other machines.
    #[uniffi(default)]
    pub allow_insecure: bool,
    /// Follow one redirect of a `wss://` server to the same host.
    #[uniffi(default)]
    pub follow_redirect: bool,
}

/// When to try again.
#[derive(Default, uniffi::Record)]
pub struct BackoffOptions {
    /// The upper end of the first delay.
    #[uniffi(default)]
    pub initial_ms: Option<u64>,
    /// The upper end of any delay.
    #[uniffi(default)]
    pub max_ms: Option<u64>,
    /// How much the upper end grows with each failure.
    #[uniffi(default)]
    pub factor: Option<f64>,
    /// How many attempts in a row may fail before the client gives up.
    #[uniffi(default)]
    pub max_attempts: Option<u32>,
    /// How long a connection must last before failures are forgotten.
    #[uniffi(default)]
    pub reset_after_ms: Option<u64>,
    /// The spread of the first retry after a server announced a restart.
    #[uniffi(default)]
    pub restart_window_ms: Option<u64>,
    /// The spread of the first retry after the network came back.
    #[uniffi(default)]
    pub online_window_ms: Option<u64>,
    /// The least delay after a failure that only time or the user can mend.
    #[uniffi(default)]
    pub slow_ms: Option<u64>,
}

/// When to ask a silent server for a sign of life.
#[derive(Default, uniffi::Record)]
pub struct HeartbeatOptions {
    /// The silence after which a ping is sent.
    #[uniffi(default)]
    pub interval_ms: Option<u64>,
    /// The silence after a ping that ends the link.
    #[uniffi(default)]
    pub timeout_ms: Option<u64>,
}

/// A text in place of ping frames.
#[derive(uniffi::Record)]
pub struct TextPing {
    /// What is sent.
    pub ping: String,
    /// What the server answers, which is not given to the application; none: any message is an answer.
    #[uniffi(default)]
    pub pong: Option<String>,
}

impl From<TextPing> for TextHeartbeat {
    fn from(TextPing { ping, pong }: TextPing) -> Self {
        Self { ping: ping.into(), pong: pong.map(Into::into) }
    }
}

/// The bounds of the outbox.
#[derive(Default, uniffi::Record)]
pub struct OutboxOptions {
    /// How many messages may wait or be unacknowledged.
    #[uniffi(default)]
    pub max_messages: Option<u64>,
    /// How many bytes of payload they may hold.
    #[uniffi(default)]
    pub max_bytes: Option<u64>,
    /// What happens to a message that does not fit.
    #[uniffi(default)]
    pub overflow: Option<Overflow>,
}

/// The bounds of what a consumer leaves unread.
#[derive(Default, uniffi::Record)]
pub struct InboundOptions {
    /// The most messages that wait for one consumer.
    #[uniffi(default)]
    pub max_messages: Option<u64>,
    /// What happens to the next one.
    #[uniffi(default)]
    pub policy: Option<InboundPolicy>,
}

/// A header of the upgrade request.
#[derive(uniffi::Record)]
pub struct Header {
    /// Its name.
    pub name: String,
    /// Its value: a secret.
    pub value: String,
}

/// A client certificate.
#[derive(uniffi::Record)]
pub struct ClientIdentity {
    /// The chain, in PEM or DER.
    pub chain: Vec<u8>,
    /// The private key, in PEM: a secret.
    pub key: String,
}

/// A proxy between the client and the server.
#[derive(uniffi::Record)]
pub struct ProxyOptions {
    /// `http://host:port` or `socks5://host:port`.
    pub url: String,
    /// Who the user is to the proxy.
    #[uniffi(default)]
    pub user: Option<String>,
    /// The user's password: a secret.
    #[uniffi(default)]
    pub password: Option<String>,
}

/// How a message is sent.
#[derive(Default, uniffi::Record)]
pub struct SendOptions {
    /// Send it now or not at all.
    #[uniffi(default)]
    pub volatile: bool,
    /// How long it may wait for a connection.
    #[uniffi(default)]
    pub ttl_ms: Option<u64>,
    /// Replaces a waiting message of the same key.
    #[uniffi(default)]
    pub key: Option<String>,
}

impl From<SendOptions> for rejoin::SendOptions {
    fn from(options: SendOptions) -> Self {
        let SendOptions { volatile, ttl_ms, key } = options;
        Self { volatile, ttl: ttl_ms.map(Duration::from_millis), key: key.map(Into::into) }
    }
}

impl Options {
    /// Gives the options to a builder, whatever the protocol.
    pub(crate) fn apply<K>(self, mut builder: Builder<K>) -> Result<Builder<K>, Error> {
        builder = builder.configure(|config| self.configure(config));
        let Inbound { max_messages, policy } = Inbound::default();
        builder = builder.inbound(
            self.inbound.max_messages.map_or(max_messages, size),
            self.inbound.policy.unwrap_or(policy),
        );
        if let Some(millis) = self.stage_timeout_ms {
            builder = builder.stage_timeout(Duration::from_millis(millis));
        }
        for Header { name, value } in &self.headers {
            builder = builder.header(name, value);
        }
        for subprotocol in &self.subprotocols {
            builder = builder.subprotocol(subprotocol);
        }
        if let Some(ProxyOptions { url, user, password }) = &self.proxy {
            let mut proxy = Proxy::new(url)?;
            if let Some(user) = user {
                proxy = proxy.credentials(user, Secret::new(password.clone().unwrap_or_default()))?;
            }
            builder = builder.proxy(proxy);
        }
        builder = builder.allow_insecure(self.allow_insecure).follow_redirect(self.follow_redirect);
        Ok(builder.tls(self.tls()))
    }

    fn configure(&self, config: &mut Config) {
        let durations = [
            (&mut config.backoff.initial, self.backoff.initial_ms),
            (&mut config.backoff.max, self.backoff.max_ms),
            (&mut config.backoff.reset_after, self.backoff.reset_after_ms),
            (&mut config.backoff.restart_window, self.backoff.restart_window_ms),
            (&mut config.backoff.online_window, self.backoff.online_window_ms),
            (&mut config.backoff.slow, self.backoff.slow_ms),
            (&mut config.connect_timeout, self.connect_timeout_ms),
            (&mut config.heartbeat.interval, self.heartbeat.interval_ms),
            (&mut config.heartbeat.timeout, self.heartbeat.timeout_ms),
            (&mut config.probe_timeout, self.probe_timeout_ms),
            (&mut config.write_timeout, self.write_timeout_ms),
            (&mut config.read_timeout, self.read_timeout_ms),
            (&mut config.ack_timeout, self.ack_timeout_ms),
            (&mut config.close_grace, self.close_grace_ms),
            (&mut config.credentials_timeout, self.credentials_timeout_ms),
        ];
        for (field, millis) in durations {
            if let Some(millis) = millis {
                *field = Duration::from_millis(millis);
            }
        }
        let sizes = [
            (&mut config.outbox.max_messages, self.outbox.max_messages),
            (&mut config.outbox.max_bytes, self.outbox.max_bytes),
            (&mut config.max_message_bytes, self.max_message_bytes),
        ];
        for (field, value) in sizes {
            if let Some(value) = value {
                *field = size(value);
            }
        }
        config.backoff.factor = self.backoff.factor.unwrap_or(config.backoff.factor);
        config.backoff.max_attempts = self.backoff.max_attempts.or(config.backoff.max_attempts);
        config.outbox.overflow = self.outbox.overflow.unwrap_or(config.outbox.overflow);
    }

    fn tls(self) -> Tls {
        let mut tls = Tls::new();
        for authority in self.authorities {
            tls = tls.authority(authority);
        }
        if let Some(ClientIdentity { chain, key }) = self.identity {
            tls = tls.client_certificate(chain, Secret::new(key));
        }
        for pin in self.pins {
            tls = tls.pin(pin);
        }
        tls
    }
}

pub(crate) fn size(value: u64) -> usize {
    usize::try_from(value).unwrap_or(usize::MAX)
}

#[uniffi::remote(Enum)]
pub enum Overflow {
    Reject,
    DropOldest,
    DropNewest,
}

#[uniffi::remote(Enum)]
pub enum InboundPolicy {
    Backpressure,
    DropOldest,
    DropNewest,
}
