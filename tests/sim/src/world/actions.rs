//! The steps of a schedule, drawn at random.

use core::time::Duration;

use bytes::Bytes;
use bytestring::ByteString;
use rejoin_proto::{Ack, Error, ErrorCode, Frame, LaneId, NetworkHint, SendOptions, SocketEvent};

use super::{Step, World};
use crate::checks::Check;
use crate::peer::{Down, Socket};
use crate::sabotage::Sabotage;
use crate::wire::{MAX_MESSAGES, Spec, Wire};

static KEYS: [&str; 2] = ["x", "y"];

impl<W: Wire> World<W> {
    /// One step.
    pub(super) fn act(&mut self) -> Step {
        match self.rng.u8(..100) {
            0..50 => {
                self.advance()?;
            }
            50..67 => self.send()?,
            67..70 => self.connect()?,
            70 => self.disconnect()?,
            71 if self.rng.u8(..4) == 0 => self.close()?,
            71..73 => self.withdraw()?,
            73..77 => self.hint()?,
            77..79 => self.pause(!self.paused)?,
            79..81 => self.wait_a_little(),
            81 => {
                let seconds = self.rng.u64(1..200);
                self.sleep(Duration::from_secs(seconds))?;
            }
            82 => self.sleep(Duration::ZERO)?,
            83..85 => self.old_event()?,
            85..100 => {
                self.break_something();
                self.pump()?;
            }
            _ => {}
        }
        if self.is(Sabotage::ConnectByItself) && !self.model.wants && !self.model.closed {
            self.input(|core, now| core.connect(now))?;
        }
        if self.is(Sabotage::AcknowledgeByItself)
            && let Some(id) = self.model.lives.last().map(|life| life.id)
        {
            self.input(|core, now| core.with_protocol(now, |_, link| link.acknowledged(id, LaneId::MAIN)))?;
        }
        Ok(())
    }

    fn send(&mut self) -> Step {
        if usize::from(self.next_number) >= MAX_MESSAGES {
            return Ok(());
        }
        let rng = &mut self.rng;
        let setup = self.rejoining.is_some() && rng.bool();
        let ack = (!setup && rng.bool())
            .then(|| Ack { timeout: Duration::from_millis(rng.u64(1..20_000)), retries: rng.u32(..3) });
        let options = SendOptions {
            volatile: setup || rng.u8(..8) == 0,
            ttl: (rng.u8(..6) == 0).then(|| Duration::from_millis(rng.u64(..5_000))),
            key: (!setup && rng.u8(..6) == 0).then(|| ByteString::from_static(KEYS[rng.usize(..2)])),
        };
        let options = if setup { SendOptions { volatile: true, ..SendOptions::default() } } else { options };
        let spec = Spec { number: self.next_number, size: rng.usize(1..64), setup, ack, options };
        self.next_number += 1;
        self.tell(|| format!("send {spec:?}"));
        self.inputs += 1;
        let result = W::send(&mut self.connection, &spec, self.now);
        let closed = self.model.closed;
        match result {
            Ok(id) => {
                Check::NothingAfterClose.holds(!closed, || format!("{id} was accepted after close"))?;
                self.model.accepted(spec, id, self.now);
            }
            Err(error) => {
                let known = matches!(error.code(), ErrorCode::QueueFull | ErrorCode::TooBig)
                    || (closed && error.code() == ErrorCode::ClientClosed);
                Check::OutcomesAreTrue.holds(known, || format!("refused with {error}"))?;
                self.tell(|| format!("  {error}"));
            }
        }
        self.pump()?;
        self.verify()
    }

    pub(super) fn connect(&mut self) -> Step {
        self.tell(|| "connect".to_owned());
        if !self.model.closed {
            self.model.wants = true;
        }
        self.connecting = true;
        self.input(|core, now| core.connect(now))?;
        self.connecting = false;
        Ok(())
    }

    fn disconnect(&mut self) -> Step {
        self.tell(|| "disconnect".to_owned());
        self.model.wants = false;
        self.input(|core, now| core.disconnect(now))
    }

    fn close(&mut self) -> Step {
        self.tell(|| "close".to_owned());
        self.model.wants = false;
        self.model.closed = true;
        let halfway = self.is(Sabotage::CloseHalfway);
        self.input(|core, now| if halfway { core.disconnect(now) } else { core.close(now) })
    }

