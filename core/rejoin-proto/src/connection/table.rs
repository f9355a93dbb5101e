//! What each input does in each state. The steps themselves are in `steps.rs`.

use super::timers::Alarm;
use super::{Connection, NetworkHint, Phase, State};
use crate::protocol::Protocol;
use crate::{Credentials, Error, ErrorCode, Frame, Timestamp};

/// An input, once it is known to be about the live socket.
#[derive(Debug)]
pub(super) enum Input {
    Connect,
    Disconnect,
    Opened {
        ping_frames: bool,
    },
    Frame(Frame),
    Progress,
    Flushed {
        frames: u64,
    },
    Lost(Error),
    Network(NetworkHint),
    Credentials(Result<Credentials, Error>),
    Rejoined(Result<(), Error>),
    Reading {
        paused: bool,
    },
    /// `late`: we slept past this deadline or another.
    Alarm {
        alarm: Alarm,
        late: bool,
    },
    /// Time passed: owners of deadlines of their own look at them.
    Tick {
        late: bool,
    },
}

impl<P: Protocol> Connection<P> {
    #[expect(clippy::too_many_lines, reason = "one table, to be read as a whole")]
    pub(super) fn step(&mut self, input: Input, now: Timestamp) {
        use Phase::{Credentials as Asking, Handshake, Opening, Rejoining};
        use State::{Connected, Connecting, Disconnected, Disconnecting, Waiting};

        match (input, &self.state) {
            (Input::Connect, Disconnected { .. }) => self.start(now),
            (Input::Connect, Waiting { .. }) => self.dial(now),
            (Input::Connect, Connecting { .. } | Connected { .. }) => {}
            (Input::Connect, Disconnecting) => self.connect_again = !self.closed,

            (Input::Disconnect, Connected { .. }) => self.begin_disconnect(now),
            (Input::Disconnect, Disconnecting) => self.connect_again = false,
            (Input::Disconnect, Disconnected { .. } | Connecting { .. } | Waiting { .. }) => {
                self.disconnected(client_disconnect(), now);
            }

            (Input::Credentials(Ok(credentials)), Connecting { phase: Asking, .. }) => {
                self.open(Some(credentials));
            }
            (Input::Credentials(Err(error)), Connecting { phase: Asking, .. }) => {
                self.lost(in_callback(ErrorCode::CredentialsFailed, error), now);
            }
            (
                Input::Credentials(_),
                Connecting { phase: Opening | Handshake | Rejoining, .. }
                | Disconnected { .. }
                | Connected { .. }
                | Waiting { .. }
                | Disconnecting,
            ) => {}

            (Input::Opened { ping_frames }, Connecting { phase: Opening, .. }) => {
                self.opened(ping_frames, now)
            }
            (
                Input::Opened { .. },
                Connecting { phase: Asking | Handshake | Rejoining, .. }
                | Disconnected { .. }
                | Connected { .. }
                | Waiting { .. }
                | Disconnecting,
            ) => {}

            (
                Input::Frame(frame),
                Connecting { phase: Handshake | Rejoining, .. } | Connected { .. } | Disconnecting,
            ) => self.frame(frame, now),
            (
                Input::Frame(_),
                Connecting { phase: Asking | Opening, .. } | Disconnected { .. } | Waiting { .. },
            ) => {}

            (
                Input::Progress,
                Connecting { phase: Handshake | Rejoining, .. } | Connected { .. } | Disconnecting,
            ) => self.liveness.received(false, now),
            (
                Input::Progress,
                Connecting { phase: Asking | Opening, .. } | Disconnected { .. } | Waiting { .. },
            ) => {}

            (
                Input::Flushed { frames },
                Connecting { phase: Handshake | Rejoining, .. } | Connected { .. } | Disconnecting,
            ) => self.flushed(frames, now),
            (
                Input::Flushed { .. },
                Connecting { phase: Asking | Opening, .. } | Disconnected { .. } | Waiting { .. },
            ) => {}

            (Input::Rejoined(Ok(())), Connecting { phase: Rejoining, .. }) => self.connected(now),
            (Input::Rejoined(Err(error)), Connecting { phase: Rejoining, .. }) => {
                self.lost(in_callback(ErrorCode::RejoinFailed, error), now);
            }
            (
                Input::Rejoined(_),
                Connecting { phase: Asking | Opening | Handshake, .. }
                | Disconnected { .. }
                | Connected { .. }
                | Waiting { .. }
                | Disconnecting,
            ) => {}

            (Input::Lost(error), Connecting { .. } | Connected { .. }) => self.lost(error, now),
            (Input::Lost(error), Disconnecting) => self.closed_as_asked(&error, now),
            (Input::Lost(_), Disconnected { .. } | Waiting { .. }) => {}

            (Input::Network(hint), Waiting { .. }) => self.hint_while_waiting(hint, now),
            (Input::Network(hint), Connected { .. }) => self.hint_while_connected(hint, now),
            (Input::Network(hint), Connecting { phase: Opening, .. }) => self.hint_while_opening(hint, now),
            (
                Input::Network(_),
                Connecting { phase: Asking | Handshake | Rejoining, .. }
                | Disconnected { .. }
                | Disconnecting,
            ) => {}

            (Input::Reading { paused }, Connected { .. } | Disconnecting) => self.reading(paused, now),
            (Input::Reading { .. }, Connecting { .. } | Disconnected { .. } | Waiting { .. }) => {}

            (Input::Tick { late }, Connecting { .. } | Connected { .. } | Disconnecting) => {
                self.tick_link(late, now);
            }
            (Input::Tick { .. }, Disconnected { .. } | Waiting { .. }) => self.tick_offline(now),

            (
                Input::Alarm { alarm, late },
                Disconnected { .. } | Connecting { .. } | Connected { .. } | Waiting { .. } | Disconnecting,
            ) => {
                self.alarm(alarm, late, now);
            }
        }
    }

    /// Alarms are cleared when the state they belong to is left, so that each finds the one it was set in.
    fn alarm(&mut self, alarm: Alarm, late: bool, now: Timestamp) {
        match alarm {
            Alarm::Retry => self.dial(now),
            Alarm::Credentials => {
                self.lost(
                    Error::new(ErrorCode::CredentialsTimeout, "the credentials callback did not answer"),
                    now,
                );
            }
            Alarm::Connect => self.lost(self.connect_timeout(), now),
            Alarm::Stable => {
                self.backoff.reset();
                self.strikes.reset();
            }
            Alarm::CloseGrace => self.disconnected(client_disconnect(), now),
            Alarm::Write => self.write_overdue(late, now),
            Alarm::Read => self.read_overdue(late, now),
            Alarm::Proof => self.proof_due(now),
        }
    }

    fn connect_timeout(&self) -> Error {
        let phase = match &self.state {
            State::Connecting { phase, .. } => phase.as_str(),
            State::Disconnected { .. }
            | State::Connected { .. }
            | State::Waiting { .. }
            | State::Disconnecting => "none",
        };
        Error::new(ErrorCode::ConnectTimeout, ["not connected in time, phase ", phase].concat())
    }
}

/// What a callback reports says nothing of the connection, whatever its code: it is tried again.
fn in_callback(code: ErrorCode, error: Error) -> Error {
    if error.code() == code {
        error
    } else {
        Error::new(code, [error.code().as_str(), ": ", error.message()].concat())
    }
}

pub(super) fn client_disconnect() -> Error {
    Error::new(ErrorCode::ClientDisconnect, "the application disconnected")
}
