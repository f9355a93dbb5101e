//! What the application sends: the content stays with JavaScript, under the id that it gets.

use bytes::Bytes;
use bytestring::ByteString;
use rejoin_proto::socketio::{AckId, Args, EmitOptions, Kept};
use rejoin_proto::{Ack, Error, Frame, LaneId, MessageId, Outgoing, Secret, SendOptions, Timestamp};

use crate::core::{Core, duration};
use crate::wire::Request;

/// How the next message is sent.
#[derive(Debug, Default)]
pub(crate) struct MessageOptions {
    /// It belongs to the on-connect step.
    setup: bool,
    retries: u32,
    send: SendOptions,
}

impl Core {
    pub(crate) fn set_options(&mut self, [flags, ttl, retries, parts]: [f64; 4]) {
        let flags = flags as u8;
        self.options = MessageOptions {
            setup: flags & 1 != 0,
            retries: retries as u32,
            send: SendOptions {
                volatile: flags & 2 != 0,
                ttl: duration(ttl),
                key: self.inbox.parts(parts).text(),
            },
        };
    }

    pub(crate) fn send(&mut self, kept: usize, binary: bool, now: Timestamp) -> Result<f64, Error> {
        let MessageOptions { setup, send: mut options, .. } = core::mem::take(&mut self.options);
        options.volatile |= setup;
        let lane = if setup { LaneId::SETUP } else { LaneId::MAIN };
        let head = if binary { Frame::Binary(Bytes::new()) } else { Frame::Text(ByteString::new()) };
        let outgoing = Outgoing { lane, head, attachments: Vec::new(), kept, options, ack: None };
        self.request(Request::Send(outgoing), now)
    }

    pub(crate) fn emit(
        &mut self,
        [lane, bytes, attachments, ack]: [f64; 4],
        now: Timestamp,
    ) -> Result<f64, Error> {
        let MessageOptions { setup, retries, send } = core::mem::take(&mut self.options);
        let default = self.connection.config().ack_timeout;
        let wanted = ack.is_nan() || ack >= 0.0;
        let ack = wanted.then(|| Ack { timeout: duration(ack).unwrap_or(default), retries });
        let kept = Kept { bytes: bytes as usize, attachments: attachments as usize };
        let options = EmitOptions { ack, send, setup };
        self.request(Request::Emit(LaneId(lane as u32), kept, options), now)
    }

    pub(crate) fn acknowledge(
        &mut self,
        [session, id, _, parts]: [f64; 4],
        now: Timestamp,
    ) -> Result<f64, Error> {
        let mut parts = self.inbox.parts(parts);
        let namespace = parts.text().unwrap_or_default();
        let array = parts.text().unwrap_or_default();
        let mut attachments = Vec::new();
        while let Some(part) = parts.next() {
            attachments.push(Bytes::copy_from_slice(part));
        }
        let args = Args::with_attachments(array, attachments)?;
        let ack = AckId::from_parts(session as u32, id as u64);
        self.request(Request::Acknowledge(namespace, ack, args), now)
    }

    pub(crate) fn connect_namespace(&mut self, parts: f64, now: Timestamp) -> Result<f64, Error> {
        let mut parts = self.inbox.parts(parts);
        let name = parts.text().unwrap_or_default();
        let auth = parts.text().map(Secret::new);
        self.request(Request::Join(name, auth), now)
    }

    pub(crate) fn disconnect_namespace(&mut self, parts: f64, now: Timestamp) -> Result<f64, Error> {
        let name = self.inbox.parts(parts).text().unwrap_or_default();
        self.request(Request::Leave(name), now)
    }

    pub(crate) fn answered(&mut self, message: f64, now: Timestamp) -> Result<f64, Error> {
        self.request(Request::Answered(MessageId::new(message as u64)), now)
    }

    fn request(&mut self, request: Request, now: Timestamp) -> Result<f64, Error> {
        self.connection.check_open()?;
        let number = self.connection.with_protocol(now, |wire, link| wire.carry_out(request, link))?;
        Ok(number as f64)
    }
}
