//! What a packet of the server does to its namespace.

use bytes::Bytes;
use bytestring::ByteString;

use super::namespace::{Held, Namespace, State, Wire};
use super::packet::{Body, Packet};
use super::recovery::{self, Recovery};
use super::{Args, Event, Parser, SocketIo, Stage};
use crate::error::sanitize;
use crate::protocol::Link;
use crate::{Error, ErrorCode, MessageId, Secret, json};

impl SocketIo {
    /// Asks for all namespaces that are wanted on the new link.
    pub(super) fn connect_all(&mut self, link: &mut Link<'_, Event>) -> Result<(), Error> {
        if !self.namespaces.values().any(|namespace| matches!(namespace.state, State::Wanted)) {
            // The application connected again although the server had ended them all.
            for namespace in self.namespaces.values_mut() {
                if matches!(namespace.state, State::Refused(_) | State::Closed) {
                    namespace.state = State::Wanted;
                }
            }
        }
        let wanted: Vec<_> =
            self.namespaces.values().filter(|namespace| matches!(namespace.state, State::Wanted)).collect();
        let wanted: Vec<_> = wanted.into_iter().map(|namespace| namespace.name.clone()).collect();
        for name in wanted {
            self.ask(link, &name, true);
        }
        self.finish_handshake(link);
        Ok(())
    }

    /// Asks for a namespace as soon as its CONNECT cannot be taken for a second one.
    pub(super) fn ask(&mut self, link: &mut Link<'_, Event>, name: &str, gates: bool) {
        let deadline = link.now() + self.limits.namespace_timeout;
        let Some(namespace) = self.namespaces.get_mut(name) else { return };
        namespace.state = State::Connecting { gates, deadline };
        match &mut namespace.wire {
            Wire::Out => {}
            // Its CONNECT is on the way: the answer is welcome after all.
            Wire::Asked | Wire::In => return,
            Wire::Parted { beat, .. } if self.beats.wrapping_sub(*beat) >= 2 => {}
            Wire::Parted { ping: Some(_), .. } => return,
            Wire::Parted { ping, .. } if link.ping_frames() => {
                *ping = Some(self.pings + 1);
                link.transmit(self.numbered_ping());
                return;
            }
            Wire::Parted { .. } => {
                let message = "a namespace was left and asked for again, which takes a new link here";
                link.end(Error::new(ErrorCode::TransportClosed, message));
                return;
            }
        }
        let auth = namespace.auth.as_ref().or(self.auth.as_ref()).map(Secret::expose);
        let payload = recovery::connect_payload(auth, namespace.recovery.as_ref());
        namespace.wire = Wire::Asked;
        link.transmit(self.parser.connect(name, payload.as_deref()));
    }

    /// The peer answered our ping, so that it has read all that we sent before.
    pub(super) fn pong(&mut self, link: &mut Link<'_, Event>, payload: &[u8]) {
        let Ok(answered) = <[u8; 8]>::try_from(payload).map(u64::from_be_bytes) else { return };
        let mut wanted = Vec::new();
        for namespace in self.namespaces.values_mut() {
            if matches!(namespace.wire, Wire::Parted { ping: Some(ping), .. } if ping <= answered) {
                namespace.wire = Wire::Out;
                if matches!(namespace.state, State::Connecting { .. }) {
                    wanted.push(namespace.name.clone());
                }
            }
        }
        for name in wanted {
            self.ask(link, &name, false);
        }
    }

