use core::fmt;
use std::collections::VecDeque;

use bytestring::ByteString;

use super::{Open, Packet, payload};
use crate::{Error, ErrorCode, Frame};

/// Frames that wait for a POST, in bytes: then the socket takes no more.
const MAX_WAITING: usize = 256 * 1024;
/// What a server accepts that does not say: the default of the Node server.
const DEFAULT_MAX_PAYLOAD: u64 = 1_000_000;
/// The packets of one payload: as many as the attachments of a packet, and some.
const MAX_PACKETS: usize = 100_000;

/// A session over HTTP long-polling, which may change to a WebSocket. It makes no request: its driver asks
/// [`poll_action`](Self::poll_action) what to do, and tells what came of it.
///
/// At most one GET and one POST are on the way. Before the change they end; if the change fails, polling goes on.
///
/// ```
/// use rejoin_proto::engineio::{Action, Polling};
///
/// let body = r#"0{"sid":"a1","upgrades":["websocket"],"maxPayload":100}"#;
/// let mut session = Polling::open(body.into(), true)?;
/// assert_eq!(session.poll_action(), Some(Action::OpenWebSocket));
/// assert_eq!(session.poll_action(), None); // the next GET waits until what came was read
/// assert!(session.poll_frame().is_some());
/// assert_eq!(session.poll_action(), Some(Action::Get));
/// # Ok::<(), rejoin_proto::Error>(())
/// ```
pub struct Polling {
    sid: String,
    max_payload: usize,
    inbound: VecDeque<Frame>,
    outbound: VecDeque<Frame>,
    waiting: usize,
    /// Frames that left, in a POST or for the WebSocket.
    taken: u64,
    getting: bool,
    posting: bool,
    upgrade: Upgrade,
    closing: bool,
}

/// What the driver of a [`Polling`] session is to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// GET; then [`handle_get`](Polling::handle_get).
    Get,
    /// POST this body; then [`handle_post`](Polling::handle_post).
    Post(String),
    /// Open a WebSocket for the same session; then [`handle_probe_open`](Polling::handle_probe_open), or
    /// [`handle_probe_failed`](Polling::handle_probe_failed).
    OpenWebSocket,
    /// Send this over the WebSocket, and from now on everything else: first what [`take_outbound`](Polling::take_outbound) gives.
    Upgrade(Frame),
}

/// How far the change to WebSocket is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Upgrade {
    /// Not wanted, not offered, or tried in vain.
    Never,
    Wanted,
    Opening,
    /// `2probe` was sent.
    Probing,
    /// The server answered: what is on the way ends first, and nothing new is sent.
    Pausing,
    Done,
}

impl Polling {
    /// The session that the body of the first GET opens. `upgrade`: change to WebSocket if the server offers it.
    ///
    /// # Errors
    /// `protocol`: the body does not open a session, or its id cannot stand in a URL.
    pub fn open(body: ByteString, upgrade: bool) -> Result<Self, Error> {
        let first = body.split(payload::SEPARATOR).next().unwrap_or_default();
        let Packet::Open(handshake) = Packet::decode(&body.slice_ref(first))? else {
            return Err(Error::new(ErrorCode::Protocol, "the first packet of the session does not open it"));
        };
        let open = Open::decode(&handshake)?;
        let is_safe = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        if open.sid.is_empty() || !open.sid.bytes().all(is_safe) {
            return Err(Error::new(ErrorCode::Protocol, "the session's id cannot stand in a URL"));
        }
        let offered = open.upgrades.iter().any(|name| name == "websocket");
        let max_payload = open.max_payload.unwrap_or(DEFAULT_MAX_PAYLOAD);
        let mut session = Self {
            sid: open.sid,
            max_payload: usize::try_from(max_payload).unwrap_or(usize::MAX),
            inbound: VecDeque::new(),
            outbound: VecDeque::new(),
            waiting: 0,
            taken: 0,
            getting: true,
            posting: false,
            upgrade: if upgrade && offered { Upgrade::Wanted } else { Upgrade::Never },
            closing: false,
        };
        session.handle_get(&body)?;
        Ok(session)
    }

    /// The session's id, which every further request names. It is as good as a password: it is not shown.
    pub fn sid(&self) -> &str {
        &self.sid
    }

    /// Whether another frame may be handed to [`send`](Self::send).
    pub fn has_room(&self) -> bool {
        self.waiting < MAX_WAITING
    }

