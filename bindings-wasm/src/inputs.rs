//! What happens to a client, as the driver tells it.

use core::time::Duration;

use bytes::Bytes;
use bytestring::ByteString;
use rejoin_proto::{
    Connection, Credentials, Error, ErrorCode, Frame, NetworkHint, SocketEvent, SocketId, sanitize,
    status_cause,
};
use wasm_bindgen::prelude::*;

use crate::core::{Core, known_code};
use crate::records::Kind;
use crate::wire::Wire;

/// The commands.
#[wasm_bindgen]
impl Core {
    /// Connects, and stays connected.
    pub fn connect(&mut self, now: f64) {
        self.input(now, |connection, now| connection.connect(now));
    }

    /// Sends what flows, then closes.
    pub fn disconnect(&mut self, now: f64) {
        self.input(now, |connection, now| connection.disconnect(now));
    }

    /// Disconnects for good.
    pub fn close(&mut self, now: f64) {
        self.input(now, |connection, now| connection.close(now));
    }

    /// Is told back when everything that happened before was told.
    pub fn mark(&mut self) {
        self.records.add(Kind::Mark, &[]);
        self.tell();
    }

    /// 0 online, 1 offline, 2 woke, 3 foreground, 4 background.
    pub fn network(&mut self, hint: u8, now: f64) {
        let hint = match hint {
            0 => NetworkHint::Online,
            1 => NetworkHint::Offline,
            2 => NetworkHint::Woke,
            3 => NetworkHint::Foreground,
            _ => NetworkHint::Background,
        };
        self.input(now, |connection, now| connection.handle_network(hint, now));
    }

    /// The consumers are full, or have room again.
    pub fn reading(&mut self, paused: bool, now: f64) {
        self.input(now, |connection, now| connection.handle_reading(paused, now));
    }

    /// The credentials callback answered: a token, an auth object as JSON text, or nothing.
    pub fn credentials(&mut self, socket: u32, token: Option<String>, auth: Option<String>, now: f64) {
        let credentials = match (token, auth) {
            (_, Some(auth)) => Credentials::auth_json(auth),
            (Some(token), None) => Credentials::bearer(token),
            (None, None) => Credentials::none(),
        };
        self.answer(socket, Ok(credentials), now);
    }

    /// The credentials callback failed.
    #[wasm_bindgen(js_name = credentialsFailed)]
    pub fn credentials_failed(&mut self, socket: u32, message: &str, now: f64) {
        self.answer(socket, Err(Error::new(ErrorCode::CredentialsFailed, sanitize(message))), now);
    }

    fn answer(&mut self, socket: u32, answer: Result<Credentials, Error>, now: f64) {
        self.input(now, |connection, now| {
            if let Some(socket) = live(connection, socket) {
                connection.handle_credentials(socket, answer, now);
            }
        });
    }

    /// The on-connect step ended; `message` says how it failed.
    pub fn rejoined(&mut self, socket: u32, message: Option<String>, now: f64) {
        let failed = message.map(|text| Error::new(ErrorCode::RejoinFailed, sanitize(&text)));
        self.input(now, |connection, now| {
            if let Some(socket) = live(connection, socket) {
                connection.handle_rejoined(socket, failed.map_or(Ok(()), Err), now);
            }
        });
    }
}

/// What happens to a socket.
#[wasm_bindgen]
impl Core {
    /// The socket is open.
    pub fn opened(&mut self, socket: u32, ping_frames: bool, now: f64) {
        self.socket(socket, SocketEvent::Opened { ping_frames }, None, now);
    }

    /// It closed. `code` is 0 where there was no close frame with one.
    pub fn closed(&mut self, socket: u32, code: u16, reason: &str, now: f64) {
        let code = (code != 0).then_some(code);
        self.socket(socket, SocketEvent::Closed { code, reason: reason.into() }, None, now);
    }

    /// It could not be opened, or broke.
    pub fn failed(&mut self, socket: u32, code: &str, message: &str, now: f64) {
        let error = Error::new(known_code(code), sanitize(message));
        self.socket(socket, SocketEvent::Failed(error), None, now);
    }

    /// The server answered with an HTTP status instead of the upgrade. `retry_after` is in milliseconds, or negative: none.
    pub fn refused(&mut self, socket: u32, status: u16, retry_after: f64, now: f64) {
        let retry_after = (retry_after >= 0.0).then(|| Duration::from_millis(retry_after as u64));
        let error = status_cause(status, "the upgrade", retry_after);
        self.socket(socket, SocketEvent::Failed(error), None, now);
    }

    /// So many frames in all have left for the network.
    pub fn flushed(&mut self, socket: u32, frames: f64, now: f64) {
        self.socket(socket, SocketEvent::Flushed { frames: frames as u64 }, None, now);
    }

    /// The peer answered a ping frame: so many bytes in the inbox.
    pub fn pong(&mut self, socket: u32, length: usize, now: f64) {
        let payload = self.received(length);
        self.socket(socket, SocketEvent::Frame(Frame::Pong(payload)), None, now);
    }

    /// So many messages came, whose content is of no concern to the core: it stays in slots from this one on.
    pub fn messages(&mut self, socket: u32, slot: f64, count: f64, now: f64) {
        let heard = self.input(now, |connection, now| {
            live(connection, socket)
                .is_some_and(|socket| connection.handle_messages(socket, count as u64, now))
        });
        if heard {
            self.records.add(Kind::Message, &[slot, count]);
            self.tell();
        }
    }

    /// A text message came: so many bytes in the inbox. `slot` holds the content of which this is the outline, or is -1.
    pub fn text(&mut self, socket: u32, length: usize, slot: f64, now: f64) {
        let text = ByteString::try_from(self.received(length)).unwrap_or_default();
        let slot = (slot >= 0.0).then_some(slot);
        self.socket(socket, SocketEvent::Frame(Frame::Text(text)), slot, now);
    }

    /// A binary message came: so many bytes in the inbox.
    pub fn binary(&mut self, socket: u32, length: usize, now: f64) {
        let bytes = self.received(length);
        self.socket(socket, SocketEvent::Frame(Frame::Binary(bytes)), None, now);
    }

    /// A message came that is longer than it may be.
    #[wasm_bindgen(js_name = tooBig)]
    pub fn too_big(&mut self, socket: u32, now: f64) {
        let error = Error::new(ErrorCode::TooBig, "the server sent a message beyond max_message_bytes");
        self.socket(socket, SocketEvent::Failed(error), None, now);
    }

    fn received(&self, length: usize) -> Bytes {
        Bytes::copy_from_slice(self.inbox.get(..length).unwrap_or_default())
    }

    fn socket(&mut self, socket: u32, event: SocketEvent, slot: Option<f64>, now: f64) {
        self.input_with(now, slot, |connection, now| {
            if let Some(socket) = live(connection, socket) {
                connection.handle_socket(socket, event, now);
            }
        });
    }
}

/// The live socket, if it has this number.
fn live(connection: &Connection<Wire>, socket: u32) -> Option<SocketId> {
    connection.socket().filter(|live| live.get() == socket)
}
