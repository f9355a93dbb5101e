use core::fmt;
use core::time::Duration;
use std::collections::VecDeque;

use bytes::Bytes;
use bytestring::ByteString;

use crate::{ErrorCode, Frame, Timestamp};

/// The stable id of one accepted message: the same over all repeats and reconnections.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageId(u64);

impl MessageId {
    /// The id with this number.
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// The number: counts up from 0 in one client.
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A part of the outbox that flows or waits as a whole, such as a namespace. Order is kept within a lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LaneId(pub u32);

impl LaneId {
    /// What the application's on-connect step sends: it flows before all else, and never survives its link.
    pub const SETUP: Self = Self(0);
    /// The lane of a protocol that needs only one.
    pub const MAIN: Self = Self(1);
}

/// How a message is sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SendOptions {
    /// Send it now or not at all: dropped when there is no connection.
    pub volatile: bool,
    /// How long it may wait for a connection; after that it is expired. Default: for ever.
    pub ttl: Option<Duration>,
    /// Replaces a waiting message of the same key: only the newest value is sent.
    pub key: Option<ByteString>,
}

/// What is expected in answer to a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ack {
    /// How long to wait for the acknowledgement, from the moment that the message was handed to the network.
    pub timeout: Duration,
    /// How many times to send it again, under the same id, after a time-out or a lost connection. With at
    /// least one the delivery is at least once; with none it is at most once.
    pub retries: u32,
}

/// A message on its way into the outbox, in the form of the wire.
#[derive(Clone, Debug)]
pub struct Outgoing {
    /// The lane it waits in.
    pub lane: LaneId,
    /// Its first frame.
    pub head: Frame,
    /// The binary frames that follow with nothing between.
    pub attachments: Vec<Bytes>,
    /// How many bytes the driver keeps of it, beyond what is here, and adds when it writes: see [`Part`].
    pub kept: usize,
    /// How it is sent.
    pub options: SendOptions,
    /// What is expected in answer.
    pub ack: Option<Ack>,
}

/// Which frame of which message is being sent.
///
/// A driver for which it is dear to move content into the core and back keeps it, under the message's id, until the
/// message may not be sent again. In the core there is only what the core reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// The message.
    pub message: MessageId,
    /// 0 for its head, then one for each attachment.
    pub index: usize,
}

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// It was handed to a link that showed life afterwards. This does not prove delivery.
    Sent,
    /// The peer acknowledged it.
    Acknowledged,
    /// Its time to live ended before it was sent.
    Expired,
    /// The overflow policy, a newer message of the same key, or the lack of a connection (volatile) dropped it.
    Dropped,
    /// The application withdrew it before it was sent.
    Withdrawn,
    /// It was handed to a link that died, or its acknowledgement did not come: it may or may not have arrived.
    Unconfirmed,
    /// The server refused it as too big; it is not sent again.
    Rejected,
}

impl Outcome {
    /// The outcome in snake case, the same in every language.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Acknowledged => "acknowledged",
            Self::Expired => "expired",
            Self::Dropped => "dropped",
            Self::Withdrawn => "withdrawn",
            Self::Unconfirmed => "unconfirmed",
            Self::Rejected => "rejected",
        }
    }
}

/// The end of one message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Which message.
    pub id: MessageId,
    /// What became of it.
    pub outcome: Outcome,
    /// Why, where the outcome is not a success.
    pub cause: Option<ErrorCode>,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct PendingAck {
    pub(super) timeout: Duration,
    pub(super) retries: u32,
    pub(super) allowed: u32,
    pub(super) deadline: Option<Timestamp>,
}

/// Moved from queue to queue for each message, so that what few messages have is kept aside.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) id: MessageId,
    pub(super) lane: LaneId,
    pub(super) head: Frame,
    pub(super) attachments: Box<[Bytes]>,
    pub(super) size: usize,
    pub(super) expires: Option<Timestamp>,
    pub(super) key: Option<Box<ByteString>>,
    pub(super) volatile: bool,
    /// A link took it before: it may have arrived.
    pub(super) transmitted: bool,
    pub(super) ack: Option<Box<PendingAck>>,
}

impl Entry {
    pub(super) fn new(id: MessageId, outgoing: Outgoing, now: Timestamp) -> Self {
        let Outgoing { lane, head, attachments, kept, options, ack } = outgoing;
        Self {
            id,
            lane,
            size: head.len() + attachments.iter().map(Bytes::len).sum::<usize>() + kept,
            head,
            attachments: attachments.into_boxed_slice(),
            expires: options.ttl.map(|ttl| now + ttl),
            key: options.key.map(Box::new),
            volatile: options.volatile,
            transmitted: false,
            ack: ack.map(|Ack { timeout, retries }| {
                Box::new(PendingAck { timeout, retries, allowed: retries, deadline: None })
            }),
        }
    }

    pub(super) fn is_expired(&self, now: Timestamp) -> bool {
        self.expires.is_some_and(|at| at <= now)
    }

    pub(super) fn ack_deadline(&self) -> Option<Timestamp> {
        self.ack.as_ref().and_then(|ack| ack.deadline)
    }

    /// Whether it was handed to an earlier link already.
    pub(super) fn repeats(&self) -> bool {
        self.ack.as_ref().is_some_and(|ack| ack.retries < ack.allowed)
    }

    pub(super) fn forget_payload(&mut self) {
        self.head = Frame::Binary(Bytes::new());
        self.attachments = Box::default();
        self.size = 0;
    }
}

/// A message whose frames are being pulled or not yet flushed.
#[derive(Debug)]
pub(super) struct InFlight {
    pub(super) entry: Entry,
    pub(super) first_frame: u64,
    pub(super) last_frame: u64,
}

/// Where the message is, or would be, in a queue in the order of ids.
pub(super) fn find(queue: &VecDeque<Entry>, id: MessageId) -> Result<usize, usize> {
    match queue.back() {
        Some(last) if last.id < id => Err(queue.len()),
        _ => queue.binary_search_by_key(&id, |entry| entry.id),
    }
}

/// Takes the message out of a queue in the order of ids.
pub(super) fn remove(queue: &mut VecDeque<Entry>, id: MessageId) -> Option<Entry> {
    queue.remove(find(queue, id).ok()?)
}

/// Takes some messages out of a queue. Both stay in order.
pub(super) fn take_those(queue: &mut VecDeque<Entry>, is_one: &dyn Fn(&Entry) -> bool) -> VecDeque<Entry> {
    let mut taken = VecDeque::new();
    if queue.iter().any(is_one) {
        let (gone, kept) = core::mem::take(queue).into_iter().partition(is_one);
        (taken, *queue) = (gone, kept);
    }
    taken
}
