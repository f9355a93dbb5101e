use bytestring::ByteString;

use super::Args;
use super::recovery::Recovery;
use crate::{Error, ErrorCode, LaneId, Secret, Timestamp};

/// One namespace over all links.
#[derive(Debug)]
pub(super) struct Namespace {
    pub(super) name: ByteString,
    pub(super) lane: LaneId,
    /// Its own auth object, in place of the one of the credentials.
    pub(super) auth: Option<Secret>,
    pub(super) state: State,
    pub(super) wire: Wire,
    pub(super) recovery: Option<Recovery>,
    /// Counts the sessions, so that an acknowledgement finds the one that it belongs to.
    pub(super) session: u32,
    /// What arrived before the reply to CONNECT.
    pub(super) held: Vec<Held>,
    pub(super) held_bytes: usize,
}

/// What the application wants, and what became of it.
#[derive(Clone, Debug)]
pub(super) enum State {
    /// The application left it.
    Left,
    /// To be connected on the next link.
    Wanted,
    /// The server's answer is waited for. `gates`: the handshake waits for it too.
    Connecting {
        gates: bool,
        deadline: Timestamp,
    },
    Connected {
        sid: ByteString,
        recovered: bool,
    },
    /// The server refused it, or did not answer in time: it stays so until the application asks again.
    Refused(Error),
    /// The server ended it.
    Closed,
}

/// How the server sees it on the live link. A CONNECT of a namespace that it counts as joined, or any other packet of one
/// that it does not, makes it end the whole link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wire {
    Out,
    /// CONNECT was sent, and not answered.
    Asked,
    In,
    /// DISCONNECT was sent. A CONNECT waits until the server has surely read it, for the Node server reads both before
    /// it acts on the first. Of that tells a second ping of the server since `beat`, or the answer to our `ping`.
    Parted {
        beat: u32,
        ping: Option<u64>,
    },
}

#[derive(Debug)]
pub(super) struct Held {
    pub(super) name: ByteString,
    pub(super) args: Args,
    pub(super) id: Option<u64>,
}

impl Namespace {
    pub(super) fn new(name: ByteString, lane: LaneId) -> Self {
        Self {
            name,
            lane,
            auth: None,
            state: State::Wanted,
            wire: Wire::Out,
            recovery: None,
            session: 0,
            held: Vec::new(),
            held_bytes: 0,
        }
    }

    pub(super) fn is_connected(&self) -> bool {
        matches!(self.state, State::Connected { .. })
    }

    /// Whether it is, or is about to be, on a link.
    pub(super) fn is_active(&self) -> bool {
        match self.state {
            State::Wanted | State::Connecting { .. } | State::Connected { .. } => true,
            State::Left | State::Refused(_) | State::Closed => false,
        }
    }

    /// Whether the application has left it.
    pub(super) fn is_left(&self) -> bool {
        matches!(self.state, State::Left)
    }

    pub(super) fn gates(&self) -> bool {
        matches!(self.state, State::Connecting { gates: true, .. })
    }

    /// When the server must have answered. The handshake as a whole has a deadline of its own.
    pub(super) fn deadline(&self) -> Option<Timestamp> {
        match self.state {
            State::Connecting { gates: false, deadline } => Some(deadline),
            State::Connecting { gates: true, .. }
            | State::Left
            | State::Wanted
            | State::Connected { .. }
            | State::Refused(_)
            | State::Closed => None,
        }
    }

    /// True if it was connected.
    pub(super) fn link_lost(&mut self, cause: &Error) -> bool {
        let asked = cause.code() == ErrorCode::ClientDisconnect;
        if asked {
            self.recovery = None;
        }
        self.held = Vec::new();
        self.held_bytes = 0;
        self.wire = Wire::Out;
        let was_connected = self.is_connected();
        self.state = match core::mem::replace(&mut self.state, State::Wanted) {
            State::Left => State::Left,
            kept @ (State::Refused(_) | State::Closed) if !asked => kept,
            State::Refused(_)
            | State::Closed
            | State::Wanted
            | State::Connecting { .. }
            | State::Connected { .. } => State::Wanted,
        };
        was_connected
    }
}
