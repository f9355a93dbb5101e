use std::sync::Arc;

use rejoin::{CredentialsReason, Message, Outcome};

use crate::logs::LogLevel;
use crate::{Failure, Payload, Responder, Session, SocketIoSession, State};

/// What a [`Mailbox`](crate::Mailbox) holds. `call` is the number that the caller gave to the call which this answers.
#[derive(uniffi::Enum)]
pub enum Item {
    /// A text message arrived.
    Text {
        /// The message.
        text: String,
    },
    /// A binary message arrived.
    Binary {
        /// The message.
        bytes: Vec<u8>,
    },
    /// So many items were dropped here, by the inbound policy.
    Lagged {
        /// How many.
        missed: u64,
    },
    /// The state changed.
    State {
        /// The new one.
        state: State,
    },
    /// A call has come to its end.
    Completed {
        /// Which.
        call: u64,
        /// Why it failed; `None`: it succeeded.
        failure: Option<Failure>,
    },
    /// A watched message has come to its end.
    Receipt {
        /// Which.
        call: u64,
        /// What became of it.
        outcome: Outcome,
    },
    /// The server acknowledged an event.
    Acknowledged {
        /// Which call emitted it.
        call: u64,
        /// The answer.
        args: Payload,
    },
    /// An event was not acknowledged.
    Unacknowledged {
        /// Which call emitted it.
        call: u64,
        /// What became of it.
        outcome: Outcome,
        /// Why.
        failure: Failure,
    },
    /// An event arrived.
    Event {
        /// Its namespace.
        namespace: String,
        /// Its name.
        name: String,
        /// Its arguments.
        args: Payload,
        /// Where the server wants an answer.
        responder: Option<Arc<Responder>>,
    },
    /// A namespace is connected.
    NamespaceConnected {
        /// Which.
        namespace: String,
        /// The server kept the session, and what was missed follows.
        recovered: bool,
        /// The id of the session, which others can see.
        sid: String,
    },
    /// A namespace is not connected.
    NamespaceDisconnected {
        /// Which.
        namespace: String,
        /// Why. A retryable failure is followed by a new attempt.
        failure: Failure,
    },
    /// A connection is there, and waits for the application's on-connect step: it answers with `answer_on_connect`.
    OnConnect {
        /// To be given with the answer.
        request: u64,
        /// What the step works with.
        session: Arc<Session>,
    },
    /// The same, of a Socket.IO client.
    OnSocketIoConnect {
        /// To be given with the answer.
        request: u64,
        /// What the step works with.
        session: Arc<SocketIoSession>,
    },
    /// The application is asked for credentials: it answers with `answer_credentials`.
    Credentials {
        /// To be given with the answer.
        request: u64,
        /// Why it is asked.
        reason: CredentialsReason,
    },
    /// The core wrote to the log.
    Log {
        /// How grave it is.
        level: LogLevel,
        /// Without secrets: a server is named by its host alone.
        text: String,
    },
}

impl From<Message> for Item {
    fn from(message: Message) -> Self {
        match message {
            Message::Text(text) => Self::Text { text: text.into() },
            Message::Binary(bytes) => Self::Binary { bytes: bytes.into() },
        }
    }
}

#[uniffi::remote(Enum)]
pub enum Outcome {
    Sent,
    Acknowledged,
    Expired,
    Dropped,
    Withdrawn,
    Unconfirmed,
    Rejected,
}

#[uniffi::remote(Enum)]
pub enum CredentialsReason {
    Connect,
    Refused,
}
