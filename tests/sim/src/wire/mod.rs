//! What differs between the protocols: how a message looks on the wire, and what a server answers.

mod plain;
mod socketio;

use core::fmt::Debug;

use rejoin_proto::{Ack, Config, Connection, Error, Frame, MessageId, Protocol, SendOptions, Timestamp};

pub use plain::Plain;
pub use socketio::SocketIoWire;

/// A message of the simulation: its number and its size stand for its payload.
#[derive(Clone, Debug)]
pub struct Spec {
    /// Counts from 0 in one schedule, below [`MAX_MESSAGES`].
    pub number: u8,
    /// The least bytes of payload.
    pub size: usize,
    /// Part of the on-connect step.
    pub setup: bool,
    /// What is expected in answer.
    pub ack: Option<Ack>,
    /// How it waits.
    pub options: SendOptions,
}

/// How many messages one schedule sends.
pub const MAX_MESSAGES: usize = 64;

/// What a server makes of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// The message with this number.
    Message(u8),
    /// A WebSocket ping.
    Ping,
    /// The handshake of the protocol, to be answered with [`Wire::welcome`].
    Handshake,
    /// Of no interest.
    Other,
}

/// A protocol under simulation.
pub trait Wire {
    /// Its state machine in the core.
    type Protocol: Protocol<Event: Debug>;

    /// Its name on the command line.
    const NAME: &'static str;
    /// Whether the server pings by itself, and expects an answer.
    const SERVER_PINGS: bool;

    /// A new state machine.
    fn protocol(config: &Config) -> Self::Protocol;

    /// Sends a message.
    ///
    /// # Errors
    /// It was not accepted.
    fn send(
        connection: &mut Connection<Self::Protocol>,
        spec: &Spec,
        now: Timestamp,
    ) -> Result<MessageId, Error>;

    /// What the server sends when a socket opened.
    fn greeting() -> Option<Frame>;

    /// How the server answers the handshake.
    fn welcome() -> Frame;

    /// What the server hears.
    fn hear(frame: &Frame) -> Heard;

    /// The server's acknowledgement.
    fn acknowledgement(id: MessageId) -> Frame;

    /// The server's own ping.
    fn ping() -> Frame;

    /// A message of the server.
    fn message() -> Frame;

    /// The message whose acknowledgement this event is, where the protocol leaves that to the application.
    fn acknowledged(event: &<Self::Protocol as Protocol>::Event) -> Option<MessageId>;
}