    /// A packet is complete. One for a namespace that we do not know, or have left, is of no interest.
    pub(super) fn dispatch(
        &mut self,
        link: &mut Link<'_, Event>,
        packet: Packet,
        attachments: Vec<Bytes>,
    ) -> Result<(), Error> {
        let (parser, beats) = (self.parser, self.beats);
        let flowing = self.stage == Stage::Flowing;
        let Some(namespace) = self.namespaces.get_mut(&*packet.namespace) else { return Ok(()) };
        match packet.body {
            Body::Event { name, args, id, .. } => {
                let event = Held { name, args: Args::from_valid(args, attachments), id };
                return match namespace.state {
                    State::Connected { .. } => {
                        namespace.deliver(link, event);
                        Ok(())
                    }
                    State::Connecting { .. } => {
                        namespace.hold(event, self.limits.max_held_events, self.limits.max_packet_bytes)
                    }
                    State::Left | State::Wanted | State::Refused(_) | State::Closed => Ok(()),
                };
            }
            Body::Ack { id, args, .. } => {
                let id = MessageId::new(id);
                if namespace.is_connected() && link.acknowledged(id, namespace.lane) {
                    let args = Args::from_valid(args, attachments);
                    link.event(Event::Ack { namespace: namespace.name.clone(), id, args });
                }
                return Ok(());
            }
            Body::Connect { data } => match namespace.wire {
                Wire::Asked if namespace.is_left() => namespace.part(link, parser, beats),
                Wire::Asked => namespace.connected(link, data.as_deref(), flowing),
                Wire::In => {
                    let message = "the server connected a namespace twice";
                    return Err(Error::new(ErrorCode::Protocol, message));
                }
                Wire::Out | Wire::Parted { .. } => return Ok(()),
            },
            Body::ConnectError { data } => {
                if matches!(namespace.wire, Wire::Asked | Wire::In) {
                    namespace.wire = Wire::Out;
                    namespace.refused(link, refusal(&packet.namespace, &data));
                }
            }
            Body::Disconnect => {
                namespace.closed(link);
                if !self.namespaces.values().any(Namespace::is_active) {
                    link.end(server_disconnect());
                    return Ok(());
                }
            }
        }
        self.finish_handshake(link);
        Ok(())
    }

    /// Ready when the last of the first namespaces has answered; over when all of them were refused.
    pub(super) fn finish_handshake(&mut self, link: &mut Link<'_, Event>) {
        if self.stage != Stage::Handshake || self.namespaces.values().any(Namespace::gates) {
            return;
        }
        let mut refusal = None;
        let (mut connected, mut resumed) = (0, true);
        for namespace in self.namespaces.values() {
            match &namespace.state {
                State::Connected { recovered, .. } => {
                    connected += 1;
                    resumed &= recovered;
                }
                State::Refused(error) => refusal = refusal.or(Some(error)),
                State::Left | State::Wanted | State::Connecting { .. } | State::Closed => {}
            }
        }
        match refusal {
            Some(error) if connected == 0 => link.end(error.clone()),
            Some(_) | None => {
                self.stage = Stage::Ready;
                link.ready(resumed && connected > 0);
            }
        }
    }

    /// The namespaces asked for later whose answer did not come in time.
    pub(super) fn give_up_overdue(&mut self, link: &mut Link<'_, Event>) {
        let now = link.now();
        for namespace in self.namespaces.values_mut() {
            if namespace.deadline().is_some_and(|at| at <= now) {
                let message = ["the server did not answer for ", &sanitize(&namespace.name)].concat();
                namespace.refused(link, Error::new(ErrorCode::ConnectTimeout, message));
            }
        }
    }
}

impl Namespace {
    /// Says DISCONNECT to the server.
    pub(super) fn part(&mut self, link: &mut Link<'_, Event>, parser: Parser, beat: u32) {
        self.wire = Wire::Parted { beat, ping: None };
        link.transmit(parser.disconnect(&self.name));
    }

    /// The server counts us in, be its answer late.
    fn connected(&mut self, link: &mut Link<'_, Event>, data: Option<&str>, flowing: bool) {
        let Some(sid) = data.and_then(|data| member(data, "sid")) else {
            let message = "the server's CONNECT has no sid: it speaks Socket.IO 2 or older";
            link.end(Error::new(ErrorCode::UnsupportedServer, message));
            return;
        };
        let pid = data.and_then(|data| member(data, "pid")).map(Secret::new);
        let recovered = pid.is_some() && self.recovery.as_ref().map(|recovery| &recovery.pid) == pid.as_ref();
        if !recovered {
            self.recovery = pid.map(Recovery::new);
        }
        self.session = self.session.wrapping_add(1);
        self.wire = Wire::In;
        self.state = State::Connected { sid: sid.clone(), recovered };
        link.event(Event::NamespaceConnected { namespace: self.name.clone(), recovered, sid });
        link.set_lane_open(self.lane, flowing);
        self.held_bytes = 0;
        for event in core::mem::take(&mut self.held) {
            self.deliver(link, event);
        }
    }

