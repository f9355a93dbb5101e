//! What JavaScript can call.

use std::rc::Rc;
use std::time::Duration;

use bytestring::ByteString;
use js_sys::{Array, Uint8Array};
use rejoin_proto::socketio::{AckId, Args, EmitOptions, Limits, Options, SocketIo};
use rejoin_proto::{
    Ack, Connection, Credentials, Error, ErrorCode, Frame, LaneId, Message, MessageId, NetworkHint, Outgoing,
    PlainWebSocket, Secret, SendOptions, SocketEvent, TextHeartbeat, sanitize,
};
use wasm_bindgen::prelude::*;

use crate::batch::{Kind, error_record, thrown};
use crate::driver::Driver;
use crate::handlers::known_code;
use crate::host::Host;
use crate::settings;
use crate::wire::{Wire, ask_socketio};

/// The core of one client.
#[wasm_bindgen]
pub struct Core(Rc<Driver>);

impl std::fmt::Debug for Core {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Core")
    }
}

/// The record of an error with this code: whether it is retryable, and what the remedy is.
#[wasm_bindgen]
pub fn describe(code: &str, message: &str) -> String {
    error_record(&Error::new(known_code(code), message))
}

/// How long a message may wait: NaN or less than 0 means for ever.
fn millis(millis: f64) -> Option<Duration> {
    (millis >= 0.0).then(|| Duration::from_micros((millis * 1000.0) as u64))
}

fn send_options(volatile: bool, ttl: f64, key: Option<String>) -> SendOptions {
    SendOptions { volatile, ttl: millis(ttl), key: key.map(ByteString::from) }
}

/// What every client can do.
#[wasm_bindgen]
impl Core {
    /// Connects, and stays connected.
    pub fn connect(&self) {
        self.0.with(|state, now| state.connection.connect(now));
    }

    /// Sends what flows, then closes.
    pub fn disconnect(&self) {
        self.0.with(|state, now| state.connection.disconnect(now));
    }

    /// Disconnects for good.
    pub fn close(&self) {
        self.0.with(|state, now| state.connection.close(now));
    }

    /// Is told back when everything that happened before was told.
    pub fn mark(&self) {
        self.0.with(|state, _| drop(state.batch.record(Kind::Mark)));
    }

    /// 0 online, 1 offline, 2 woke, 3 foreground, 4 background.
    pub fn network(&self, hint: u8) {
        let hint = match hint {
            0 => NetworkHint::Online,
            1 => NetworkHint::Offline,
            2 => NetworkHint::Woke,
            3 => NetworkHint::Foreground,
            _ => NetworkHint::Background,
        };
        self.0.with(|state, now| state.connection.handle_network(hint, now));
    }

    /// Takes a message back. True if it was not sent yet.
    pub fn withdraw(&self, id: f64) -> bool {
        self.0.with(|state, _| state.connection.withdraw(MessageId::new(id as u64)))
    }

    /// The credentials callback answered: a token, an auth object as JSON text, or nothing.
    pub fn credentials(&self, socket: u32, token: Option<String>, auth: Option<String>) {
        self.answer(
            socket,
            Ok(match (token, auth) {
                (_, Some(auth)) => Credentials::auth_json(auth),
                (Some(token), None) => Credentials::bearer(token),
                (None, None) => Credentials::none(),
            }),
        );
    }

    /// The credentials callback failed.
    #[wasm_bindgen(js_name = credentialsFailed)]
    pub fn credentials_failed(&self, socket: u32, message: &str) {
        self.answer(socket, Err(Error::new(ErrorCode::CredentialsFailed, sanitize(message))));
    }

    fn answer(&self, socket: u32, answer: Result<Credentials, Error>) {
        self.0.with(|state, now| {
            let socket = state.connection.socket().filter(|live| live.get() == socket);
            if let Some(socket) = socket {
                state.connection.handle_credentials(socket, answer, now);
            }
        });
    }