    fn withdraw(&mut self) -> Step {
        if self.model.lives.is_empty() {
            return Ok(());
        }
        let at = self.rng.usize(..self.model.lives.len());
        let id = self.model.lives[at].id;
        // The receipt comes with the call: the model must know before.
        self.inputs += 1;
        let withdrawn = self.connection.withdraw(id);
        self.tell(|| format!("withdraw {id}: {withdrawn}"));
        self.model.lives[at].withdrawn |= withdrawn;
        self.pump()?;
        self.verify()
    }

    fn hint(&mut self) -> Step {
        let hint = match self.rng.u8(..5) {
            0 => NetworkHint::Online,
            1 => NetworkHint::Offline,
            2 => NetworkHint::Woke,
            3 => NetworkHint::Foreground,
            _ => NetworkHint::Background,
        };
        self.tell(|| format!("{hint:?}"));
        self.model.suspect = true;
        self.input(|core, now| core.handle_network(hint, now))
    }

    pub(super) fn pause(&mut self, paused: bool) -> Step {
        self.tell(|| format!("reading paused: {paused}"));
        self.paused = paused;
        self.model.heard_at = self.now;
        self.input(|core, now| core.handle_reading(paused, now))
    }

    fn wait_a_little(&mut self) {
        let time = Duration::from_millis(self.rng.u64(..300));
        let latest = self.connection.poll_timeout().map_or(self.now + time, |(at, _)| at);
        self.now = self.now.max((self.now + time).min(latest));
    }

    /// An old socket is heard of again.
    fn old_event(&mut self) -> Step {
        let Some(old) = self.old_socket else { return Ok(()) };
        let event = match self.rng.u8(..5) {
            0 => SocketEvent::Opened { ping_frames: true },
            1 => SocketEvent::Frame(Frame::Pong(Bytes::new())),
            2 => SocketEvent::Flushed { frames: u64::MAX },
            3 => SocketEvent::Closed { code: Some(1000), reason: ByteString::new() },
            _ => SocketEvent::Failed(Error::new(ErrorCode::Forbidden, "old")),
        };
        let mixed_up = self.is(Sabotage::MixUpSockets);
        let id = self.socket.as_ref().map(|socket| socket.id).filter(|_| mixed_up).unwrap_or(old);
        self.tell(|| format!("{id:?}, which is gone: {event:?}"));
        let before = (self.connection.state().clone(), self.connection.poll_timeout(), self.held_by_core());
        self.inputs += 1;
        self.connection.handle_socket(id, event, self.now);
        self.connection.handle_credentials(old, Err(Error::new(ErrorCode::Forbidden, "old")), self.now);
        self.connection.handle_rejoined(old, Err(Error::new(ErrorCode::Forbidden, "old")), self.now);
        let after = (self.connection.state().clone(), self.connection.poll_timeout(), self.held_by_core());
        Check::OldSocketsAreSilent.holds(before == after, || format!("{before:?} became {after:?}"))?;
        let output = self.connection.poll_output();
        Check::OldSocketsAreSilent.holds(output.is_none(), || format!("{output:?}"))
    }

    fn held_by_core(&self) -> (usize, usize) {
        (self.connection.outbox_len(), self.connection.outbox_bytes())
    }

    fn break_something(&mut self) {
        let code = self.random_close_code();
        let (now, kind) = (self.now, self.rng.u8(..14));
        let Some(socket) = self.socket.as_mut().filter(|socket| Socket::is_open(socket)) else { return };
        let what = match kind {
            0..2 => {
                socket.cut(now);
                "the link is cut"
            }
            2..5 => {
                socket.push_down(Down::Closed(code), now);
                "the server closes"
            }
            5 => {
                socket.up_lost = true;
                socket.down_lost = true;
                "the link is a black hole"
            }
            6 => {
                socket.up_lost = true;
                "what is sent is lost"
            }
            7 => {
                socket.down_lost = true;
                "what is received is lost"
            }
            8 => {
                socket.stalled = true;
                "the network takes no more"
            }
            9 | 10 => {
                socket.stalled = false;
                "the network takes data"
            }
            _ => {
                socket.push_down(Down::Frame(W::message()), now);
                "the server speaks"
            }
        };
        self.tell(|| what.to_owned());
    }
}
