//! Time, and what it brings: arrivals at both ends, ends of callbacks, deadlines.

use core::time::Duration;

use bytes::Bytes;
use bytestring::ByteString;
use rejoin_proto::{Error, ErrorCode, Frame, SocketEvent, Timestamp};

use super::{Step, World};
use crate::checks::Violation;
use crate::peer::{Dial, Down, Up};
use crate::sabotage::Sabotage;
use crate::wire::{Heard, Wire};

const SERVER_PING: Duration = Duration::from_secs(25);

/// What comes next. Input comes before timers, also at one time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Next {
    Dial,
    Up,
    Down,
    ServerPing,
    Credentials,
    Rejoin,
    Timer,
}

impl<W: Wire> World<W> {
    fn next(&self) -> Option<(Timestamp, Next)> {
        let timer = self.connection.poll_timeout().map(|(at, _)| (at, Next::Timer));
        self.next_input().into_iter().chain(timer).min()
    }

    fn next_input(&self) -> Option<(Timestamp, Next)> {
        let mut next: Option<(Timestamp, Next)> = None;
        let mut offer = |at: Option<Timestamp>, kind: Next| {
            if let Some(at) = at
                && next.is_none_or(|(best, _)| at < best)
            {
                next = Some((at, kind));
            }
        };
        if let Some(socket) = &self.socket {
            match &socket.dialing {
                Some((_, Dial::Hangs)) => {}
                Some((at, Dial::Opens | Dial::Fails(_))) => offer(Some(*at), Next::Dial),
                None => {
                    offer(socket.up.front().map(|(at, _)| *at), Next::Up);
                    if !self.paused && !socket.ended {
                        offer(socket.down.front().map(|(at, _)| *at), Next::Down);
                    }
                    offer(socket.server_pings_at, Next::ServerPing);
                }
            }
        }
        offer(self.asking.as_ref().and_then(|callback| callback.at), Next::Credentials);
        offer(self.rejoining.as_ref().and_then(|callback| callback.at), Next::Rejoin);
        next
    }

    /// Lets time pass until something happens. False if nothing ever will.
    pub(super) fn advance(&mut self) -> Result<bool, Violation> {
        let Some((mut at, mut next)) = self.next() else { return Ok(false) };
        if self.is(Sabotage::TimersFirst)
            && self.connection.state().is_connected()
            && let Some((deadline, _)) = self.connection.poll_timeout().filter(|_| next == Next::Down)
        {
            (at, next) = (deadline, Next::Timer);
        }
        self.now = self.now.max(at);
        match next {
            Next::Timer => self.timeout(false)?,
            Next::Dial | Next::Up | Next::Down | Next::ServerPing | Next::Credentials | Next::Rejoin => {
                self.happen(next)?;
            }
        }
        self.flush_a_little()?;
        Ok(true)
    }

    /// The device sleeps: what arrived meanwhile is handed in first, then the timers fire, late.
    pub(super) fn sleep(&mut self, time: Duration) -> Step {
        self.now = self.now + time;
        self.tell(|| format!("slept {time:?}"));
        let due = |world: &Self| world.connection.poll_timeout().filter(|(at, _)| *at <= world.now);
        while let Some((_, next)) = self.next_input().filter(|(at, _)| *at <= self.now) {
            self.happen(next)?;
        }
        let was_late = due(self).is_some_and(|(at, _)| self.now.since(at) > Duration::from_secs(1));
        // Where nothing is due the call is spurious, and must do no harm.
        self.timeout(was_late)
    }

    fn flush_a_little(&mut self) -> Step {
        let at_most = match self.rng.u8(..8) {
            _ if self.healed => usize::MAX,
            0 => 0,
            1 | 2 => 1,
            _ => usize::MAX,
        };
        if at_most > 0 {
            self.flush(at_most)?;
        }
        Ok(())
    }

