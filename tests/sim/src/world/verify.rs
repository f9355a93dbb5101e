//! The checks after each step, and what the model learns from each change of state.

use core::time::Duration;

use rejoin_proto::{ErrorCode, Output, Protocol, State};

use super::config::{MAX_BYTES, MAX_MESSAGES};
use super::{Step, World};
use crate::checks::Check;
use crate::wire::Wire;

type OutputOf<W> = Output<<<W as Wire>::Protocol as Protocol>::Event>;

impl<W: Wire> World<W> {
    /// What must hold after every input.
    pub(super) fn verify(&mut self) -> Step {
        self.check_outbox()?;
        self.check_latch()?;
        self.check_dead_link()?;
        self.check_closed()?;
        self.over = self.model.closed && matches!(self.connection.state(), State::Disconnected { .. });
        Ok(())
    }

    fn check_outbox(&self) -> Step {
        let (messages, bytes) = (self.connection.outbox_len(), self.connection.outbox_bytes());
        let within = messages <= MAX_MESSAGES && bytes <= MAX_BYTES;
        Check::OutboxIsBounded.holds(within, || format!("{messages} messages of {bytes} bytes"))?;
        let held = self.model.held();
        Check::OutboxIsBounded
            .holds(messages == held, || format!("it counts {messages} messages and holds {held}"))
    }

    fn check_latch(&self) -> Step {
        let state = self.connection.state();
        let off = matches!(state, State::Disconnected { .. } | State::Disconnecting);
        Check::DisconnectLatches
            .holds(self.model.wants || off, || format!("{state:?}, which nobody asked for"))
    }

    /// An attempt begins: somebody asked for it.
    pub(super) fn check_wanted(&self) -> Step {
        Check::DisconnectLatches.holds(self.model.wants, || "an attempt that nobody asked for".to_owned())
    }

    fn check_dead_link(&self) -> Step {
        let config = self.connection.config();
        let heartbeat = config.heartbeat.interval + config.heartbeat.timeout;
        let longest =
            if W::SERVER_PINGS { Duration::from_secs(45) } else { heartbeat } + config.probe_timeout;
        let judged = self.connection.state().is_connected()
            && !self.paused
            && (W::SERVER_PINGS || self.ping_frames)
            && !self.model.suspect;
        if !judged || self.model.heard_within(longest, self.now) {
            return Ok(());
        }
        // A timer that is due was not handled yet.
        let due = self.connection.poll_timeout().is_some_and(|(at, _)| at <= self.now);
        Check::DeadLinksAreFound
            .holds(due, || format!("connected, and the server silent since {}", self.model.heard_at))
    }

    fn check_closed(&self) -> Step {
        if !self.model.closed || !matches!(self.connection.state(), State::Disconnected { .. }) {
            return Ok(());
        }
        let timeout = self.connection.poll_timeout();
        Check::NothingAfterClose.holds(timeout.is_none(), || format!("{timeout:?} after close"))?;
        let unended = self.model.unended();
        Check::NothingAfterClose.holds(unended == 0, || format!("{unended} messages did not end with close"))
    }

    pub(super) fn check_silence_after_close(&self, output: &OutputOf<W>) -> Step {
        Check::NothingAfterClose.holds(!self.over, || format!("{output:?} after close"))
    }

    /// A failure is about to be handed in.
    pub(super) fn fails(&mut self, retry_after: Option<Duration>) {
        self.model.floor = self.now + retry_after.unwrap_or_default();
    }

    /// A deadline is about to be handled: a connection that lasted lets failures be forgotten.
    pub(super) fn stability_passes(&mut self) {
        let lasts = self.connection.config().backoff.reset_after;
        if self.connected_at.is_some_and(|at| self.now.since(at) >= lasts) {
            self.model.failures = 0;
        }
    }

    pub(super) fn state_changed(&mut self, state: State) -> Step {
        let before = core::mem::replace(&mut self.last_state, state.clone());
        let waited = matches!(before, State::Waiting { .. });
        self.connected_at = None;
        match state {
            State::Disconnected { reason } => {
                self.model.failures = 0;
                let code = reason.map(|error| error.code());
                if code != Some(ErrorCode::ClientDisconnect) {
                    self.model.wants = false;
                }
                let credentials = matches!(
                    code,
                    Some(
                        ErrorCode::CredentialsFailed
                            | ErrorCode::CredentialsTimeout
                            | ErrorCode::RejoinFailed
                    )
                );
                Check::CredentialsDoNotStop.holds(!credentials, || format!("disconnected by {code:?}"))
            }
            State::Connecting { attempt, phase } => {
                let failures = self.model.failures;
                Check::AttemptsAreCounted.holds(attempt == failures + 1, || {
                    format!("attempt {attempt} after {failures} failures")
                })?;
                self.model.floor = self.now;
                let early = waited && !self.connecting && self.now < self.model.retry_at;
                Check::NoEarlyRetry
                    .holds(!early, || format!("{phase:?} at {}, before {}", self.now, self.model.retry_at))
            }
            State::Connected { .. } => {
                self.connected_at = Some(self.now);
                Ok(())
            }
            State::Waiting { attempt, retry_at, cause } => {
                self.model.failures += u32::from(!waited);
                let failures = self.model.failures;
                Check::AttemptsAreCounted.holds(attempt == failures + 1, || {
                    format!("waiting for attempt {attempt} after {failures} failures")
                })?;
                Check::NoEarlyRetry.holds(retry_at >= self.model.floor, || {
                    format!("retry at {retry_at}, the server said {}", self.model.floor)
                })?;
                self.model.retry_at = retry_at;
                self.add_jitter(waited, cause.code(), retry_at.since(self.now));
                self.check_judgement(cause.code(), matches!(before, State::Connected { .. }))
            }
            State::Disconnecting => Ok(()),
        }
    }

    fn add_jitter(&mut self, hinted: bool, cause: ErrorCode, delay: Duration) {
        let backoff = &self.connection.config().backoff;
        if !hinted && matches!(cause, ErrorCode::Network | ErrorCode::Refused) && !self.model.suspect {
            let doubled = 1u32.checked_shl(self.model.failures - 1).unwrap_or(u32::MAX);
            self.jitter.add(delay, backoff.initial.saturating_mul(doubled).min(backoff.max));
        }
    }

    /// A link was given up: was it silent for long enough, with all that arrived handed in?
    fn check_judgement(&self, cause: ErrorCode, was_connected: bool) -> Step {
        if !was_connected || !matches!(cause, ErrorCode::HeartbeatTimeout) {
            return Ok(());
        }
        Check::LivingLinksAreKept.holds(!self.left_unread, || "given up with unread input".to_owned())?;
        let config = self.connection.config();
        let silent = !self.model.heard_within(config.probe_timeout, self.now);
        let deaf = self.now.since(self.model.pong_at) >= config.heartbeat.timeout;
        Check::LivingLinksAreKept
            .holds(silent || deaf, || format!("given up after a sign of life at {}", self.model.heard_at))?;
        Check::LivingLinksAreKept.holds(!self.late, || "given up by a late timer, unasked".to_owned())
    }
}
