//! What the application asks of a Socket.IO connection.

use bytes::Bytes;
use bytestring::ByteString;

use super::name::MAIN;
use super::namespace::{Namespace, State, Wire};
use super::wire::Encoded;
use super::{AckId, Args, Event, SocketIo, Stage, name, options};
use crate::protocol::Link;
use crate::{
    Ack, Connection, Error, ErrorCode, Frame, LaneId, MessageId, Outgoing, Secret, SendOptions, Timestamp,
};

/// How an event is sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EmitOptions {
    /// Ask for an acknowledgement.
    pub ack: Option<Ack>,
    /// How it waits.
    pub send: SendOptions,
    /// It belongs to the on-connect step: it is sent before all that waits, and only on this link.
    pub setup: bool,
}

impl Connection<SocketIo> {
    /// Accepts an event, to be sent in order when its namespace is connected. The answer comes as
    /// [`Event::Ack`], under the id that is returned.
    ///
    /// # Errors
    /// `invalid_argument` (a reserved event name, a namespace without `/`), `namespace_closed` (a namespace that was
    /// never asked for, or left), `queue_full`, `too_big`, `client_closed`: the event was not accepted.
    pub fn emit(
        &mut self,
        namespace: &str,
        name: &str,
        args: Args,
        options: EmitOptions,
        now: Timestamp,
    ) -> Result<MessageId, Error> {
        self.check_open()?;
        self.with_protocol(now, |protocol, link| protocol.emit(link, namespace, name, args, options))
    }

    /// Answers an event of the server, at once or never: an answer belongs to the session that asked.
    ///
    /// # Errors
    /// `not_connected`: that session is over. `queue_full`: too many answers wait for the network.
    pub fn acknowledge(
        &mut self,
        namespace: &str,
        ack: AckId,
        args: Args,
        now: Timestamp,
    ) -> Result<(), Error> {
        self.check_open()?;
        self.with_protocol(now, |protocol, link| protocol.acknowledge(link, namespace, ack, args))
    }

    /// Connects a namespace, now and on each later link. `auth` is its own auth object, as JSON text, in place of
    /// the one of the credentials. Nothing happens if it is connected.
    ///
    /// # Errors
    /// `invalid_argument`: the name does not begin with `/` or holds a comma, or `auth` is not a JSON object.
    pub fn connect_namespace(
        &mut self,
        namespace: impl Into<ByteString>,
        auth: Option<Secret>,
        now: Timestamp,
    ) -> Result<(), Error> {
        self.check_open()?;
        self.with_protocol(now, |protocol, link| protocol.join(link, namespace.into(), auth))
    }

    /// Leaves a namespace: it is not connected again, and what waits for it is withdrawn.
    ///
    /// # Errors
    /// `invalid_argument`: the name does not begin with `/` or holds a comma. `namespace_closed`: it was never asked for,
    /// or left before.
    pub fn disconnect_namespace(&mut self, namespace: &str, now: Timestamp) -> Result<(), Error> {
        self.check_open()?;
        self.with_protocol(now, |protocol, link| protocol.leave(link, namespace))
    }
}

/// What a connection is asked, for one whose protocol is only in part this one. The rules and errors are those of
/// `Connection<SocketIo>`, but that the client is not closed is the caller's to check.
impl SocketIo {
    /// See [`Connection::emit`].
    ///
    /// # Errors
    /// As there.
    pub fn emit(
        &mut self,
        link: &mut Link<'_, Event>,
        namespace: &str,
        name: &str,
        args: Args,
        options: EmitOptions,
    ) -> Result<MessageId, Error> {
        check_event_name(name)?;
        let known = self.namespaces.get(namespace).filter(|namespace| !namespace.is_left());
        let namespace = known.ok_or_else(|| unknown_namespace(namespace))?;
        let id = options.ack.map(|_| link.next_id().get());
        let encoded = self.parser.event(&namespace.name, name, args, id);
        accept(link, namespace.lane, encoded, 0, options)
    }

    /// As [`emit`](Self::emit), for an event whose content the driver keeps: to the head it adds the JSON array of
    /// name and arguments, and it sends each attachment in place of the empty one. The name passed [`check_event_name`].
    ///
    /// # Errors
    /// As there; `unsupported` where packets are not JSON.
    pub fn emit_kept(
        &mut self,
        link: &mut Link<'_, Event>,
        lane: LaneId,
        kept: Kept,
        options: EmitOptions,
    ) -> Result<MessageId, Error> {
        let namespace =
            self.namespaces.values().find(|namespace| namespace.lane == lane && !namespace.is_left());
        let namespace = namespace.ok_or_else(namespace_closed)?;
        let id = options.ack.map(|_| link.next_id().get());
        let head = self.parser.event_head(&namespace.name, kept.attachments, id)?;
        accept(link, lane, (head, vec![Bytes::new(); kept.attachments]), kept.bytes, options)
    }

    /// The lane of a namespace that was asked for.
    pub fn lane(&self, namespace: &str) -> Option<LaneId> {
        self.namespaces.get(namespace).map(|namespace| namespace.lane)
    }

