//! The pure core of `rejoin`: a connection that survives its sockets.
//!
//! [`Connection`] models connecting, reconnecting with backoff, heartbeats, and an outbox in which every accepted
//! message ends in exactly one [`Outcome`]. It performs no I/O and knows no clock: a driver feeds it what happened
//! and carries out what it says. A [`Protocol`] gives frames their meaning: [`PlainWebSocket`] here, Socket.IO beside it.
//!
//! ```
//! use rejoin_proto::*;
//!
//! let config = Config::default();
//! let protocol = PlainWebSocket::new(&config.heartbeat, None);
//! let mut connection = Connection::new(config, protocol, 42)?;
//! let now = Timestamp::ZERO;
//! connection.send("hello".into(), SendOptions::default(), now)?; // waits in the outbox
//! connection.connect(now);
//! let socket = connection.socket().expect("an attempt began");
//! connection.handle_socket(socket, SocketEvent::Opened { ping_frames: true }, now);
//! let sent = connection.poll_transmit(now).expect("connected");
//! assert_eq!(sent.frame, Frame::Text("hello".into()));
//! # Ok::<(), Error>(())
//! ```

mod backoff;
mod config;
mod connection;
mod credentials;
pub mod engineio;
mod error;
mod frame;
pub mod json;
mod message;
mod outbox;
mod plain;
mod protocol;
pub mod socketio;
mod sorted_map;
mod time;
mod verdict;

pub use config::{BackoffConfig, Config, HeartbeatConfig, OutboxConfig, Overflow};
pub use connection::{
    Connection, Counters, Event, Heartbeat, NetworkHint, Output, Phase, SocketEvent, SocketId, State, Timer,
    Transmit,
};
pub use credentials::{Credentials, CredentialsReason, Secret};
pub use error::{Error, ErrorCode, MAX_FOREIGN_TEXT, sanitize};
pub use frame::Frame;
pub use message::Message;
pub use outbox::{Ack, LaneId, MessageId, Outcome, Outgoing, Part, Receipt, SendOptions};
pub use plain::{PlainWebSocket, TextHeartbeat};
pub use protocol::{Link, Protocol, ProtocolInput};
pub use time::Timestamp;
pub use verdict::{close_cause, status_cause};
