//! Data frames as nearly all are: whole messages, in the clear.

use bytes::Bytes;
use bytestring::ByteString;
use rejoin_proto::Frame;
use tokio_tungstenite::tungstenite::Error;

use super::payload::Place;

/// What a data frame holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Binary,
}

/// The header of a data frame that is a message by itself: final, with no reserved bit, not masked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) kind: Kind,
    /// Its own length.
    pub(super) size: usize,
    /// The length of the payload.
    pub(super) payload: u64,
}

impl Header {
    /// `None`: it is another frame, or not all of it is there.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let (kind, rest) = match bytes {
            [0x81, rest @ ..] => (Kind::Text, rest),
            [0x82, rest @ ..] => (Kind::Binary, rest),
            _ => return None,
        };
        let (size, payload) = match *rest {
            [short @ 0..=125, ..] => (2, u64::from(short)),
            [126, a, b, ..] => (4, u64::from(u16::from_be_bytes([a, b]))),
            [127, a, b, c, d, e, f, g, h, ..] => (10, u64::from_be_bytes([a, b, c, d, e, f, g, h])),
            _ => return None,
        };
        Some(Self { kind, size, payload })
    }
}

impl Kind {
    pub(super) fn frame(self, payload: Bytes) -> Result<Frame, Error> {
        match self {
            Self::Binary => Ok(Frame::Binary(payload)),
            Self::Text => match ByteString::try_from(payload) {
                Ok(text) => Ok(Frame::Text(text)),
                Err(error) => Err(Error::Utf8(error.to_string())),
            },
        }
    }
}

/// A message of which a part arrived.
#[derive(Debug)]
pub(super) struct Partial {
    kind: Kind,
    pub(super) payload: Place,
}

impl Partial {
    pub(super) fn new(kind: Kind, length: usize) -> Self {
        Self { kind, payload: Place::new(length) }
    }

    pub(super) fn complete(self) -> Result<Frame, Error> {
        self.kind.frame(self.payload.freeze())
    }
}
