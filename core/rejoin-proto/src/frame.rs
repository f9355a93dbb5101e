use core::fmt;

use bytes::Bytes;
use bytestring::ByteString;

use crate::Message;

/// What crosses the seam between the core and a socket: one WebSocket message or control frame.
///
/// Closing is not a frame here: see [`Output::Close`](crate::Output::Close) and
/// [`SocketEvent::Closed`](crate::SocketEvent::Closed).
#[derive(Clone, PartialEq, Eq)]
pub enum Frame {
    /// A whole text message.
    Text(ByteString),
    /// A whole binary message.
    Binary(Bytes),
    /// A ping, at most 125 bytes. A transport without ping frames (a browser) never gets
    /// one: see [`SocketEvent::Opened`](crate::SocketEvent::Opened).
    Ping(Bytes),
    /// A pong, at most 125 bytes. The transport answers pings itself.
    Pong(Bytes),
}

impl Frame {
    /// The length of the payload in bytes.
    pub fn len(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Binary(bytes) | Self::Ping(bytes) | Self::Pong(bytes) => bytes.len(),
        }
    }

    /// Whether the payload is empty.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// The kind and the size only: a handshake holds credentials.
impl fmt::Debug for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self {
            Self::Text(_) => "Text",
            Self::Binary(_) => "Binary",
            Self::Ping(_) => "Ping",
            Self::Pong(_) => "Pong",
        };
        write!(f, "{kind}({} bytes)", self.len())
    }
}

impl From<Message> for Frame {
    fn from(message: Message) -> Self {
        match message {
            Message::Text(text) => Self::Text(text),
            Message::Binary(bytes) => Self::Binary(bytes),
        }
    }
}