    /// The on-connect step ended; `message` says how it failed.
    pub fn rejoined(&self, socket: u32, message: Option<String>) {
        let answer = message.map(|text| Error::new(ErrorCode::RejoinFailed, sanitize(&text)));
        self.0.with(|state, now| {
            let socket = state.connection.socket().filter(|live| live.get() == socket);
            if let Some(socket) = socket {
                state.connection.handle_rejoined(socket, answer.map_or(Ok(()), Err), now);
            }
        });
    }

    /// The consumers are full, or have room again.
    pub fn reading(&self, paused: bool) {
        self.0.reading(paused);
    }

    /// What the platform knows of a failure, beyond what a page is told. `status`: HTTP, or 0.
    pub fn failed(&self, code: &str, message: &str, status: u16) {
        let error = Error::new(known_code(code), sanitize(message));
        let error = if status == 0 { error } else { error.with_status(status) };
        self.0.socket_event(SocketEvent::Failed(error));
    }

    /// The peer answered a ping frame.
    pub fn pong(&self) {
        self.0.socket_event(SocketEvent::Frame(Frame::Pong(bytes::Bytes::new())));
    }

    /// attempts, connects, frames sent, frames received, outbox messages, outbox bytes.
    pub fn stats(&self) -> Vec<f64> {
        self.0.look(|connection| {
            let counters = connection.counters();
            vec![
                counters.attempts as f64,
                counters.connects as f64,
                counters.frames_sent as f64,
                counters.frames_received as f64,
                connection.outbox_len() as f64,
                connection.outbox_bytes() as f64,
            ]
        })
    }
}

/// What a client of a plain WebSocket server can do.
#[wasm_bindgen]
impl Core {
    /// A core that is disconnected.
    ///
    /// # Errors
    /// `invalid_argument`, as the text of an error's record.
    pub fn plain(
        host: Host,
        settings: &[f64],
        seed: f64,
        ping: Option<String>,
        pong: Option<String>,
    ) -> Result<Core, JsValue> {
        let config = settings::config(settings);
        let text = ping.map(|ping| TextHeartbeat { ping: ping.into(), pong: pong.map(ByteString::from) });
        let protocol = Wire::Plain(PlainWebSocket::new(&config.heartbeat, text));
        let connection = Connection::new(config, protocol, seed.to_bits()).map_err(|error| thrown(&error))?;
        Ok(Self(Driver::new(host, connection)))
    }

    /// Accepts a text message and returns its id.
    ///
    /// # Errors
    /// As for the core's `send`, as the text of an error's record.
    #[wasm_bindgen(js_name = sendText)]
    pub fn send_text(
        &self,
        text: String,
        setup: bool,
        volatile: bool,
        ttl: f64,
        key: Option<String>,
    ) -> Result<f64, JsValue> {
        self.send(Message::from(text), setup, send_options(volatile, ttl, key))
    }

    /// Accepts a binary message and returns its id.
    ///
    /// # Errors
    /// As for the core's `send`, as the text of an error's record.
    #[wasm_bindgen(js_name = sendBytes)]
    pub fn send_bytes(
        &self,
        bytes: Vec<u8>,
        setup: bool,
        volatile: bool,
        ttl: f64,
        key: Option<String>,
    ) -> Result<f64, JsValue> {
        self.send(Message::from(bytes), setup, send_options(volatile, ttl, key))
    }

    fn send(&self, message: Message, setup: bool, options: SendOptions) -> Result<f64, JsValue> {
        let (lane, options) = if setup {
            (LaneId::SETUP, SendOptions { volatile: true, ..SendOptions::default() })
        } else {
            (LaneId::MAIN, options)
        };
        let outgoing = Outgoing { lane, head: message.into(), attachments: Vec::new(), options, ack: None };
        let sent = self.0.with(|state, now| {
            state.connection.check_open()?;
            state.connection.with_protocol(now, |_, link| link.send(outgoing))
        });
        sent.map(|id| id.get() as f64).map_err(|error| thrown(&error))
    }
}

