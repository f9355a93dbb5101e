//! Socket.IO v5 over Engine.IO v4: namespaces, events, acknowledgements, binary, connection state recovery.
//!
//! [`SocketIo`] is the [`Protocol`] of a [`Connection`](crate::Connection); what the application asks of it is on
//! `Connection<SocketIo>`. Arguments stay JSON text: see [`Args`].
//!
//! ```
//! use rejoin_proto::socketio::{Args, EmitOptions, Options, SocketIo};
//! use rejoin_proto::{Config, Connection, Frame, SocketEvent, Timestamp};
//!
//! let now = Timestamp::ZERO;
//! let mut connection = Connection::new(Config::default(), SocketIo::new(Options::default())?, 42)?;
//! connection.emit("/", "hello", Args::from_array(r#"["world"]"#)?, EmitOptions::default(), now)?;
//! connection.connect(now);
//! let socket = connection.socket().expect("an attempt began");
//! let mut hears = |event| connection.handle_socket(socket, event, now);
//! hears(SocketEvent::Opened { ping_frames: true });
//! hears(SocketEvent::Frame(Frame::Text(r#"0{"sid":"e","pingInterval":25000,"pingTimeout":20000}"#.into())));
//! hears(SocketEvent::Frame(Frame::Text(r#"40{"sid":"s"}"#.into())));
//! let sent: Vec<_> = std::iter::from_fn(|| connection.poll_transmit(now)).map(|it| it.frame).collect();
//! assert_eq!(sent, [Frame::Text("40".into()), Frame::Text(r#"42["hello","world"]"#.into())]);
//! # Ok::<(), rejoin_proto::Error>(())
//! ```

mod args;
mod assembly;
mod commands;
mod dispatch;
mod encode;
mod event;
mod limits;
#[cfg(feature = "msgpack")]
pub mod msgpack;
mod name;
mod namespace;
mod options;
mod packet;
mod placeholder;
mod recovery;
#[cfg(test)]
mod tests;
mod wire;

use bytes::Bytes;
use bytestring::ByteString;

pub use args::Args;
pub use commands::{EmitOptions, Kept, check_event_name};
pub use event::{AckId, Event};
pub use limits::Limits;
pub use options::Options;
pub use packet::{Body, Packet};
pub use wire::Parser;

use crate::engineio::{self, Open};
use crate::protocol::{Link, Protocol, ProtocolInput};
use crate::sorted_map::SortedMap;
use crate::{Error, ErrorCode, Frame, Heartbeat, Secret, Timestamp};
use assembly::Assembly;
use namespace::{Namespace, Wire};

/// The Socket.IO protocol: any number of namespaces over one connection.
#[derive(Debug)]
pub struct SocketIo {
    limits: Limits,
    parser: Parser,
    namespaces: SortedMap<ByteString, Namespace>,
    /// The auth object of this attempt, for namespaces without one of their own.
    auth: Option<Secret>,
    stage: Stage,
    assembly: Option<Assembly>,
    /// What the server said of the session.
    open: Option<Open>,
    /// The server's pings on this link, each of which we answered.
    beats: u32,
    /// Numbers our own pings, so that an answer tells what it answers.
    pings: u64,
}

/// How far the live link is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// No link, or no `open` packet yet, or we are leaving.
    Shut,
    /// The namespaces asked for at the start have not all answered.
    Handshake,
    /// They have; the application's on-connect step may run.
    Ready,
    /// Messages flow.
    Flowing,
}

impl SocketIo {
    /// A protocol with the namespaces of the options.
    ///
    /// # Errors
    /// `invalid_argument`, naming the option.
    pub fn new(options: Options) -> Result<Self, Error> {
        options.limits.validate()?;
        let mut protocol = Self {
            limits: options.limits,
            parser: options.parser,
            namespaces: SortedMap::default(),
            auth: None,
            stage: Stage::Shut,
            assembly: None,
            open: None,
            beats: 0,
            pings: 0,
        };
        for (name, auth) in options.namespaces {
            protocol.want(name, auth)?;
        }
        Ok(protocol)
    }

    /// What the server said of the session of the live link; `None` before it did.
    pub fn session(&self) -> Option<&Open> {
        self.open.as_ref()
    }

