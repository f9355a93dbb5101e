use core::time::Duration;

use crate::{Error, json};

/// The bounds of what a server can make the client hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The attachments of one packet. Default 10,000.
    pub max_attachments: usize,
    /// The bytes of one packet and its attachments. Default 64 MiB.
    pub max_packet_bytes: usize,
    /// How long the attachments of a packet may take to arrive. Default 60 s.
    pub attachments_timeout: Duration,
    /// The nesting of the arguments: 1 to 128. Default 128.
    pub max_depth: u32,
    /// The events that are held while a namespace is being connected. Default 10,000.
    pub max_held_events: usize,
    /// How long the server may take to answer for a namespace that is connected later than the link. Default 15 s.
    pub namespace_timeout: Duration,
    /// Acknowledgements, and other packets ahead of the outbox, that may wait for the network. Default 10,000.
    pub max_backlog: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_attachments: 10_000,
            max_packet_bytes: 64 << 20,
            attachments_timeout: Duration::from_secs(60),
            max_depth: json::MAX_DEPTH,
            max_held_events: 10_000,
            namespace_timeout: Duration::from_secs(15),
            max_backlog: 10_000,
        }
    }
}

impl Limits {
    pub(super) fn validate(&self) -> Result<(), Error> {
        if !(1..=json::MAX_DEPTH).contains(&self.max_depth) {
            return Err(Error::invalid("limits.max_depth", "must be from 1 to 128"));
        }
        let zeros = [
            ("limits.attachments_timeout", self.attachments_timeout.is_zero()),
            ("limits.namespace_timeout", self.namespace_timeout.is_zero()),
            ("limits.max_packet_bytes", self.max_packet_bytes == 0),
            ("limits.max_backlog", self.max_backlog == 0),
        ];
        match zeros.iter().find(|(_, is_zero)| *is_zero) {
            Some((field, _)) => Err(Error::invalid(field, "must be more than 0")),
            None => Ok(()),
        }
    }
}
