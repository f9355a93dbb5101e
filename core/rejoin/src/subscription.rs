//! Bounded queues between the driver and the application's consumers.

use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use futures_util::Stream;

/// How many messages a consumer may leave unread, and what happens then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inbound {
    /// The most messages that wait for one consumer: 1 or more. Default 1,024.
    pub max_messages: usize,
    /// What happens to the next one.
    pub policy: InboundPolicy,
}

impl Default for Inbound {
    fn default() -> Self {
        Self { max_messages: 1024, policy: InboundPolicy::Backpressure }
    }
}

/// What happens when a consumer's queue is full.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InboundPolicy {
    /// The client stops reading from the network until there is room.
    #[default]
    Backpressure,
    /// The oldest waiting message makes room, and is counted as missed.
    DropOldest,
    /// The new message is dropped, and counted as missed.
    DropNewest,
}

#[derive(Debug)]
struct Slot<T> {
    id: u64,
    inbound: Inbound,
    queue: VecDeque<T>,
    /// Handed to the consumer in its last batch: until it asks again it may hold that many.
    handed: usize,
    missed: u64,
    waker: Option<Waker>,
}

impl<T> Slot<T> {
    fn room(&self) -> usize {
        self.inbound.max_messages.saturating_sub(self.queue.len() + self.handed)
    }

    fn push(&mut self, item: T) {
        let full = self.room() == 0;
        match self.inbound.policy {
            InboundPolicy::DropNewest if full => {
                self.missed += 1;
                return;
            }
            InboundPolicy::DropOldest if full => {
                self.missed += 1;
                if self.queue.pop_front().is_none() {
                    return;
                }
            }
            InboundPolicy::Backpressure | InboundPolicy::DropOldest | InboundPolicy::DropNewest => {}
        }
        self.queue.push_back(item);
    }
}

/// The consumers of one kind of item.
#[derive(Debug)]
pub(crate) struct Subscribers<T> {
    slots: Vec<Slot<T>>,
    next_id: u64,
    ended: bool,
}

impl<T> Default for Subscribers<T> {
    fn default() -> Self {
        Self { slots: Vec::new(), next_id: 0, ended: false }
    }
}

impl<T> Subscribers<T> {
    /// `ended`: the client is closed already.
    pub(crate) fn new(ended: bool) -> Self {
        Self { ended, ..Self::default() }
    }
}

impl<T: Clone> Subscribers<T> {
    pub(crate) fn add(&mut self, inbound: Inbound) -> u64 {
        let id = self.next_id;
        self.next_id += 1;
        let (queue, waker) = (VecDeque::new(), None);
        self.slots.push(Slot { id, inbound, queue, handed: 0, missed: 0, waker });
        id
    }

    /// Ends one consumer, and gives the waker of the task that waits for it.
    pub(crate) fn remove(&mut self, id: u64) -> Option<Waker> {
        let at = self.slots.iter().position(|slot| slot.id == id)?;
        self.slots.remove(at).waker
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// How many more items the fullest consumer that wants backpressure can take.
    pub(crate) fn room(&self) -> usize {
        let strict = self.slots.iter().filter(|slot| slot.inbound.policy == InboundPolicy::Backpressure);
        strict.map(Slot::room).min().unwrap_or(usize::MAX)
    }

    /// Gives the item to every consumer. False if there is none.
    pub(crate) fn push(&mut self, item: T, wakers: &mut Vec<Waker>) -> bool {
        let Some((last, others)) = self.slots.split_last_mut() else { return false };
        for slot in others {
            slot.push(item.clone());
            wakers.extend(slot.waker.take());
        }
        last.push(item);
        wakers.extend(last.waker.take());
        true
    }

    /// No item follows: consumers get what waits, and then the end.
    pub(crate) fn end(&mut self, wakers: &mut Vec<Waker>) {
        self.ended = true;
        wakers.extend(self.slots.iter_mut().filter_map(|slot| slot.waker.take()));
    }

    /// Moves what waits to the consumer, at most half of the bound at once, so that there is room for the next meanwhile.
    pub(crate) fn poll_batch(
        &mut self,
        id: u64,
        batch: &mut VecDeque<T>,
        cx: &mut Context<'_>,
    ) -> Poll<Batch> {
        let Some(slot) = self.slots.iter_mut().find(|slot| slot.id == id) else {
            return Poll::Ready(Batch::End);
        };
        let was_full = slot.room() == 0;
        let missed = core::mem::take(&mut slot.missed);
        let half = (slot.inbound.max_messages / 2).max(1);
        if slot.queue.len() <= half {
            core::mem::swap(&mut slot.queue, batch);
        } else {
            batch.extend(slot.queue.drain(..half));
        }
        slot.handed = batch.len();
        if batch.is_empty() && missed == 0 {
            if self.ended {
                return Poll::Ready(Batch::End);
            }
            if slot.waker.as_ref().is_none_or(|waker| !waker.will_wake(cx.waker())) {
                slot.waker = Some(cx.waker().clone());
            }
            // The consumer has read all it held: a full queue of one has room again.
            return if was_full { Poll::Ready(Batch::Room) } else { Poll::Pending };
        }
        Poll::Ready(Batch::Items { missed, was_full })
    }
}

/// What a consumer finds when it asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Batch {
    /// Items, and how many were dropped before them. `was_full`: reading may go on.
    Items { missed: u64, was_full: bool },
    /// No item, the waker is registered; but reading may go on.
    Room,
    /// The client is closed.
    End,
}

