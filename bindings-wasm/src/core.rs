//! The core of one client, as JavaScript holds it.

use std::time::Duration;

use rejoin_proto::socketio::{Limits, Options, SocketIo};
use rejoin_proto::{
    Config, Connection, Error, Event, Frame, Output, PlainWebSocket, SocketId, TextHeartbeat, Timestamp,
};
use wasm_bindgen::prelude::*;

use crate::call::Call;
use crate::effects::Left;
use crate::inbox::Inbox;
use crate::messages::MessageOptions;
use crate::records::{Records, Text, error_record};
use crate::settings;
use crate::wire::Wire;

/// The core of one client.
#[wasm_bindgen]
pub struct Core {
    pub(crate) connection: Connection<Wire>,
    pub(crate) inbox: Inbox,
    pub(crate) records: Records,
    /// How the next message is sent.
    pub(crate) options: MessageOptions,
    /// Where JavaScript keeps the content of the frame that is being handled.
    pub(crate) slot: Option<f64>,
    /// The frame that JavaScript is writing.
    pub(crate) frame: Frame,
    /// The text that JavaScript is reading.
    pub(crate) said: String,
    /// What JavaScript reads after a call.
    pub(crate) left: Box<Left>,
}

impl std::fmt::Debug for Core {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Core")
    }
}

#[wasm_bindgen]
impl Core {
    /// A core that is to be told first what it speaks.
    pub fn make() -> Option<Self> {
        let config = Config::default();
        let protocol = Wire::Plain(PlainWebSocket::new(&config.heartbeat, None));
        Some(Self {
            connection: Connection::new(config, protocol, 0).ok()?,
            inbox: Inbox::default(),
            records: Records::default(),
            options: MessageOptions::default(),
            slot: None,
            frame: Frame::Binary(bytes::Bytes::new()),
            said: String::new(),
            left: Box::default(),
        })
    }

    /// Where the core leaves what JavaScript reads: see `Left`.
    pub fn left(&self) -> *const f64 {
        self.left.address()
    }

    /// Does what `call`, a number of `Call`, stands for, with four numbers that belong to it and the time, in milliseconds
    /// of the driver's clock. Gives what that leads to; -1 if it failed, and then `Said` is the record of the error; NaN where
    /// there is no such call.
    pub fn call(&mut self, call: u8, a: f64, b: f64, c: f64, d: f64, now: f64) -> f64 {
        let now = Timestamp::from_nanos((now * 1e6) as u64);
        self.forget_read();
        let Some(call) = Call::of(call) else { return f64::NAN };
        let result = self.carry_out(call, [a, b, c, d], now);
        self.drain(now);
        let result = result.unwrap_or_else(|error| {
            self.said = error_record(&error);
            -1.0
        });
        self.leave();
        result
    }
}

/// A duration that may be NaN or less than 0, for none.
pub(crate) fn duration(millis: f64) -> Option<Duration> {
    (millis >= 0.0).then(|| Duration::from_nanos((millis * 1e6) as u64))
}

impl Core {
    pub(crate) fn set_up(&mut self, socketio: bool, seed: f64, parts: f64) -> Result<f64, Error> {
        let mut parts = self.inbox.parts(parts);
        let config = settings::config(parts.next().unwrap_or_default());
        let protocol = if socketio {
            let limits = Limits { max_packet_bytes: config.max_message_bytes, ..Limits::default() };
            let options = Options { namespaces: Vec::new(), limits, ..Options::default() };
            Wire::SocketIo(Box::new(SocketIo::new(options)?))
        } else {
            let text = parts.text().map(|ping| TextHeartbeat { ping, pong: parts.text() });
            Wire::Plain(PlainWebSocket::new(&config.heartbeat, text))
        };
        self.connection = Connection::new(config, protocol, seed.to_bits())?;
        Ok(0.0)
    }

    /// One of: attempts, connects, frames sent, frames received, outbox messages, outbox bytes, the longest message that is
    /// accepted.
    pub(crate) fn stat(&self, which: f64) -> f64 {
        let counters = self.connection.counters();
        let stats = [
            counters.attempts as f64,
            counters.connects as f64,
            counters.frames_sent as f64,
            counters.frames_received as f64,
            self.connection.outbox_len() as f64,
            self.connection.outbox_bytes() as f64,
            self.connection.config().max_message_bytes as f64,
        ];
        stats.get(which as usize).copied().unwrap_or(f64::NAN)
    }

    /// Takes what the connection says after each input, so that it stands in order among what else happens.
    pub(crate) fn drain(&mut self, now: Timestamp) {
        let slot = self.slot.take();
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
