//! One protocol type for both wire formats: two would be two copies of the state machine in the package.

use bytestring::ByteString;
use rejoin_proto::socketio::{self, AckId, Args, EmitOptions, Kept, SocketIo};
use rejoin_proto::{
    Error, ErrorCode, Frame, LaneId, Link, Message, MessageId, Outgoing, PlainWebSocket, Protocol,
    ProtocolInput, Secret, Timestamp,
};

use crate::records::{Kind, Records, Text};

#[derive(Debug)]
pub(crate) enum Wire {
    Plain(PlainWebSocket),
    SocketIo(Box<SocketIo>),
}

/// What either protocol tells.
#[derive(Debug)]
pub(crate) enum WireEvent {
    /// What it says stays in JavaScript.
    Plain,
    SocketIo(socketio::Event),
}

fn plain(_message: Message) -> WireEvent {
    WireEvent::Plain
}

/// What the application asks of the protocol.
#[derive(Debug)]
pub(crate) enum Request {
    Send(Outgoing),
    Emit(LaneId, Kept, EmitOptions),
    Acknowledge(ByteString, AckId, Args),
    Answered(MessageId),
    Join(ByteString, Option<Secret>),
    Leave(ByteString),
}

impl Wire {
    /// Whether the core reads what frames hold. Where it does not, they stay in JavaScript.
    pub(crate) fn reads(&self) -> bool {
        match self {
            Self::Plain(plain) => plain.text_heartbeat().is_some(),
            Self::SocketIo(_) => true,
        }
    }

    /// Whether events and answers are passed on as they come, so that only an outline of them is needed.
    pub(crate) fn passes_on(&self) -> bool {
        match self {
            Self::Plain(_) => true,
            Self::SocketIo(socketio) => socketio.passes_on(),
        }
    }

    /// Whether a token goes into a header of the handshake. Socket.IO has a place for it in the auth of its namespaces.
    pub(crate) fn token_in_header(&self) -> bool {
        match self {
            Self::Plain(_) => true,
            Self::SocketIo(_) => false,
        }
    }

    /// Gives what it leads to: the id of a message, the lane of a namespace.
    pub(crate) fn carry_out(
        &mut self,
        request: Request,
        link: &mut Link<'_, WireEvent>,
    ) -> Result<u64, Error> {
        let protocol = match self {
            Self::SocketIo(protocol) => protocol,
            Self::Plain(_) => {
                return match request {
                    Request::Send(outgoing) => link.send(outgoing).map(MessageId::get),
                    Request::Emit(..)
                    | Request::Acknowledge(..)
                    | Request::Answered(_)
                    | Request::Join(..)
                    | Request::Leave(_) => {
                        Err(Error::new(ErrorCode::Unsupported, "not a client of Socket.IO"))
                    }
                };
            }
        };
        link.scoped(WireEvent::SocketIo, |link| match request {
            Request::Send(outgoing) => link.send(outgoing).map(MessageId::get),
            Request::Emit(lane, kept, options) => {
                protocol.emit_kept(link, lane, kept, options).map(MessageId::get)
            }
            Request::Acknowledge(namespace, ack, args) => {
                protocol.acknowledge(link, &namespace, ack, args).map(|()| 0)
            }
            Request::Answered(id) => {
                protocol.answered(link, id);
                Ok(0)
            }
            Request::Join(name, auth) => {
                protocol.join(link, name.clone(), auth)?;
                Ok(protocol.lane(&name).map_or(0, |lane| lane.0.into()))
            }
            Request::Leave(name) => protocol.leave(link, &name).map(|()| 0),
        })
    }

    /// Whether events of the namespace reach the application as they are.
    fn takes_nothing(&self, namespace: &str) -> bool {
        match self {
            Self::Plain(_) => true,
            Self::SocketIo(socketio) => !socketio.recovers(namespace),
        }
    }

