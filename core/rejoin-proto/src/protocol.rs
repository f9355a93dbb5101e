use std::collections::VecDeque;

use crate::connection::liveness::{Heartbeat, Liveness};
use crate::outbox::{LaneId, Outbox, Outgoing};
use crate::{Credentials, Error, Event, Frame, MessageId, Output, Timestamp};

/// A wire format on a WebSocket: what the handshake is, what frames mean, who pings.
///
/// The connection owns sockets, timers, retries and the outbox; a protocol owns what the bytes mean.
/// It acts through [`Link`], and never sees a clock, a socket or a runtime.
pub trait Protocol {
    /// What the protocol tells the application.
    type Event;

    /// Something happened to the link. An error ends it.
    ///
    /// # Errors
    /// The peer broke the protocol or a limit, or did not keep a deadline; the credentials are of no use.
    fn handle(&mut self, link: &mut Link<'_, Self::Event>, input: ProtocolInput<'_>) -> Result<(), Error>;

    /// What a close by the peer means.
    fn close_cause(&self, code: Option<u16>, reason: &str) -> Error {
        crate::close_cause(code, reason)
    }

    /// The moment at which [`ProtocolInput::Timeout`] is wanted.
    fn deadline(&self) -> Option<Timestamp>;

    /// The frame that asks the peer for a sign of life, or `None` where the wire format has none.
    /// `ping_frames` says whether the transport can send WebSocket pings.
    fn ping(&mut self, ping_frames: bool) -> Option<Frame>;

    /// The frame that tells the peer that we live while reading is paused, if there is one.
    fn unsolicited_pong(&mut self, ping_frames: bool) -> Option<Frame>;
}

/// What happens to the link of a [`Protocol`].
#[derive(Debug)]
pub enum ProtocolInput<'a> {
    /// A socket opened: begin the handshake. When it is done, call [`Link::ready`].
    Opened {
        /// What the application answered, where it was asked.
        credentials: Option<&'a Credentials>,
    },
    /// A frame arrived.
    Frame(Frame),
    /// The connection is now connected: the rejoining step is done, lanes may flow.
    Connected,
    /// The application asked to disconnect: transmit what the wire format says before the close.
    Closing,
    /// The link is gone, or the attempt failed. What was half received is dropped.
    Closed {
        /// Why.
        cause: &'a Error,
    },
    /// The [`deadline`](Protocol::deadline) passed.
    Timeout,
}

/// What a protocol asked of the connection in one call.
#[derive(Debug, Default)]
pub(crate) struct Requests {
    pub(crate) ready: Option<bool>,
    pub(crate) end: Option<Error>,
}

/// Where the events of a protocol go.
pub(crate) trait Events<E> {
    fn add(&mut self, event: E);
}

impl<E> Events<E> for VecDeque<Output<E>> {
    fn add(&mut self, event: E) {
        self.push_back(Output::Event(Event::Protocol(event)));
    }
}

/// Takes the events of one protocol where those of another are wanted.
struct Wrapping<'a, F, E> {
    events: &'a mut dyn Events<E>,
    wrap: fn(F) -> E,
}

impl<F, E> Events<F> for Wrapping<'_, F, E> {
    fn add(&mut self, event: F) {
        self.events.add((self.wrap)(event));
    }
}

/// The connection, as a [`Protocol`] sees it during one call.
pub struct Link<'a, E> {
    pub(crate) now: Timestamp,
    pub(crate) online: bool,
    pub(crate) ping_frames: bool,
    pub(crate) control: &'a mut VecDeque<Frame>,
    pub(crate) events: &'a mut dyn Events<E>,
    pub(crate) outbox: &'a mut Outbox,
    pub(crate) liveness: &'a mut Liveness,
    pub(crate) requests: &'a mut Requests,
}

impl<E> Link<'_, E> {
    /// The moment of the input that is being handled.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Whether a socket is open and the handshake done, so that packets of the protocol's own may be sent.
    pub fn is_online(&self) -> bool {
        self.online
    }

    /// Whether the transport can send WebSocket pings.
    pub fn ping_frames(&self) -> bool {
        self.ping_frames
    }

    /// Sends a frame of the protocol's own, ahead of the outbox. Order among such frames is kept.
    /// Nothing is kept for a later link: without an open socket this is for nothing.
    pub fn transmit(&mut self, frame: Frame) {
        self.control.push_back(frame);
    }

    /// How many frames of the protocol's own wait to be sent: a peer that does not read must not make them pile up.
    pub fn backlog(&self) -> usize {
        self.control.len()
    }

    /// The same link, for a protocol whose events are of another type: `wrap` makes them ours.
    pub fn scoped<F, R>(&mut self, wrap: fn(F) -> E, call: impl FnOnce(&mut Link<'_, F>) -> R) -> R {
        call(&mut Link {
            now: self.now,
            online: self.online,
            ping_frames: self.ping_frames,
            control: self.control,
            events: &mut Wrapping { events: self.events, wrap },
            outbox: self.outbox,
            liveness: self.liveness,
            requests: self.requests,
        })
    }

    /// Tells the application.
    pub fn event(&mut self, event: E) {
        self.events.add(event);
    }

    /// The handshake is done. `resumed`: the server kept the session, nothing was missed.
    pub fn ready(&mut self, resumed: bool) {
        self.requests.ready = Some(resumed);
    }

    /// Ends the link. Whether the client reconnects follows from the error's code.
    pub fn end(&mut self, cause: Error) {
        self.requests.end = Some(cause);
    }

    /// Puts a message into the outbox.
    ///
    /// # Errors
    /// `queue_full`, `too_big`.
    pub fn send(&mut self, outgoing: Outgoing) -> Result<MessageId, Error> {
        self.outbox.push(outgoing, self.now, self.online)
    }

    /// The id that the next accepted message gets. A protocol with acknowledgement ids uses it on the wire.
    pub fn next_id(&self) -> MessageId {
        self.outbox.next_id()
    }

    /// Lets messages of the lane flow (or stops them) on this link. All lanes are shut when a link is lost.
    pub fn set_lane_open(&mut self, lane: LaneId, open: bool) {
        self.outbox.set_lane_open(lane, open);
    }

    /// The peer ended a lane, and the link lives on: what was sent there and not acknowledged is lost, or waits to
    /// be sent again, and the lane is shut.
    pub fn lane_lost(&mut self, lane: LaneId) {
        self.outbox.lane_lost(lane);
    }

    /// The application gave up a lane: messages queued there end as withdrawn.
    pub fn withdraw_lane(&mut self, lane: LaneId) {
        self.outbox.withdraw_lane(lane);
    }

    /// The peer acknowledged a message of a lane. False if it was not waiting for that: unknown, late, or a repeat.
    pub fn acknowledged(&mut self, id: MessageId, lane: LaneId) -> bool {
        self.outbox.acknowledged(id, lane)
    }

    /// Sets who pings on this link, and how long silence may last.
    pub fn set_heartbeat(&mut self, heartbeat: Heartbeat) {
        self.liveness.start(heartbeat, self.now);
    }
}
