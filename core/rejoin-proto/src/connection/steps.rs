//! The steps that the table names: each leaves the connection in a state of the table.

use core::time::Duration;

use super::table::client_disconnect;
use super::timers::Alarm;
use super::{Connection, Event, NetworkHint, Output, Phase, SocketId, State};
use crate::backoff::up_to;
use crate::protocol::{Link, Protocol, ProtocolInput, Requests};
use crate::verdict::Verdict;
use crate::{Credentials, CredentialsReason, Error, ErrorCode, Frame, LaneId, Part, Timestamp, json};

/// Hints never make attempts follow each other faster than this.
const DIAL_SPACING: Duration = Duration::from_secs(1);
/// Close code of a deliberate close (RFC 6455, section 7.4.1).
const NORMAL: u16 = 1000;
const PROTOCOL_ERROR: u16 = 1002;
const POLICY_VIOLATION: u16 = 1008;
/// Close code for a message that the peer finds too big.
const TOO_BIG: u16 = 1009;

impl<P: Protocol> Connection<P> {
    pub(super) fn start(&mut self, now: Timestamp) {
        if self.closed {
            return;
        }
        self.backoff.reset();
        self.strikes.reset();
        self.refused = false;
        self.not_before = now;
        self.dial(now);
    }

    /// Begins an attempt.
    pub(super) fn dial(&mut self, now: Timestamp) {
        self.timers.clear_all();
        self.last_socket = self.last_socket.wrapping_add(1);
        let socket = SocketId(self.last_socket);
        self.socket = Some(socket);
        self.last_dial = Some(now);
        self.counters.attempts += 1;
        self.timers.set(Alarm::Connect, now + self.config.connect_timeout);
        if self.config.credentials {
            self.enter_phase(Phase::Credentials);
            self.timers.set(Alarm::Credentials, now + self.config.credentials_timeout);
            let reason = if self.refused { CredentialsReason::Refused } else { CredentialsReason::Connect };
            self.outputs.push_back(Output::NeedCredentials { socket, reason });
        } else {
            self.open(None);
        }
    }

    pub(super) fn open(&mut self, credentials: Option<Credentials>) {
        self.timers.clear(Alarm::Credentials);
        self.credentials.clone_from(&credentials);
        self.enter_phase(Phase::Opening);
        if let Some(socket) = self.socket {
            self.outputs.push_back(Output::Open { socket, credentials });
        }
    }

    pub(super) fn opened(&mut self, ping_frames: bool, now: Timestamp) {
        self.ping_frames = ping_frames;
        self.enter_phase(Phase::Handshake);
        let credentials = self.credentials.take();
        self.tell_protocol(ProtocolInput::Opened { credentials: credentials.as_ref() }, now);
    }

    /// The peer shows that it lives.
    pub(super) fn heard(&mut self, frames: u64, pong: bool, now: Timestamp) {
        self.counters.frames_received += frames;
        self.liveness.received(pong, now);
        self.timers.clear(Alarm::Proof);
        self.proof_asked = false;
        self.outbox.prove();
    }

    pub(super) fn frame(&mut self, frame: Frame, now: Timestamp) {
        self.heard(1, matches!(frame, Frame::Pong(_)), now);
        if matches!(frame, Frame::Ping(_)) && !self.liveness.pinged_by_peer(now) {
            return self.settle(Requests { end: Some(ping_flood()), ..Requests::default() }, now);
        }
        self.tell_protocol(ProtocolInput::Frame(frame), now);
    }

    pub(super) fn flushed(&mut self, frames: u64, now: Timestamp) {
        self.outbox.flushed(frames, now);
        self.timers.clear(Alarm::Write);
        if self.outbox.has_unflushed() {
            self.timers.set(Alarm::Write, now + self.config.write_timeout);
        }
        self.expect_proof(now);
    }

    /// The handshake is done.
    fn ready(&mut self, resumed: bool, now: Timestamp) {
        let handshaking = matches!(self.state, State::Connecting { phase: Phase::Handshake, .. });
        let (true, Some(socket)) = (handshaking, self.socket) else { return };
        self.resumed = resumed;
        if self.config.rejoin {
            self.enter_phase(Phase::Rejoining);
            self.outbox.set_lane_open(LaneId::SETUP, true);
            self.outputs.push_back(Output::Rejoin { socket });
        } else {
            self.connected(now);
        }
    }

    pub(super) fn connected(&mut self, now: Timestamp) {
        self.timers.clear(Alarm::Connect);
        self.timers.set(Alarm::Stable, now + self.config.backoff.reset_after);
        self.counters.connects += 1;
        self.refused = false;
        self.enter(State::Connected { resumed: self.resumed });
        self.reading(self.reading_paused, now);
        self.tell_protocol(ProtocolInput::Connected, now);
    }

