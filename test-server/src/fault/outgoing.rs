//! What the server sends on a connection: HTTP, and from an upgrade on WebSocket frames.

use super::frames::Frames;

const SWITCHING_PROTOCOLS: &[u8] = b"HTTP/1.1 101";
const END_OF_HEAD: &[u8] = b"\r\n\r\n";

#[derive(Debug, Default)]
pub(super) enum Outgoing {
    #[default]
    Http,
    /// In the head of the answer that grants the upgrade; so many bytes of its end were seen.
    UpgradeHead(usize),
    WebSocket(Frames),
}

impl Outgoing {
    pub(super) fn is_web_socket(&self) -> bool {
        matches!(self, Outgoing::WebSocket(_))
    }

    /// May bytes of a fault follow here without tearing a frame?
    pub(super) fn at_boundary(&self) -> bool {
        match self {
            Outgoing::Http => true,
            Outgoing::UpgradeHead(_) => false,
            Outgoing::WebSocket(frames) => frames.at_boundary(),
        }
    }

    /// Of what the server `offered` the first `n` bytes have left.
    pub(super) fn advance(&mut self, offered: &[u8], n: usize) {
        if matches!(self, Outgoing::Http) && offered.starts_with(SWITCHING_PROTOCOLS) {
            *self = Outgoing::UpgradeHead(0);
        }
        let mut left = &offered[..n];
        if let Outgoing::UpgradeHead(matched) = self {
            let head = head_length(left, matched);
            left = &left[head..];
            if *matched == END_OF_HEAD.len() {
                *self = Outgoing::WebSocket(Frames::default());
            }
        }
        if let Outgoing::WebSocket(frames) = self {
            frames.advance(left);
        }
    }
}

/// How many of `bytes` belong to the head, given how much of its end came before.
fn head_length(bytes: &[u8], matched: &mut usize) -> usize {
    for (index, byte) in bytes.iter().enumerate() {
        *matched = match END_OF_HEAD.get(*matched) {
            Some(expected) if expected == byte => *matched + 1,
            _ => usize::from(*byte == b'\r'),
        };
        if *matched == END_OF_HEAD.len() {
            return index + 1;
        }
    }
    bytes.len()
}

#[cfg(test)]
#[path = "outgoing_tests.rs"]
mod tests;
