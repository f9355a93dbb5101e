//! Connection state recovery: what the server needs to send what was missed, and how it says so.

use bytestring::ByteString;

use crate::{Secret, json};

/// A session that the server may keep while there is no link.
#[derive(Clone, Debug)]
pub(super) struct Recovery {
    pub(super) pid: Secret,
    pub(super) offset: Option<ByteString>,
}

/// The longest offset that any adapter uses is far below.
const MAX_OFFSET: usize = 48;

/// Takes the offset off the arguments of an event: `(arguments, offset)`.
///
/// The wire does not say whether the last string is an offset: volatile events have none. So a user's string must
/// not look like one of the offsets that servers make: a time in base 64 (in memory), a Redis stream's entry id, or
/// a MongoDB object id.
pub(super) fn split_offset(args: &str) -> Option<(&str, &str)> {
    let inner = args.strip_suffix('"')?;
    let open = inner.rfind('"')?;
    let offset = &inner[open + 1..];
    let before = inner[..open].trim_end_matches([' ', '\t', '\n', '\r']);
    let rest = if before.is_empty() { "" } else { before.strip_suffix(',')? };
    is_offset(offset).then(|| (rest.trim_end_matches([' ', '\t', '\n', '\r']), offset))
}

fn is_offset(text: &str) -> bool {
    text.len() <= MAX_OFFSET && (is_yeast(text) || is_stream_entry(text) || is_object_id(text))
}

/// Milliseconds since 1970 in base 64, as seven digits for a date from 2022 to 2048; then a counter after a dot.
fn is_yeast(text: &str) -> bool {
    let is_digit = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    let (time, counter) = text.split_once('.').map_or((text, None), |(time, counter)| (time, Some(counter)));
    time.len() == 7
        && time.bytes().all(is_digit)
        && matches!(time.as_bytes().first(), Some(b'O'..=b'Z'))
        && counter.is_none_or(|counter| !counter.is_empty() && counter.bytes().all(is_digit))
}

fn is_stream_entry(text: &str) -> bool {
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    text.split_once('-')
        .is_some_and(|(time, counter)| time.len() == 13 && is_number(time) && is_number(counter))
}

fn is_object_id(text: &str) -> bool {
    text.len() == 24 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// The payload of CONNECT: the application's auth object, with what recovery needs before it.
pub(super) fn connect_payload(auth: Option<&str>, recovery: Option<&Recovery>) -> Option<String> {
    // Node takes a space after the type for an id.
    let auth = auth.map(str::trim);
    let Some(Recovery { pid, offset }) = recovery else { return auth.map(str::to_owned) };
    let mut payload = String::from("{\"pid\":");
    json::quote(pid.expose(), &mut payload);
    if let Some(offset) = offset {
        payload.push_str(",\"offset\":");
        json::quote(offset, &mut payload);
    }
    let members = auth.and_then(|auth| auth.strip_prefix('{')).map(str::trim_start);
    match members {
        Some("}") | None => payload.push('}'),
        Some(members) => {
            payload.push(',');
            payload.push_str(members);
        }
    }
    Some(payload)
}
