//! What is fuzzed: one function for each decoder, with what must hold of anything that it accepts.
//!
//! `cargo +nightly fuzz run socketio_packet` in `core/rejoin-proto`. The committed corpora are replayed by
//! `tests/corpora.rs` through the same functions, on any compiler.

use bytes::Bytes;
use bytestring::ByteString;
use rejoin_proto::engineio::{self, Open, payload};
use rejoin_proto::socketio::{Args, Body, EmitOptions, Event, Limits, Options, Packet, SocketIo, msgpack};
use rejoin_proto::{Config, Connection, Frame, Output, SocketEvent, Timestamp, json};

/// The separator of the frames of a session.
const FRAME_END: u8 = b'\n';

fn text(data: &[u8]) -> Option<ByteString> {
    ByteString::try_from(data).ok()
}

/// What is well-formed falls into parts that are.
pub fn json(data: &[u8]) {
    let Some(text) = text(data) else { return };
    let valid = json::is_valid(&text, json::MAX_DEPTH);
    for part in json::elements(&text).chain(json::members(&text).map(|(_, value)| value)) {
        assert!(json::is_valid(part, json::MAX_DEPTH), "{part}");
    }
    if valid {
        assert_eq!(json::elements(&text).count(), 1);
    }
    let mut quoted = String::new();
    json::quote(&text, &mut quoted);
    assert!(json::is_valid(&quoted, 0));
    assert_eq!(json::unescape(&quoted[1..quoted.len() - 1]), *text);
    json::unescape(&text);
}

/// The packets of Engine.IO, and the handshake.
pub fn engineio_packet(data: &[u8]) {
    let Some(text) = text(data) else { return };
    if let Ok(engineio::Packet::Open(handshake)) = engineio::Packet::decode(&text)
        && let Ok(open) = Open::decode(&handshake)
    {
        assert!(!open.ping_interval.is_zero() && !open.ping_timeout.is_zero());
    }
}

/// The bodies of HTTP long-polling: encoding inverts decoding.
pub fn engineio_payload(data: &[u8]) {
    let Some(text) = text(data) else { return };
    let Ok(frames) = payload::decode(&text, 64) else { return };
    let mut body = String::new();
    for frame in &frames {
        payload::encode(frame, &mut body);
    }
    assert_eq!(payload::decode(&body.into(), 64).as_deref(), Ok(&*frames));
}

/// The arguments that a decoder accepts are a well-formed list.
fn check(packet: &Packet) {
    match &packet.body {
        Body::Event { args, .. } | Body::Ack { args, .. } => {
            assert!(Args::from_array(format!("[{args}]")).is_ok(), "{args}");
        }
        Body::Connect { data: Some(data) } | Body::ConnectError { data } => {
            assert!(json::is_valid(data, json::MAX_DEPTH));
        }
        Body::Connect { data: None } | Body::Disconnect => {}
    }
    assert!(packet.namespace.starts_with('/') && !packet.namespace.contains(','));
}

/// The text packets of Socket.IO.
pub fn socketio_packet(data: &[u8]) {
    let Some(text) = text(data) else { return };
    if let Ok(packet) = Packet::decode(&text, &Limits::default()) {
        check(&packet);
    }
}

/// The MessagePack packets of Socket.IO.
pub fn socketio_msgpack(data: &[u8]) {
    if let Ok((packet, attachments)) = msgpack::decode(&Bytes::copy_from_slice(data), &Limits::default()) {
        check(&packet);
        assert_eq!(packet.attachments(), attachments.len());
    }
}

/// A whole session, frame by frame: those that are not UTF-8, or begin with `b`, are binary.
pub fn socketio_session(data: &[u8]) {
    let now = Timestamp::ZERO;
    let namespaces = vec![("/".into(), None), ("/a".into(), None)];
    let Ok(protocol) = SocketIo::new(Options { namespaces, ..Options::default() }) else { return };
    let Ok(mut connection) = Connection::new(Config::default(), protocol, 1) else { return };
    connection.connect(now);
    let Some(socket) = connection.socket() else { return };
    connection.handle_socket(socket, SocketEvent::Opened { ping_frames: true }, now);
    let mut pulled = 0;
    for frame in data.split(|byte| *byte == FRAME_END) {
        let frame = match text(frame).filter(|_| frame.first() != Some(&b'b')) {
            Some(text) => Frame::Text(text),
            None => Frame::Binary(Bytes::copy_from_slice(frame)),
        };
        connection.handle_socket(socket, SocketEvent::Frame(frame), now);
        while let Some(output) = connection.poll_output() {
            if let Output::Event(rejoin_proto::Event::Protocol(Event::Event {
                namespace, args, ack, ..
            })) = output
            {
                // Refused where the session ended meanwhile.
                let _ = connection.emit(&namespace, "echo", args.clone(), EmitOptions::default(), now);
                if let Some(ack) = ack {
                    let _ = connection.acknowledge(&namespace, ack, args, now);
                }
            }
        }
        while connection.poll_transmit(now).is_some() {
            pulled += 1;
        }
        connection.handle_socket(socket, SocketEvent::Flushed { frames: pulled }, now);
    }
    connection.close(now);
    assert_eq!(connection.outbox_len(), 0);
}
