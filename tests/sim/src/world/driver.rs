//! The driver: carries out what the core says, and moves frames between it and the socket.

use rejoin_proto::{
    Credentials, Error, ErrorCode, Event, Frame, LaneId, Output, SocketEvent, SocketId, State, Timer,
};

use super::{Callback, Step, World};
use crate::checks::{Check, Violation};
use crate::peer::{Socket, Up};
use crate::sabotage::Sabotage;
use crate::wire::{Heard, Wire};

impl<W: Wire> World<W> {
    /// Carries out all outputs, and pulls frames while the socket takes more.
    pub(super) fn pump(&mut self) -> Step {
        loop {
            while let Some(output) = self.connection.poll_output() {
                self.carry_out(output)?;
            }
            if !self.socket.as_ref().is_some_and(Socket::takes_frames) {
                return Ok(());
            }
            let Some(transmit) = self.connection.poll_transmit(self.now) else {
                // Pulling nothing may be what lets the close be said.
                match self.connection.poll_output() {
                    Some(output) => self.carry_out(output)?,
                    None => return Ok(()),
                }
                continue;
            };
            self.transmit(transmit.socket, transmit.frame)?;
        }
    }

    fn transmit(&mut self, id: SocketId, frame: Frame) -> Step {
        self.tell(|| format!("  > {frame:?}"));
        let heard = W::hear(&frame);
        if let Heard::Message(number) = heard {
            let setup = self.model.numbered(number).is_some_and(|life| life.spec.setup);
            let rejoined = self.model.rejoined || !self.connection.config().rejoin;
            Check::NothingBeforeRejoined.holds(setup || rejoined, || {
                format!("message {number} came before the on-connect step was done")
            })?;
        }
        let swaps = self.is(Sabotage::Swap);
        let Some(socket) = &mut self.socket else { return Ok(()) };
        Check::OneSocket.holds(socket.id == id, || format!("a frame of {id:?} for {:?}", socket.id))?;
        if swaps && !socket.fed.is_empty() && matches!(heard, Heard::Message(_)) {
            socket.fed.push_front(frame);
        } else {
            socket.fed.push_back(frame);
        }
        Ok(())
    }

    /// Hands frames to the network. False if there was none.
    pub(super) fn flush(&mut self, at_most: usize) -> Result<bool, Violation> {
        let hides = self.is(Sabotage::HideFlushes);
        let to_nowhere = self.is(Sabotage::FlushToNowhere);
        let Some(socket) = &mut self.socket else { return Ok(false) };
        if !socket.is_open() || socket.closing || socket.stalled || socket.fed.is_empty() {
            return Ok(false);
        }
        let frames = socket.fed.len().min(at_most);
        for frame in socket.fed.drain(..frames) {
            socket.flushed += 1;
            if let Heard::Message(number) = W::hear(&frame) {
                if to_nowhere {
                    continue;
                }
                self.model.flushed(number);
            }
            let arrival = self.now + core::time::Duration::from_millis(socket.delay);
            socket.up.push_back((arrival, Up::Frame(frame)));
        }
        let (id, flushed) = (socket.id, socket.flushed);
        if !hides {
            self.tell(|| format!("flushed {flushed}"));
            self.input(|core, now| core.handle_socket(id, SocketEvent::Flushed { frames: flushed }, now))?;
        }
        Ok(true)
    }

    fn carry_out(&mut self, output: Output<<W::Protocol as rejoin_proto::Protocol>::Event>) -> Step {
        self.tell(|| format!("  {output:?}"));
        self.check_silence_after_close(&output)?;
        match output {
            Output::NeedCredentials { socket, reason: _ } => {
                let (at, succeeds) = self.random_answer(9_000);
                self.asking = Some(Callback { socket, at, succeeds });
                self.check_wanted()
            }
            Output::Open { socket, credentials: _ } => self.open(socket),
            Output::Rejoin { socket } => {
                let (at, succeeds) = self.random_answer(2_000);
                self.rejoining = Some(Callback { socket, at, succeeds });
                Ok(())
            }
            Output::Close { socket, code } => {
                self.close_socket(socket, code);
                Ok(())
            }
            Output::Abort { socket, .. } => {
                if self.is(Sabotage::KeepSockets) {
                    return Ok(());
                }
                let now = self.now;
                self.left_unread = self.socket.as_ref().is_some_and(|socket| socket.has_unread(now));
                self.socket = self.socket.take().filter(|live| live.id != socket);
                self.old_socket = Some(socket);
                self.rejoining = None;
                Ok(())
            }
            Output::Event(Event::State(state)) => self.state_changed(state),
            Output::Event(Event::Receipt(receipt)) => {
                if self.is(Sabotage::SwallowReceipts) {
                    return Ok(());
                }
                let no_pings = !self.ping_frames && !W::SERVER_PINGS;
                self.model.receipt(receipt, self.now, no_pings)?;
                if self.is(Sabotage::RepeatReceipts) {
                    self.model.receipt(receipt, self.now, no_pings)?;
                }
                Ok(())
            }
            Output::Event(Event::Protocol(event)) => {
                if let Some(id) = W::acknowledged(&event) {
                    self.connection.with_protocol(self.now, |_, link| link.acknowledged(id, LaneId::MAIN));
                }
                Ok(())
            }
        }
    }

