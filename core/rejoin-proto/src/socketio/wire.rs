//! Packets to the server as WebSocket frames, in the format that the server's parser reads.

use bytes::Bytes;

#[cfg(feature = "msgpack")]
use super::msgpack;
use super::{Args, encode};
use crate::Frame;

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

    pub(super) fn ack(self, namespace: &str, id: u64, args: Args) -> Encoded {
        match self {
            Self::Json => (Frame::Text(encode::ack(namespace, id, &args)), args.into_attachments()),
            #[cfg(feature = "msgpack")]
            Self::Msgpack => (Frame::Binary(msgpack::event(3, namespace, None, &args, Some(id))), Vec::new()),
        }
    }
}
