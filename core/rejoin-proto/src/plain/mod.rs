//! Plain WebSocket (RFC 6455): messages are frames, there is no handshake of its own.

#[cfg(test)]
mod tests;

use core::time::Duration;

use bytes::Bytes;
use bytestring::ByteString;

use crate::protocol::{Link, Protocol, ProtocolInput};
use crate::{
    Connection, Error, Frame, Heartbeat, LaneId, Message, MessageId, Outgoing, SendOptions, Timestamp,
};

/// A text that is sent in place of ping frames, for servers that answer only that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextHeartbeat {
    /// What is sent.
    pub ping: ByteString,
    /// What the server answers; it is not given to the application. `None`: any message is an answer, and all are given.
    pub pong: Option<ByteString>,
}

/// The plain WebSocket protocol.
#[derive(Clone, Debug)]
pub struct PlainWebSocket {
    interval: Duration,
    timeout: Duration,
    text: Option<TextHeartbeat>,
}

impl PlainWebSocket {
    /// A protocol that pings as configured. Without ping frames (in a browser) and without `text` it cannot ping.
    pub fn new(heartbeat: &crate::HeartbeatConfig, text: Option<TextHeartbeat>) -> Self {
        Self { interval: heartbeat.interval, timeout: heartbeat.timeout, text }
    }

    /// The text that is sent in place of ping frames. Without it the content of messages is of no concern here.
    pub fn text_heartbeat(&self) -> Option<&TextHeartbeat> {
        self.text.as_ref()
    }

    fn opened(&self, link: &mut Link<'_, Message>) {
        let can_ping = self.text.is_some() || link.ping_frames();
        link.set_heartbeat(if can_ping {
            Heartbeat::Ping { interval: self.interval, timeout: self.timeout }
        } else {
            Heartbeat::None
        });
        link.ready(false);
    }

    fn frame(&self, link: &mut Link<'_, Message>, frame: Frame) {
        match frame {
            Frame::Text(text) => {
                let is_pong =
                    self.text.as_ref().is_some_and(|heartbeat| heartbeat.pong.as_ref() == Some(&text));
                if !is_pong {
                    link.event(Message::Text(text));
                }
            }
            Frame::Binary(bytes) => link.event(Message::Binary(bytes)),
            Frame::Ping(_) | Frame::Pong(_) => {}
        }
    }
}

impl Protocol for PlainWebSocket {
    type Event = Message;

    fn handle(&mut self, link: &mut Link<'_, Message>, input: ProtocolInput<'_>) -> Result<(), Error> {
        match input {
            ProtocolInput::Opened { .. } => self.opened(link),
            ProtocolInput::Frame(frame) => self.frame(link, frame),
            ProtocolInput::Connected => link.set_lane_open(LaneId::MAIN, true),
            ProtocolInput::Closing | ProtocolInput::Closed { .. } | ProtocolInput::Timeout => {}
        }
        Ok(())
    }

    fn deadline(&self) -> Option<Timestamp> {
        None
    }

    fn ping(&mut self, ping_frames: bool) -> Option<Frame> {
        match &self.text {
            Some(heartbeat) => Some(Frame::Text(heartbeat.ping.clone())),
            None if ping_frames => Some(Frame::Ping(Bytes::new())),
            None => None,
        }
    }

    fn unsolicited_pong(&mut self, ping_frames: bool) -> Option<Frame> {
        ping_frames.then(|| Frame::Pong(Bytes::new()))
    }
}

impl Connection<PlainWebSocket> {
    /// Accepts a message, to be sent in order when there is a connection.
    ///
    /// # Errors
    /// `queue_full`, `too_big`, `client_closed`: the message was not accepted.
    pub fn send(
        &mut self,
        message: Message,
        options: SendOptions,
        now: Timestamp,
    ) -> Result<MessageId, Error> {
        self.send_in(LaneId::MAIN, message, options, now)
    }

    /// Sends a message as part of the on-connect step: before all that waits, and only on this link.
    ///
    /// # Errors
    /// As for [`send`](Self::send).
    pub fn send_while_rejoining(&mut self, message: Message, now: Timestamp) -> Result<MessageId, Error> {
        self.send_in(LaneId::SETUP, message, SendOptions { volatile: true, ..SendOptions::default() }, now)
    }

    fn send_in(
        &mut self,
        lane: LaneId,
        message: Message,
        options: SendOptions,
        now: Timestamp,
    ) -> Result<MessageId, Error> {
        self.check_open()?;
        let outgoing =
            Outgoing { lane, head: message.into(), attachments: Vec::new(), kept: 0, options, ack: None };
        self.with_protocol(now, |_, link| link.send(outgoing))
    }
}
