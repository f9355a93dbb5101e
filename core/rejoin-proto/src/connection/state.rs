use crate::{Error, Timestamp};

/// The state of a connection.
#[derive(Clone, Debug, PartialEq)]
pub enum State {
    /// No connection, and none is attempted until the application calls `connect`.
    Disconnected {
        /// What ended the last one; `None` before the first `connect`.
        reason: Option<Error>,
    },
    /// An attempt is on its way.
    Connecting {
        /// Counts from 1 since the last stable connection.
        attempt: u32,
        /// How far it is.
        phase: Phase,
    },
    /// Connected: messages flow.
    Connected {
        /// Whether the server kept the session: nothing was missed.
        resumed: bool,
    },
    /// The next attempt is due later.
    Waiting {
        /// The number of the next attempt.
        attempt: u32,
        /// When it begins.
        retry_at: Timestamp,
        /// Why there is no connection.
        cause: Error,
    },
    /// The application asked to disconnect: what was accepted is being sent, then the close.
    Disconnecting,
}

/// How far an attempt to connect is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// The credentials callback was asked.
    Credentials,
    /// The socket is being opened: name resolution, TCP, TLS, upgrade.
    Opening,
    /// The protocol's handshake.
    Handshake,
    /// The application's on-connect step.
    Rejoining,
}

impl State {
    /// The state's name in snake case, the same in every language.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Disconnected { .. } => "disconnected",
            Self::Connecting { .. } => "connecting",
            Self::Connected { .. } => "connected",
            Self::Waiting { .. } => "waiting",
            Self::Disconnecting => "disconnecting",
        }
    }

    /// Whether nothing is attempted until the application calls `connect`.
    pub const fn is_disconnected(&self) -> bool {
        matches!(self, Self::Disconnected { .. })
    }

    /// Whether messages flow.
    pub const fn is_connected(&self) -> bool {
        matches!(self, Self::Connected { .. })
    }
}

impl Phase {
    /// The phase's name in snake case, the same in every language.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Credentials => "credentials",
            Self::Opening => "opening",
            Self::Handshake => "handshake",
            Self::Rejoining => "rejoining",
        }
    }
}