    fn happen(&mut self, next: Next) -> Step {
        match next {
            Next::Dial => self.dialed(),
            Next::Up => self.arrive_at_server(),
            Next::Down => self.arrive_at_client(),
            Next::ServerPing => {
                let now = self.now;
                if let Some(socket) = &mut self.socket {
                    socket.server_pings_at = Some(now + SERVER_PING);
                    socket.push_down(Down::Frame(W::ping()), now);
                }
                Ok(())
            }
            Next::Credentials => self.answer_credentials(),
            Next::Rejoin => self.answer_rejoin(),
            Next::Timer => self.timeout(false),
        }
    }

    fn dialed(&mut self) -> Step {
        let now = self.now;
        let Some(socket) = &mut self.socket else { return Ok(()) };
        let id = socket.id;
        match socket.dialing.take() {
            Some((_, Dial::Opens)) => {
                if let Some(greeting) = W::greeting() {
                    socket.push_down(Down::Frame(greeting), now);
                }
                if W::SERVER_PINGS {
                    socket.server_pings_at = Some(now + SERVER_PING);
                }
                let ping_frames = self.ping_frames;
                self.tell(|| format!("{id:?} opened"));
                self.model.new_link(now);
                self.input(|core, now| core.handle_socket(id, SocketEvent::Opened { ping_frames }, now))
            }
            Some((_, Dial::Fails(error))) => {
                socket.ended = true;
                self.tell(|| format!("{id:?} failed: {error:?}"));
                self.fails(error.retry_after());
                self.input(|core, now| core.handle_socket(id, SocketEvent::Failed(error), now))
            }
            Some((_, Dial::Hangs)) | None => Ok(()),
        }
    }

    fn arrive_at_server(&mut self) -> Step {
        let now = self.now;
        let acknowledges = self.healed || self.rng.u8(..8) > 0;
        let Some(socket) = &mut self.socket else { return Ok(()) };
        let Some((_, item)) = socket.up.pop_front() else { return Ok(()) };
        if socket.up_lost {
            return Ok(());
        }
        match item {
            Up::Close(code) => {
                if acknowledges {
                    socket.push_down(Down::Closed(Some(code)), now);
                }
            }
            Up::Frame(frame) => match W::hear(&frame) {
                Heard::Handshake => socket.push_down(Down::Frame(W::welcome()), now),
                Heard::Ping => socket.push_down(Down::Frame(Frame::Pong(Bytes::new())), now),
                Heard::Other => {}
                Heard::Message(number) => {
                    self.model.arrived(number)?;
                    let Some(life) = self.model.numbered(number) else { return Ok(()) };
                    if life.spec.ack.is_some() && acknowledges {
                        socket.push_down(Down::Acknowledgement(life.id, number), now);
                    }
                }
            },
        }
        Ok(())
    }

    fn arrive_at_client(&mut self) -> Step {
        let Some(socket) = &mut self.socket else { return Ok(()) };
        let Some((_, item)) = socket.down.pop_front() else { return Ok(()) };
        if socket.down_lost {
            return Ok(());
        }
        let (id, closing) = (socket.id, socket.closing);
        socket.ended = matches!(item, Down::Closed(_) | Down::Reset);
        self.tell(|| format!("< {item:?}"));
        let event = match item {
            Down::Frame(frame) => {
                self.model.hears(matches!(frame, Frame::Pong(_)), self.now);
                SocketEvent::Frame(frame)
            }
            Down::Acknowledgement(message, number) => {
                self.model.hears(false, self.now);
                if let Some(life) = self.model.numbered(number) {
                    life.acknowledged = true;
                }
                SocketEvent::Frame(W::acknowledgement(message))
            }
            Down::Closed(code) => {
                if closing && code == Some(1000) {
                    self.model.hears(false, self.now);
                }
                self.model.closed_with = code;
                self.fails(None);
                SocketEvent::Closed { code, reason: ByteString::new() }
            }
            Down::Reset => {
                self.fails(None);
                SocketEvent::Failed(Error::new(ErrorCode::Network, "reset"))
            }
        };
        self.input(|core, now| core.handle_socket(id, event, now))
    }
}
