//! The connection: a pure state machine. See [`Connection`].

pub(crate) mod liveness;
mod output;
mod state;
mod steps;
mod table;
#[cfg(test)]
mod tests;
mod timers;
mod watch;

use core::time::Duration;
use std::collections::VecDeque;

pub use liveness::Heartbeat;
pub use output::{Event, NetworkHint, Output, SocketEvent, SocketId};
pub use state::{Phase, State};
pub use timers::Timer;

use crate::backoff::Backoff;
use crate::outbox::Outbox;
use crate::protocol::{Link, Protocol};
use crate::verdict::Strikes;
use crate::{Config, Credentials, Error, ErrorCode, Frame, MessageId, Part, Timestamp};
use liveness::Liveness;
use table::Input;
use timers::{Timers, sooner};

/// A deadline that is handled later than this was kept by a clock that slept or a timer that was throttled.
const LATE: Duration = Duration::from_secs(1);

/// One frame for a socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transmit {
    /// The socket.
    pub socket: SocketId,
    /// What to write.
    pub frame: Frame,
    /// Which part of which message it is; `None` for a frame of the protocol's own.
    pub part: Option<Part>,
}

/// What a connection has counted since it was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Attempts to connect.
    pub attempts: u64,
    /// Connections that came to be.
    pub connects: u64,
    /// Frames given to sockets.
    pub frames_sent: u64,
    /// Frames that arrived.
    pub frames_received: u64,
}

/// A connection over any number of sockets: reconnects, keeps a heartbeat, and accounts for each message.
///
/// It is pure: time is an argument, randomness comes from the seed, I/O is the driver's. Any call is legal in any
/// state. After each input (`handle_*`, commands) the driver carries out [`poll_output`](Self::poll_output) until
/// it is empty, writes what [`poll_transmit`](Self::poll_transmit) gives for as long as the socket takes more, and
/// calls [`handle_timeout`](Self::handle_timeout) at [`poll_timeout`](Self::poll_timeout). Frames that wait in the
/// socket are handed in before a timeout: they may be the sign of life that it misses.
#[derive(Debug)]
pub struct Connection<P: Protocol> {
    config: Config,
    protocol: P,
    rng: fastrand::Rng,
    state: State,
    /// The attempt or link that is alive.
    socket: Option<SocketId>,
    last_socket: u32,
    credentials: Option<Credentials>,
    /// The server refused the last credentials.
    refused: bool,
    ping_frames: bool,
    /// What the handshake said of the session.
    resumed: bool,
    /// The peer could not be asked for a sign of life, and is given time to show one.
    proof_asked: bool,
    /// The driver does not read: it says so once, whatever the state.
    reading_paused: bool,
    /// While disconnecting: the protocol said what it says before a close.
    farewell: bool,
    /// While disconnecting: the close was sent, nothing follows it.
    closing: bool,
    /// While disconnecting: connect was called.
    connect_again: bool,
    closed: bool,
    last_dial: Option<Timestamp>,
    /// No attempt before this moment, whatever hints say: the server asked for it.
    not_before: Timestamp,
    backoff: Backoff,
    strikes: Strikes,
    timers: Timers,
    liveness: Liveness,
    outbox: Outbox,
    control: VecDeque<Frame>,
    outputs: VecDeque<Output<P::Event>>,
    counters: Counters,
}

impl<P: Protocol> Connection<P> {
    /// A connection that is disconnected. The same seed and the same inputs give the same outputs.
    ///
    /// # Errors
    /// `invalid_argument`, naming the field of the configuration that is wrong.
    pub fn new(config: Config, protocol: P, seed: u64) -> Result<Self, Error> {
        config.validate()?;
        Ok(Self {
            rng: fastrand::Rng::with_seed(seed),
            state: State::Disconnected { reason: None },
            socket: None,
            last_socket: 0,
            credentials: None,
            refused: false,
            ping_frames: false,
            resumed: false,
            proof_asked: false,
            reading_paused: false,
            farewell: false,
            closing: false,
            connect_again: false,
            closed: false,
            last_dial: None,
            not_before: Timestamp::ZERO,
            backoff: Backoff::new(config.backoff.clone()),
            strikes: Strikes::default(),
            timers: Timers::default(),
            liveness: Liveness::default(),
            outbox: Outbox::new(config.outbox.clone()),
            control: VecDeque::new(),
            outputs: VecDeque::new(),
            counters: Counters::default(),
            protocol,
            config,
        })
    }

    /// Connects, and stays connected until [`disconnect`](Self::disconnect). In vain after [`close`](Self::close).
    pub fn connect(&mut self, now: Timestamp) {
        self.step(Input::Connect, now);
    }

    /// Sends what flows, then closes. No timer and no hint connects again. What cannot be sent now keeps waiting.
    pub fn disconnect(&mut self, now: Timestamp) {
        self.step(Input::Disconnect, now);
    }

    /// Disconnects for good: every message comes to its end.
    pub fn close(&mut self, now: Timestamp) {
        self.closed = true;
        self.outbox.shut();
        self.step(Input::Disconnect, now);
    }

    /// Something happened to a socket. Events of another socket than the live one change nothing.
    pub fn handle_socket(&mut self, socket: SocketId, event: SocketEvent, now: Timestamp) {
        if self.socket != Some(socket) {
            return;
        }
        let input = match event {
            SocketEvent::Opened { ping_frames } => Input::Opened { ping_frames },
            SocketEvent::Frame(frame) => Input::Frame(frame),
            SocketEvent::Progress => Input::Progress,
            SocketEvent::Flushed { frames } => Input::Flushed { frames },
            SocketEvent::Closed { code, reason } => Input::Lost(self.protocol.close_cause(code, &reason)),
            SocketEvent::Failed(error) => Input::Lost(error),
        };
        self.step(input, now);
    }

