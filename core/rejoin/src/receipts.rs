//! The outcome of each message, for whoever holds its receipt.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use rejoin_proto::{ErrorCode, MessageId, Outcome, Receipt as Resolved};

/// Receipts that are pending, or resolved and not yet looked at, kept as a window over the ids; a few that stay
/// long move aside, so that one forgotten receipt does not keep a place for every later message.
const MAX_WINDOW: usize = 4096;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Slot {
    Pending,
    Resolved(Outcome, Option<ErrorCode>),
    /// Nobody holds the receipt any more.
    Free,
}

#[derive(Debug, Default)]
pub(crate) struct Receipts {
    base: u64,
    window: VecDeque<Slot>,
    aside: BTreeMap<u64, Slot>,
    wakers: BTreeMap<u64, Waker>,
}

impl Receipts {
    /// Ids are given in order; those without a receipt leave a gap.
    pub(crate) fn add(&mut self, id: MessageId) {
        self.shrink();
        if self.window.is_empty() {
            self.base = id.get();
        }
        while self.base + (self.window.len() as u64) < id.get() {
            self.window.push_back(Slot::Free);
        }
        self.window.push_back(Slot::Pending);
    }

    pub(crate) fn resolve(&mut self, resolved: Resolved, wakers: &mut Vec<Waker>) {
        let id = resolved.id.get();
        if let Some(slot) = self.slot(id)
            && *slot == Slot::Pending
        {
            *slot = Slot::Resolved(resolved.outcome, resolved.cause);
            if !self.wakers.is_empty() {
                wakers.extend(self.wakers.remove(&id));
            }
        }
    }

    fn poll(&mut self, id: u64, cx: &mut Context<'_>) -> Poll<(Outcome, Option<ErrorCode>)> {
        match self.slot(id) {
            Some(Slot::Resolved(outcome, cause)) => Poll::Ready((*outcome, *cause)),
            Some(Slot::Pending) => {
                self.wakers.insert(id, cx.waker().clone());
                Poll::Pending
            }
            // Only a receipt asks, and its slot is free only after it is gone.
            Some(Slot::Free) | None => Poll::Ready((Outcome::Unconfirmed, None)),
        }
    }

    fn release(&mut self, id: u64) {
        if !self.wakers.is_empty() {
            self.wakers.remove(&id);
        }
        if self.aside.remove(&id).is_none()
            && let Some(slot) = self.slot(id)
        {
            *slot = Slot::Free;
        }
        self.shrink();
    }

    fn slot(&mut self, id: u64) -> Option<&mut Slot> {
        match id.checked_sub(self.base) {
            Some(at) => self.window.get_mut(usize::try_from(at).ok()?),
            None => self.aside.get_mut(&id),
        }
    }

    fn shrink(&mut self) {
        while let Some(front) = self.window.front() {
            if *front != Slot::Free {
                if self.window.len() < MAX_WINDOW {
                    break;
                }
                self.aside.insert(self.base, *front);
            }
            self.window.pop_front();
            self.base += 1;
        }
    }
}

/// Where a [`Receipt`] learns its outcome.
pub(crate) trait Ledger {
    fn with_receipts(&self, call: &mut dyn FnMut(&mut Receipts));
    fn withdraw(&self, id: MessageId) -> bool;
}

#[cfg(not(target_family = "wasm"))]
pub(crate) type SharedLedger = Arc<dyn Ledger + Send + Sync>;
#[cfg(target_family = "wasm")]
pub(crate) type SharedLedger = Arc<dyn Ledger>;

/// What became of one message: await it, or drop it to ignore it.
///
/// Each accepted message ends in exactly one [`Outcome`], when the client is closed at the latest.
pub struct Receipt {
    ledger: SharedLedger,
    id: MessageId,
}

impl Receipt {
    pub(crate) fn new(ledger: SharedLedger, id: MessageId) -> Self {
        Self { ledger, id }
    }

    /// The message's stable id.
    pub fn id(&self) -> MessageId {
        self.id
    }

    /// The outcome, and why where it is not a success.
    pub(crate) fn poll_resolved(&self, cx: &mut Context<'_>) -> Poll<(Outcome, Option<ErrorCode>)> {
        let mut resolved = Poll::Pending;
        self.ledger.with_receipts(&mut |receipts| resolved = receipts.poll(self.id.get(), cx));
        resolved
    }

    /// Takes the message back if it was not sent yet: its outcome is then [`Outcome::Withdrawn`]. False if it was sent
    /// or has come to its end.
    pub fn withdraw(&self) -> bool {
        self.ledger.withdraw(self.id)
    }
}

impl Future for Receipt {
    type Output = Outcome;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Outcome> {
        self.poll_resolved(cx).map(|(outcome, _)| outcome)
    }
}

impl Drop for Receipt {
    fn drop(&mut self) {
        self.ledger.with_receipts(&mut |receipts| receipts.release(self.id.get()));
    }
}

impl fmt::Debug for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receipt").field("id", &self.id).finish_non_exhaustive()
    }
}

#[cfg(test)]
#[path = "receipts_tests.rs"]
mod tests;
