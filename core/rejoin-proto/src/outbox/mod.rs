//! What the application sends: bounded, ordered, and each message ends in exactly one [`Outcome`].

mod admission;
mod entry;
mod loss;
mod proof;
#[cfg(test)]
mod tests;

use core::cmp::Reverse;
use std::collections::VecDeque;

pub use entry::{Ack, LaneId, MessageId, Outcome, Outgoing, Part, Receipt, SendOptions};
use entry::{Entry, InFlight, find, remove, take_those};
use proof::Unproven;

use crate::config::OutboxConfig;
use crate::sorted_map::SortedMap;
use crate::{ErrorCode, Frame, Timestamp};

#[derive(Debug, Default)]
struct Lane {
    open: bool,
    queue: VecDeque<Entry>,
}

/// The bounded queue of messages between the application and the link.
///
/// A message waits in its lane, is in flight while its frames are pulled and not yet flushed, then waits
/// for an acknowledgement or for a sign of life of the peer. Payloads are kept only while they may be sent again.
#[derive(Debug)]
pub(crate) struct Outbox {
    config: OutboxConfig,
    next_id: u64,
    /// The client is closed: nothing more is accepted.
    shut: bool,
    lanes: SortedMap<LaneId, Lane>,
    in_flight: VecDeque<InFlight>,
    /// In the order of their ids.
    awaiting: VecDeque<Entry>,
    unproven: Unproven,
    receipts: VecDeque<Receipt>,
    /// Messages in lanes, in flight and awaiting, and the bytes of their payloads.
    messages: usize,
    bytes: usize,
    queued: usize,
    /// Lower bounds: a wake-up may find nothing due, and then finds the exact next one.
    next_expiry: Option<Timestamp>,
    next_ack_deadline: Option<Timestamp>,
    /// Frames pulled from this link so far, the protocol's own included.
    pulled: u64,
    flushed: u64,
    /// The size of the largest message that this link took as a whole, and the first of that size.
    largest: Option<(usize, Reverse<MessageId>)>,
    /// Frames of the message at the back of `in_flight` that are still to be pulled.
    remaining: VecDeque<bytes::Bytes>,
}

impl Outbox {
    pub(crate) fn new(config: OutboxConfig) -> Self {
        Self {
            config,
            next_id: 0,
            shut: false,
            lanes: SortedMap::default(),
            in_flight: VecDeque::new(),
            awaiting: VecDeque::new(),
            unproven: Unproven::default(),
            receipts: VecDeque::new(),
            messages: 0,
            bytes: 0,
            queued: 0,
            next_expiry: None,
            next_ack_deadline: None,
            pulled: 0,
            flushed: 0,
            largest: None,
            remaining: VecDeque::new(),
        }
    }

    pub(crate) fn next_id(&self) -> MessageId {
        MessageId::new(self.next_id)
    }

    /// Messages that hold a place: waiting, in flight, or waiting for their acknowledgement.
    pub(crate) fn len(&self) -> usize {
        self.messages
    }

    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(crate) fn poll_receipt(&mut self) -> Option<Receipt> {
        self.receipts.pop_front()
    }

    /// Whether the lane, and with it the message, may be sent now.
    pub(crate) fn set_lane_open(&mut self, lane: LaneId, open: bool) {
        self.lanes.get_or_insert_with(lane, Lane::default).open = open;
    }

    /// Takes back a message that has not been sent. False if it has, or is not known.
    pub(crate) fn withdraw(&mut self, id: MessageId) -> bool {
        let found = self.lanes.values_mut().find_map(|lane| {
            let at = find(&lane.queue, id).ok()?;
            if lane.queue[at].transmitted { None } else { lane.queue.remove(at) }
        });
        let Some(entry) = found else { return false };
        self.queued -= 1;
        self.resolve(&entry, Outcome::Withdrawn, None);
        true
    }

