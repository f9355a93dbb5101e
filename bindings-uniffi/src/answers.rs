//! Answers to events, in both directions.

use std::sync::{Arc, Mutex};

use rejoin::Outcome;
use rejoin::socketio::{AckFuture, Event};

use crate::calls::Replies;
use crate::receipt::{lock, resolve};
use crate::{Failed, Item, Payload};

/// An event that waits for its acknowledgement.
#[derive(uniffi::Object)]
pub struct PendingAck(Arc<Mutex<AckFuture>>);

impl PendingAck {
    /// Has the answer told in the client's mailbox.
    pub(crate) fn watch(ack: AckFuture, call: u64, replies: &Replies) -> Arc<Self> {
        let ack = Arc::new(Mutex::new(ack));
        let pending = Arc::new(Self(Arc::clone(&ack)));
        replies.later(async move {
            match resolve(&ack).await {
                Ok(reply) => Item::Acknowledged { call, args: reply.raw_args().into() },
                Err(error) => {
                    let outcome = lock(&ack).outcome().unwrap_or(Outcome::Unconfirmed);
                    Item::Unacknowledged { call, outcome, failure: error.into() }
                }
            }
        });
        pending
    }
}

#[uniffi::export]
impl PendingAck {
    /// Takes the event back if it was not sent yet.
    pub fn withdraw(&self) -> bool {
        lock(&self.0).withdraw()
    }
}

/// What the server waits for after an event.
#[derive(uniffi::Object)]
pub struct Responder(Event);

#[uniffi::export]
impl Responder {
    /// Answers, once.
    ///
    /// # Errors
    /// `not_connected`: the session that asked is over. `invalid_argument`: no JSON array.
    pub fn answer(&self, args: Payload) -> Result<(), Failed> {
        Ok(self.0.ack_raw(args.try_into()?)?)
    }
}

impl From<Event> for Item {
    fn from(event: Event) -> Self {
        Self::Event {
            namespace: event.namespace().to_owned(),
            name: event.name().to_owned(),
            args: event.raw_args().into(),
            responder: event.wants_ack().then(|| Arc::new(Responder(event))),
        }
    }
}
