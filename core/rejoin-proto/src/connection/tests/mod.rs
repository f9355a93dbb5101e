//! The connection, driven by hand.
#![allow(clippy::unwrap_used)]

mod credentials;
mod disconnecting;
mod faults;
mod liveness;
mod matrix;
mod messages;

use core::time::Duration;

use bytes::Bytes;
use bytestring::ByteString;

use super::*;
use crate::{Ack, LaneId, Message, Outcome, Outgoing, PlainWebSocket, Protocol, ProtocolInput, SendOptions};

fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// A plain WebSocket whose handshake ends with the text `ready`.
#[derive(Debug)]
struct Slow(PlainWebSocket);

impl Protocol for Slow {
    type Event = Message;

    fn handle(&mut self, link: &mut Link<'_, Message>, input: ProtocolInput<'_>) -> Result<(), Error> {
        match input {
            ProtocolInput::Opened { .. } => {
                link.set_heartbeat(Heartbeat::Ping { interval: ms(25_000), timeout: ms(10_000) });
            }
            ProtocolInput::Frame(Frame::Text(text)) if text == "ready" => link.ready(false),
            ProtocolInput::Frame(Frame::Text(text)) if text == "broken" => {
                return Err(Error::new(ErrorCode::Protocol, "broken"));
            }
            ProtocolInput::Closing => {
                link.transmit(Frame::Text("bye".into()));
                link.transmit(Frame::Text("bye bye".into()));
            }
            other @ (ProtocolInput::Frame(_)
            | ProtocolInput::Connected
            | ProtocolInput::Closed { .. }
            | ProtocolInput::Timeout) => return self.0.handle(link, other),
        }
        Ok(())
    }

    fn deadline(&self) -> Option<Timestamp> {
        None
    }

    fn ping(&mut self, ping_frames: bool) -> Option<Frame> {
        self.0.ping(ping_frames)
    }

    fn unsolicited_pong(&mut self, ping_frames: bool) -> Option<Frame> {
        self.0.unsolicited_pong(ping_frames)
    }
}

/// A connection with a clock, and all that it said.
struct Rig {
    connection: Connection<Slow>,
    now: Timestamp,
    outputs: Vec<Output<Message>>,
    pulled: u64,
    ping_frames: bool,
}

impl Rig {
    fn new(config: Config) -> Self {
        let protocol = Slow(PlainWebSocket::new(&config.heartbeat, None));
        let connection = Connection::new(config, protocol, 1).unwrap();
        let now = Timestamp::from_millis(1_000_000);
        Self { connection, now, outputs: Vec::new(), pulled: 0, ping_frames: true }
    }

    fn connected(config: Config) -> Self {
        let mut rig = Self::new(config);
        rig.connect();
        rig.establish();
        rig
    }

    /// Connected as a page is to a server that does not ping: nobody can ask for a sign of life.
    fn connected_without_heartbeat(config: Config) -> Self {
        let mut rig = Self::new(config);
        rig.ping_frames = false;
        rig.connect();
        rig.open();
        rig.connection.with_protocol(rig.now, |_, link| link.set_heartbeat(Heartbeat::None));
        rig.text("ready");
        rig
    }

    /// From opening to connected.
    fn establish(&mut self) {
        self.open();
        self.text("ready");
        if self.connection.config().rejoin {
            self.rejoined(Ok(()));
        }
        assert!(self.connection.state().is_connected(), "{:?}", self.connection.state());
    }

    fn connect(&mut self) {
        self.connection.connect(self.now);
        self.drain();
    }

    fn drain(&mut self) {
        while let Some(output) = self.connection.poll_output() {
            self.outputs.push(output);
        }
    }

    fn socket(&self) -> SocketId {
        self.connection.socket().unwrap_or(SocketId(self.connection.last_socket))
    }

    fn event(&mut self, event: SocketEvent) {
        self.connection.handle_socket(self.socket(), event, self.now);
        self.drain();
    }

    fn open(&mut self) {
        self.pulled = 0;
        self.event(SocketEvent::Opened { ping_frames: self.ping_frames });
    }

    fn text(&mut self, text: &'static str) {
        self.event(SocketEvent::Frame(Frame::Text(text.into())));
    }

    fn pong(&mut self) {
        self.event(SocketEvent::Frame(Frame::Pong(Bytes::new())));
    }

    fn closed(&mut self, code: u16) {
        self.event(SocketEvent::Closed { code: Some(code), reason: ByteString::new() });
    }

    fn failed(&mut self, error: Error) {
        self.event(SocketEvent::Failed(error));
    }

    fn cut(&mut self) {
        self.failed(Error::new(ErrorCode::Network, "reset"));
    }

    fn credentials(&mut self, answer: Result<Credentials, Error>) {
        self.connection.handle_credentials(self.socket(), answer, self.now);
        self.drain();
    }

