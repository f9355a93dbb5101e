//! What a server is told at its start, and every limit it keeps.

use std::collections::HashSet;
use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::mpsc::Sender;
use std::time::Duration;

/// How to start a [`TestServer`](crate::TestServer).
#[derive(Debug, Clone)]
pub struct Config {
    /// Where WebSocket and Socket.IO are served. Default: a free port of 127.0.0.1.
    pub addr: SocketAddr,
    /// Where the control API is served; must be a loopback address. Default: a free port of 127.0.0.1.
    pub control_addr: SocketAddr,
    /// When not empty, `/ws` wants one of them as `Authorization: Bearer TOKEN` and answers 401 otherwise.
    /// Default: none.
    pub bearer_tokens: Tokens,
    /// What the Socket.IO namespace `/private` accepts as `{token}`. Default: none, so all are refused.
    pub socketio_tokens: Tokens,
    /// How Socket.IO packets are written. Default: [`Parser::Json`].
    pub socketio_parser: Parser,
    /// How often the Socket.IO server pings. Default: 25 s.
    pub ping_interval: Duration,
    /// How long it waits for the answer. Default: 20 s.
    pub ping_timeout: Duration,
    /// Where each new numbered message goes, as an application behind the server would get it: repeats are
    /// dropped by their number before. Default: nowhere.
    pub deliveries: Option<Sender<Delivery>>,
    /// Every bound the server keeps.
    pub limits: Limits,
}

/// A numbered message that was delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Who sent it.
    pub client: String,
    /// Its number.
    pub seq: u64,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            addr: loopback(),
            control_addr: loopback(),
            bearer_tokens: Tokens::default(),
            socketio_tokens: Tokens::default(),
            socketio_parser: Parser::default(),
            ping_interval: Duration::from_secs(25),
            ping_timeout: Duration::from_secs(20),
            deliveries: None,
            limits: Limits::default(),
        }
    }
}

pub(crate) fn loopback() -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, 0))
}

/// How Socket.IO packets are written; client and server must agree.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Parser {
    /// The standard format.
    #[default]
    Json,
    /// That of the npm package `socket.io-msgpack-parser`.
    MessagePack,
}

/// A set of valid tokens, whose `Debug` shows only how many there are.
#[derive(Clone, Default)]
pub struct Tokens(HashSet<String>);

impl Tokens {
    /// Is `token` one of them?
    #[must_use]
    pub fn contains(&self, token: &str) -> bool {
        self.0.contains(token)
    }

    /// Are there none?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<T: Into<String>> FromIterator<T> for Tokens {
    fn from_iter<I: IntoIterator<Item = T>>(tokens: I) -> Self {
        Tokens(tokens.into_iter().map(Into::into).collect())
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{} redacted]", self.0.len())
    }
}

/// Every bound that a server keeps.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Connections at once; one more is closed as soon as it is accepted. Default: 20,000.
    pub max_connections: usize,
    /// The longest WebSocket message or Socket.IO packet; a longer one ends the connection. Default: 64 MiB.
    pub max_message_bytes: usize,
    /// The read buffer of each WebSocket. Default: 16 KiB.
    pub read_buffer_bytes: usize,
    /// How many bytes are written at once before an echo goes back to reading. Default: 128 KiB.
    pub write_buffer_bytes: usize,
    /// All headers of a request. Default: 16 KiB.
    pub max_header_bytes: usize,
    /// How long a client may take to send the headers. Default: 10 s.
    pub header_timeout: Duration,
    /// How long a client may take to answer a close frame. Default: 3 s.
    pub close_grace: Duration,
    /// Bytes on their way in each direction of a connection that is delayed, capped or frozen; then the
    /// writer waits. Delay × throughput cannot exceed it. Default: 1 MiB.
    pub line_buffer_bytes: usize,
    /// Lasting faults in force at once. Default: 64.
    pub max_faults: usize,
    /// Client names whose numbered messages are counted; those of more are not. Default: 200,000.
    pub max_clients: usize,
    /// Gaps remembered in the numbers of one client; beyond that a number that fills a gap counts as a
    /// repeat. Default: 100,000.
    pub max_gaps: usize,
    /// The longest client name; a message with a longer one is not counted. Default: 256 bytes.
    pub max_client_name_bytes: usize,
    /// Attachments of one Socket.IO packet. Default: 10,000.
    pub max_attachments: usize,
    /// Packets that wait for a slow Socket.IO client; more are dropped. Default: 65,536.
    pub max_socketio_queue: usize,
    /// How long the server waits for a Socket.IO client's acknowledgement. Default: 5 s.
    pub ack_timeout: Duration,
    /// The longest body of a request to the control API. Default: 64 KiB.
    pub max_control_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            max_connections: 20_000,
            max_message_bytes: 64 << 20,
            read_buffer_bytes: 16 << 10,
            write_buffer_bytes: 128 << 10,
            max_header_bytes: 16 << 10,
            header_timeout: Duration::from_secs(10),
            close_grace: Duration::from_secs(3),
            line_buffer_bytes: 1 << 20,
            max_faults: 64,
            max_clients: 200_000,
            max_gaps: 100_000,
            max_client_name_bytes: 256,
            max_attachments: 10_000,
            max_socketio_queue: 65_536,
            ack_timeout: Duration::from_secs(5),
            max_control_bytes: 64 << 10,
        }
    }
}
