use rejoin::{Clock, NetworkHint, Phase};

use crate::Failure;

/// The state of a client.
#[derive(Clone, Debug, uniffi::Enum)]
pub enum State {
    /// No connection, and none is attempted until the application calls `connect`.
    Disconnected {
        /// What ended the last one; `None` before the first `connect`.
        reason: Option<Failure>,
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
        /// How long until it begins, when this was read.
        retry_in_ms: u64,
        /// Why there is no connection.
        cause: Failure,
    },
    /// What was accepted is being sent, then the close.
    Disconnecting,
}

impl State {
    pub(crate) fn read(state: rejoin::State, clock: Clock) -> Self {
        match state {
            rejoin::State::Disconnected { reason } => {
                Self::Disconnected { reason: reason.map(Failure::from) }
            }
            rejoin::State::Connecting { attempt, phase } => Self::Connecting { attempt, phase },
            rejoin::State::Connected { resumed } => Self::Connected { resumed },
            rejoin::State::Waiting { attempt, retry_at, cause } => {
                let left = retry_at.since(clock.now()).as_millis();
                let retry_in_ms = u64::try_from(left).unwrap_or(u64::MAX);
                Self::Waiting { attempt, retry_in_ms, cause: cause.into() }
            }
            rejoin::State::Disconnecting => Self::Disconnecting,
        }
    }
}

/// What a client has counted since it was made, and what it holds now.
#[derive(Clone, Copy, Debug, uniffi::Record)]
pub struct Stats {
    /// Attempts to connect.
    pub attempts: u64,
    /// Connections that came to be.
    pub connects: u64,
    /// Frames given to sockets.
    pub frames_sent: u64,
    /// Frames that arrived.
    pub frames_received: u64,
    /// Messages in the outbox: waiting, on the way, or waiting for their acknowledgement.
    pub outbox_messages: u64,
    /// The bytes of payload that the outbox holds.
    pub outbox_bytes: u64,
    /// Messages that arrived while there was no consumer.
    pub unobserved: u64,
}

impl From<rejoin::Stats> for Stats {
    fn from(stats: rejoin::Stats) -> Self {
        Self {
            attempts: stats.attempts,
            connects: stats.connects,
            frames_sent: stats.frames_sent,
            frames_received: stats.frames_received,
            outbox_messages: stats.outbox_messages as u64,
            outbox_bytes: stats.outbox_bytes as u64,
            unobserved: stats.unobserved,
        }
    }
}

#[uniffi::remote(Enum)]
pub enum Phase {
    Credentials,
    Opening,
    Handshake,
    Rejoining,
}

#[uniffi::remote(Enum)]
pub enum NetworkHint {
    Online,
    Offline,
    Woke,
    Foreground,
    Background,
}
