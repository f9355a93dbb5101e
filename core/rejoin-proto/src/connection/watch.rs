//! The steps that watch a live link: signs of life, stalls, and deadlines that came late.

use core::time::Duration;

use super::liveness::Silence;
use super::timers::Alarm;
use super::{Connection, NetworkHint};
use crate::protocol::{Protocol, ProtocolInput};
use crate::{Error, ErrorCode, Frame, Timestamp};

/// How long messages may have left in silence before the peer is asked for a sign of life.
const PROOF_DELAY: Duration = Duration::from_millis(250);

impl<P: Protocol> Connection<P> {
    pub(super) fn hint_while_connected(&mut self, hint: NetworkHint, now: Timestamp) {
        match hint {
            NetworkHint::Online | NetworkHint::Offline | NetworkHint::Woke | NetworkHint::Foreground => {
                self.probe(now)
            }
            NetworkHint::Background => {}
        }
    }

    /// Asks the peer for a sign of life, with a short deadline.
    fn probe(&mut self, now: Timestamp) {
        if self.liveness.is_probing() || self.liveness.is_paused() {
            return;
        }
        let asked = self.ping(now);
        self.liveness.probe(self.config.probe_timeout, asked, now);
    }

    /// The peer did not acknowledge in time. Whatever it sends, our frames may not reach it: only a pong shows that.
    fn demand_pong(&mut self, now: Timestamp) {
        let frame = if self.ping_frames { self.protocol.ping(true) } else { None };
        if !matches!(frame, Some(Frame::Ping(_))) || self.liveness.is_paused() {
            return;
        }
        if !self.liveness.is_answer_due() {
            self.ping(now);
        }
        self.liveness.demand_pong();
    }

    /// True if there is a way to ask.
    fn ping(&mut self, now: Timestamp) -> bool {
        let Some(frame) = self.protocol.ping(self.ping_frames) else { return false };
        self.control.push_back(frame);
        self.liveness.pinged(now);
        true
    }

    pub(super) fn reading(&mut self, paused: bool, now: Timestamp) {
        if paused == self.liveness.is_paused() {
            return;
        }
        self.liveness.set_paused(paused, now);
        if paused {
            self.timers.set(Alarm::Read, now + self.config.read_timeout);
        } else {
            self.timers.clear(Alarm::Read);
            self.expect_proof(now);
        }
    }

    pub(super) fn expect_proof(&mut self, now: Timestamp) {
        if self.outbox.has_unproven() {
            self.timers.set_if_idle(Alarm::Proof, now + PROOF_DELAY);
        }
    }

    pub(super) fn read_overdue(&mut self, late: bool, now: Timestamp) {
        if late {
            // The application slept as we did.
            self.timers.set(Alarm::Read, now + self.config.read_timeout);
        } else {
            self.end_link(Error::new(ErrorCode::SlowConsumer, "the application does not read"), now);
        }
    }

    pub(super) fn write_overdue(&mut self, late: bool, now: Timestamp) {
        if !self.outbox.has_unflushed() {
            return;
        }
        if late {
            // The network had no time to take it, and may have forgotten us.
            self.timers.set(Alarm::Write, now + self.config.write_timeout);
            self.probe(now);
        } else {
            self.end_link(Error::new(ErrorCode::WriteTimeout, "the network takes no more data"), now);
        }
    }

    /// Messages left a while ago, and nothing was heard since.
    pub(super) fn proof_due(&mut self, now: Timestamp) {
        if !self.outbox.has_unproven() || self.liveness.is_paused() || self.liveness.is_answer_due() {
            return;
        }
        if self.proof_asked {
            // There was no way to ask, and the time in which a suspect link is found out has passed.
            self.proof_asked = false;
            self.outbox.prove();
        } else if !self.ping(now) && !self.liveness.is_expecting() {
            // A peer that is expected to speak proves it by that, or its silence ends the link.
            self.proof_asked = true;
            self.timers.set(Alarm::Proof, now + self.config.probe_timeout);
        }
    }

    pub(super) fn tick_link(&mut self, late: bool, now: Timestamp) {
        if self.outbox.time_out(now) && self.state.is_connected() {
            self.demand_pong(now);
        }
        if self.protocol.deadline().is_some_and(|at| at <= now) {
            self.tell_protocol(ProtocolInput::Timeout, now);
        }
        if self.is_online() {
            self.judge_silence(late, now);
        }
        // Last, for a lost link may have brought back what expired on its way.
        self.outbox.expire(now);
    }

    fn judge_silence(&mut self, late: bool, now: Timestamp) {
        match self.liveness.judge(late, now) {
            None => {}
            Some(Silence::Ping) if self.liveness.is_paused() => {
                if let Some(pong) = self.protocol.unsolicited_pong(self.ping_frames) {
                    self.control.push_back(pong);
                }
            }
            Some(Silence::Ping) => {
                self.ping(now);
            }
            Some(Silence::Suspect) => self.probe(now),
            Some(Silence::Dead) => {
                let error = Error::new(ErrorCode::HeartbeatTimeout, "the server shows no sign of life");
                self.end_link(error, now);
            }
        }
    }
}
