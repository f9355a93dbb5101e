use rejoin_proto::{Connection, Protocol};

/// What a client has counted since it was made, and what it holds now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Attempts to connect.
    pub attempts: u64,
    /// Connections that came to be.
    pub connects: u64,
    /// Frames given to sockets.
    pub frames_sent: u64,
    /// Frames that arrived.
    pub frames_received: u64,
    /// Messages in the outbox: waiting, on the way, or waiting for their acknowledgement.
    pub outbox_messages: usize,
    /// The bytes of payload that the outbox holds.
    pub outbox_bytes: usize,
    /// Messages that arrived while there was no consumer.
    pub unobserved: u64,
    /// Handlers of the application that panicked.
    pub handler_panics: u64,
}

impl Stats {
    pub(crate) fn of<P: Protocol>(connection: &Connection<P>, unobserved: u64) -> Self {
        let counters = connection.counters();
        Self {
            attempts: counters.attempts,
            connects: counters.connects,
            frames_sent: counters.frames_sent,
            frames_received: counters.frames_received,
            outbox_messages: connection.outbox_len(),
            outbox_bytes: connection.outbox_bytes(),
            unobserved,
            handler_panics: 0,
        }
    }
}
