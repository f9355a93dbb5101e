use crate::{Error, ErrorCode};

/// What carries the packets of Engine.IO.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// A WebSocket.
    WebSocket,
    /// HTTP long-polling, for networks that block WebSockets. It changes to a WebSocket where that turns out to work.
    Polling,
}

/// Which transport is tried when: each of a list once in an attempt to connect, beginning with what worked last.
///
/// ```
/// use rejoin_proto::engineio::{Transport, Transports};
/// use rejoin_proto::{Error, ErrorCode};
///
/// let mut transports = Transports::new([Transport::WebSocket, Transport::Polling])?;
/// transports.begin();
/// assert_eq!(transports.next(), Some(Transport::WebSocket));
/// assert_eq!(transports.failed(Error::new(ErrorCode::UpgradeRefused, "blocked")), None);
/// assert_eq!(transports.next(), Some(Transport::Polling));
/// transports.begin(); // the next attempt begins with what was about to be tried
/// assert_eq!(transports.next(), Some(Transport::Polling));
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Transports {
    order: Vec<Transport>,
    /// Where in the list the next attempt begins.
    first: usize,
    /// How many were begun in this attempt.
    tried: usize,
    /// The WebSocket failed in this attempt.
    blocked: bool,
    /// The first failure of this attempt.
    failure: Option<Error>,
}

impl Transports {
    /// In this order of preference.
    ///
    /// # Errors
    /// `invalid_argument`: there is none, or one twice.
    pub fn new(order: impl IntoIterator<Item = Transport>) -> Result<Self, Error> {
        let order: Vec<_> = order.into_iter().collect();
        if order.is_empty() || order.iter().enumerate().any(|(at, one)| order[..at].contains(one)) {
            return Err(Error::invalid("transports", "must name one transport at least, and none twice"));
        }
        Ok(Self { order, first: 0, tried: 0, blocked: false, failure: None })
    }

    /// Whether it is one of them.
    pub fn has(&self, transport: Transport) -> bool {
        self.order.contains(&transport)
    }

    /// An attempt to connect begins.
    pub fn begin(&mut self) {
        self.tried = 0;
        self.blocked = false;
        self.failure = None;
    }

    /// What to try now; nothing once each was tried in this attempt. It counts as what works, until it fails.
    #[expect(clippy::should_implement_trait, reason = "what it gives depends on what failed")]
    pub fn next(&mut self) -> Option<Transport> {
        if self.tried == self.order.len() {
            return None;
        }
        self.tried += 1;
        self.order.get(self.first).copied()
    }

    /// What was tried last has failed. The error with which the attempt ends, or nothing if another one may pass where this
    /// one did not: not where the server could not be reached at all, or has given an answer that is meant.
    pub fn failed(&mut self, error: Error) -> Option<Error> {
        if !may_work_otherwise(&error) {
            return Some(error);
        }
        self.blocked |= self.order.get(self.first) == Some(&Transport::WebSocket);
        // Remembered now: the time for this attempt may be over before the next transport has answered.
        self.first = (self.first + 1) % self.order.len();
        let failure = self.failure.get_or_insert(error);
        (self.tried == self.order.len()).then(|| failure.clone())
    }

    /// Whether polling should change to a WebSocket, if the server offers it.
    pub fn may_upgrade(&self) -> bool {
        self.has(Transport::WebSocket) && !self.blocked
    }

    /// Polling has changed to a WebSocket, which is tried first from now on.
    pub fn upgraded(&mut self) {
        let websocket = self.order.iter().position(|transport| *transport == Transport::WebSocket);
        self.first = websocket.unwrap_or(self.first);
    }
}

fn may_work_otherwise(error: &Error) -> bool {
    !matches!(
        error.code(),
        ErrorCode::Dns
            | ErrorCode::Refused
            | ErrorCode::Tls
            | ErrorCode::TlsExpired
            | ErrorCode::TlsUntrusted
            | ErrorCode::TlsVersion
            | ErrorCode::Proxy
            | ErrorCode::Auth
            | ErrorCode::Busy
            | ErrorCode::Redirect
    )
}

#[cfg(test)]
#[path = "transports_tests.rs"]
mod tests;
