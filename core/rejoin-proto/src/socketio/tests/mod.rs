//! Scenarios against a scripted server: what it sends, and what must be on the wire.

#![allow(clippy::wildcard_enum_match_arm)]

mod binary;
mod faults;
mod heartbeat;
mod kept;
#[cfg(feature = "msgpack")]
mod msgpack;
mod mutation;
mod namespaces;
mod recovery;
mod rejoining;
mod vectors;

use core::time::Duration;

use bytes::Bytes;
use bytestring::ByteString;

use super::*;
use crate::{
    Ack, Config, Connection, MessageId, NetworkHint, Outcome, Output, Receipt, SendOptions, SocketEvent,
    State,
};

pub(super) const OPEN: &str =
    r#"0{"sid":"engine","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}"#;

/// A client whose server is the test.
pub(super) struct Client {
    pub(super) connection: Connection<SocketIo>,
    pub(super) now: Timestamp,
    outputs: Vec<Output<Event>>,
    pulled: u64,
    /// What the pings held that are not answered.
    pings: Vec<Bytes>,
}

impl Client {
    pub(super) fn new(config: Config, options: Options) -> Self {
        let connection = Connection::new(config, SocketIo::new(options).unwrap(), 7).unwrap();
        Self { connection, now: Timestamp::ZERO, outputs: Vec::new(), pulled: 0, pings: Vec::new() }
    }

    /// Connected to `/`, the handshake already pulled.
    pub(super) fn connected() -> Self {
        let mut client = Self::new(Config::default(), Options::default());
        client.dial();
        client.hear(r#"40{"sid":"s1"}"#);
        assert_eq!(client.connection.state(), &State::Connected { resumed: false });
        client.sent();
        client.events();
        client
    }

    /// Connects the transport and hears `open`.
    pub(super) fn dial(&mut self) {
        self.connection.connect(self.now);
        self.accept();
    }

    /// The transport of the attempt that is on its way opens.
    pub(super) fn accept(&mut self) {
        self.pulled = 0;
        self.socket(SocketEvent::Opened { ping_frames: true });
        self.hear(OPEN);
    }

    /// The link is lost, and the next attempt's transport opens.
    pub(super) fn reconnect(&mut self) {
        self.lose();
        self.wait_for_retry();
        self.accept();
    }

    pub(super) fn lose(&mut self) {
        self.socket(SocketEvent::Closed { code: None, reason: ByteString::new() });
    }

    pub(super) fn wait_for_retry(&mut self) {
        let State::Waiting { retry_at, .. } = *self.connection.state() else {
            panic!("not waiting: {:?}", self.connection.state());
        };
        self.now = retry_at;
        self.connection.handle_timeout(self.now);
    }

    pub(super) fn pass(&mut self, time: Duration) {
        let until = self.now + time;
        let mut deadlines = 0;
        while let Some((at, timer)) = self.connection.poll_timeout().filter(|(at, _)| *at <= until) {
            deadlines += 1;
            assert!(deadlines < 100_000, "{timer:?} is due again and again");
            self.now = self.now.max(at);
            self.connection.handle_timeout(self.now);
        }
        self.now = until;
    }

    pub(super) fn socket(&mut self, event: SocketEvent) {
        let socket = self.connection.socket().expect("an attempt");
        self.connection.handle_socket(socket, event, self.now);
    }

    pub(super) fn hear(&mut self, text: &str) {
        self.socket(SocketEvent::Frame(Frame::Text(text.into())));
    }

    /// The server answers the last ping only, as it may.
    pub(super) fn answer_ping(&mut self) {
        let payload = self.pings.pop().expect("a ping");
        self.pings.clear();
        self.socket(SocketEvent::Frame(Frame::Pong(payload)));
    }

    pub(super) fn hear_binary(&mut self, bytes: &'static [u8]) {
        self.socket(SocketEvent::Frame(Frame::Binary(Bytes::from_static(bytes))));
    }

    /// What the server gets now; binary frames in hexadecimal.
    pub(super) fn sent(&mut self) -> Vec<String> {
        let mut frames = Vec::new();
        while let Some(transmit) = self.connection.poll_transmit(self.now) {
            self.pulled += 1;
            frames.push(match transmit.frame {
                Frame::Text(text) => text.into(),
                Frame::Binary(bytes) => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
                Frame::Ping(payload) => {
                    self.pings.push(payload);
                    "ping".to_owned()
                }
                Frame::Pong(_) => "pong".to_owned(),
            });
        }
        if self.connection.socket().is_some() {
            self.socket(SocketEvent::Flushed { frames: self.pulled });
        }
        frames
    }

    fn drain(&mut self) {
        while let Some(output) = self.connection.poll_output() {
            self.outputs.push(output);
        }
    }

    /// What the application was told since the last call.
    pub(super) fn events(&mut self) -> Vec<Event> {
        self.drain();
        let told = core::mem::take(&mut self.outputs).into_iter();
        told.filter_map(|output| match output {
            Output::Event(crate::Event::Protocol(event)) => Some(event),
            _ => None,
        })
        .collect()
    }

    /// What became of messages since the last call.
    pub(super) fn outcomes(&mut self) -> Vec<(MessageId, Outcome)> {
        self.drain();
        let told = core::mem::take(&mut self.outputs).into_iter();
        told.filter_map(|output| match output {
            Output::Event(crate::Event::Receipt(Receipt { id, outcome, .. })) => Some((id, outcome)),
            _ => None,
        })
        .collect()
    }

    pub(super) fn emit(&mut self, name: &str, array: &str) -> MessageId {
        self.emit_with("/", name, array, EmitOptions::default())
    }

    pub(super) fn emit_with(
        &mut self,
        namespace: &str,
        name: &str,
        array: &str,
        options: EmitOptions,
    ) -> MessageId {
        let args = Args::from_array(array).unwrap();
        self.connection.emit(namespace, name, args, options, self.now).unwrap()
    }

    pub(super) fn cause(&self) -> &Error {
        match self.connection.state() {
            State::Waiting { cause, .. } => cause,
            State::Disconnected { reason: Some(reason) } => reason,
            state => panic!("still {state:?}"),
        }
    }
}

pub(super) fn with_ack(retries: u32) -> EmitOptions {
    EmitOptions { ack: Some(Ack { timeout: Duration::from_secs(10), retries }), ..EmitOptions::default() }
}

pub(super) fn volatile() -> EmitOptions {
    EmitOptions { send: SendOptions { volatile: true, ..SendOptions::default() }, ..EmitOptions::default() }
}

/// Name and arguments of the events among what the application was told.
pub(super) fn received(events: &[Event]) -> Vec<(String, String)> {
    let named = events.iter().filter_map(|event| match event {
        Event::Event { name, args, .. } => Some((name.to_string(), args.text().to_string())),
        _ => None,
    });
    named.collect()
}
