use bytes::Bytes;
use rejoin_proto::{
    Config, Connection, Error, Frame, LaneId, Message, MessageId, Outgoing, PlainWebSocket, Timestamp,
};

use super::{Heard, MAX_MESSAGES, Spec, Wire};

/// A plain WebSocket; its acknowledgements are messages of an imagined application.
#[derive(Debug)]
pub struct Plain;

const MAX_SIZE: usize = 64;

/// Payloads that cost no allocation: each begins with its number.
static PAYLOADS: [[u8; MAX_SIZE]; MAX_MESSAGES] = {
    let mut payloads = [[0; MAX_SIZE]; MAX_MESSAGES];
    let mut number = 0;
    while number < MAX_MESSAGES {
        payloads[number][0] = number as u8;
        number += 1;
    }
    payloads
};

/// Acknowledgements, told apart from messages by their length.
static ACKNOWLEDGEMENTS: [[u8; 2]; MAX_MESSAGES] = {
    let mut frames = [[0; 2]; MAX_MESSAGES];
    let mut id = 0;
    while id < MAX_MESSAGES {
        frames[id] = [0xac, id as u8];
        id += 1;
    }
    frames
};

impl Wire for Plain {
    type Protocol = PlainWebSocket;

    const NAME: &'static str = "plain";
    const SERVER_PINGS: bool = false;

    fn protocol(config: &Config) -> PlainWebSocket {
        PlainWebSocket::new(&config.heartbeat, None)
    }

    fn send(
        connection: &mut Connection<PlainWebSocket>,
        spec: &Spec,
        now: Timestamp,
    ) -> Result<MessageId, Error> {
        let payload = &PAYLOADS[usize::from(spec.number)][..spec.size.clamp(1, MAX_SIZE)];
        let payload = Bytes::from_static(payload);
        match spec.ack {
            None if spec.setup => connection.send_while_rejoining(Message::Binary(payload), now),
            None => connection.send(Message::Binary(payload), spec.options.clone(), now),
            Some(_) => {
                let outgoing = Outgoing {
                    lane: LaneId::MAIN,
                    head: Frame::Binary(payload),
                    attachments: Vec::new(),
                    kept: 0,
                    options: spec.options.clone(),
                    ack: spec.ack,
                };
                connection.with_protocol(now, |_, link| link.send(outgoing))
            }
        }
    }

    fn greeting() -> Option<Frame> {
        None
    }

    fn welcome() -> Frame {
        Self::message()
    }

    fn hear(frame: &Frame) -> Heard {
        match frame {
            Frame::Binary(payload) => payload.first().map_or(Heard::Other, |number| Heard::Message(*number)),
            Frame::Ping(_) => Heard::Ping,
            Frame::Text(_) | Frame::Pong(_) => Heard::Other,
        }
    }

    fn acknowledgement(id: MessageId) -> Frame {
        let at = usize::try_from(id.get()).unwrap_or(usize::MAX).min(MAX_MESSAGES - 1);
        Frame::Binary(Bytes::from_static(&ACKNOWLEDGEMENTS[at]))
    }

    fn ping() -> Frame {
        Frame::Ping(Bytes::new())
    }

    fn message() -> Frame {
        Frame::Binary(Bytes::from_static(b"hello"))
    }

    fn acknowledged(event: &Message) -> Option<MessageId> {
        match event {
            Message::Binary(bytes) => match bytes[..] {
                [0xac, id] => Some(MessageId::new(u64::from(id))),
                _ => None,
            },
            Message::Text(_) => None,
        }
    }
}