    fn rejoined(&mut self, answer: Result<(), Error>) {
        self.connection.handle_rejoined(self.socket(), answer, self.now);
        self.drain();
    }

    fn hint(&mut self, hint: NetworkHint) {
        self.connection.handle_network(hint, self.now);
        self.drain();
    }

    fn pull(&mut self) -> Vec<Frame> {
        let mut frames = Vec::new();
        while let Some(transmit) = self.connection.poll_transmit(self.now) {
            self.pulled += 1;
            frames.push(transmit.frame);
        }
        self.drain();
        frames
    }

    fn pull_texts(&mut self) -> Vec<String> {
        let text = |frame: &Frame| match frame {
            Frame::Text(text) => text.to_string(),
            Frame::Binary(_) => "binary".to_owned(),
            Frame::Ping(_) => "ping".to_owned(),
            Frame::Pong(_) => "pong".to_owned(),
        };
        self.pull().iter().map(text).collect()
    }

    fn flush(&mut self) {
        self.event(SocketEvent::Flushed { frames: self.pulled });
    }

    /// Pulls and flushes all that flows.
    fn write(&mut self) {
        self.pull();
        self.flush();
    }

    fn send(&mut self, text: &str) -> MessageId {
        self.send_with(text, SendOptions::default(), None).unwrap()
    }

    fn send_with(&mut self, text: &str, options: SendOptions, ack: Option<Ack>) -> Result<MessageId, Error> {
        let head = Frame::Text(text.into());
        let outgoing = Outgoing { lane: LaneId::MAIN, head, attachments: Vec::new(), kept: 0, options, ack };
        self.connection.with_protocol(self.now, |_, link| link.send(outgoing))
    }

    fn send_acked(&mut self, text: &str, timeout: u64, retries: u32) -> MessageId {
        self.send_with(text, SendOptions::default(), Some(Ack { timeout: ms(timeout), retries })).unwrap()
    }

    fn acknowledge(&mut self, id: MessageId) -> bool {
        let known = self.connection.with_protocol(self.now, |_, link| link.acknowledged(id, LaneId::MAIN));
        self.drain();
        known
    }

    /// Lets time pass with a punctual driver that writes what it gets.
    fn advance(&mut self, by: u64) {
        let end = self.now + ms(by);
        let mut deadlines = 0;
        while let Some((at, timer)) = self.connection.poll_timeout().filter(|(at, _)| *at <= end) {
            deadlines += 1;
            assert!(deadlines < 100_000, "{timer:?} is due again and again");
            self.now = self.now.max(at);
            self.connection.handle_timeout(self.now);
            self.drain();
        }
        self.now = end;
    }

    /// Time passes, and nobody looks at the clock meanwhile.
    fn sleep(&mut self, by: u64) {
        self.now = self.now + ms(by);
    }

    fn wake(&mut self) {
        self.connection.handle_timeout(self.now);
        self.drain();
    }

    fn receipts(&mut self) -> Vec<(u64, Outcome)> {
        self.drain();
        let receipt = |output: Output<Message>| match output {
            Output::Event(Event::Receipt(receipt)) => Some((receipt.id.get(), receipt.outcome)),
            Output::Event(Event::State(_) | Event::Protocol(_))
            | Output::NeedCredentials { .. }
            | Output::Open { .. }
            | Output::Rejoin { .. }
            | Output::Close { .. }
            | Output::Abort { .. } => None,
        };
        core::mem::take(&mut self.outputs).into_iter().filter_map(receipt).collect()
    }

    /// The state's name, or the phase while connecting.
    fn name(&self) -> &'static str {
        match self.connection.state() {
            State::Connecting { phase, .. } => phase.as_str(),
            other @ (State::Disconnected { .. }
            | State::Connected { .. }
            | State::Waiting { .. }
            | State::Disconnecting) => other.as_str(),
        }
    }

    /// Why there is no connection.
    fn cause(&self) -> ErrorCode {
        match self.connection.state() {
            State::Waiting { cause, .. } | State::Disconnected { reason: Some(cause) } => cause.code(),
            other @ (State::Disconnected { reason: None }
            | State::Connecting { .. }
            | State::Connected { .. }
            | State::Disconnecting) => panic!("no cause in {other:?}"),
        }
    }

    /// How long until the next attempt.
    fn delay(&self) -> Duration {
        match self.connection.state() {
            State::Waiting { retry_at, .. } => retry_at.since(self.now),
            other @ (State::Disconnected { .. }
            | State::Connecting { .. }
            | State::Connected { .. }
            | State::Disconnecting) => panic!("no delay in {other:?}"),
        }
    }

    /// Waits for the next attempt and lets it begin.
    fn retry(&mut self) {
        self.advance(u64::try_from(self.delay().as_millis()).unwrap() + 1);
        assert_ne!(self.name(), "waiting");
    }
}
