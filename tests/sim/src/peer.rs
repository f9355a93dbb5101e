//! A socket as the driver holds it, the link below it, and the server at its other end.

use std::collections::VecDeque;

use rejoin_proto::{Error, Frame, MessageId, SocketId, Timestamp};

/// On its way to the server.
#[derive(Debug)]
pub(crate) enum Up {
    Frame(Frame),
    Close(u16),
}

/// On its way to the client.
#[derive(Debug)]
pub(crate) enum Down {
    Frame(Frame),
    Acknowledgement(MessageId, u8),
    Closed(Option<u16>),
    Reset,
}

/// How an attempt to open a socket ends.
#[derive(Debug)]
pub(crate) enum Dial {
    Opens,
    Fails(Error),
    Hangs,
}

#[derive(Debug)]
pub(crate) struct Socket {
    pub(crate) id: SocketId,
    /// Set until the attempt has ended.
    pub(crate) dialing: Option<(Timestamp, Dial)>,
    /// The peer or the network ended it.
    pub(crate) ended: bool,
    /// The close was written.
    pub(crate) closing: bool,
    /// Pulled from the core, not yet handed to the network.
    pub(crate) fed: VecDeque<Frame>,
    pub(crate) flushed: u64,
    pub(crate) up: VecDeque<(Timestamp, Up)>,
    pub(crate) down: VecDeque<(Timestamp, Down)>,
    pub(crate) delay: u64,
    /// The network takes no more data.
    pub(crate) stalled: bool,
    /// What is sent arrives nowhere, for the rest of this link.
    pub(crate) up_lost: bool,
    pub(crate) down_lost: bool,
    pub(crate) server_pings_at: Option<Timestamp>,
}

/// Frames that a socket holds before it takes no more.
pub(crate) const SOCKET_ROOM: usize = 4;

impl Socket {
    pub(crate) fn new(id: SocketId, at: Timestamp, dial: Dial, delay: u64) -> Self {
        Self {
            id,
            dialing: Some((at, dial)),
            ended: false,
            closing: false,
            fed: VecDeque::new(),
            flushed: 0,
            up: VecDeque::new(),
            down: VecDeque::new(),
            delay,
            stalled: false,
            up_lost: false,
            down_lost: false,
            server_pings_at: None,
        }
    }

    pub(crate) fn is_open(&self) -> bool {
        self.dialing.is_none() && !self.ended
    }

    pub(crate) fn takes_frames(&self) -> bool {
        self.is_open() && !self.closing && !self.stalled && self.fed.len() < SOCKET_ROOM
    }

    pub(crate) fn has_unread(&self, now: Timestamp) -> bool {
        let life = |down: &Down| matches!(down, Down::Frame(_) | Down::Acknowledgement(..));
        !self.down_lost && self.down.iter().any(|(at, down)| *at <= now && life(down))
    }

    fn arrival(&self, now: Timestamp) -> Timestamp {
        now + core::time::Duration::from_millis(self.delay)
    }

    pub(crate) fn push_up(&mut self, item: Up, now: Timestamp) {
        self.up.push_back((self.arrival(now), item));
    }

    pub(crate) fn push_down(&mut self, item: Down, now: Timestamp) {
        self.down.push_back((self.arrival(now), item));
    }

    /// The link breaks: nothing on it arrives any more, but for the news.
    pub(crate) fn cut(&mut self, now: Timestamp) {
        self.up.clear();
        self.up_lost = true;
        self.down.clear();
        self.push_down(Down::Reset, now);
    }
}
