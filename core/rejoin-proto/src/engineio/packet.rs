use bytestring::ByteString;

use crate::{Error, ErrorCode};

/// What a text frame holds. A binary frame has no prefix: it is the message itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Packet {
    /// `0`: the server opens the session. The payload is read by [`Open::decode`](super::Open::decode).
    Open(ByteString),
    /// `1`: the session ends.
    Close,
    /// `2`: the server asks for a sign of life.
    Ping,
    /// `3`: the answer to a ping.
    Pong,
    /// `4`: a message of the layer above.
    Message(ByteString),
    /// `5`: the transport changes.
    Upgrade,
    /// `6`: nothing.
    Noop,
}

impl Packet {
    /// Reads a text frame, without copying it.
    ///
    /// # Errors
    /// `protocol`: the frame is empty, or of no known type.
    pub fn decode(frame: &ByteString) -> Result<Self, Error> {
        let kind = frame.as_bytes().first().ok_or_else(unknown)?;
        let data = || frame.slice_ref(frame.get(1..).unwrap_or_default());
        match kind {
            b'0' => Ok(Self::Open(data())),
            b'1' => Ok(Self::Close),
            b'2' => Ok(Self::Ping),
            b'3' => Ok(Self::Pong),
            b'4' => Ok(Self::Message(data())),
            b'5' => Ok(Self::Upgrade),
            b'6' => Ok(Self::Noop),
            _ => Err(unknown()),
        }
    }
}

fn unknown() -> Error {
    Error::new(ErrorCode::Protocol, "the server sent an Engine.IO packet of no known type")
}
