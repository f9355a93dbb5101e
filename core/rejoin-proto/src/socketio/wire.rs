//! Packets to the server as WebSocket frames, in the format that the server's parser reads.

use bytes::Bytes;

#[cfg(feature = "msgpack")]
use super::msgpack;
use super::{Args, encode};
#[cfg(feature = "msgpack")]
use crate::ErrorCode;
use crate::{Error, Frame};

/// How packets are written: the server must be set up for the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Parser {
    /// JSON text, the default of every server.
    #[default]
    Json,
    /// `socket.io-msgpack-parser`: one binary message for each packet.
    #[cfg(feature = "msgpack")]
    Msgpack,
}

/// A packet, and the binary frames that follow it with nothing between.
pub(super) type Encoded = (Frame, Vec<Bytes>);

impl Parser {
    pub(super) fn connect(self, namespace: &str, auth: Option<&str>) -> Frame {
        match self {
            Self::Json => Frame::Text(encode::connect(namespace, auth)),
            #[cfg(feature = "msgpack")]
            Self::Msgpack => Frame::Binary(msgpack::packet(0, namespace, auth)),
        }
    }

    pub(super) fn disconnect(self, namespace: &str) -> Frame {
        match self {
            Self::Json => Frame::Text(encode::disconnect(namespace)),
            #[cfg(feature = "msgpack")]
            Self::Msgpack => Frame::Binary(msgpack::packet(1, namespace, None)),
        }
    }

    pub(super) fn event(self, namespace: &str, name: &str, args: Args, id: Option<u64>) -> Encoded {
        match self {
            Self::Json => (Frame::Text(encode::event(namespace, name, &args, id)), args.into_attachments()),
            #[cfg(feature = "msgpack")]
            Self::Msgpack => (Frame::Binary(msgpack::event(2, namespace, Some(name), &args, id)), Vec::new()),
        }
    }

    /// All of an event that stands before its array.
    pub(super) fn event_head(
        self,
        namespace: &str,
        attachments: usize,
        id: Option<u64>,
    ) -> Result<Frame, Error> {
        match self {
            Self::Json => Ok(Frame::Text(encode::event_head(namespace, attachments, id))),
            #[cfg(feature = "msgpack")]
            Self::Msgpack => {
                let message = "the content of a MessagePack packet cannot stay with the driver";
                Err(Error::new(ErrorCode::Unsupported, message))
            }
        }
    }

    pub(super) fn ack(self, namespace: &str, id: u64, args: Args) -> Encoded {
        match self {
            Self::Json => (Frame::Text(encode::ack(namespace, id, &args)), args.into_attachments()),
            #[cfg(feature = "msgpack")]
            Self::Msgpack => (Frame::Binary(msgpack::event(3, namespace, None, &args, Some(id))), Vec::new()),
        }
    }
}