    /// The next frame to send. While rejoining, only the set-up lane flows.
    pub(crate) fn poll_frame(&mut self, now: Timestamp, rejoining: bool) -> Option<(Frame, Part)> {
        if let Some(attachment) = self.remaining.pop_front() {
            self.count_frame();
            let entry = &self.in_flight.back()?.entry;
            let part = Part { message: entry.id, index: entry.attachments.len() - self.remaining.len() };
            return Some((Frame::Binary(attachment), part));
        }
        if self.queued == 0 || self.unproven.is_full() {
            return None;
        }
        self.expire(now);
        let lane = self
            .lanes
            .iter_mut()
            .filter(|(id, lane)| lane.open && (!rejoining || **id == LaneId::SETUP))
            .filter_map(|(id, lane)| Some(((*id != LaneId::SETUP, lane.queue.front()?.id), lane)))
            .min_by_key(|(order, _)| *order)
            .map(|(_, lane)| lane)?;
        let mut entry = lane.queue.pop_front()?;
        self.queued -= 1;
        entry.transmitted = true;
        let frame = entry.head.clone();
        let part = Part { message: entry.id, index: 0 };
        for attachment in &entry.attachments {
            self.remaining.push_back(attachment.clone());
        }
        let first_frame = self.pulled;
        let last_frame = first_frame + entry.attachments.len() as u64;
        self.in_flight.push_back(InFlight { entry, first_frame, last_frame });
        self.count_frame();
        Some((frame, part))
    }

    /// Whether the frames of one message are being pulled, so that nothing may come between.
    pub(crate) fn is_mid_message(&self) -> bool {
        !self.remaining.is_empty()
    }

    /// A frame was pulled on this link: one of ours, or one of the protocol's own.
    pub(crate) fn count_frame(&mut self) {
        self.pulled += 1;
    }

    pub(crate) fn has_unflushed(&self) -> bool {
        self.flushed < self.pulled
    }

    /// Whether messages left that nothing yet proves to have found a living peer.
    pub(crate) fn has_unproven(&self) -> bool {
        !self.unproven.is_empty()
    }

    /// `frames` of this link in all were handed to the network, wholly or in part.
    pub(crate) fn flushed(&mut self, frames: u64, now: Timestamp) {
        self.flushed = self.flushed.max(frames.min(self.pulled));
        while let Some(front) = self.in_flight.front() {
            if front.last_frame >= self.flushed {
                break;
            }
            let Some(InFlight { entry, .. }) = self.in_flight.pop_front() else { break };
            self.handed_over(entry, now);
        }
    }

    fn handed_over(&mut self, mut entry: Entry, now: Timestamp) {
        self.largest = self.largest.max(Some((entry.size, Reverse(entry.id))));
        if let Some(ack) = &mut entry.ack {
            let deadline = now + ack.timeout;
            ack.deadline = Some(deadline);
            self.next_ack_deadline = earliest(self.next_ack_deadline, Some(deadline));
            if ack.retries == 0 {
                self.bytes -= entry.size;
                entry.forget_payload();
            }
            if let Err(at) = find(&self.awaiting, entry.id) {
                self.awaiting.insert(at, entry);
            }
        } else {
            self.messages -= 1;
            self.bytes -= entry.size;
            self.unproven.push(entry.id);
        }
    }

    /// The peer showed that it lives after everything flushed so far was flushed.
    pub(crate) fn prove(&mut self) {
        while let Some(id) = self.unproven.pop_front() {
            self.receipts.push_back(Receipt { id, outcome: Outcome::Sent, cause: None });
        }
    }

    /// `origin`: the lane that the peer names; the set-up lane's messages may be of any.
    pub(crate) fn acknowledged(&mut self, id: MessageId, origin: LaneId) -> bool {
        let is_of = |entry: &Entry| entry.lane == origin || entry.lane == LaneId::SETUP;
        let entry = match find(&self.awaiting, id) {
            Ok(at) if !is_of(&self.awaiting[at]) => return false,
            Ok(at) => self.awaiting.remove(at),
            // The answer can come before the driver has reported the flush, or while a repeat is queued.
            Err(_) => self.take_transmitted(id, is_of),
        };
        let Some(entry) = entry else { return false };
        self.resolve(&entry, Outcome::Acknowledged, None);
        true
    }