    /// Whether the namespace is connected.
    pub fn is_connected(&self, namespace: &str) -> bool {
        self.namespaces.get(namespace).is_some_and(Namespace::is_connected)
    }

    /// The id of the namespace's session, if it is connected.
    pub fn sid(&self, namespace: &str) -> Option<&ByteString> {
        if let namespace::State::Connected { sid, .. } = &self.namespaces.get(namespace)?.state {
            return Some(sid);
        }
        None
    }

    /// Whether the namespace is connected, and the server kept its session over the last break.
    pub fn is_recovered(&self, namespace: &str) -> bool {
        self.namespaces.get(namespace).is_some_and(|namespace| {
            matches!(namespace.state, namespace::State::Connected { recovered: true, .. })
        })
    }

    /// Whether events and acknowledgements without attachments are passed on as they come. A driver may then keep their
    /// arguments, and give here a packet with none, or with a last string that may be an offset of recovery.
    /// Not while a namespace is being connected, when events are held.
    pub fn passes_on(&self) -> bool {
        let is_connecting =
            |namespace: &Namespace| matches!(namespace.state, namespace::State::Connecting { .. });
        self.assembly.is_none() && !self.namespaces.values().any(is_connecting)
    }

    fn engine_packet(&mut self, link: &mut Link<'_, Event>, frame: &ByteString) -> Result<(), Error> {
        match engineio::Packet::decode(frame)? {
            engineio::Packet::Open(payload) => self.engine_open(link, &payload),
            engineio::Packet::Close => {
                link.end(Error::new(ErrorCode::TransportClosed, "the server closed the Engine.IO session"));
                Ok(())
            }
            engineio::Packet::Ping => {
                // One pong that waits says as much as many.
                if link.backlog() < self.limits.max_backlog {
                    link.transmit(Frame::Text(encode::PONG));
                    self.beats = self.beats.wrapping_add(1);
                }
                Ok(())
            }
            engineio::Packet::Message(message) => {
                self.check_opened()?;
                self.text_message(link, &message)
            }
            engineio::Packet::Pong | engineio::Packet::Upgrade | engineio::Packet::Noop => Ok(()),
        }
    }

    fn engine_open(&mut self, link: &mut Link<'_, Event>, payload: &str) -> Result<(), Error> {
        if self.open.is_some() {
            return Err(Error::new(ErrorCode::Protocol, "the server opened the Engine.IO session twice"));
        }
        let open = Open::decode(payload)?;
        link.set_heartbeat(Heartbeat::Expect { interval: open.ping_interval, timeout: open.ping_timeout });
        self.open = Some(open);
        self.stage = Stage::Handshake;
        self.connect_all(link)
    }

    /// A peer may answer the last of several pings only, and that tells of all before it.
    fn numbered_ping(&mut self) -> Frame {
        self.pings += 1;
        Frame::Ping(Bytes::copy_from_slice(&self.pings.to_be_bytes()))
    }

    fn check_opened(&self) -> Result<(), Error> {
        match self.open {
            Some(_) => Ok(()),
            None => Err(Error::new(ErrorCode::Protocol, "a message came before the Engine.IO handshake")),
        }
    }

    fn text_message(&mut self, link: &mut Link<'_, Event>, message: &ByteString) -> Result<(), Error> {
        if self.parser != Parser::Json {
            return Err(Error::new(ErrorCode::Protocol, "text came where MessagePack was expected"));
        }
        if self.assembly.is_some() {
            return Err(Error::new(ErrorCode::Protocol, "text came while attachments are due"));
        }
        if message.len() > self.limits.max_packet_bytes {
            return Err(assembly::too_large(&self.limits));
        }
        let packet = Packet::decode(message, &self.limits)?;
        match packet.attachments() {
            0 => self.dispatch(link, packet, Vec::new()),
            due => {
                self.assembly = Some(Assembly::new(packet, due, message.len(), link.now(), &self.limits));
                Ok(())
            }
        }
    }