    fn lane(&self, namespace: &str) -> u32 {
        match self {
            Self::Plain(_) => LaneId::MAIN.0,
            Self::SocketIo(socketio) => socketio.lane(namespace).map_or(0, |lane| lane.0),
        }
    }
}

impl Protocol for Wire {
    type Event = WireEvent;

    fn handle(&mut self, link: &mut Link<'_, WireEvent>, input: ProtocolInput<'_>) -> Result<(), Error> {
        match self {
            Self::Plain(protocol) => link.scoped(plain, |link| protocol.handle(link, input)),
            Self::SocketIo(protocol) => link.scoped(WireEvent::SocketIo, |link| protocol.handle(link, input)),
        }
    }

    fn close_cause(&self, code: Option<u16>, reason: &str) -> Error {
        match self {
            Self::Plain(plain) => plain.close_cause(code, reason),
            Self::SocketIo(socketio) => socketio.close_cause(code, reason),
        }
    }

    fn deadline(&self) -> Option<Timestamp> {
        match self {
            Self::Plain(plain) => plain.deadline(),
            Self::SocketIo(socketio) => socketio.deadline(),
        }
    }

    fn ping(&mut self, ping_frames: bool) -> Option<Frame> {
        match self {
            Self::Plain(plain) => plain.ping(ping_frames),
            Self::SocketIo(socketio) => socketio.ping(ping_frames),
        }
    }

    fn unsolicited_pong(&mut self, ping_frames: bool) -> Option<Frame> {
        match self {
            Self::Plain(plain) => plain.unsolicited_pong(ping_frames),
            Self::SocketIo(socketio) => socketio.unsolicited_pong(ping_frames),
        }
    }
}

impl WireEvent {
    /// Records the event. `slot` is where JavaScript keeps the content of the frame that led to it.
    pub(crate) fn record(self, protocol: &Wire, slot: Option<f64>, records: &mut Records) {
        use socketio::Event;
        let lane = |namespace| f64::from(protocol.lane(namespace));
        match (self, slot) {
            // Each message comes of the one frame that is being handled.
            (Self::Plain, slot) => records.add(Kind::Message, &[slot.unwrap_or_default()]),
            (Self::SocketIo(Event::Event { namespace, args, ack, .. }), Some(slot)) => {
                let (session, id) = ack.map_or((-1.0, 0.0), |ack| {
                    let (session, id) = ack.to_parts();
                    (session.into(), id as f64)
                });
                let fields = [slot, f64::from(u8::from(args.is_empty())), lane(&namespace), session, id];
                records.add(Kind::Event, &fields);
            }
            (Self::SocketIo(Event::Event { namespace, name, args, ack }), None) => {
                let lane = u64::from(protocol.lane(&namespace));
                let ack = ack.map(|ack| ack.to_parts());
                // Counted from 1, so that 0 says that no answer is wanted.
                let (session, id) = ack.map_or((0, 0), |(session, id)| (u64::from(session) + 1, id));
                records.args(Text::Event, &[lane, session, id], &name, args.text(), args.attachments());
            }
            (Self::SocketIo(Event::Ack { id, .. }), Some(slot)) => {
                records.add(Kind::Ack, &[slot, id.get() as f64]);
            }
            (Self::SocketIo(Event::Ack { id, args, .. }), None) => {
                records.args(Text::Ack, &[id.get()], "", args.text(), args.attachments());
            }
            (Self::SocketIo(Event::NamespaceConnected { namespace, recovered, sid }), _) => {
                let record = records.text(Text::NamespaceConnected).number(protocol.lane(&namespace).into());
                let record = record.number(recovered.into()).string(&sid);
                record.number(protocol.takes_nothing(&namespace).into());
            }
            (Self::SocketIo(Event::NamespaceDisconnected { namespace, error }), _) => {
                let record = records.text(Text::NamespaceDisconnected);
                record.number(protocol.lane(&namespace).into()).error(&error);
            }
        }
    }
}
