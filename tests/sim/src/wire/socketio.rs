use bytestring::ByteString;
use rejoin_proto::socketio::{Args, EmitOptions, Event, Options, SocketIo};
use rejoin_proto::{Config, Connection, Error, Frame, MessageId, Timestamp};

use super::{Heard, Spec, Wire};

/// Socket.IO with its main namespace; its acknowledgements are the protocol's own.
#[derive(Debug)]
pub struct SocketIoWire;

const PADDING: &str = "----------------------------------------------------------------";

impl Wire for SocketIoWire {
    type Protocol = SocketIo;

    const NAME: &'static str = "socketio";
    const SERVER_PINGS: bool = true;

    fn protocol(_config: &Config) -> SocketIo {
        SocketIo::new(Options::default()).unwrap_or_else(|error| unreachable!("default options: {error}"))
    }

    fn send(connection: &mut Connection<SocketIo>, spec: &Spec, now: Timestamp) -> Result<MessageId, Error> {
        let padding = &PADDING[..spec.size.min(PADDING.len())];
        let args = Args::from_array(format!("[{},\"{padding}\"]", spec.number))?;
        let options = EmitOptions { ack: spec.ack, send: spec.options.clone(), setup: spec.setup };
        connection.emit("/", "m", args, options, now)
    }

    fn greeting() -> Option<Frame> {
        const OPEN: &str = r#"0{"sid":"e","upgrades":[],"pingInterval":25000,"pingTimeout":20000}"#;
        Some(Frame::Text(ByteString::from_static(OPEN)))
    }

    fn welcome() -> Frame {
        Frame::Text(ByteString::from_static(r#"40{"sid":"s"}"#))
    }

    fn hear(frame: &Frame) -> Heard {
        match frame {
            Frame::Text(text) if text.starts_with("40") => Heard::Handshake,
            Frame::Text(text) if text.starts_with("42") => text
                .split_once("[\"m\",")
                .and_then(|(_, rest)| rest.split(',').next()?.parse().ok())
                .map_or(Heard::Other, Heard::Message),
            Frame::Ping(_) => Heard::Ping,
            Frame::Text(_) | Frame::Binary(_) | Frame::Pong(_) => Heard::Other,
        }
    }

    fn acknowledgement(id: MessageId) -> Frame {
        Frame::Text(format!("43{}[]", id.get()).into())
    }

    fn ping() -> Frame {
        Frame::Text(ByteString::from_static("2"))
    }

    fn message() -> Frame {
        Frame::Text(ByteString::from_static(r#"42["hello"]"#))
    }

    fn acknowledged(_event: &Event) -> Option<MessageId> {
        None
    }
}