    /// Takes a frame. WebSocket pings and pongs have no meaning here, and are dropped.
    pub fn send(&mut self, frame: Frame) {
        self.waiting = self.waiting.saturating_add(payload::encoded_len(&frame));
        self.outbound.push_back(frame);
    }

    /// How many of the frames taken so far have left.
    pub fn taken(&self) -> u64 {
        self.taken
    }

    /// The next frame that arrived.
    pub fn poll_frame(&mut self) -> Option<Frame> {
        self.inbound.pop_front()
    }

    /// Whether everything taken has left and was confirmed by the server.
    pub fn is_flushed(&self) -> bool {
        self.outbound.is_empty() && !self.posting
    }

    /// Ends the session, after what was taken. It has ended when [`is_flushed`](Self::is_flushed).
    pub fn close(&mut self) {
        if self.upgrade != Upgrade::Done {
            self.upgrade = Upgrade::Never;
            self.closing = true;
            self.send(Frame::Text(ByteString::from_static("1")));
        }
    }

    /// What to do now; each thing is said once.
    pub fn poll_action(&mut self) -> Option<Action> {
        match self.upgrade {
            Upgrade::Wanted => {
                self.upgrade = Upgrade::Opening;
                return Some(Action::OpenWebSocket);
            }
            Upgrade::Pausing if self.getting || self.posting => return None,
            Upgrade::Pausing => {
                self.upgrade = Upgrade::Done;
                return Some(Action::Upgrade(Frame::Text(ByteString::from_static("5"))));
            }
            Upgrade::Done => return None,
            Upgrade::Never | Upgrade::Opening | Upgrade::Probing => {}
        }
        // The next GET waits until what the last one brought was read: that is the backpressure.
        if !self.getting && !self.closing && self.inbound.is_empty() {
            self.getting = true;
            return Some(Action::Get);
        }
        if self.posting || self.outbound.is_empty() {
            return None;
        }
        self.posting = true;
        Some(Action::Post(self.batch()))
    }

    /// As many frames as the server accepts at once, and one at least.
    fn batch(&mut self) -> String {
        let mut body = String::new();
        while let Some(frame) = self.outbound.front() {
            if !body.is_empty() && body.len() + payload::encoded_len(frame) > self.max_payload {
                break;
            }
            payload::encode(frame, &mut body);
            self.take_outbound();
        }
        body
    }

    /// The next frame that waits: after [`Action::Upgrade`] they go to the WebSocket.
    pub fn take_outbound(&mut self) -> Option<Frame> {
        let frame = self.outbound.pop_front()?;
        self.waiting = self.waiting.saturating_sub(payload::encoded_len(&frame));
        self.taken += 1;
        Some(frame)
    }

    /// The body that a GET brought.
    ///
    /// # Errors
    /// `protocol`: it is no payload.
    pub fn handle_get(&mut self, body: &ByteString) -> Result<(), Error> {
        self.getting = false;
        let frames = payload::decode(body, MAX_PACKETS)?;
        let is_noop = |frame: &Frame| matches!(frame, Frame::Text(text) if text == "6");
        self.inbound.extend(frames.into_iter().filter(|frame| !is_noop(frame)));
        Ok(())
    }

    /// The server took a POST.
    pub fn handle_post(&mut self) {
        self.posting = false;
    }

    /// The WebSocket is open; what to send over it first.
    pub fn handle_probe_open(&mut self) -> Frame {
        if self.upgrade == Upgrade::Opening {
            self.upgrade = Upgrade::Probing;
        }
        Frame::Text(ByteString::from_static("2probe"))
    }

    /// The WebSocket brought a frame before the change. False: it is no answer to the probe, and the attempt has failed.
    pub fn handle_probe_frame(&mut self, frame: &Frame) -> bool {
        let answers = matches!(frame, Frame::Text(text) if text == "3probe");
        if answers && self.upgrade == Upgrade::Probing {
            self.upgrade = Upgrade::Pausing;
            return true;
        }
        self.handle_probe_failed();
        false
    }

    /// The WebSocket could not be opened, closed, or is silent: polling goes on.
    pub fn handle_probe_failed(&mut self) {
        if self.upgrade != Upgrade::Done {
            self.upgrade = Upgrade::Never;
        }
    }
}

/// Without the session's id.
impl fmt::Debug for Polling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Polling")
            .field("upgrade", &self.upgrade)
            .field("inbound", &self.inbound.len())
            .field("outbound", &self.outbound.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
#[path = "polling_tests.rs"]
mod tests;
