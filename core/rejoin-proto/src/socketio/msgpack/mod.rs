//! Packets of `socket.io-msgpack-parser`: one MessagePack map in one binary message, binary values inline.
//!
//! The application sees the same as with JSON: what arrives becomes JSON text with attachments, and the reverse.

mod date;
mod read;
mod write;

use bytes::Bytes;
use bytestring::ByteString;

use super::name::check_namespace;
use super::packet::Packet;
use super::{Limits, assembly};
use crate::{Error, ErrorCode};
use read::Reader;
pub(super) use write::{event, packet};

/// Reads a binary message: the packet, and its attachments.
///
/// # Errors
/// `protocol`: the packet is malformed, or exceeds a limit.
pub fn decode(message: &Bytes, limits: &Limits) -> Result<(Packet, Vec<Bytes>), Error> {
    if message.len() > limits.max_packet_bytes {
        return Err(assembly::too_large(limits));
    }
    let mut reader = Reader::new(message, limits);
    let text =
        reader.packet().ok_or_else(|| malformed("a MessagePack packet is malformed, or exceeds a limit"))?;
    let attachments = reader.into_attachments();
    let packet = Packet::decode(&text, limits)?;
    assembly::check_placeholders(&packet, attachments.len())?;
    Ok((packet, attachments))
}

fn malformed(message: &'static str) -> Error {
    Error::new(ErrorCode::Protocol, message)
}

/// The parts of a packet, as the text of the JSON parser.
fn as_text(
    kind: u64,
    namespace: &str,
    id: Option<u64>,
    data: &str,
    attachments: usize,
) -> Option<ByteString> {
    check_namespace(namespace).ok()?;
    let binary = attachments > 0;
    let kind = match kind {
        0 | 1 | 4 if !binary => kind,
        2 | 3 if binary => kind + 3,
        2 | 3 => kind,
        _ => return None,
    };
    let count = if binary { format!("{attachments}-") } else { String::new() };
    let id = id.map_or_else(String::new, |id| id.to_string());
    Some(format!("{kind}{count}{namespace},{id}{data}").into())
}