    fn take_transmitted(&mut self, id: MessageId, is_of: impl Fn(&Entry) -> bool) -> Option<Entry> {
        let whole = self.in_flight.len() - usize::from(self.is_mid_message());
        let position = self
            .in_flight
            .iter()
            .take(whole)
            .position(|sent| sent.entry.id == id && sent.entry.ack.is_some() && is_of(&sent.entry));
        if let Some(at) = position {
            return self.in_flight.remove(at).map(|sent| sent.entry);
        }
        let entry = self.lanes.values_mut().find_map(|lane| {
            let at = find(&lane.queue, id).ok()?;
            if lane.queue[at].transmitted && is_of(&lane.queue[at]) { lane.queue.remove(at) } else { None }
        })?;
        self.queued -= 1;
        Some(entry)
    }

    /// The earliest moment at which [`expire`](Self::expire) may have something to do.
    pub(crate) fn expiry(&self) -> Option<Timestamp> {
        self.next_expiry
    }

    /// The earliest moment at which [`time_out`](Self::time_out) may have something to do.
    pub(crate) fn ack_deadline(&self) -> Option<Timestamp> {
        self.next_ack_deadline
    }

    /// Ends the messages whose time to live is over.
    pub(crate) fn expire(&mut self, now: Timestamp) {
        if self.next_expiry.is_none_or(|at| at > now) {
            return;
        }
        let mut ended = VecDeque::new();
        self.next_expiry = None;
        for lane in self.lanes.values_mut() {
            ended.append(&mut take_those(&mut lane.queue, &|entry| entry.is_expired(now)));
            let next = lane.queue.iter().filter_map(|entry| entry.expires).min();
            self.next_expiry = earliest(self.next_expiry, next);
        }
        self.end_all(ended, Outcome::Expired, Some(ErrorCode::Expired));
    }

    /// Ends, or sends again, the messages whose acknowledgement is overdue. True if there was one.
    pub(crate) fn time_out(&mut self, now: Timestamp) -> bool {
        if self.next_ack_deadline.is_none_or(|at| at > now) {
            return false;
        }
        let overdue: Vec<MessageId> = self
            .awaiting
            .iter()
            .filter(|entry| entry.ack_deadline().is_some_and(|at| at <= now))
            .map(|entry| entry.id)
            .collect();
        // From the back, so that those sent again are in order at the front of their lane.
        for id in overdue.iter().rev() {
            if let Some(entry) = remove(&mut self.awaiting, *id) {
                self.send_again_or(entry, ErrorCode::AckTimeout);
            }
        }
        self.next_ack_deadline = self.awaiting.iter().filter_map(Entry::ack_deadline).min();
        !overdue.is_empty()
    }

    /// Ends a message that waited in a lane. One that a link took before may have arrived, whatever ends it now.
    fn end_queued(&mut self, entry: &Entry, outcome: Outcome, cause: Option<ErrorCode>) {
        self.queued -= 1;
        let outcome = if entry.transmitted { Outcome::Unconfirmed } else { outcome };
        self.resolve(entry, outcome, cause);
    }

    fn end_all(&mut self, entries: VecDeque<Entry>, outcome: Outcome, cause: Option<ErrorCode>) {
        for entry in entries {
            self.end_queued(&entry, outcome, cause);
        }
    }

    fn resolve(&mut self, entry: &Entry, outcome: Outcome, cause: Option<ErrorCode>) {
        self.messages -= 1;
        self.bytes -= entry.size;
        self.receipts.push_back(Receipt { id: entry.id, outcome, cause });
    }
}

fn earliest(a: Option<Timestamp>, b: Option<Timestamp>) -> Option<Timestamp> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (one, None) | (None, one) => one,
    }
}
