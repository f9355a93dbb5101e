use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use rejoin_proto::socketio::Args;
use rejoin_proto::{Error, ErrorCode, MessageId, Outcome};
use serde::de::DeserializeOwned;

use super::{SharedArc, data};
use crate::receipts::Receipt;

/// Resolves to the server's answer to one event.
///
/// # Errors
/// `ack_timeout`, `unconfirmed` (the link was lost meanwhile: it may have arrived), `expired`, `dropped`, `withdrawn`.
/// Dropping it ignores the answer; the event is sent all the same.
pub struct AckFuture {
    receipt: Receipt,
    shared: SharedArc,
    outcome: Option<Outcome>,
}

impl AckFuture {
    pub(super) fn new(receipt: Receipt, shared: SharedArc) -> Self {
        Self { receipt, shared, outcome: None }
    }

    /// The event's stable id: the acknowledgement id on the wire, the same for each repeat.
    pub fn id(&self) -> MessageId {
        self.receipt.id()
    }

    /// What became of the event, once this has resolved; `None` before.
    pub fn outcome(&self) -> Option<Outcome> {
        self.outcome
    }

    /// Takes the event back if it was not sent yet.
    pub fn withdraw(&self) -> bool {
        self.receipt.withdraw()
    }
}

impl Future for AckFuture {
    type Output = Result<AckReply, Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let (outcome, cause) = std::task::ready!(self.receipt.poll_resolved(cx));
        self.outcome = Some(outcome);
        let id = self.receipt.id();
        let code = match outcome {
            Outcome::Acknowledged => {
                let args = self.shared.look_mut(|inner| inner.router.take_ack(id)).unwrap_or_default();
                return Poll::Ready(Ok(AckReply { args }));
            }
            Outcome::Sent | Outcome::Unconfirmed => cause.unwrap_or(ErrorCode::Unconfirmed),
            Outcome::Expired => ErrorCode::Expired,
            Outcome::Dropped => ErrorCode::Dropped,
            Outcome::Withdrawn => cause.unwrap_or(ErrorCode::Withdrawn),
            Outcome::Rejected => ErrorCode::TooBig,
        };
        Poll::Ready(Err(Error::new(code, format!("the event was not acknowledged: {}", outcome.as_str()))))
    }
}

impl Drop for AckFuture {
    fn drop(&mut self) {
        let id = self.receipt.id();
        self.shared.look_mut(|inner| inner.router.take_ack(id));
    }
}

impl fmt::Debug for AckFuture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AckFuture").field("id", &self.id()).finish_non_exhaustive()
    }
}

/// What the server answered.
#[derive(Clone, Debug)]
pub struct AckReply {
    args: Args,
}

impl AckReply {
    /// The answer as `T`: a tuple takes one argument for each element, `()` none, any other type the first.
    ///
    /// # Errors
    /// `invalid_argument`: the answer is not of this type.
    pub fn args<T: DeserializeOwned>(&self) -> Result<T, Error> {
        data::from_args(&self.args)
    }

    /// The answer as it came: JSON text, and attachments.
    pub fn raw_args(&self) -> &Args {
        &self.args
    }
}
