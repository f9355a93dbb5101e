//! What becomes of messages when a link, a lane or the client ends.

use core::cmp::Reverse;

use super::{
    Entry, InFlight, LaneId, MessageId, Outbox, Outcome, Receipt, earliest, find, remove, take_those,
};
use crate::ErrorCode;

impl Outbox {
    pub(super) fn send_again_or(&mut self, mut entry: Entry, cause: ErrorCode) {
        match &mut entry.ack {
            Some(ack) if ack.retries > 0 => {
                ack.retries -= 1;
                ack.deadline = None;
                self.requeue(entry);
            }
            _ => self.resolve(&entry, Outcome::Unconfirmed, Some(cause)),
        }
    }

    fn requeue(&mut self, entry: Entry) {
        self.queued += 1;
        let Some(lane) = self.lanes.get_mut(&entry.lane) else {
            // The application gave up the lane meanwhile: nothing would ever send it.
            return self.end_queued(&entry, Outcome::Withdrawn, None);
        };
        self.next_expiry = earliest(self.next_expiry, entry.expires);
        let at = find(&lane.queue, entry.id).unwrap_or_else(|at| at);
        lane.queue.insert(at, entry);
    }

    /// The link is gone: what was not handed over waits again, what may have arrived is told so.
    pub(crate) fn link_lost(&mut self) {
        while let Some(id) = self.unproven.pop_front() {
            let cause = Some(ErrorCode::Unconfirmed);
            self.receipts.push_back(Receipt { id, outcome: Outcome::Unconfirmed, cause });
        }
        self.next_ack_deadline = None;
        for entry in core::mem::take(&mut self.awaiting) {
            self.send_again_or(entry, ErrorCode::Unconfirmed);
        }
        self.remaining.clear();
        let flushed = self.flushed;
        for InFlight { mut entry, first_frame, .. } in core::mem::take(&mut self.in_flight) {
            if first_frame < flushed {
                self.send_again_or(entry, ErrorCode::Unconfirmed);
            } else {
                entry.transmitted = entry.repeats();
                self.requeue(entry);
            }
        }
        self.pulled = 0;
        self.flushed = 0;
        self.largest = None;
        self.shut_lanes();
    }

    fn shut_lanes(&mut self) {
        let lanes: Vec<LaneId> = self.lanes.keys().copied().collect();
        for lane in lanes {
            self.shut_lane(lane);
        }
    }

    /// Volatile messages and the set-up of a session belong to one link.
    fn shut_lane(&mut self, id: LaneId) {
        let Some(lane) = self.lanes.get_mut(&id) else { return };
        lane.open = false;
        let all = id == LaneId::SETUP;
        let gone = take_those(&mut lane.queue, &|entry| all || entry.volatile);
        self.end_all(gone, Outcome::Dropped, Some(ErrorCode::NotConnected));
    }

    /// The peer ended a lane, and the link lives on: no acknowledgement will come for what was sent there.
    pub(crate) fn lane_lost(&mut self, lane: LaneId) {
        let orphans: Vec<MessageId> =
            self.awaiting.iter().filter(|entry| entry.lane == lane).map(|entry| entry.id).collect();
        for id in orphans {
            if let Some(entry) = remove(&mut self.awaiting, id) {
                self.send_again_or(entry, ErrorCode::Unconfirmed);
            }
        }
        self.shut_lane(lane);
    }

    /// The peer says that a message was too big, and does not say which: the largest of this link. Where that one
    /// arrived long ago the culprit came later and was no larger, so that it will show on a link of its own.
    pub(crate) fn reject_largest(&mut self) {
        let begun = self.in_flight.front().filter(|sent| sent.first_frame < self.flushed);
        let begun = begun.map(|sent| (sent.entry.size, Reverse(sent.entry.id)));
        let Some((_, Reverse(id))) = self.largest.max(begun) else { return };
        let cause = Some(ErrorCode::TooBig);
        if self.unproven.remove(id) {
            self.receipts.push_back(Receipt { id, outcome: Outcome::Rejected, cause });
            return;
        }
        let entry = remove(&mut self.awaiting, id).or_else(|| {
            let at = self.in_flight.iter().position(|sent| sent.entry.id == id)?;
            self.in_flight.remove(at).map(|sent| sent.entry)
        });
        if let Some(entry) = entry {
            self.resolve(&entry, Outcome::Rejected, cause);
        }
    }

    pub(crate) fn withdraw_lane(&mut self, lane: LaneId) {
        let Some(lane) = self.lanes.remove(&lane) else { return };
        self.end_all(lane.queue, Outcome::Withdrawn, None);
    }

    /// The client is closed: everything ends now.
    pub(crate) fn close(&mut self) {
        self.link_lost();
        for lane in core::mem::take(&mut self.lanes).into_values() {
            self.end_all(lane.queue, Outcome::Withdrawn, Some(ErrorCode::ClientClosed));
        }
        self.next_expiry = None;
    }
}
