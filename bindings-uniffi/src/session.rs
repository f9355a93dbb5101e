//! What an on-connect step works with: the new connection, before anything else uses it.

use std::sync::Arc;

use rejoin::Message;
use rejoin::socketio::Args;

use crate::calls::Replies;
use crate::mailbox::{Mailbox, follow};
use crate::{EmitOptions, Failed, Item, Payload, PendingAck, Receipt};

/// The on-connect step of a plain client.
#[derive(uniffi::Object)]
pub struct Session {
    inner: rejoin::Session,
    replies: Replies,
}

impl Session {
    pub(crate) fn new(inner: rejoin::Session, replies: Replies) -> Arc<Self> {
        Arc::new(Self { inner, replies })
    }

    fn send(&self, message: Message) -> Result<Arc<Receipt>, Failed> {
        Ok(Receipt::new(self.inner.send(message)?, self.replies.clone()))
    }
}

#[uniffi::export]
impl Session {
    /// Sends a text message ahead of all that waits; it is not kept for another connection.
    ///
    /// # Errors
    /// It was not accepted.
    pub fn send_text(&self, text: String) -> Result<Arc<Receipt>, Failed> {
        self.send(text.into())
    }

    /// Sends a binary message, as [`send_text`](Self::send_text).
    ///
    /// # Errors
    /// It was not accepted.
    pub fn send_binary(&self, bytes: Vec<u8>) -> Result<Arc<Receipt>, Failed> {
        self.send(bytes.into())
    }

    /// The messages from now on, for one consumer.
    pub fn messages(&self) -> Arc<Mailbox> {
        Mailbox::new(follow(self.inner.messages(), Item::from))
    }
}

/// The on-connect step of a Socket.IO client.
#[derive(uniffi::Object)]
pub struct SocketIoSession {
    inner: rejoin::socketio::Session,
    replies: Replies,
}

impl SocketIoSession {
    pub(crate) fn new(inner: rejoin::socketio::Session, replies: Replies) -> Arc<Self> {
        Arc::new(Self { inner, replies })
    }
}

#[uniffi::export]
impl SocketIoSession {
    /// Emits an event ahead of all that waits; it is not kept for another connection.
    ///
    /// # Errors
    /// It was not accepted.
    pub fn emit(&self, namespace: &str, name: &str, args: Payload) -> Result<Arc<Receipt>, Failed> {
        let args = Args::try_from(args)?;
        let receipt = self.inner.namespace(namespace).emitter().emit_raw(name, args)?;
        Ok(Receipt::new(receipt, self.replies.clone()))
    }

    /// Emits an event, and asks for an acknowledgement: [`Item::Acknowledged`] or [`Item::Unacknowledged`].
    ///
    /// # Errors
    /// It was not accepted.
    pub fn emit_with_ack(
        &self,
        namespace: &str,
        name: &str,
        args: Payload,
        options: EmitOptions,
        call: u64,
    ) -> Result<Arc<PendingAck>, Failed> {
        let args = Args::try_from(args)?;
        let ack = options.apply(self.inner.namespace(namespace).emitter()).emit_raw_with_ack(name, args)?;
        Ok(PendingAck::watch(ack, call, &self.replies))
    }

    /// The events of a namespace from now on, for one consumer: those of one name, or all.
    pub fn events(&self, namespace: &str, name: Option<String>) -> Arc<Mailbox> {
        let namespace = self.inner.namespace(namespace);
        let events = match name {
            Some(name) => namespace.events_named(&name),
            None => namespace.events(),
        };
        Mailbox::new(follow(events, Item::from))
    }
}