    /// The attempt failed, or the link is gone, unasked: tries again as the verdict says.
    pub(super) fn lost(&mut self, error: Error, now: Timestamp) {
        let suspected = self.liveness.is_suspect(now);
        if error.close_code() == Some(TOO_BIG) {
            self.outbox.reject_largest();
        }
        self.drop_link(&error, now);
        let has_credentials = self.config.credentials;
        let verdict = self.strikes.judge(&error, &self.config.backoff, has_credentials, now);
        let delay = match verdict {
            Verdict::Terminal => return self.enter_disconnected(error.with_retryable(false)),
            Verdict::Refresh => {
                self.refused = true;
                // A server that refuses one may refuse all: they must not come back as one.
                self.count_failure().then(|| self.backoff.delay(&mut self.rng))
            }
            Verdict::Retry { floor, window } => self.count_failure().then(|| {
                self.not_before = now + floor;
                let first = self.backoff.failures() == 1;
                let spread = match () {
                    // What was lost to sleep or a change of network is not a failing server.
                    () if first && suspected => up_to(self.config.backoff.online_window, &mut self.rng),
                    () if first && !window.is_zero() => up_to(window, &mut self.rng),
                    () => self.backoff.delay(&mut self.rng),
                };
                floor.saturating_add(spread)
            }),
        };
        match delay {
            Some(delay) => self.wait(now + delay, error.with_retryable(true)),
            None => {
                let tries = json::number(self.backoff.failures().into());
                let message =
                    ["gave up after ", &tries, " attempts: ", error.code().as_str(), ": ", error.message()]
                        .concat();
                self.enter_disconnected(Error::new(ErrorCode::AttemptsExhausted, message));
            }
        }
    }

    fn count_failure(&mut self) -> bool {
        self.backoff.fail()
    }

    fn wait(&mut self, retry_at: Timestamp, cause: Error) {
        self.timers.set(Alarm::Retry, retry_at);
        let attempt = self.backoff.failures().saturating_add(1);
        self.enter(State::Waiting { attempt, retry_at, cause });
    }

    pub(super) fn begin_disconnect(&mut self, now: Timestamp) {
        self.timers.clear(Alarm::Stable);
        self.timers.set(Alarm::CloseGrace, now + self.config.close_grace);
        self.farewell = false;
        self.closing = false;
        self.connect_again = false;
        self.enter(State::Disconnecting);
    }

    /// The peer answered our close, or ended the link while we were about to.
    pub(super) fn closed_as_asked(&mut self, error: &Error, now: Timestamp) {
        // The answer to our close repeats its code, and comes after all that was sent before it.
        if self.closing && error.close_code() == Some(NORMAL) {
            self.outbox.prove();
        }
        self.disconnected(client_disconnect(), now);
    }

    /// Ends whatever there is, because the application asked for it.
    pub(super) fn disconnected(&mut self, reason: Error, now: Timestamp) {
        self.drop_link(&reason, now);
        if self.closed {
            self.outbox.close();
        }
        let again = core::mem::take(&mut self.connect_again) && !self.closed;
        if !matches!(self.state, State::Disconnected { reason: Some(_) }) {
            self.enter_disconnected(reason.with_retryable(false));
        }
        if again {
            self.start(now);
        }
    }

    /// The link is at its end, for a reason that was found out here.
    pub(super) fn end_link(&mut self, error: Error, now: Timestamp) {
        if self.state == State::Disconnecting {
            self.disconnected(client_disconnect(), now);
        } else {
            self.lost(error, now);
        }
    }

    fn enter_disconnected(&mut self, reason: Error) {
        self.enter(State::Disconnected { reason: Some(reason) });
    }

    /// Forgets the live socket and all that belonged to it.
    fn drop_link(&mut self, cause: &Error, now: Timestamp) {
        self.timers.clear_all();
        self.liveness.stop();
        self.proof_asked = false;
        self.control.clear();
        let Some(socket) = self.socket.take() else { return };
        let asked = !matches!(self.state, State::Connecting { phase: Phase::Credentials, .. });
        if asked {
            self.outputs.push_back(Output::Abort { socket, code: parting_code(cause) });
        }
        self.outbox.link_lost();
        // Nothing follows from what it says to that: there is no link any more.
        self.ask_protocol(ProtocolInput::Closed { cause }, now);
        self.control.clear();
    }

    pub(super) fn hint_while_waiting(&mut self, hint: NetworkHint, now: Timestamp) {
        match hint {
            NetworkHint::Online | NetworkHint::Woke | NetworkHint::Foreground => {}
            NetworkHint::Offline | NetworkHint::Background => return,
        }
        let State::Waiting { attempt, retry_at, cause } = &self.state else { return };
        let (attempt, retry_at, cause) = (*attempt, *retry_at, cause.clone());
        let soon = now + up_to(self.config.backoff.online_window, &mut self.rng);
        let spaced = self.last_dial.map_or(soon, |last| soon.max(last + DIAL_SPACING));
        let at = spaced.max(self.not_before).min(retry_at);
        if at < retry_at {
            self.timers.set(Alarm::Retry, at);
            self.enter(State::Waiting { attempt, retry_at: at, cause });
        }
    }

