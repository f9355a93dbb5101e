//! Connection state recovery: what the server needs to send what was missed, and how it says so.

use bytestring::ByteString;

use crate::{Secret, json};

/// A session that the server may keep while there is no link.
#[derive(Clone, Debug)]
pub(super) struct Recovery {
    pub(super) pid: Secret,
    offset: Option<ByteString>,
    /// Two offsets in a row agreed: what differs from them is none.
    confirmed: bool,
}

impl Recovery {
    pub(super) fn new(pid: Secret) -> Self {
        Self { pid, offset: None, confirmed: false }
    }

    /// Keeps the offset at the end of an event's arguments, and gives the arguments without it.
    ///
    /// The wire does not say whether the last string is an offset: volatile events have none. So a user's string must
    /// neither look like an offset nor agree with those that came before.
    pub(super) fn take_offset<'a>(&mut self, args: &'a str) -> Option<&'a str> {
        let (rest, text) = split_last_string(args)?;
        let shape = Shape::of(text)?;
        let agrees = self.offset.as_deref().and_then(Shape::of).is_some_and(|last| last.agrees(&shape));
        if self.confirmed && !agrees {
            return None;
        }
        self.confirmed = agrees;
        // A copy: the offset is kept for long, and must not keep the whole event.
        self.offset = Some(text.into());
        Some(rest)
    }
}

/// The arguments before a last one that is a string without escapes, and that string.
fn split_last_string(args: &str) -> Option<(&str, &str)> {
    let inner = args.strip_suffix('"')?;
    let open = inner.bytes().rposition(|byte| byte == b'"')?;
    let before = inner[..open].trim_ascii_end();
    let rest = if before.is_empty() { "" } else { before.strip_suffix(',')? };
    Some((rest.trim_ascii_end(), &inner[open + 1..]))
}

/// The offsets that servers make.
#[derive(Debug)]
enum Shape {
    /// In memory: milliseconds since 1970 in base 64, of a date from 2022 to 2048; then a counter after a dot.
    Time(u64),
    /// Redis streams: milliseconds, then a counter after a dash.
    StreamEntry,
    /// MongoDB: 24 hexadecimal digits.
    ObjectId,
}

impl Shape {
    fn of(text: &str) -> Option<Self> {
        if let Some(millis) = base64_time(text) {
            return Some(Self::Time(millis));
        }
        let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if let Some((time, counter)) = text.split_once('-') {
            let is_entry = time.len() == 13 && counter.len() <= 20 && is_number(time) && is_number(counter);
            return is_entry.then_some(Self::StreamEntry);
        }
        let is_hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        (text.len() == 24 && text.bytes().all(is_hex)).then_some(Self::ObjectId)
    }

    fn agrees(&self, other: &Self) -> bool {
        const YEAR: u64 = 365 * 24 * 3600 * 1000;
        match (self, other) {
            (Self::Time(one), Self::Time(other)) => one.abs_diff(*other) < YEAR,
            (Self::StreamEntry, Self::StreamEntry) | (Self::ObjectId, Self::ObjectId) => true,
            (Self::Time(_) | Self::StreamEntry | Self::ObjectId, _) => false,
        }
    }
}

fn base64_time(text: &str) -> Option<u64> {
    const MAX_COUNTER: usize = 8;
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'A'..=b'Z' => Some(byte - b'A' + 10),
        b'a'..=b'z' => Some(byte - b'a' + 36),
        b'-' => Some(62),
        b'_' => Some(63),
        _ => None,
    };
    let time = match text.split_once('.') {
        None => text,
        Some((time, counter)) => {
            let is_counter = (1..=MAX_COUNTER).contains(&counter.len());
            (is_counter && counter.bytes().all(|byte| digit(byte).is_some())).then_some(time)?
        }
    };
    if time.len() != 7 || !matches!(time.as_bytes().first(), Some(b'O'..=b'Z')) {
        return None;
    }
    time.bytes().try_fold(0, |millis, byte| Some(millis * 64 + u64::from(digit(byte)?)))
}

/// The payload of CONNECT: the application's auth object, with what recovery needs before it.
pub(super) fn connect_payload(auth: Option<&str>, recovery: Option<&Recovery>) -> Option<String> {
    // Node takes a space after the type for an id.
    let auth = auth.map(str::trim_ascii);
    let Some(Recovery { pid, offset, .. }) = recovery else { return auth.map(str::to_owned) };
    let mut payload = String::from("{\"pid\":");
    json::quote(pid.expose(), &mut payload);
    if let Some(offset) = offset {
        payload.push_str(",\"offset\":");
        json::quote(offset, &mut payload);
    }
    let members = auth.and_then(|auth| auth.strip_prefix('{')).map(str::trim_ascii_start);
    match members {
        Some("}") | None => payload.push('}'),
        Some(members) => {
            payload.push(',');
            payload.push_str(members);
        }
    }
    Some(payload)
}
