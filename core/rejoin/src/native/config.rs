use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use http::{HeaderName, HeaderValue};
use rejoin_proto::{Error, Secret};

use super::proxy::Proxy;
use super::resolver::{Resolver, SystemResolver};
use super::target::Target;
use super::tls::Tls;

/// How to dial; checked by [`Dialer::new`](super::Dialer::new).
#[derive(Clone)]
pub(crate) struct DialConfig {
    /// Headers of the upgrade request besides those of the handshake. Values count as secrets.
    pub(crate) headers: Vec<(String, Secret)>,
    /// Subprotocols to offer, the preferred one first.
    pub(crate) subprotocols: Vec<String>,
    /// Trust, client certificate and pins for `wss`.
    pub(crate) tls: Tls,
    /// The proxy to go through.
    pub(crate) proxy: Option<Proxy>,
    /// The deadline of each stage.
    pub(crate) timeouts: StageTimeouts,
    /// Allows credentials on `ws` to other machines.
    pub(crate) allow_insecure: bool,
    /// Follows one redirect from `wss` to the same host.
    pub(crate) follow_redirect: bool,
    /// Whether attempts will carry a token, so that the rule on `ws` is checked before the first one.
    pub(crate) sends_credentials: bool,
    /// The largest message accepted from the server, in bytes.
    pub(crate) max_message_bytes: usize,
    /// How long written data may stay unacknowledged by the peer's TCP (where the platform has that).
    pub(crate) tcp_user_timeout: Duration,
    /// Who resolves names.
    pub(crate) resolver: Arc<dyn Resolver>,
    /// The wall clock: for certificates and for a `Retry-After` that is a date.
    pub(crate) wall_clock: fn() -> SystemTime,
}

/// How long each stage of one attempt may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct StageTimeouts {
    /// Resolving the host's name.
    pub(crate) dns: Duration,
    /// Opening TCP, for each address.
    pub(crate) tcp: Duration,
    /// The proxy's own handshake.
    pub(crate) proxy: Duration,
    /// The TLS handshake.
    pub(crate) tls: Duration,
    /// The HTTP upgrade, all of it.
    pub(crate) upgrade: Duration,
}

impl Default for StageTimeouts {
    fn default() -> Self {
        let short = Duration::from_secs(5);
        Self { dns: short, tcp: short, proxy: short, tls: short, upgrade: Duration::from_secs(10) }
    }
}

impl Default for DialConfig {
    fn default() -> Self {
        Self {
            headers: Vec::new(),
            subprotocols: Vec::new(),
            tls: Tls::default(),
            proxy: None,
            timeouts: StageTimeouts::default(),
            allow_insecure: false,
            follow_redirect: false,
            sends_credentials: false,
            max_message_bytes: 16 << 20,
            // Longer than the heartbeat's 35 s: this is the second net, not the first.
            tcp_user_timeout: Duration::from_secs(45),
            resolver: Arc::new(SystemResolver),
            wall_clock: SystemTime::now,
        }
    }
}

impl fmt::Debug for DialConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DialConfig")
            .field("headers", &self.headers)
            .field("subprotocols", &self.subprotocols)
            .field("tls", &self.tls)
            .field("proxy", &self.proxy)
            .field("timeouts", &self.timeouts)
            .field("allow_insecure", &self.allow_insecure)
            .field("follow_redirect", &self.follow_redirect)
            .field("max_message_bytes", &self.max_message_bytes)
            .finish_non_exhaustive()
    }
}

/// Headers that the handshake itself writes.
const RESERVED: [&str; 7] =
    ["host", "connection", "upgrade", "content-length", "transfer-encoding", "te", "trailer"];

impl DialConfig {
    /// Checks everything that can be known before the first attempt.
    pub(super) fn check(&self, target: &Target) -> Result<(), Error> {
        for (name, value) in &self.headers {
            check_header(name, value)?;
        }
        for (index, subprotocol) in self.subprotocols.iter().enumerate() {
            let is_token = HeaderName::from_bytes(subprotocol.as_bytes()).is_ok();
            if !is_token || self.subprotocols.iter().take(index).any(|earlier| earlier == subprotocol) {
                return Err(Error::invalid(
                    "subprotocols",
                    "each must be an HTTP token (letters, digits, `-`, `.`, `_`), and appear once",
                ));
            }
        }
        for (field, limit) in self.timeouts.named() {
            if limit.is_zero() {
                return Err(Error::invalid(field, "must be longer than zero"));
            }
        }
        if self.max_message_bytes == 0 {
            return Err(Error::invalid("max_message_bytes", "must be at least 1"));
        }
        let carries_credentials =
            self.sends_credentials || self.headers.iter().any(|(name, _)| is_secret(name));
        if carries_credentials {
            self.check_credentials_allowed(target)?;
        }
        Ok(())
    }

    /// Credentials go in clear to another machine only where the application says so.
    pub(super) fn check_credentials_allowed(&self, target: &Target) -> Result<(), Error> {
        if target.is_secure() || target.is_loopback() || self.allow_insecure {
            return Ok(());
        }
        Err(Error::invalid(
            "url",
            "would send credentials in clear: use wss://, or set allow_insecure if the network is trusted",
        ))
    }
}

impl StageTimeouts {
    fn named(&self) -> [(&'static str, Duration); 5] {
        [
            ("timeouts.dns", self.dns),
            ("timeouts.tcp", self.tcp),
            ("timeouts.proxy", self.proxy),
            ("timeouts.tls", self.tls),
            ("timeouts.upgrade", self.upgrade),
        ]
    }
}

fn check_header(name: &str, value: &Secret) -> Result<(), Error> {
    let field = || format!("headers.{}", rejoin_proto::sanitize(name));
    let Ok(parsed) = HeaderName::from_bytes(name.as_bytes()) else {
        return Err(Error::invalid(&field(), "is no header name: use letters, digits and `-`"));
    };
    if RESERVED.contains(&parsed.as_str()) || parsed.as_str().starts_with("sec-websocket-") {
        return Err(Error::invalid(&field(), "is written by the handshake: remove it"));
    }
    if !is_header_value(value) {
        return Err(Error::invalid(&field(), "has a value with characters other than visible ASCII"));
    }
    Ok(())
}

/// Whether a secret can stand in a header: no line break can smuggle in another header.
pub(super) fn is_header_value(value: &Secret) -> bool {
    let text = value.expose();
    HeaderValue::from_str(text).is_ok() && text.is_ascii()
}

fn is_secret(header: &str) -> bool {
    ["authorization", "cookie"].iter().any(|secret| header.eq_ignore_ascii_case(secret))
}