    fn open(&mut self, id: SocketId) -> Step {
        let live = self.socket.as_ref().map(|socket| socket.id);
        Check::OneSocket.holds(live.is_none(), || format!("{id:?} was opened beside {live:?}"))?;
        self.check_wanted()?;
        let dial = self.random_dial();
        let at = self.now + core::time::Duration::from_millis(self.rng.u64(1..200));
        let delay = self.rng.u64(1..50);
        self.socket = Some(Socket::new(id, at, dial, delay));
        Ok(())
    }

    fn close_socket(&mut self, id: SocketId, code: u16) {
        let Some(socket) = self.socket.as_mut().filter(|socket| socket.id == id) else { return };
        socket.closing = true;
        // The close frame follows what was fed: the network takes all of it, or none.
        if socket.stalled {
            return;
        }
        while let Some(frame) = socket.fed.pop_front() {
            if let Heard::Message(number) = W::hear(&frame) {
                self.model.flushed(number);
            }
            socket.flushed += 1;
            socket.push_up(Up::Frame(frame), self.now);
        }
        socket.push_up(Up::Close(code), self.now);
        let flushed = socket.flushed;
        self.connection.handle_socket(id, SocketEvent::Flushed { frames: flushed }, self.now);
    }

    /// A callback of the application ends.
    pub(super) fn answer_credentials(&mut self) -> Step {
        let Some(Callback { socket, succeeds, .. }) = self.asking.take() else { return Ok(()) };
        self.tell(|| format!("credentials: {succeeds}"));
        if !succeeds && self.is(Sabotage::StopWithCredentials) {
            let error = Error::new(ErrorCode::CredentialsFailed, "thrown");
            return self.state_changed(State::Disconnected { reason: Some(error) });
        }
        let answer = match succeeds {
            true => Ok(Credentials::bearer("t")),
            false => Err(Error::new(self.random_code(), "thrown")),
        };
        self.input(|core, now| core.handle_credentials(socket, answer, now))
    }

    pub(super) fn answer_rejoin(&mut self) -> Step {
        let Some(Callback { socket, succeeds, .. }) = self.rejoining.take() else { return Ok(()) };
        self.tell(|| format!("on-connect step: {succeeds}"));
        self.model.rejoined = succeeds;
        let answer = if succeeds { Ok(()) } else { Err(Error::new(self.random_code(), "thrown")) };
        self.input(|core, now| core.handle_rejoined(socket, answer, now))
    }

    /// The deadline of the core has come, or so the driver thinks.
    pub(super) fn timeout(&mut self, late: bool) -> Step {
        if self.is(Sabotage::IgnoreTimers) {
            return Ok(());
        }
        let next = self.connection.poll_timeout();
        self.tell(|| format!("timeout {next:?}"));
        if self.is(Sabotage::SkipRejoining)
            && let Some(callback) = &self.rejoining
        {
            let socket = callback.socket;
            self.input(|core, now| core.handle_rejoined(socket, Ok(()), now))?;
        }
        if self.is(Sabotage::IgnoreHeartbeat)
            && let Some(socket) = self.socket.as_ref().filter(|socket| socket.is_open())
        {
            let id = socket.id;
            let frame = Frame::Pong(bytes::Bytes::new());
            self.input(|core, now| core.handle_socket(id, SocketEvent::Frame(frame), now))?;
        }
        self.stability_passes();
        let hurries = match self.last_state {
            State::Waiting { .. } => self.is(Sabotage::HurryRetries),
            State::Connected { .. } => self.is(Sabotage::HurryStability),
            State::Disconnected { .. } | State::Connecting { .. } | State::Disconnecting => false,
        };
        let ahead = core::time::Duration::from_secs(if hurries { 11 } else { 0 });
        let stands_still =
            self.is(Sabotage::StopClock) && next.is_some_and(|(_, timer)| timer != Timer::Retry);
        self.late = late && !self.model.suspect;
        self.model.suspect |= late;
        self.input(|core, now| {
            core.handle_timeout(if stands_still { rejoin_proto::Timestamp::ZERO } else { now + ahead });
        })?;
        self.late = false;
        if let Some((at, timer)) = self.connection.poll_timeout() {
            Check::TimersAdvance
                .holds(at > self.now, || format!("{timer:?} is due at {at}, after it was handled"))?;
        }
        Ok(())
    }
}
