use bytes::Bytes;
use bytestring::ByteString;

use super::super::Limits;
use super::{as_text, date};
use crate::json;

/// Turns MessagePack into JSON text. `None` from any method: malformed, cut, or beyond a limit.
pub(super) struct Reader<'a> {
    message: &'a Bytes,
    at: usize,
    limits: &'a Limits,
    json: String,
    attachments: Vec<Bytes>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(message: &'a Bytes, limits: &'a Limits) -> Self {
        Self { message, at: 0, limits, json: String::new(), attachments: Vec::new() }
    }

    pub(super) fn into_attachments(self) -> Vec<Bytes> {
        self.attachments
    }

    /// The packet in the text of the JSON parser. Keys other than the known ones are ignored.
    pub(super) fn packet(&mut self) -> Option<ByteString> {
        let members = match self.byte()? {
            short @ 0x80..=0x8f => usize::from(short & 15),
            0xde => self.length(2)?,
            0xdf => self.length(4)?,
            _ => return None,
        };
        let (mut kind, mut namespace, mut id, mut data) = (None, None, None, String::new());
        for _ in 0..members {
            let key = self.scalar()?;
            if key == "\"data\"" {
                self.value(self.limits.max_depth)?;
                data = core::mem::take(&mut self.json);
                continue;
            }
            // What is ignored must not leave attachments behind.
            let kept = self.attachments.len();
            self.value(self.limits.max_depth)?;
            let value = core::mem::take(&mut self.json);
            self.attachments.truncate(kept);
            match &*key {
                "\"type\"" => kind = Some(value.parse().ok()?),
                "\"nsp\"" => namespace = Some(value),
                "\"id\"" if value != "null" => id = Some(value.parse().ok()?),
                _ => {}
            }
        }
        if self.at != self.message.len() {
            return None;
        }
        let data = if data == "null" { "" } else { &data };
        let namespace =
            json::unescape(namespace.as_deref()?.strip_prefix('"')?.strip_suffix('"')?).into_owned();
        as_text(kind?, &namespace, id, data, self.attachments.len())
    }

    fn scalar(&mut self) -> Option<String> {
        self.value(0)?;
        Some(core::mem::take(&mut self.json))
    }

    fn byte(&mut self) -> Option<u8> {
        let byte = *self.message.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    fn take(&mut self, length: usize) -> Option<Bytes> {
        let end = self.at.checked_add(length).filter(|end| *end <= self.message.len())?;
        let taken = self.message.slice(self.at..end);
        self.at = end;
        Some(taken)
    }

    fn unsigned(&mut self, width: usize) -> Option<u64> {
        let end = self.at.checked_add(width)?;
        let bytes = self.message.get(self.at..end)?;
        self.at = end;
        Some(bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    fn signed(&mut self, width: usize) -> Option<i64> {
        let unused = 64 - 8 * u32::try_from(width).ok()?;
        Some((self.unsigned(width)? << unused).cast_signed() >> unused)
    }

    fn length(&mut self, width: usize) -> Option<usize> {
        usize::try_from(self.unsigned(width)?).ok()
    }

    /// Appends one value as JSON; containers may nest `depth` more levels.
    fn value(&mut self, depth: u32) -> Option<()> {
        if self.json.len() > self.limits.max_packet_bytes {
            return None;
        }
        match self.byte()? {
            number @ 0x00..=0x7f => self.push(number),
            members @ 0x80..=0x8f => self.map(usize::from(members & 15), depth)?,
            items @ 0x90..=0x9f => self.array(usize::from(items & 15), depth)?,
            length @ 0xa0..=0xbf => self.string(usize::from(length & 31))?,
            0xc0 => self.json.push_str("null"),
            0xc1 => return None,
            0xc2 => self.json.push_str("false"),
            0xc3 => self.json.push_str("true"),
            kind @ 0xc4..=0xc6 => {
                let length = self.length(1 << (kind - 0xc4))?;
                let binary = self.take(length)?;
                self.attach(binary)?;
            }
            kind @ 0xc7..=0xc9 => {
                let length = self.length(1 << (kind - 0xc7))?;
                self.extension(length)?;
            }
            0xca => {
                let bits = u32::try_from(self.unsigned(4)?).ok()?;
                self.float(f64::from(f32::from_bits(bits)));
            }
            0xcb => {
                let bits = self.unsigned(8)?;
                self.float(f64::from_bits(bits));
            }
            kind @ 0xcc..=0xcf => {
                let number = self.unsigned(1 << (kind - 0xcc))?;
                self.push(number);
            }
            kind @ 0xd0..=0xd3 => {
                let number = self.signed(1 << (kind - 0xd0))?;
                self.push(number);
            }
            kind @ 0xd4..=0xd8 => self.fixed_extension(1 << (kind - 0xd4))?,
            kind @ 0xd9..=0xdb => {
                let length = self.length(1 << (kind - 0xd9))?;
                self.string(length)?;
            }
            kind @ 0xdc..=0xdd => {
                let items = self.length(2 << (kind - 0xdc))?;
                self.array(items, depth)?;
            }
            kind @ 0xde..=0xdf => {
                let members = self.length(2 << (kind - 0xde))?;
                self.map(members, depth)?;
            }
            number @ 0xe0..=0xff => self.push(number.cast_signed()),
        }
        Some(())
    }

    fn push(&mut self, number: impl core::fmt::Display) {
        self.json.push_str(&number.to_string());
    }

    /// As JavaScript would: what JSON cannot say is null.
    fn float(&mut self, number: f64) {
        if !number.is_finite() {
            self.json.push_str("null");
        } else if number.abs() < 1e21 {
            self.push(number);
        } else {
            self.json.push_str(&format!("{number:e}"));
        }
    }

    fn string(&mut self, length: usize) -> Option<()> {
        let bytes = self.take(length)?;
        json::quote(&String::from_utf8_lossy(&bytes), &mut self.json);
        Some(())
    }

    fn array(&mut self, items: usize, depth: u32) -> Option<()> {
        let depth = depth.checked_sub(1)?;
        self.json.push('[');
        for item in 0..items {
            if item > 0 {
                self.json.push(',');
            }
            self.value(depth)?;
        }
        self.json.push(']');
        Some(())
    }

    fn map(&mut self, members: usize, depth: u32) -> Option<()> {
        let depth = depth.checked_sub(1)?;
        self.json.push('{');
        for member in 0..members {
            if member > 0 {
                self.json.push(',');
            }
            self.key()?;
            self.json.push(':');
            self.value(depth)?;
        }
        self.json.push('}');
        Some(())
    }

    /// A key that is no string becomes one, as in JavaScript.
    fn key(&mut self) -> Option<()> {
        let (start, kept) = (self.json.len(), self.attachments.len());
        self.value(0)?;
        if self.attachments.len() > kept {
            return None;
        }
        if self.json.as_bytes().get(start) != Some(&b'"') {
            self.json.insert(start, '"');
            self.json.push('"');
        }
        Some(())
    }

    /// Extensions of the sizes 1, 2, 4, 8 and 16, among them what JavaScript has and JSON has not.
    fn fixed_extension(&mut self, length: usize) -> Option<()> {
        let kind = self.byte()?.cast_signed();
        let data = self.take(length)?;
        match (kind, &*data) {
            (0, [_]) => self.json.push_str("null"),
            (0, data) if data.len() == 8 => date::from_millis(data, &mut self.json)?,
            (date::TIMESTAMP, data) => date::from_timestamp(data, &mut self.json)?,
            _ => self.attach(data)?,
        }
        Some(())
    }

    /// Extensions of any size: an `ArrayBuffer` is one.
    fn extension(&mut self, length: usize) -> Option<()> {
        let kind = self.byte()?.cast_signed();
        let data = self.take(length)?;
        match kind {
            date::TIMESTAMP => date::from_timestamp(&data, &mut self.json),
            _ => self.attach(data),
        }
    }

    fn attach(&mut self, binary: Bytes) -> Option<()> {
        if self.attachments.len() >= self.limits.max_attachments {
            return None;
        }
        let num = self.attachments.len();
        self.attachments.push(binary);
        self.json.push_str(&format!("{{\"_placeholder\":true,\"num\":{num}}}"));
        Some(())
    }
}
