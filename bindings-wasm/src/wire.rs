//! One protocol type for both wire formats: two would be two copies of the state machine in the package.

use rejoin_proto::socketio::{self, SocketIo};
use rejoin_proto::{
    Connection, Credentials, Error, ErrorCode, Frame, Link, Message, PlainWebSocket, Protocol, Timestamp,
};
use wasm_bindgen::JsValue;

use crate::batch::{Batch, Kind};

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

/// Calls the same method of whichever protocol it is.
macro_rules! either {
    ($wire:expr, $link:expr, |$protocol:ident, $inner:ident| $call:expr) => {
        match $wire {
            Wire::Plain($protocol) => $link.scoped(plain, |$inner| $call),
            Wire::SocketIo($protocol) => $link.scoped(WireEvent::SocketIo, |$inner| $call),
        }
    };
}

impl Wire {
    /// Whether the core reads what frames hold. Where it does not, they stay in JavaScript.
    pub(crate) fn reads(&self) -> bool {
        match self {
            Self::Plain(plain) => plain.text_heartbeat().is_some(),
            Self::SocketIo(_) => true,
        }
    }
}

/// Asks the Socket.IO protocol of the connection.
///
/// # Errors
/// `client_closed`, or what the protocol answers.
pub(crate) fn ask_socketio<T>(
    connection: &mut Connection<Wire>,
    now: Timestamp,
    ask: impl FnOnce(&mut SocketIo, &mut Link<'_, socketio::Event>) -> Result<T, Error>,
) -> Result<T, Error> {
    connection.check_open()?;
    connection.with_protocol(now, |wire, link| match wire {
        Wire::SocketIo(socketio) => link.scoped(WireEvent::SocketIo, |link| ask(socketio, link)),
        Wire::Plain(_) => Err(Error::new(ErrorCode::Unsupported, "the client does not speak Socket.IO")),
    })
}

impl Protocol for Wire {
    type Event = WireEvent;

    fn opened(&mut self, link: &mut Link<'_, WireEvent>, credentials: Option<&Credentials>) {
        either!(self, link, |protocol, link| protocol.opened(link, credentials));
    }

    fn frame(&mut self, link: &mut Link<'_, WireEvent>, frame: Frame) -> Result<(), Error> {
        either!(self, link, |protocol, link| protocol.frame(link, frame))
    }

    fn connected(&mut self, link: &mut Link<'_, WireEvent>) {
        either!(self, link, |protocol, link| protocol.connected(link));
    }

    fn closing(&mut self, link: &mut Link<'_, WireEvent>) {
        either!(self, link, |protocol, link| protocol.closing(link));
    }

    fn closed(&mut self, link: &mut Link<'_, WireEvent>, cause: &Error) {
        either!(self, link, |protocol, link| protocol.closed(link, cause));
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

    fn timeout(&mut self, link: &mut Link<'_, WireEvent>) -> Result<(), Error> {
        either!(self, link, |protocol, link| protocol.timeout(link))
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
    /// Records the event. `payload` is what JavaScript gave with the frame that led to it.
    pub(crate) fn record(self, payload: Option<JsValue>, batch: &mut Batch) {
        use socketio::Event;
        match self {
            // Each message comes of the one frame that is being handled.
            Self::Plain => batch.message(payload.unwrap_or(JsValue::NULL)),
            Self::SocketIo(Event::Event { namespace, name, args, ack }) => {
                let record = batch.record(Kind::Event).string(&namespace).string(&name);
                let record = record.args(args.text(), args.attachments());
                if let Some(ack) = ack {
                    let (session, id) = ack.to_parts();
                    record.number(session.into()).number(id);
                }
            }
            Self::SocketIo(Event::Ack { id, args, .. }) => {
                batch.record(Kind::Ack).number(id.get()).args(args.text(), args.attachments());
            }
            Self::SocketIo(Event::NamespaceConnected { namespace, recovered, sid }) => {
                batch.record(Kind::NamespaceConnected).string(&namespace).flag(recovered).string(&sid);
            }
            Self::SocketIo(Event::NamespaceDisconnected { namespace, error }) => {
                batch.record(Kind::NamespaceDisconnected).string(&namespace).error(&error);
            }
        }
    }
}
