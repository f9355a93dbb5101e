//! The core of one client, as JavaScript holds it.

use std::time::Duration;

use rejoin_proto::socketio::{Limits, Options, SocketIo};
use rejoin_proto::{
    Connection, Error, ErrorCode, Event, Frame, Output, PlainWebSocket, SocketId, TextHeartbeat, Timestamp,
};
use wasm_bindgen::prelude::*;

use crate::records::{Records, Text, error_record};
use crate::settings;
use crate::wire::Wire;

/// The core of one client. Every method that changes it takes the time, in milliseconds of the driver's clock, and leaves
/// what the driver has to do where `out` says.
#[wasm_bindgen]
pub struct Core {
    pub(crate) connection: Connection<Wire>,
    pub(crate) records: Records,
    /// Where JavaScript puts bytes before the call that is about them.
    pub(crate) inbox: Vec<u8>,
    /// The frame that JavaScript is writing.
    pub(crate) frame: Frame,
    /// What JavaScript reads after a call: see `Out`.
    pub(crate) out: Box<[f64; 9]>,
    /// Why the last call failed.
    pub(crate) error: Option<Error>,
}

impl std::fmt::Debug for Core {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Core")
    }
}

/// The record of an error with this code: whether it is retryable, and what the remedy is.
#[wasm_bindgen]
pub fn describe(code: &str, message: &str) -> String {
    error_record(&Error::new(known_code(code), message))
}

/// The code of this name.
pub(crate) fn known_code(name: &str) -> ErrorCode {
    ErrorCode::ALL.iter().copied().find(|code| code.as_str() == name).unwrap_or(ErrorCode::Network)
}

/// How long a message may wait: NaN or less than 0 means for ever.
pub(crate) fn duration(millis: f64) -> Option<Duration> {
    (millis >= 0.0).then(|| Duration::from_micros((millis * 1000.0) as u64))
}

fn timestamp(millis: f64) -> Timestamp {
    Timestamp::new(Duration::from_micros((millis * 1000.0) as u64))
}

#[wasm_bindgen]
impl Core {
    /// A core that is disconnected, and speaks plain WebSocket. Throws `invalid_argument`, as the text of its record.
    ///
    /// # Errors
    /// As above.
    pub fn plain(
        settings: &[f64],
        seed: f64,
        ping: Option<String>,
        pong: Option<String>,
    ) -> Result<Self, String> {
        let config = settings::config(settings);
        let text = ping.map(|ping| TextHeartbeat { ping: ping.into(), pong: pong.map(Into::into) });
        let protocol = Wire::Plain(PlainWebSocket::new(&config.heartbeat, text));
        Self::new(Connection::new(config, protocol, seed.to_bits()))
    }

    /// A core that is disconnected, and speaks Socket.IO, without a namespace. Throws as `plain`.
    ///
    /// # Errors
    /// As above.
    pub fn socketio(settings: &[f64], seed: f64) -> Result<Self, String> {
        let config = settings::config(settings);
        let limits = Limits { max_packet_bytes: config.max_message_bytes, ..Limits::default() };
        let protocol = SocketIo::new(Options { namespaces: Vec::new(), limits, ..Options::default() });
        Self::new(
            protocol.and_then(|protocol| {
                Connection::new(config, Wire::SocketIo(Box::new(protocol)), seed.to_bits())
            }),
        )
    }

    fn new(connection: Result<Connection<Wire>, Error>) -> Result<Self, String> {
        let mut core = Self {
            connection: connection.map_err(|error| error_record(&error))?,
            records: Records::default(),
            inbox: Vec::new(),
            frame: Frame::Binary(bytes::Bytes::new()),
            out: Box::default(),
            error: None,
        };
        core.tell();
        Ok(core)
    }

    /// Why the last call failed: the text of an error's record.
    pub fn error(&mut self) -> String {
        self.error.take().as_ref().map(error_record).unwrap_or_default()
    }

    /// attempts, connects, frames sent, frames received, outbox messages, outbox bytes.
    pub fn stats(&self) -> Vec<f64> {
        let counters = self.connection.counters();
        vec![
            counters.attempts as f64,
            counters.connects as f64,
            counters.frames_sent as f64,
            counters.frames_received as f64,
            self.connection.outbox_len() as f64,
            self.connection.outbox_bytes() as f64,
        ]
    }
}

impl Core {
    /// Gives the core an input, and takes what it says, so that it stands in order among what else happens. `slot`:
    /// where JavaScript keeps the content of the frame that is being handled.
    pub(crate) fn input_with<T>(
        &mut self,
        now: f64,
        slot: Option<f64>,
        input: impl FnOnce(&mut Connection<Wire>, Timestamp) -> T,
    ) -> T {
        let now = timestamp(now);
        let result = input(&mut self.connection, now);
        self.drain(now, slot);
        self.tell();
        result
    }

    pub(crate) fn input<T>(
        &mut self,
        now: f64,
        input: impl FnOnce(&mut Connection<Wire>, Timestamp) -> T,
    ) -> T {
        self.input_with(now, None, input)
    }

    /// The number that a call has led to; -1 if it failed, and then [`error`](Self::error) says why.
    pub(crate) fn number(&mut self, result: Result<u64, Error>) -> f64 {
        match result {
            Ok(number) => number as f64,
            Err(error) => {
                self.error = Some(error);
                -1.0
            }
        }
    }

    fn drain(&mut self, now: Timestamp, slot: Option<f64>) {
        while let Some(output) = self.connection.poll_output() {
            match output {
                Output::NeedCredentials { socket, reason } => {
                    self.records.text(Text::Credentials).number(socket.get().into()).string(reason.as_str());
                }
                Output::Rejoin { socket } => {
                    self.records.text(Text::Rejoin).number(socket.get().into());
                }
                Output::Open { socket, credentials } => {
                    let in_header = self.connection.protocol().token_in_header();
                    let token = credentials.as_ref().filter(|_| in_header).and_then(|given| given.token());
                    let record = self.records.commands.add(Text::Open).number(socket.get().into());
                    if let Some(token) = token {
                        record.string(token.expose());
                    }
                }
                Output::Close { socket, code } => self.command(Text::Close, socket, code),
                Output::Abort { socket, .. } => self.command(Text::Abort, socket, 0),
                Output::Event(Event::State(state)) => self.records.state(&state, now),
                Output::Event(Event::Receipt(receipt)) => self.records.receipt(&receipt),
                Output::Event(Event::Protocol(event)) => {
                    event.record(self.connection.protocol(), slot, &mut self.records);
                }
            }
        }
    }

    fn command(&mut self, kind: Text, socket: SocketId, code: u16) {
        self.records.commands.add(kind).number(socket.get().into()).number(code.into());
    }
}
