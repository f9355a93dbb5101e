use bytestring::ByteString;

use super::state::State;
use crate::outbox::Receipt;
use crate::{Credentials, CredentialsReason, Error, Frame};

/// One attempt to connect, and the socket it leads to. A new one for each attempt: an event of an old one is ignored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SocketId(pub(crate) u32);

impl SocketId {
    /// The number of the attempt, counted up from 1 in one client.
    pub const fn get(self) -> u32 {
        self.0
    }
}

/// What happened to a socket, as the driver saw it.
#[derive(Clone, Debug, PartialEq)]
pub enum SocketEvent {
    /// It is open: the WebSocket handshake succeeded. `ping_frames`: the transport can send WebSocket pings.
    Opened {
        /// Whether [`Frame::Ping`] may be transmitted.
        ping_frames: bool,
    },
    /// A frame arrived. Pings are answered by the transport, and reported as a sign of life.
    Frame(Frame),
    /// Bytes moved although no frame is complete: a part of a large message arrived, or a full buffer drained.
    Progress,
    /// So many frames of this socket in all, in the order in which they were pulled, were handed to the
    /// operating system, wholly or in part. This is not delivery.
    Flushed {
        /// The count since the socket opened.
        frames: u64,
    },
    /// The peer closed it, or it just ended. No event follows.
    Closed {
        /// The close code, where there was a close frame with one.
        code: Option<u16>,
        /// The close reason, not yet sanitised.
        reason: ByteString,
    },
    /// It could not be opened, or broke. No event follows.
    Failed(Error),
}

/// What the operating system or the application knows about the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NetworkHint {
    /// There is a network again, or another one.
    Online,
    /// The network is gone.
    Offline,
    /// The device slept, or the page was frozen.
    Woke,
    /// The application came to the foreground.
    Foreground,
    /// The application went to the background.
    Background,
}

/// What the driver has to do, in this order.
#[derive(Clone, Debug, PartialEq)]
pub enum Output<E> {
    /// Ask the application for credentials, and answer with
    /// [`handle_credentials`](super::Connection::handle_credentials).
    NeedCredentials {
        /// The attempt they are for.
        socket: SocketId,
        /// Why.
        reason: CredentialsReason,
    },
    /// Open a socket. There is never more than one: an earlier one was ended by `Close` or `Abort`.
    Open {
        /// Its id.
        socket: SocketId,
        /// What the application answered, where it was asked.
        credentials: Option<Credentials>,
    },
    /// Run the application's on-connect step, and answer with [`handle_rejoined`](super::Connection::handle_rejoined).
    Rejoin {
        /// The socket it runs on.
        socket: SocketId,
    },
    /// Send a close frame after all that was pulled, and report the peer's answer.
    Close {
        /// Which socket.
        socket: SocketId,
        /// The close code.
        code: u16,
    },
    /// Drop the socket now, whatever its state. Its events no longer matter.
    Abort {
        /// Which socket.
        socket: SocketId,
        /// The close code that tells the peer why, where it did something wrong: sent if that is possible at once.
        code: Option<u16>,
    },
    /// Tell the application.
    Event(Event<E>),
}

/// What the application is told.
#[derive(Clone, Debug, PartialEq)]
pub enum Event<E> {
    /// The connection's state changed.
    State(State),
    /// A message came to its end.
    Receipt(Receipt),
    /// Something of the protocol's own, such as a message.
    Protocol(E),
}