    fn refused(&mut self, link: &mut Link<'_, Event>, error: Error) {
        match self.state {
            State::Connecting { .. } | State::Connected { .. } | State::Wanted => {}
            State::Left | State::Refused(_) | State::Closed => return,
        }
        self.leave_session(link);
        self.state = State::Refused(error.clone());
        link.event(Event::NamespaceDisconnected { namespace: self.name.clone(), error });
    }

    fn closed(&mut self, link: &mut Link<'_, Event>) {
        if matches!(self.wire, Wire::Asked | Wire::In) {
            self.wire = Wire::Out;
        }
        match self.state {
            State::Connected { .. } | State::Connecting { .. } | State::Wanted => {}
            State::Left | State::Refused(_) | State::Closed => return,
        }
        self.leave_session(link);
        self.state = State::Closed;
        link.event(Event::NamespaceDisconnected { namespace: self.name.clone(), error: server_disconnect() });
    }

    /// What ends a namespace on purpose also ends what could be recovered.
    pub(super) fn leave_session(&mut self, link: &mut Link<'_, Event>) {
        link.lane_lost(self.lane);
        self.recovery = None;
        self.held = Vec::new();
        self.held_bytes = 0;
    }

    fn hold(&mut self, event: Held, max_events: usize, max_bytes: usize) -> Result<(), Error> {
        self.held_bytes = self.held_bytes.saturating_add(event.name.len() + event.args.size());
        if self.held.len() >= max_events || self.held_bytes > max_bytes {
            // What was missed is too much to be recovered: the next attempt begins afresh.
            self.recovery = None;
            return Err(Error::new(
                ErrorCode::Protocol,
                "too many events came before the namespace was connected",
            ));
        }
        self.held.push(event);
        Ok(())
    }

    fn deliver(&mut self, link: &mut Link<'_, Event>, event: Held) {
        let Held { name, mut args, id } = event;
        if let (Some(recovery), None) = (&mut self.recovery, id)
            && let Some(rest) = recovery.take_offset(args.text())
        {
            args.set_text(args.text().slice_ref(rest));
        }
        let ack = id.map(|id| super::AckId { session: self.session, id });
        link.event(Event::Event { namespace: self.name.clone(), name, args, ack });
    }
}

/// The text of a string member of a JSON object, if it is not empty.
fn member(object: &str, key: &str) -> Option<ByteString> {
    let (_, value) = json::members(object).find(|(name, _)| json::unescape(name) == key)?;
    let raw = value.strip_prefix('"')?.strip_suffix('"')?;
    let text = json::unescape(raw).into_owned();
    (!text.is_empty()).then(|| text.into())
}

/// `{message, data?}`, or a string.
fn refusal(namespace: &str, payload: &str) -> Error {
    let message = member(payload, "message").or_else(|| {
        let raw = payload.strip_prefix('"')?.strip_suffix('"')?;
        Some(json::unescape(raw).into_owned().into())
    });
    let message = message.map(|message| sanitize(&message));
    let (colon, message) = message.as_ref().map_or(("", ""), |message| (": ", message));
    let message = ["the server refused the namespace ", &sanitize(namespace), colon, message].concat();
    let error = Error::new(ErrorCode::NamespaceRefused, message);
    match json::members(payload).find(|(name, _)| json::unescape(name) == "data") {
        Some((_, data)) => error.with_data(data),
        None => error,
    }
}

fn server_disconnect() -> Error {
    Error::new(ErrorCode::ServerDisconnect, "the server ended the session (io server disconnect)")
}
