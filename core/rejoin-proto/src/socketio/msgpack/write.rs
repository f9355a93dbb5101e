use bytes::Bytes;

use super::super::Args;
use super::super::placeholder::Candidate;
use crate::json::{Container, MAX_DEPTH, Visitor, skip_whitespace, unescape, walk};

/// A packet whose data is one JSON value, or nothing.
pub(in super::super) fn packet(kind: u8, namespace: &str, data: Option<&str>) -> Bytes {
    let mut writer = Writer::default();
    writer.head(kind, namespace, None, data.is_some());
    if let Some(data) = data {
        writer.list(data);
    }
    writer.out.into()
}

/// An event (with a name) or an acknowledgement (without).
pub(in super::super) fn event(
    kind: u8,
    namespace: &str,
    name: Option<&str>,
    args: &Args,
    id: Option<u64>,
) -> Bytes {
    let mut writer = Writer { attachments: args.attachments(), ..Writer::default() };
    writer.head(kind, namespace, id, true);
    writer.open(Container::Array);
    if let Some(name) = name {
        writer.before_value(None);
        writer.text(name);
    }
    writer.list(args.text());
    writer.close(Container::Array);
    writer.out.into()
}

/// A container whose count is not known yet.
struct Open {
    start: usize,
    count: u32,
    candidate: Candidate,
}

/// Turns JSON text into MessagePack while it is walked over.
#[derive(Default)]
struct Writer<'a> {
    out: Vec<u8>,
    open: Vec<Open>,
    attachments: &'a [Bytes],
}

impl Writer<'_> {
    fn head(&mut self, kind: u8, namespace: &str, id: Option<u64>, data: bool) {
        self.out.push(0x82 + u8::from(id.is_some()) + u8::from(data));
        self.text("type");
        self.unsigned(kind.into());
        self.text("nsp");
        self.text(namespace);
        if let Some(id) = id {
            self.text("id");
            self.unsigned(id);
        }
        if data {
            self.text("data");
        }
    }

    /// Writes each of a comma-separated list of well-formed values.
    fn list(&mut self, text: &str) {
        let mut at = skip_whitespace(text.as_bytes(), 0);
        while at < text.len() {
            let Ok(end) = walk(text, at, MAX_DEPTH, self) else { return };
            at = skip_whitespace(text.as_bytes(), end) + 1;
        }
    }

    /// A value comes: it counts in its container, and may make that a placeholder.
    fn before_value(&mut self, scalar: Option<&str>) {
        if let Some(open) = self.open.last_mut() {
            open.count += 1;
            open.candidate.value(scalar);
        }
    }

    fn unsigned(&mut self, number: u64) {
        match number {
            0..0x80 => self.out.push(number as u8),
            0x80..0x100 => self.out.extend([0xcc, number as u8]),
            0x100..0x1_0000 => self.sized(0xcd, &(number as u16).to_be_bytes()),
            0x1_0000..0x1_0000_0000 => self.sized(0xce, &(number as u32).to_be_bytes()),
            _ => self.sized(0xcf, &number.to_be_bytes()),
        }
    }

    fn signed(&mut self, number: i64) {
        match number {
            0.. => self.unsigned(number.unsigned_abs()),
            -32..0 => self.out.push(number as u8),
            -0x80..-32 => self.out.extend([0xd0, number as u8]),
            -0x8000..-0x80 => self.sized(0xd1, &(number as i16).to_be_bytes()),
            -0x8000_0000..-0x8000 => self.sized(0xd2, &(number as i32).to_be_bytes()),
            _ => self.sized(0xd3, &number.to_be_bytes()),
        }
    }

    fn sized(&mut self, kind: u8, bytes: &[u8]) {
        self.out.push(kind);
        self.out.extend_from_slice(bytes);
    }

    /// A header whose length has one, two or four bytes, beginning with kind `first`.
    fn length(&mut self, first: u8, length: usize) {
        match length {
            0..0x100 => self.out.extend([first, length as u8]),
            0x100..0x1_0000 => self.sized(first + 1, &(length as u16).to_be_bytes()),
            _ => self.sized(first + 2, &(length as u32).to_be_bytes()),
        }
    }

    fn text(&mut self, text: &str) {
        match text.len() {
            length @ 0..32 => self.out.push(0xa0 | length as u8),
            length => self.length(0xd9, length),
        }
        self.out.extend_from_slice(text.as_bytes());
    }
}

impl Visitor for Writer<'_> {
    fn open(&mut self, container: Container) {
        self.before_value(None);
        self.open.push(Open { start: self.out.len(), count: 0, candidate: Candidate::default() });
        let kind = match container {
            Container::Array => 0xdd,
            Container::Object => 0xdf,
        };
        self.sized(kind, &[0; 4]);
    }

    fn close(&mut self, _container: Container) {
        let Some(Open { start, count, candidate }) = self.open.pop() else { return };
        // One that refers to nothing is data that only looks like a placeholder.
        let attachments = self.attachments;
        if let Ok(Some(num)) = candidate.finish(attachments.len()) {
            self.out.truncate(start);
            self.length(0xc4, attachments[num].len());
            self.out.extend_from_slice(&attachments[num]);
        } else if let Some(header) = self.out.get_mut(start + 1..start + 5) {
            header.copy_from_slice(&count.to_be_bytes());
        }
    }

    fn key(&mut self, raw: &str) {
        if let Some(open) = self.open.last_mut() {
            open.candidate.key(raw);
        }
        self.text(&unescape(raw));
    }

    fn string(&mut self, raw: &str) {
        self.before_value(None);
        self.text(&unescape(raw));
    }

    fn number(&mut self, text: &str) {
        self.before_value(Some(text));
        if let Ok(number) = text.parse() {
            self.signed(number);
        } else if let Ok(number) = text.parse() {
            self.unsigned(number);
        } else {
            let number: f64 = text.parse().unwrap_or(f64::INFINITY);
            self.sized(0xcb, &number.to_be_bytes());
        }
    }

    fn literal(&mut self, text: &'static str) {
        self.before_value(Some(text));
        self.out.push(match text {
            "true" => 0xc3,
            "false" => 0xc2,
            _ => 0xc0,
        });
    }
}
