//! A packet whose attachments are still to come.

use bytes::Bytes;

use super::packet::{Body, Packet};
use super::{Limits, placeholder};
use crate::{Error, ErrorCode, Timestamp, json};

#[derive(Debug)]
pub(super) struct Assembly {
    packet: Packet,
    due: usize,
    bytes: usize,
    attachments: Vec<Bytes>,
    pub(super) deadline: Timestamp,
}

impl Assembly {
    pub(super) fn new(packet: Packet, due: usize, bytes: usize, now: Timestamp, limits: &Limits) -> Self {
        // What was announced is not yet there: room is made as it comes.
        Self { packet, due, bytes, attachments: Vec::new(), deadline: now + limits.attachments_timeout }
    }

    /// True if it was the last one.
    pub(super) fn add(&mut self, attachment: Bytes, limits: &Limits) -> Result<bool, Error> {
        self.bytes = self.bytes.saturating_add(attachment.len());
        if self.bytes > limits.max_packet_bytes {
            return Err(too_large(limits));
        }
        self.attachments.push(attachment);
        Ok(self.attachments.len() == self.due)
    }

    pub(super) fn finish(self) -> Result<(Packet, Vec<Bytes>), Error> {
        check_placeholders(&self.packet, self.due)?;
        Ok((self.packet, self.attachments))
    }
}

/// Each placeholder must refer to an attachment. Without attachments it is data.
pub(super) fn check_placeholders(packet: &Packet, attachments: usize) -> Result<(), Error> {
    let refer = match &packet.body {
        Body::Event { args, .. } | Body::Ack { args, .. } => {
            attachments == 0 || json::elements(args).all(|value| placeholder::all_refer(value, attachments))
        }
        Body::Connect { .. } | Body::Disconnect | Body::ConnectError { .. } => attachments == 0,
    };
    if refer { Ok(()) } else { Err(Error::new(ErrorCode::Protocol, "a placeholder refers to no attachment")) }
}

pub(super) fn too_large(limits: &Limits) -> Error {
    let limit = limits.max_packet_bytes;
    Error::new(
        ErrorCode::Protocol,
        ["a packet exceeds limits.max_packet_bytes, ", &json::number(limit as u64)].concat(),
    )
}
