//! Follows the WebSocket frames that a server sends, so that a fault strikes between two frames.

/// The longest header of a frame from a server, which masks nothing.
const MAX_HEADER: usize = 10;
const CLOSE: u8 = 0x88;
const OPCODE: u8 = 0x0f;
const PING: u8 = 0x9;
const PONG: u8 = 0xa;
/// A text frame that holds `2`: the heartbeat of Engine.IO.
const ENGINE_PING: [u8; 3] = [0x81, 1, b'2'];

/// No frame (reserved bits, reserved opcode, a length beyond 2^63) and no HTTP either.
pub(super) const GARBAGE: [u8; 32] = [0xff; 32];

/// A close frame; code 0 stands for none. `reason` is at most 123 bytes.
pub(super) fn close_frame(code: u16, reason: &str) -> Vec<u8> {
    let mut payload = Vec::new();
    if code != 0 {
        payload.extend_from_slice(&code.to_be_bytes());
        payload.extend_from_slice(reason.as_bytes());
    }
    let mut frame = vec![CLOSE, u8::try_from(payload.len()).unwrap_or(125)];
    frame.append(&mut payload);
    frame
}

/// Is the frame at the start of `bytes` a heartbeat? `engine_io` tells whether a text `2` is one.
pub(super) fn is_heartbeat(bytes: &[u8], engine_io: bool) -> bool {
    match bytes.first() {
        Some(first) if matches!(first & OPCODE, PING | PONG) => true,
        Some(_) => engine_io && bytes.starts_with(&ENGINE_PING),
        None => false,
    }
}

/// Where in the stream of frames the connection stands.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Frames {
    header: [u8; MAX_HEADER],
    header_len: usize,
    payload_left: u64,
}

impl Frames {
    pub(super) fn at_boundary(&self) -> bool {
        self.header_len == 0 && self.payload_left == 0
    }

    /// Passes over all of `bytes`.
    pub(super) fn advance(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            bytes = &bytes[self.step(bytes)..];
        }
    }

    /// Passes to the end of the current frame, or of `bytes`; returns how many bytes that took.
    pub(super) fn step(&mut self, bytes: &[u8]) -> usize {
        let mut used = 0;
        while self.payload_left == 0 {
            let Some(byte) = bytes.get(used) else { return used };
            self.header[self.header_len] = *byte;
            self.header_len += 1;
            used += 1;
            if let Some(length) = self.complete_header() {
                self.header_len = 0;
                self.payload_left = length;
                if length == 0 {
                    return used;
                }
            }
        }
        let rest = bytes.len() - used;
        let taken = usize::try_from(self.payload_left).map_or(rest, |left| left.min(rest));
        self.payload_left -= taken as u64;
        used + taken
    }

    /// The length of the payload, once the header is complete.
    fn complete_header(&self) -> Option<u64> {
        let header = &self.header[..self.header_len];
        match *header {
            [_, short] if short & 0x7f < 126 => Some(u64::from(short & 0x7f)),
            [_, 126, a, b] => Some(u64::from(u16::from_be_bytes([a, b]))),
            [_, 127, a, b, c, d, e, f, g, h] => Some(u64::from_be_bytes([a, b, c, d, e, f, g, h])),
            // A masked length byte comes from no server; reading on as if it were short keeps this total.
            [_, masked] if masked & 0x80 != 0 => Some(0),
            _ => None,
        }
    }
}

#[cfg(test)]
#[path = "frames_tests.rs"]
mod tests;