/// Where a [`Subscription`] gets its items.
pub(crate) trait Source<T> {
    fn poll_batch(&self, id: u64, batch: &mut VecDeque<T>, cx: &mut Context<'_>) -> Poll<Batch>;
    fn unsubscribe(&self, id: u64);
}

#[cfg(not(target_family = "wasm"))]
pub(crate) type SharedSource<T> = Arc<dyn Source<T> + Send + Sync>;
#[cfg(target_family = "wasm")]
pub(crate) type SharedSource<T> = Arc<dyn Source<T>>;

/// A stream of what happens, for one consumer. Others are independent of it: each gets every item.
///
/// It ends when the client is closed. Dropping it unsubscribes.
pub struct Subscription<T> {
    source: SharedSource<T>,
    id: u64,
    batch: VecDeque<T>,
    missed: u64,
}

impl<T> Subscription<T> {
    pub(crate) fn new(source: SharedSource<T>, id: u64) -> Self {
        Self { source, id, batch: VecDeque::new(), missed: 0 }
    }

    pub(crate) fn id(&self) -> u64 {
        self.id
    }

    /// How many items were dropped for this consumer since the last call: 0 unless the inbound policy is lossy.
    pub fn take_missed(&mut self) -> u64 {
        core::mem::take(&mut self.missed)
    }

    /// The next item, or `None` when the client is closed. Cancelling the wait loses nothing.
    pub async fn next(&mut self) -> Option<T> {
        std::future::poll_fn(|cx| self.poll_item(cx)).await
    }

    /// Takes what is there, without waiting: at most `max` items.
    pub fn drain(&mut self, max: usize) -> Vec<T> {
        let mut items = Vec::new();
        let mut cx = Context::from_waker(Waker::noop());
        while items.len() < max {
            match self.poll_item(&mut cx) {
                Poll::Ready(Some(item)) => items.push(item),
                Poll::Ready(None) | Poll::Pending => break,
            }
        }
        items
    }

    /// Waits until an item or the end is there, and takes nothing: for callers that cannot cancel a wait safely.
    pub fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if !self.batch.is_empty() {
            return Poll::Ready(());
        }
        loop {
            match std::task::ready!(self.source.poll_batch(self.id, &mut self.batch, cx)) {
                Batch::Items { missed, .. } => {
                    self.missed += missed;
                    if !self.batch.is_empty() {
                        return Poll::Ready(());
                    }
                }
                Batch::Room => return Poll::Pending,
                Batch::End => return Poll::Ready(()),
            }
        }
    }

    fn poll_item(&mut self, cx: &mut Context<'_>) -> Poll<Option<T>> {
        if self.batch.is_empty() {
            std::task::ready!(self.poll_ready(cx));
        }
        Poll::Ready(self.batch.pop_front())
    }
}

impl<T: Unpin> Stream for Subscription<T> {
    type Item = T;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        self.poll_item(cx)
    }
}

impl<T> Drop for Subscription<T> {
    fn drop(&mut self) {
        self.source.unsubscribe(self.id);
    }
}

impl<T> fmt::Debug for Subscription<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subscription")
            .field("id", &self.id)
            .field("batch", &self.batch.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
#[path = "subscription_tests.rs"]
mod tests;
