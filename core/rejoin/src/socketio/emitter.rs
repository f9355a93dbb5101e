use std::time::Duration;

use rejoin_proto::socketio::{Args, EmitOptions};
use rejoin_proto::{Ack, Error, SendOptions};
use serde::Serialize;

use super::router::Arrived;
use super::{AckFuture, Namespace, data};
use crate::receipts::Receipt;

/// Emits events to a namespace, with options. See [`Namespace::emitter`].
#[derive(Clone, Debug)]
#[must_use]
pub struct Emitter<'a> {
    namespace: &'a Namespace,
    options: SendOptions,
    timeout: Option<Duration>,
    retries: u32,
    setup: bool,
}

impl<'a> Emitter<'a> {
    pub(super) fn new(namespace: &'a Namespace) -> Self {
        let options = SendOptions::default();
        Self { namespace, options, timeout: None, retries: 0, setup: false }
    }

    /// For the on-connect step: ahead of all that waits, and only on this link.
    pub(super) fn setup(mut self) -> Self {
        self.setup = true;
        self
    }

    /// Sends it now or not at all: dropped when there is no connection.
    pub fn volatile(mut self) -> Self {
        self.options.volatile = true;
        self
    }

    /// How long it may wait for a connection. Default: for ever.
    pub fn ttl(mut self, ttl: Duration) -> Self {
        self.options.ttl = Some(ttl);
        self
    }

    /// Replaces a waiting event of the same key: only the newest is sent.
    pub fn key(mut self, key: &str) -> Self {
        self.options.key = Some(key.into());
        self
    }

    /// How long to wait for an acknowledgement each time the event is sent: longer than zero. Default:
    /// [`Config::ack_timeout`](rejoin_proto::Config::ack_timeout), 10 s. Without an acknowledgement it means nothing.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// How many times to send it again, under the same id, until it is acknowledged: at least once rather than at most
    /// once. Only for events with an acknowledgement: without one it is an error. Default 0.
    pub fn retries(mut self, retries: u32) -> Self {
        self.retries = retries;
        self
    }

    /// Emits an event. A tuple gives one argument for each element, `()` none, anything else is one argument.
    ///
    /// # Errors
    /// `invalid_argument`, naming what is wrong (a reserved event name, a namespace without `/`, data that cannot be
    /// serialised, a time-out of zero, retries without an acknowledgement), `namespace_closed` (never asked for, or left),
    /// `queue_full`, `too_big`, `client_closed`: the event was not accepted.
    pub fn emit<T: Serialize>(self, name: &str, data: T) -> Result<Receipt, Error> {
        self.emit_raw(name, data::to_args(&data)?)
    }

    /// Emits an event, and asks for an acknowledgement.
    ///
    /// # Errors
    /// As for [`emit`](Self::emit).
    pub fn emit_with_ack<T: Serialize>(self, name: &str, data: T) -> Result<AckFuture, Error> {
        self.emit_raw_with_ack(name, data::to_args(&data)?)
    }

    /// Emits an event whose arguments are JSON text already.
    ///
    /// # Errors
    /// As for [`emit`](Self::emit).
    pub fn emit_raw(self, name: &str, args: Args) -> Result<Receipt, Error> {
        self.send(name, args, false)
    }

    /// Emits an event whose arguments are JSON text already, and asks for an acknowledgement.
    ///
    /// # Errors
    /// As for [`emit`](Self::emit).
    pub fn emit_raw_with_ack(self, name: &str, args: Args) -> Result<AckFuture, Error> {
        let shared = self.namespace.shared().clone();
        self.send(name, args, true).map(|receipt| AckFuture::new(receipt, shared))
    }

    fn send(self, name: &str, args: Args, wants_ack: bool) -> Result<Receipt, Error> {
        let Self { namespace, options, timeout, retries, setup } = self;
        // The drop-in for socket.io-client allows it, so that the core does.
        if timeout.is_some_and(|timeout| timeout.is_zero()) {
            return Err(Error::invalid("timeout", "must be longer than 0"));
        }
        if retries > 0 && !wants_ack {
            return Err(Error::invalid("retries", "need an acknowledgement to end: use emit_with_ack"));
        }
        let shared = namespace.shared();
        let id = shared.with(|inner, now| {
            let timeout = timeout.unwrap_or(inner.connection.config().ack_timeout);
            let ack = wants_ack.then_some(Ack { timeout, retries });
            let options = EmitOptions { ack, send: options, setup };
            let shown = inner.router.watching(namespace.name()).map(|_| args.clone());
            let id = inner.connection.emit(namespace.name(), name, args, options, now)?;
            inner.receipts.add(id);
            if wants_ack {
                inner.router.expect_ack(id);
            }
            if let (Some(args), Some(watching)) = (shown, inner.router.watching(namespace.name())) {
                let (namespace, name) = (namespace.name().into(), name.into());
                let mut wakers = Vec::new();
                watching.push(Arrived { namespace, name, args, ack: None }, &mut wakers);
                wakers.into_iter().for_each(std::task::Waker::wake);
            }
            Ok(id)
        })?;
        Ok(Receipt::new(shared.clone(), id))
    }
}
