use bytestring::ByteString;

use super::Limits;
use super::name::{MAIN, RESERVED};
use crate::json::{self, Malformed, skip_whitespace, value_end};
use crate::{Error, ErrorCode};

/// The largest acknowledgement id: what a JavaScript number holds exactly.
const MAX_ID: u64 = (1 << 53) - 1;

/// A Socket.IO packet as it arrived, attachments still to come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packet {
    /// The namespace.
    pub namespace: ByteString,
    /// What it says.
    pub body: Body,
}

/// What a packet says. Arguments are comma-separated JSON texts, found to be well-formed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// `0`: the namespace is connected.
    Connect {
        /// A JSON object, or nothing.
        data: Option<ByteString>,
    },
    /// `1`: the server ends the namespace.
    Disconnect,
    /// `2`, `5`: an event.
    Event {
        /// The name; the digits of one that is a number.
        name: ByteString,
        /// The arguments after the name.
        args: ByteString,
        /// The id under which the server wants an acknowledgement.
        id: Option<u64>,
        /// How many attachments follow.
        attachments: usize,
    },
    /// `3`, `6`: an acknowledgement.
    Ack {
        /// The id of the event it is for.
        id: u64,
        /// The arguments.
        args: ByteString,
        /// How many attachments follow.
        attachments: usize,
    },
    /// `4`: the namespace is refused.
    ConnectError {
        /// A JSON object or string.
        data: ByteString,
    },
}

impl Packet {
    /// Reads the message of an Engine.IO packet, without copying it: allocates only for an event name with escapes.
    ///
    /// # Errors
    /// `protocol`: the packet is malformed, or exceeds a limit.
    pub fn decode(message: &ByteString, limits: &Limits) -> Result<Self, Error> {
        Reader { message, at: 1, max_depth: limits.max_depth }
            .packet(limits)
            .map_err(|reason| Error::new(ErrorCode::Protocol, reason))
    }

    /// How many attachments follow.
    pub fn attachments(&self) -> usize {
        match self.body {
            Body::Event { attachments, .. } | Body::Ack { attachments, .. } => attachments,
            Body::Connect { .. } | Body::Disconnect | Body::ConnectError { .. } => 0,
        }
    }
}

type Reason = &'static str;

const BAD_PAYLOAD: Reason = "the payload of a packet is malformed";

impl From<Malformed> for Reason {
    fn from(_: Malformed) -> Self {
        BAD_PAYLOAD
    }
}

struct Reader<'a> {
    message: &'a ByteString,
    at: usize,
    max_depth: u32,
}

