//! Which messages get a place in the outbox.

use super::{Entry, Lane, MessageId, Outbox, Outcome, Outgoing, Receipt, earliest};
use crate::config::Overflow;
use crate::{Error, ErrorCode, Timestamp, json};

impl Outbox {
    /// Accepts nothing from now on. What is here goes on.
    pub(crate) fn shut(&mut self) {
        self.shut = true;
    }

    pub(crate) fn push(
        &mut self,
        outgoing: Outgoing,
        now: Timestamp,
        online: bool,
    ) -> Result<MessageId, Error> {
        if self.shut {
            return Err(Error::new(ErrorCode::ClientClosed, "the client is closed"));
        }
        let entry = Entry::new(self.next_id(), outgoing, now);
        if entry.size > self.config.max_bytes {
            let limit = self.config.max_bytes;
            return Err(Error::new(
                ErrorCode::TooBig,
                [
                    "a message of ",
                    &json::number(entry.size as u64),
                    " bytes exceeds outbox.max_bytes, ",
                    &json::number(limit as u64),
                ]
                .concat(),
            ));
        }
        let id = entry.id;
        let lane_open = self.lanes.get(&entry.lane).is_some_and(|lane| lane.open);
        if entry.volatile && !(online && lane_open && self.fits(&entry, 0, 0)) {
            return Ok(self.refuse_politely(id));
        }
        let replaced = self.find_same_key(&entry);
        let (messages, bytes) = replaced.map_or((0, 0), |(_, size)| (1, size));
        if !self.fits(&entry, messages, bytes) {
            match self.config.overflow {
                Overflow::Reject => {
                    return Err(Error::new(
                        ErrorCode::QueueFull,
                        [
                            "the outbox holds ",
                            &json::number(self.messages as u64),
                            " messages and ",
                            &json::number(self.bytes as u64),
                            " bytes",
                        ]
                        .concat(),
                    ));
                }
                Overflow::DropNewest => return Ok(self.refuse_politely(id)),
                Overflow::DropOldest => {
                    let (messages, bytes) = self.never_sent();
                    if !self.fits(&entry, messages, bytes) {
                        return Ok(self.refuse_politely(id));
                    }
                }
            }
        }
        if let Some((at, _)) = replaced {
            let old = self.lanes.get_mut(&entry.lane).and_then(|lane| lane.queue.remove(at));
            if let Some(old) = old {
                self.end_queued(&old, Outcome::Dropped, Some(ErrorCode::Dropped));
            }
        }
        self.make_room(&entry);
        self.next_id += 1;
        self.messages += 1;
        self.bytes += entry.size;
        self.queued += 1;
        self.next_expiry = earliest(self.next_expiry, entry.expires);
        self.lanes.get_or_insert_with(entry.lane, Lane::default).queue.push_back(entry);
        Ok(id)
    }

    /// Whether it fits once so many messages and bytes have given way.
    fn fits(&self, entry: &Entry, messages: usize, bytes: usize) -> bool {
        self.messages - messages < self.config.max_messages
            && self.bytes - bytes + entry.size <= self.config.max_bytes
    }

    /// Accepts a message only to say at once that it was dropped.
    fn refuse_politely(&mut self, id: MessageId) -> MessageId {
        self.next_id += 1;
        self.receipts.push_back(Receipt { id, outcome: Outcome::Dropped, cause: Some(ErrorCode::Dropped) });
        id
    }

    /// The place and size of the waiting message that this one replaces.
    fn find_same_key(&self, entry: &Entry) -> Option<(usize, usize)> {
        let key = entry.key.as_ref()?;
        let queue = &self.lanes.get(&entry.lane)?.queue;
        let at = queue.iter().rposition(|queued| !queued.transmitted && queued.key.as_ref() == Some(key))?;
        Some((at, queue[at].size))
    }

    /// How many messages, and bytes, could be dropped.
    fn never_sent(&self) -> (usize, usize) {
        let queued = self.lanes.values().flat_map(|lane| &lane.queue).filter(|queued| !queued.transmitted);
        queued.fold((0, 0), |(messages, bytes), queued| (messages + 1, bytes + queued.size))
    }

    /// Drops the oldest messages that were never sent until the new one fits.
    fn make_room(&mut self, entry: &Entry) {
        while !self.fits(entry, 0, 0) {
            let oldest = self
                .lanes
                .values_mut()
                .filter_map(|lane| {
                    let at = lane.queue.iter().position(|queued| !queued.transmitted)?;
                    Some((lane.queue[at].id, at, lane))
                })
                .min_by_key(|(id, _, _)| *id);
            let Some(old) = oldest.and_then(|(_, at, lane)| lane.queue.remove(at)) else { return };
            self.end_queued(&old, Outcome::Dropped, Some(ErrorCode::Dropped));
        }
    }
}
