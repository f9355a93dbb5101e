use bytestring::ByteString;

use super::Args;
use crate::{Error, MessageId};

/// What the server wants acknowledged: good for the session of the namespace in which it arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AckId {
    pub(super) session: u32,
    pub(super) id: u64,
}

impl AckId {
    /// As numbers, for a language that cannot hold the type: the session, and the id within it.
    pub const fn to_parts(self) -> (u32, u64) {
        (self.session, self.id)
    }

    /// From the numbers of [`to_parts`](Self::to_parts). Others name a session that is over.
    pub const fn from_parts(session: u32, id: u64) -> Self {
        Self { session, id }
    }
}

/// What Socket.IO tells the application.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// An event arrived.
    Event {
        /// Its namespace.
        namespace: ByteString,
        /// Its name.
        name: ByteString,
        /// Its arguments, a recovery offset taken off.
        args: Args,
        /// Where the server wants an answer: what to give to
        /// [`acknowledge`](crate::Connection::acknowledge), once.
        ack: Option<AckId>,
    },
    /// The server acknowledged an event of ours. The receipt with the outcome came before.
    Ack {
        /// The namespace.
        namespace: ByteString,
        /// The event.
        id: MessageId,
        /// What the server answered.
        args: Args,
    },
    /// A namespace is connected.
    NamespaceConnected {
        /// The namespace.
        namespace: ByteString,
        /// The server kept the session, and what was missed follows. False: fetch the state anew.
        recovered: bool,
        /// The id of the session, which others can see.
        sid: ByteString,
    },
    /// A namespace is no longer connected, or was refused.
    NamespaceDisconnected {
        /// The namespace.
        namespace: ByteString,
        /// Why. A retryable one is followed by a new attempt; `namespace_refused` holds the server's data.
        error: Error,
    },
}
