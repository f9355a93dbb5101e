//! What each call does.

use core::time::Duration;

use rejoin_proto::socketio::check_event_name;
use rejoin_proto::{
    Credentials, Error, ErrorCode, Frame, MessageId, NetworkHint, SocketEvent, SocketId, Timestamp, sanitize,
    status_cause,
};

use crate::call::Call;
use crate::core::Core;
use crate::records::Kind;

impl Core {
    #[expect(clippy::too_many_lines, reason = "one table, to be read as a whole")]
    pub(crate) fn carry_out(&mut self, call: Call, numbers: [f64; 4], now: Timestamp) -> Result<f64, Error> {
        let [a, b, c, parts] = numbers;
        match call {
            Call::Inbox => return Ok(self.inbox.reserve(a)),
            Call::Plain => return self.set_up(false, a, parts),
            Call::SocketIo => return self.set_up(true, a, parts),
            Call::Commands => self.said = self.records.commands.take(),
            Call::Texts => self.said = self.records.texts.take(),
            Call::Stat => return Ok(self.stat(a)),
            Call::Connect => self.connection.connect(now),
            Call::Disconnect => self.connection.disconnect(now),
            Call::Close => self.connection.close(now),
            Call::Mark => self.records.add(Kind::Mark, &[]),
            Call::Network => self.connection.handle_network(hint(a), now),
            Call::Reading => self.connection.handle_reading(a != 0.0, now),
            Call::Credentials => {
                let text = self.inbox.parts(parts).text().unwrap_or_default();
                let credentials = match b {
                    1.0 => Credentials::bearer(text),
                    2.0 => Credentials::auth_json(text),
                    _ => Credentials::none(),
                };
                self.credentials(a, Ok(credentials), now);
            }
            Call::CredentialsFailed => {
                let error = self.told_why(ErrorCode::CredentialsFailed, parts);
                self.credentials(a, Err(error), now);
            }
            Call::Rejoined => {
                let failed = (parts > 0.0).then(|| self.told_why(ErrorCode::RejoinFailed, parts));
                if let Some(socket) = self.live(a) {
                    self.connection.handle_rejoined(socket, failed.map_or(Ok(()), Err), now);
                }
            }
            Call::Opened => self.socket(a, SocketEvent::Opened { ping_frames: b != 0.0 }, now),
            Call::Closed => {
                let reason = self.inbox.parts(parts).text().unwrap_or_default();
                let code = (b != 0.0).then_some(b as u16);
                self.socket(a, SocketEvent::Closed { code, reason }, now);
            }
            Call::Failed => {
                let mut parts = self.inbox.parts(parts);
                let code = known_code(&parts.text().unwrap_or_default());
                let error = Error::new(code, sanitize(&parts.text().unwrap_or_default()));
                self.socket(a, SocketEvent::Failed(error), now);
            }
            Call::Refused => {
                let retry_after = (c >= 0.0).then(|| Duration::from_millis(c as u64));
                let error = status_cause(b as u16, "the upgrade", retry_after);
                self.socket(a, SocketEvent::Failed(error), now);
            }
            Call::Flushed => self.socket(a, SocketEvent::Flushed { frames: b as u64 }, now),
            Call::Pong => {
                let frame = Frame::Pong(self.inbox.bytes(b));
                self.socket(a, SocketEvent::Frame(frame), now);
            }
            Call::Message => {
                if self.heard(a, 1.0, now) {
                    self.records.add(Kind::Message, &[b]);
                }
            }
            Call::Passed => {
                self.heard(a, b, now);
            }
            Call::Answered => return self.answered(a, now),
            Call::Text => {
                self.slot = (c >= 0.0).then_some(c);
                let text = self.inbox.bytes(b).try_into().unwrap_or_default();
                self.socket(a, SocketEvent::Frame(Frame::Text(text)), now);
                self.turn_with(parts, now);
            }
            Call::Binary => {
                let frame = Frame::Binary(self.inbox.bytes(b));
                self.socket(a, SocketEvent::Frame(frame), now);
            }
            Call::TooBig => {
                let message = "the server sent a message beyond max_message_bytes";
                self.socket(a, SocketEvent::Failed(Error::new(ErrorCode::TooBig, message)), now);
            }
            Call::Turn => self.turn(a != 0.0, now),
            Call::Transmit => {
                self.transmit(now);
            }
            Call::Deadline => self.set_deadline(),
            Call::Options => self.set_options(numbers),
            Call::Send => return self.send(a as usize, b != 0.0, now),
            Call::Emit => return self.emit(numbers, now),
            Call::Withdraw => {
                return Ok(f64::from(u8::from(self.connection.withdraw(MessageId::new(a as u64)))));
            }
            Call::CheckName => {
                check_event_name(&self.inbox.parts(parts).text().unwrap_or_default())?;
            }
            Call::Acknowledge => return self.acknowledge(numbers, now),
            Call::ConnectNamespace => return self.connect_namespace(parts, now),
            Call::DisconnectNamespace => return self.disconnect_namespace(parts, now),
        }
        Ok(0.0)
    }

    /// The live socket, if it has this number.
    fn live(&self, socket: f64) -> Option<SocketId> {
        self.connection.socket().filter(|live| f64::from(live.get()) == socket)
    }

    /// True if the messages are for the application.
    fn heard(&mut self, socket: f64, count: f64, now: Timestamp) -> bool {
        self.live(socket).is_some_and(|socket| self.connection.handle_messages(socket, count as u64, now))
    }

    fn socket(&mut self, socket: f64, event: SocketEvent, now: Timestamp) {
        if let Some(socket) = self.live(socket) {
            self.connection.handle_socket(socket, event, now);
        }
    }

    fn credentials(&mut self, socket: f64, answer: Result<Credentials, Error>, now: Timestamp) {
        if let Some(socket) = self.live(socket) {
            self.connection.handle_credentials(socket, answer, now);
        }
    }

    /// The error whose message is the next part.
    fn told_why(&self, code: ErrorCode, parts: f64) -> Error {
        Error::new(code, sanitize(&self.inbox.parts(parts).text().unwrap_or_default()))
    }
}

fn hint(number: f64) -> NetworkHint {
    match number {
        0.0 => NetworkHint::Online,
        1.0 => NetworkHint::Offline,
        2.0 => NetworkHint::Woke,
        3.0 => NetworkHint::Foreground,
        _ => NetworkHint::Background,
    }
}

/// The code of this name.
fn known_code(name: &str) -> ErrorCode {
    ErrorCode::ALL.iter().copied().find(|code| code.as_str() == name).unwrap_or(ErrorCode::Network)
}