    /// An attempt that began on a network that is gone would only run into its deadline.
    pub(super) fn hint_while_opening(&mut self, hint: NetworkHint, now: Timestamp) {
        let again = match hint {
            NetworkHint::Online | NetworkHint::Woke => true,
            NetworkHint::Offline | NetworkHint::Foreground | NetworkHint::Background => false,
        };
        if again && self.last_dial.is_none_or(|last| now.since(last) >= DIAL_SPACING) {
            let cause = Error::new(ErrorCode::Network, "the network changed");
            self.drop_link(&cause, now);
            self.dial(now);
        }
    }

    pub(super) fn tick_offline(&mut self, now: Timestamp) {
        self.outbox.expire(now);
    }

    pub(super) fn next_frame(&mut self, now: Timestamp) -> Option<(Frame, Option<Part>)> {
        if self.closing && self.state == State::Disconnecting {
            return None;
        }
        if !self.outbox.is_mid_message()
            && let Some(frame) = self.control.pop_front()
        {
            self.outbox.count_frame();
            return Some((frame, None));
        }
        let message = match &self.state {
            State::Connected { .. } | State::Disconnecting => self.outbox.poll_frame(now, false),
            State::Connecting { phase: Phase::Rejoining, .. } => self.outbox.poll_frame(now, true),
            State::Disconnected { .. } | State::Connecting { .. } | State::Waiting { .. } => None,
        };
        match message {
            Some((frame, part)) => Some((frame, Some(part))),
            None if self.state == State::Disconnecting => Some((self.close_drained(now)?, None)),
            None => None,
        }
    }

    /// All that flowed was pulled: now the protocol's farewell, and after its last frame the close.
    fn close_drained(&mut self, now: Timestamp) -> Option<Frame> {
        let socket = self.socket?;
        if !self.farewell {
            self.farewell = true;
            self.ask_protocol(ProtocolInput::Closing, now);
            if let Some(frame) = self.control.pop_front() {
                self.outbox.count_frame();
                return Some(frame);
            }
        }
        self.closing = true;
        self.outputs.push_back(Output::Close { socket, code: NORMAL });
        None
    }

    /// Whether the handshake is done on a live socket.
    pub(super) fn is_online(&self) -> bool {
        matches!(
            self.state,
            State::Connecting { phase: Phase::Rejoining, .. }
                | State::Connected { .. }
                | State::Disconnecting
        )
    }

    pub(super) fn call_protocol<R>(
        &mut self,
        now: Timestamp,
        call: impl FnOnce(&mut P, &mut Link<'_, P::Event>) -> R,
    ) -> (R, Requests) {
        let mut requests = Requests::default();
        let mut link = Link {
            now,
            online: self.is_online(),
            ping_frames: self.ping_frames,
            control: &mut self.control,
            events: &mut self.outputs,
            outbox: &mut self.outbox,
            liveness: &mut self.liveness,
            requests: &mut requests,
        };
        let result = call(&mut self.protocol, &mut link);
        (result, requests)
    }

    /// What the protocol asks for when it is told this. An error of its is the end of the link.
    fn ask_protocol(&mut self, input: ProtocolInput<'_>, now: Timestamp) -> Requests {
        let (result, mut requests) = self.call_protocol(now, |protocol, link| protocol.handle(link, input));
        if let Err(error) = result {
            requests.end = Some(error);
        }
        requests
    }

    pub(super) fn tell_protocol(&mut self, input: ProtocolInput<'_>, now: Timestamp) {
        let requests = self.ask_protocol(input, now);
        self.settle(requests, now);
    }

    /// Does what the protocol asked for.
    pub(super) fn settle(&mut self, requests: Requests, now: Timestamp) {
        if let Some(resumed) = requests.ready {
            self.ready(resumed, now);
        }
        let Some(error) = requests.end else { return };
        if self.socket.is_some() {
            self.end_link(error, now);
        }
    }

    fn enter_phase(&mut self, phase: Phase) {
        let attempt = self.backoff.failures().saturating_add(1);
        self.enter(State::Connecting { attempt, phase });
    }

    fn enter(&mut self, state: State) {
        self.state = state.clone();
        self.outputs.push_back(Output::Event(Event::State(state)));
    }
}

/// What the peer is told when it is at fault (RFC 6455, section 7.4.1); a close code in the error is the peer's own.
fn parting_code(cause: &Error) -> Option<u16> {
    if cause.code() == ErrorCode::Protocol && cause.close_code().is_none() {
        return Some(PROTOCOL_ERROR);
    }
    if cause.code() == ErrorCode::TooBig && cause.close_code().is_none() {
        return Some(TOO_BIG);
    }
    (cause.code() == ErrorCode::SlowConsumer).then_some(POLICY_VIOLATION)
}

fn ping_flood() -> Error {
    Error::new(ErrorCode::Protocol, "the server floods the client with pings")
}