impl Reader<'_> {
    fn packet(mut self, limits: &Limits) -> Result<Packet, Reason> {
        let kind = *self.message.as_bytes().first().ok_or("a packet is empty")?;
        let attachments = match kind {
            b'5' | b'6' => self.attachments(limits.max_attachments)?,
            _ => 0,
        };
        let namespace = self.namespace();
        let id = self.id()?;
        let body = match kind {
            b'0' => Body::Connect { data: self.optional_object()? },
            b'1' if self.rest().is_empty() => Body::Disconnect,
            b'1' => return Err(BAD_PAYLOAD),
            b'2' | b'5' => {
                let (name, args) = self.event()?;
                Body::Event { name, args, id, attachments }
            }
            b'3' | b'6' => {
                let id = id.ok_or("an acknowledgement has no id")?;
                Body::Ack { id, args: self.array()?, attachments }
            }
            b'4' => Body::ConnectError { data: self.object_or_string()? },
            _ => return Err("a packet is of no known type"),
        };
        Ok(Packet { namespace, body })
    }

    fn rest(&self) -> &str {
        self.message.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.message.as_bytes().get(self.at).copied()
    }

    fn slice(&self, start: usize, end: usize) -> ByteString {
        let part = self.message.get(start..end).unwrap_or_default();
        if part.is_empty() { ByteString::new() } else { self.message.slice_ref(part) }
    }

    fn digits(&mut self) -> &str {
        let length = self.rest().bytes().take_while(u8::is_ascii_digit).count();
        let start = self.at;
        self.at += length;
        self.message.get(start..self.at).unwrap_or_default()
    }

    fn attachments(&mut self, limit: usize) -> Result<usize, Reason> {
        let count = self.digits().parse::<u64>().ok().and_then(|count| usize::try_from(count).ok());
        if self.peek() != Some(b'-') {
            return Err("the count of attachments is malformed");
        }
        self.at += 1;
        match count {
            Some(count) if count > 0 && count <= limit => Ok(count),
            Some(_) | None => Err("the count of attachments is out of range"),
        }
    }

    fn namespace(&mut self) -> ByteString {
        if self.peek() != Some(b'/') {
            return MAIN;
        }
        let start = self.at;
        let length = self.rest().bytes().position(|byte| byte == b',');
        let end = length.map_or(self.message.len(), |length| start + length);
        self.at = end + usize::from(length.is_some());
        if end - start == 1 { MAIN } else { self.slice(start, end) }
    }

    fn id(&mut self) -> Result<Option<u64>, Reason> {
        let digits = self.digits();
        if digits.is_empty() {
            return Ok(None);
        }
        match digits.parse() {
            Ok(id @ 0..=MAX_ID) => Ok(Some(id)),
            Ok(_) | Err(_) => Err("an acknowledgement id is out of range"),
        }
    }

    /// Nothing but whitespace may follow.
    fn end(&self, at: usize) -> Result<(), Reason> {
        let end = skip_whitespace(self.message.as_bytes(), at);
        if end == self.message.len() { Ok(()) } else { Err(BAD_PAYLOAD) }
    }

    fn optional_object(&self) -> Result<Option<ByteString>, Reason> {
        match self.peek() {
            None => Ok(None),
            Some(b'{') => self.value().map(Some),
            Some(_) => Err(BAD_PAYLOAD),
        }
    }

    fn object_or_string(&self) -> Result<ByteString, Reason> {
        match self.peek() {
            Some(b'{' | b'"') => self.value(),
            Some(_) | None => Err(BAD_PAYLOAD),
        }
    }

    fn value(&self) -> Result<ByteString, Reason> {
        let end = value_end(self.message, self.at, self.max_depth)?;
        self.end(end)?;
        Ok(self.slice(self.at, end))
    }

    /// Takes the opening bracket. The array itself counts as a level of nesting.
    fn open_array(&mut self) -> Result<(), Reason> {
        if self.peek() != Some(b'[') || self.max_depth == 0 {
            return Err(BAD_PAYLOAD);
        }
        self.max_depth -= 1;
        self.at = skip_whitespace(self.message.as_bytes(), self.at + 1);
        Ok(())
    }

    fn array(&mut self) -> Result<ByteString, Reason> {
        self.open_array()?;
        if self.peek() == Some(b']') {
            self.end(self.at + 1)?;
            return Ok(ByteString::new());
        }
        self.list()
    }

    /// The values up to the closing bracket: at least one.
    fn list(&self) -> Result<ByteString, Reason> {
        let bytes = self.message.as_bytes();
        let mut start = self.at;
        loop {
            let end = value_end(self.message, start, self.max_depth)?;
            let next = skip_whitespace(bytes, end);
            match bytes.get(next) {
                Some(b',') => start = next + 1,
                Some(b']') => {
                    self.end(next + 1)?;
                    return Ok(self.slice(self.at, end));
                }
                Some(_) | None => return Err(BAD_PAYLOAD),
            }
        }
    }

    fn event(&mut self) -> Result<(ByteString, ByteString), Reason> {
        self.open_array()?;
        let end = value_end(self.message, self.at, 0)?;
        let name = match self.peek() {
            Some(b'"') => self.name(self.at + 1, end - 1)?,
            Some(b'-' | b'0'..=b'9') => self.slice(self.at, end),
            Some(_) | None => return Err("an event's name is neither a string nor a number"),
        };
        let bytes = self.message.as_bytes();
        self.at = skip_whitespace(bytes, end);
        match self.peek() {
            Some(b',') => {
                self.at = skip_whitespace(bytes, self.at + 1);
                Ok((name, self.list()?))
            }
            Some(b']') => {
                self.end(self.at + 1)?;
                Ok((name, ByteString::new()))
            }
            Some(_) | None => Err(BAD_PAYLOAD),
        }
    }

    fn name(&self, start: usize, end: usize) -> Result<ByteString, Reason> {
        let raw = self.slice(start, end);
        let name =
            if raw.as_bytes().contains(&b'\\') { json::unescape(&raw).into_owned().into() } else { raw };
        if RESERVED.contains(&&*name) { Err("an event has a reserved name") } else { Ok(name) }
    }
}