    fn binary_message(&mut self, link: &mut Link<'_, Event>, message: Bytes) -> Result<(), Error> {
        match self.parser {
            Parser::Json => self.attachment(link, message),
            #[cfg(feature = "msgpack")]
            Parser::Msgpack => {
                let (packet, attachments) = msgpack::decode(&message, &self.limits)?;
                self.dispatch(link, packet, attachments)
            }
        }
    }

    fn attachment(&mut self, link: &mut Link<'_, Event>, attachment: Bytes) -> Result<(), Error> {
        let Some(assembly) = &mut self.assembly else {
            return Err(Error::new(ErrorCode::Protocol, "a binary message came that was not due"));
        };
        if !assembly.add(attachment, &self.limits)? {
            return Ok(());
        }
        let Some(assembly) = self.assembly.take() else { return Ok(()) };
        let (packet, attachments) = assembly.finish()?;
        self.dispatch(link, packet, attachments)
    }

    fn frame(&mut self, link: &mut Link<'_, Event>, frame: Frame) -> Result<(), Error> {
        match frame {
            Frame::Text(text) => self.engine_packet(link, &text),
            Frame::Binary(bytes) => {
                self.check_opened()?;
                self.binary_message(link, bytes)
            }
            Frame::Pong(payload) => {
                self.pong(link, &payload);
                Ok(())
            }
            Frame::Ping(_) => Ok(()),
        }
    }

    fn closed(&mut self, link: &mut Link<'_, Event>, cause: &Error) {
        self.stage = Stage::Shut;
        self.assembly = None;
        self.open = None;
        self.auth = None;
        for namespace in self.namespaces.values_mut() {
            if namespace.link_lost(cause) {
                link.event(Event::NamespaceDisconnected {
                    namespace: namespace.name.clone(),
                    error: cause.clone(),
                });
            }
        }
    }

    fn timeout(&mut self, link: &mut Link<'_, Event>) -> Result<(), Error> {
        if self.assembly.as_ref().is_some_and(|assembly| assembly.deadline <= link.now()) {
            return Err(Error::new(
                ErrorCode::Protocol,
                "the attachments of a packet did not arrive in time",
            ));
        }
        self.give_up_overdue(link);
        Ok(())
    }
}

impl Protocol for SocketIo {
    type Event = Event;

    fn handle(&mut self, link: &mut Link<'_, Event>, input: ProtocolInput<'_>) -> Result<(), Error> {
        match input {
            ProtocolInput::Opened { credentials } => self.auth = options::auth_object(credentials)?,
            ProtocolInput::Frame(frame) => return self.frame(link, frame),
            ProtocolInput::Connected => {
                self.stage = Stage::Flowing;
                for namespace in self.namespaces.values().filter(|namespace| namespace.is_connected()) {
                    link.set_lane_open(namespace.lane, true);
                }
            }
            ProtocolInput::Closing => {
                self.stage = Stage::Shut;
                for namespace in self.namespaces.values().filter(|namespace| namespace.wire == Wire::In) {
                    link.transmit(self.parser.disconnect(&namespace.name));
                }
            }
            ProtocolInput::Closed { cause } => self.closed(link, cause),
            ProtocolInput::Timeout => return self.timeout(link),
        }
        Ok(())
    }

    /// The server ends a session with DISCONNECT: a bare close of the transport is never meant to be final.
    fn close_cause(&self, code: Option<u16>, reason: &str) -> Error {
        let cause = crate::close_cause(code, reason);
        match (cause.code(), code) {
            (ErrorCode::ServerDisconnect | ErrorCode::ServerError, Some(code)) => {
                Error::new(ErrorCode::TransportClosed, cause.message()).with_close_code(code)
            }
            _ => cause,
        }
    }

    fn deadline(&self) -> Option<Timestamp> {
        let attachments = self.assembly.as_ref().map(|assembly| assembly.deadline);
        let answers = self.namespaces.values().filter_map(Namespace::deadline);
        attachments.into_iter().chain(answers).min()
    }

    /// A client that sends an Engine.IO ping is cut off: only the transport's own ping can ask.
    fn ping(&mut self, ping_frames: bool) -> Option<Frame> {
        ping_frames.then(|| self.numbered_ping())
    }

    fn unsolicited_pong(&mut self, _ping_frames: bool) -> Option<Frame> {
        Some(Frame::Text(encode::PONG))
    }
}