    /// Messages arrived, all at once, of which the driver keeps the content, because it means nothing to the protocol:
    /// plain WebSocket without a text heartbeat. True if they are for the application.
    pub fn handle_messages(&mut self, socket: SocketId, count: u64, now: Timestamp) -> bool {
        let listens = self.socket == Some(socket) && self.is_online();
        if listens {
            self.heard(count, false, now);
        }
        listens
    }

    /// Whether a message would change more than when the peer was last heard. While it would not, a driver may tell of
    /// messages later: with the next input, and with the time of the last of them.
    pub fn awaits_life(&self) -> bool {
        !self.state.is_connected() || self.liveness.awaits() || self.outbox.has_unproven()
    }

    /// The network or the application's own state changed.
    pub fn handle_network(&mut self, hint: NetworkHint, now: Timestamp) {
        self.step(Input::Network(hint), now);
    }

    /// The credentials callback answered, for the attempt `socket`. A late answer changes nothing.
    pub fn handle_credentials(
        &mut self,
        socket: SocketId,
        answer: Result<Credentials, Error>,
        now: Timestamp,
    ) {
        if self.socket == Some(socket) {
            self.step(Input::Credentials(answer), now);
        }
    }

    /// The application's on-connect step ended, on `socket`. A late answer changes nothing.
    pub fn handle_rejoined(&mut self, socket: SocketId, answer: Result<(), Error>, now: Timestamp) {
        if self.socket == Some(socket) {
            self.step(Input::Rejoined(answer), now);
        }
    }

    /// The application's inbound queue is full, and the driver stopped reading (or goes on).
    pub fn handle_reading(&mut self, paused: bool, now: Timestamp) {
        self.reading_paused = paused;
        self.step(Input::Reading { paused }, now);
    }

    /// Time passed. Late and spurious calls are fine.
    pub fn handle_timeout(&mut self, now: Timestamp) {
        // One deadline that is long over tells that we slept, and makes all others suspect.
        let late = self.poll_timeout().is_some_and(|(at, _)| now.since(at) > LATE);
        while let Some(alarm) = self.timers.take_due(now) {
            self.step(Input::Alarm { alarm, late }, now);
        }
        self.step(Input::Tick { late }, now);
    }

    /// Takes back a message that was not sent yet. False if it was, or is not known.
    pub fn withdraw(&mut self, id: MessageId) -> bool {
        self.outbox.withdraw(id)
    }

    /// Calls the protocol outside of an input: for what it offers to the application.
    pub fn with_protocol<R>(
        &mut self,
        now: Timestamp,
        call: impl FnOnce(&mut P, &mut Link<'_, P::Event>) -> R,
    ) -> R {
        let (result, requests) = self.call_protocol(now, call);
        self.settle(requests, now);
        result
    }

    /// The next frame for the live socket. Pull only while it can take more: this is the backpressure.
    pub fn poll_transmit(&mut self, now: Timestamp) -> Option<Transmit> {
        let socket = self.socket?;
        let (frame, part) = self.next_frame(now)?;
        self.timers.set_if_idle(timers::Alarm::Write, now + self.config.write_timeout);
        self.counters.frames_sent += 1;
        Some(Transmit { socket, frame, part })
    }

    /// The next effect. What became of messages comes first, then all else in the order in which it arose.
    pub fn poll_output(&mut self) -> Option<Output<P::Event>> {
        match self.outbox.poll_receipt() {
            Some(receipt) => Some(Output::Event(Event::Receipt(receipt))),
            None => self.outputs.pop_front(),
        }
    }

    /// When to call [`handle_timeout`](Self::handle_timeout) at the latest, and why. Changes with every other call.
    pub fn poll_timeout(&self) -> Option<(Timestamp, Timer)> {
        let liveness = if self.is_online() { self.liveness.next() } else { None };
        let mut next = sooner(self.timers.next(), liveness);
        next = sooner(next, self.outbox.ack_deadline().map(|at| (at, Timer::Ack)));
        next = sooner(next, self.outbox.expiry().map(|at| (at, Timer::Expiry)));
        sooner(next, self.protocol.deadline().map(|at| (at, Timer::Protocol)))
    }

    /// The state.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// The configuration.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The protocol, to look at.
    pub fn protocol(&self) -> &P {
        &self.protocol
    }

    /// The attempt or link that is alive.
    pub fn socket(&self) -> Option<SocketId> {
        self.socket
    }

    /// Whether [`close`](Self::close) was called.
    pub fn is_closed(&self) -> bool {
        self.closed
    }

    /// Whether calls are still accepted.
    ///
    /// # Errors
    /// `client_closed`.
    pub fn check_open(&self) -> Result<(), Error> {
        if self.closed { Err(Error::new(ErrorCode::ClientClosed, "the client is closed")) } else { Ok(()) }
    }

    /// What was counted so far.
    pub fn counters(&self) -> Counters {
        self.counters
    }

    /// Messages in the outbox: waiting, on the way, or waiting for their acknowledgement.
    pub fn outbox_len(&self) -> usize {
        self.outbox.len()
    }

    /// The bytes of payload that the outbox holds.
    pub fn outbox_bytes(&self) -> usize {
        self.outbox.bytes()
    }
}