    /// Whether the server may keep the session of a namespace while there is no link, so that its events may hold an offset.
    pub fn recovers(&self, namespace: &str) -> bool {
        self.namespaces.get(namespace).is_some_and(|namespace| namespace.recovery.is_some())
    }

    /// The server answered an event of the namespace `/` that was sent and waits for that. The driver, which knows as much, has
    /// told the application already.
    pub fn answered(&mut self, link: &mut Link<'_, Event>, id: MessageId) {
        if let Some(namespace) = self.namespaces.get(&MAIN) {
            link.acknowledged(id, namespace.lane);
        }
    }

    /// See [`Connection::acknowledge`].
    ///
    /// # Errors
    /// As there.
    pub fn acknowledge(
        &mut self,
        link: &mut Link<'_, Event>,
        namespace: &str,
        ack: AckId,
        args: Args,
    ) -> Result<(), Error> {
        let current = self
            .namespaces
            .get(namespace)
            .filter(|namespace| namespace.is_connected() && namespace.session == ack.session);
        let Some(namespace) = current.filter(|_| self.stage != Stage::Shut) else {
            return Err(Error::new(ErrorCode::NotConnected, "the session that asked for the answer is over"));
        };
        if link.backlog() + args.attachments().len() >= self.limits.max_backlog {
            return Err(Error::new(ErrorCode::QueueFull, "too many answers wait for the network"));
        }
        let (head, attachments) = self.parser.ack(&namespace.name, ack.id, args);
        link.transmit(head);
        for attachment in attachments {
            link.transmit(Frame::Binary(attachment));
        }
        Ok(())
    }

    /// Registers a namespace, to be connected on the next link.
    pub(super) fn want(&mut self, name: ByteString, auth: Option<Secret>) -> Result<&mut Namespace, Error> {
        name::check_namespace(&name)?;
        if auth.as_ref().is_some_and(|auth| !options::is_object(auth.expose())) {
            return Err(Error::invalid("auth", "must be a JSON object"));
        }
        let lane = LaneId(u32::try_from(self.namespaces.len()).unwrap_or(u32::MAX).saturating_add(1));
        let namespace = self.namespaces.get_or_insert_with(name.clone(), || Namespace::new(name, lane));
        namespace.auth = auth;
        Ok(namespace)
    }

    /// See [`Connection::connect_namespace`].
    ///
    /// # Errors
    /// As there.
    pub fn join(
        &mut self,
        link: &mut Link<'_, Event>,
        name: ByteString,
        auth: Option<Secret>,
    ) -> Result<(), Error> {
        let shut = self.stage == Stage::Shut;
        let namespace = self.want(name.clone(), auth)?;
        match namespace.state {
            State::Connecting { .. } | State::Connected { .. } => {}
            State::Left | State::Wanted | State::Refused(_) | State::Closed => {
                namespace.state = State::Wanted;
                if !shut {
                    self.ask(link, &name, false);
                }
            }
        }
        Ok(())
    }

    /// See [`Connection::disconnect_namespace`].
    ///
    /// # Errors
    /// As there.
    pub fn leave(&mut self, link: &mut Link<'_, Event>, name: &str) -> Result<(), Error> {
        let namespace = self.namespaces.get_mut(name).filter(|namespace| !namespace.is_left());
        let namespace = namespace.ok_or_else(|| unknown_namespace(name))?;
        namespace.leave_session(link);
        link.withdraw_lane(namespace.lane);
        let was = core::mem::replace(&mut namespace.state, State::Left);
        // While a CONNECT is not answered, a DISCONNECT would end the link: it follows the answer.
        if namespace.wire == Wire::In {
            namespace.part(link, self.parser, self.beats);
        }
        // Whoever waits for it to be connected waits no longer.
        if matches!(was, State::Wanted | State::Connecting { .. } | State::Connected { .. }) {
            let error = Error::new(ErrorCode::ClientDisconnect, "the application left the namespace");
            link.event(Event::NamespaceDisconnected { namespace: namespace.name.clone(), error });
        }
        self.finish_handshake(link);
        Ok(())
    }
}

/// The content of an event, where it stays with the driver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The length of all of it, attachments included.
    pub bytes: usize,
    /// How many attachments follow the text.
    pub attachments: usize,
}

/// Whether an event may have this name.
///
/// # Errors
/// `invalid_argument`: the name means something to the client libraries themselves.
pub fn check_event_name(name: &str) -> Result<(), Error> {
    name::check_event(name)
}

fn accept(
    link: &mut Link<'_, Event>,
    lane: LaneId,
    (head, attachments): Encoded,
    kept: usize,
    options: EmitOptions,
) -> Result<MessageId, Error> {
    let EmitOptions { ack, mut send, setup } = options;
    send.volatile |= setup;
    let lane = if setup { LaneId::SETUP } else { lane };
    link.send(Outgoing { lane, head, attachments, kept, options: send, ack })
}

/// A name that no namespace can have is wrong whatever was asked for before.
fn unknown_namespace(name: &str) -> Error {
    name::check_namespace(name).err().unwrap_or_else(namespace_closed)
}

fn namespace_closed() -> Error {
    Error::new(ErrorCode::NamespaceClosed, "the namespace was not asked for, or was left")
}
