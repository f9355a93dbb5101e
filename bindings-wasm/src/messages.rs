//! What the application sends: the content stays with JavaScript, under the id that it gets.

use bytes::Bytes;
use bytestring::ByteString;
use rejoin_proto::socketio::{AckId, Args, EmitOptions, Kept, check_event_name};
use rejoin_proto::{Ack, Frame, LaneId, MessageId, Outgoing, Secret, SendOptions};
use wasm_bindgen::prelude::*;

use crate::core::{Core, duration};
use crate::wire::ask_socketio;

fn send_options(volatile: bool, ttl: f64, key: Option<String>) -> SendOptions {
    SendOptions { volatile, ttl: duration(ttl), key: key.map(ByteString::from) }
}

/// In what follows, -1 stands for a failure: see `error`.
#[wasm_bindgen]
impl Core {
    /// Accepts a message of so many bytes for a plain WebSocket, and gives its id. `setup`: it belongs to the on-connect
    /// step. `ttl`: milliseconds, NaN for ever.
    #[allow(clippy::too_many_arguments, reason = "an object would cost a call for each field")]
    pub fn send(
        &mut self,
        bytes: usize,
        binary: bool,
        setup: bool,
        volatile: bool,
        ttl: f64,
        key: Option<String>,
        now: f64,
    ) -> f64 {
        let (lane, options) = if setup {
            (LaneId::SETUP, SendOptions { volatile: true, ..SendOptions::default() })
        } else {
            (LaneId::MAIN, send_options(volatile, ttl, key))
        };
        let head = if binary { Frame::Binary(Bytes::new()) } else { Frame::Text(ByteString::new()) };
        let outgoing = Outgoing { lane, head, attachments: Vec::new(), kept: bytes, options, ack: None };
        let sent = self.input(now, |connection, now| {
            connection.check_open()?;
            connection.with_protocol(now, |_, link| link.send(outgoing))
        });
        self.number(sent.map(MessageId::get))
    }

    /// Takes a message back. True if it was not sent yet.
    pub fn withdraw(&mut self, id: f64, now: f64) -> bool {
        self.input(now, |connection, _| connection.withdraw(MessageId::new(id as u64)))
    }

    /// Accepts an event and gives its id. `bytes`: the length of its content, attachments included. `ack`: the timeout of
    /// its acknowledgement in milliseconds, NaN for the default, less than 0 for none.
    #[allow(clippy::too_many_arguments, reason = "an object would cost a call for each field")]
    pub fn emit(
        &mut self,
        lane: u32,
        bytes: usize,
        attachments: usize,
        ack: f64,
        retries: u32,
        setup: bool,
        volatile: bool,
        ttl: f64,
        key: Option<String>,
        now: f64,
    ) -> f64 {
        let send = send_options(volatile, ttl, key);
        let emitted = self.input(now, |connection, now| {
            let default = connection.config().ack_timeout;
            let ack = (ack.is_nan() || ack >= 0.0)
                .then(|| Ack { timeout: duration(ack).unwrap_or(default), retries });
            let options = EmitOptions { ack, send, setup };
            ask_socketio(connection, now, |protocol, link| {
                protocol.emit_kept(link, LaneId(lane), Kept { bytes, attachments }, options)
            })
        });
        self.number(emitted.map(MessageId::get))
    }

    /// 0 if an event may have this name.
    #[wasm_bindgen(js_name = checkName)]
    pub fn check_name(&mut self, name: &str) -> f64 {
        self.number(check_event_name(name).map(|()| 0))
    }

    /// Answers an event of the server, with a JSON array of so many bytes in the inbox, the text of which is followed by
    /// the attachments: `ends` says where each part ends. `session` and `id` came with the event.
    pub fn acknowledge(&mut self, namespace: &str, session: u32, id: f64, ends: &[usize], now: f64) -> f64 {
        let mut parts = Vec::new();
        let mut start = 0;
        for end in ends {
            parts.push(Bytes::copy_from_slice(self.inbox.get(start..*end).unwrap_or_default()));
            start = *end;
        }
        let text = if parts.is_empty() { Bytes::new() } else { parts.remove(0) };
        let ack = AckId::from_parts(session, id as u64);
        let text = ByteString::try_from(text).unwrap_or_default();
        let answered = Args::with_attachments(text, parts).and_then(|args| {
            self.input(now, |connection, now| {
                ask_socketio(connection, now, |protocol, link| {
                    protocol.acknowledge(link, namespace, ack, args)
                })
            })
        });
        self.number(answered.map(|()| 0))
    }

    /// Connects a namespace, now and on each later link, and gives its lane.
    #[wasm_bindgen(js_name = connectNamespace)]
    pub fn connect_namespace(&mut self, namespace: String, auth: Option<String>, now: f64) -> f64 {
        let auth = auth.map(Secret::new);
        let joined = self.input(now, |connection, now| {
            ask_socketio(connection, now, |protocol, link| {
                let name = ByteString::from(namespace);
                protocol.join(link, name.clone(), auth)?;
                Ok(protocol.lane(&name).map_or(0, |lane| lane.0.into()))
            })
        });
        self.number(joined)
    }

    /// Leaves a namespace.
    #[wasm_bindgen(js_name = disconnectNamespace)]
    pub fn disconnect_namespace(&mut self, namespace: &str, now: f64) -> f64 {
        let left = self.input(now, |connection, now| {
            ask_socketio(connection, now, |protocol, link| protocol.leave(link, namespace))
        });
        self.number(left.map(|()| 0))
    }
}