/// What a client of a Socket.IO server can do.
#[wasm_bindgen]
impl Core {
    /// A core that is disconnected, without a namespace.
    ///
    /// # Errors
    /// `invalid_argument`, as the text of an error's record.
    pub fn socketio(host: Host, settings: &[f64], seed: f64) -> Result<Core, JsValue> {
        let config = settings::config(settings);
        let limits = Limits { max_packet_bytes: config.max_message_bytes, ..Limits::default() };
        let connection = SocketIo::new(Options { namespaces: Vec::new(), limits, ..Options::default() })
            .map(|protocol| Wire::SocketIo(Box::new(protocol)))
            .and_then(|protocol| Connection::new(config, protocol, seed.to_bits()))
            .map_err(|error| thrown(&error))?;
        Ok(Self(Driver::new(host, connection)))
    }

    /// Connects a namespace, now and on each later link.
    ///
    /// # Errors
    /// As for the core's `connect_namespace`, as the text of an error's record.
    #[wasm_bindgen(js_name = connectNamespace)]
    pub fn connect_namespace(&self, namespace: String, auth: Option<String>) -> Result<(), JsValue> {
        let auth = auth.map(Secret::new);
        self.0
            .with(|state, now| {
                ask_socketio(&mut state.connection, now, |protocol, link| {
                    protocol.join(link, namespace.into(), auth)
                })
            })
            .map_err(|error| thrown(&error))
    }

    /// Leaves a namespace.
    ///
    /// # Errors
    /// As for the core's `disconnect_namespace`, as the text of an error's record.
    #[wasm_bindgen(js_name = disconnectNamespace)]
    pub fn disconnect_namespace(&self, namespace: &str) -> Result<(), JsValue> {
        self.0
            .with(|state, now| {
                ask_socketio(&mut state.connection, now, |protocol, link| protocol.leave(link, namespace))
            })
            .map_err(|error| thrown(&error))
    }

    /// Accepts an event and returns its id. `ack`: the acknowledgement's timeout in milliseconds, NaN for the default,
    /// less than 0 for none.
    ///
    /// # Errors
    /// As for the core's `emit`, as the text of an error's record.
    #[allow(
        clippy::too_many_arguments,
        reason = "an object would cost a call into JavaScript for each field"
    )]
    pub fn emit(
        &self,
        namespace: &str,
        name: &str,
        args: String,
        attachments: Option<Array>,
        ack: f64,
        retries: u32,
        setup: bool,
        volatile: bool,
        ttl: f64,
        key: Option<String>,
    ) -> Result<f64, JsValue> {
        let args = arguments(args, attachments).map_err(|error| thrown(&error))?;
        let send = send_options(volatile, ttl, key);
        let emitted = self.0.with(|state, now| {
            let default = state.connection.config().ack_timeout;
            let ack = (ack.is_nan() || ack >= 0.0)
                .then(|| Ack { timeout: millis(ack).unwrap_or(default), retries });
            let options = EmitOptions { ack, send, setup };
            ask_socketio(&mut state.connection, now, |protocol, link| {
                protocol.emit(link, namespace, name, args, options)
            })
        });
        emitted.map(|id| id.get() as f64).map_err(|error| thrown(&error))
    }

    /// Answers an event of the server. `session` and `id` came with it.
    ///
    /// # Errors
    /// As for the core's `acknowledge`, as the text of an error's record.
    pub fn acknowledge(
        &self,
        namespace: &str,
        session: u32,
        id: f64,
        args: String,
        attachments: Option<Array>,
    ) -> Result<(), JsValue> {
        let ack = AckId::from_parts(session, id as u64);
        arguments(args, attachments)
            .and_then(|args| {
                self.0.with(|state, now| {
                    ask_socketio(&mut state.connection, now, |protocol, link| {
                        protocol.acknowledge(link, namespace, ack, args)
                    })
                })
            })
            .map_err(|error| thrown(&error))
    }
}

/// A JSON array in which attachments stand as placeholders.
fn arguments(array: String, attachments: Option<Array>) -> Result<Args, Error> {
    let attachments = attachments.map_or_else(Vec::new, |attachments| {
        attachments.iter().map(|bytes| Uint8Array::new(&bytes).to_vec().into()).collect()
    });
    Args::with_attachments(array, attachments)
}
