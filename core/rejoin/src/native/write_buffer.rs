use std::cell::RefCell;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use rejoin_proto::Frame;
use tokio::io::AsyncWrite;

/// Frames are gathered up to this before they go to the socket without a flush, in bytes.
pub(super) const FULL: usize = 128 * 1024;
/// The largest buffer that a thread keeps, in bytes.
const LARGEST_SPARE: usize = 256 * 1024;
/// How much is copied at once where more would be slow, in bytes: a multiple of the key's length.
const BLOCK: usize = 1024;
const PAGE: usize = 4096;
const FINAL: u8 = 0x80;
const MASKED: u8 = 0x80;

thread_local! {
    /// The buffer that the connections of this thread write from, one after the other.
    static SPARE: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Frames on their way to the network, as a client sends them: masked. Without a buffer while there is nothing, so
/// that idle connections stay small.
#[derive(Debug, Default)]
pub(super) struct WriteBuffer {
    bytes: Vec<u8>,
    /// How many of them the network took.
    taken: usize,
    keys: Keys,
}

impl WriteBuffer {
    pub(super) fn is_full(&self) -> bool {
        self.bytes.len() - self.taken >= FULL
    }

    /// Adds frames that are in the form of the wire already.
    pub(super) fn push_wire(&mut self, frames: &[u8]) {
        self.space().extend_from_slice(frames);
    }

    pub(super) fn push(&mut self, frame: &Frame) {
        let (opcode, payload): (u8, &[u8]) = match frame {
            Frame::Text(text) => (0x1, text.as_bytes()),
            Frame::Binary(bytes) => (0x2, bytes),
            Frame::Ping(bytes) => (0x9, bytes),
            Frame::Pong(bytes) => (0xA, bytes),
        };
        let key = self.keys.next();
        let bytes = self.space();
        bytes.push(FINAL | opcode);
        match payload.len() {
            short @ 0..=125 => bytes.push(MASKED | short as u8),
            medium @ 126..=65_535 => {
                bytes.push(MASKED | 126);
                bytes.extend_from_slice(&(medium as u16).to_be_bytes());
            }
            long => {
                bytes.push(MASKED | 127);
                bytes.extend_from_slice(&(long as u64).to_be_bytes());
            }
        }
        bytes.extend_from_slice(&key);
        bytes.reserve(payload.len());
        for block in payload.chunks(at_once(bytes, payload)) {
            let start = bytes.len();
            bytes.extend_from_slice(block);
            mask(&mut bytes[start..], key);
        }
    }

    fn space(&mut self) -> &mut Vec<u8> {
        if self.bytes.capacity() == 0 {
            // A thread that ends has no spare any more.
            self.bytes = SPARE.try_with(RefCell::take).unwrap_or_default();
        }
        &mut self.bytes
    }

    /// Writes until nothing is left.
    pub(super) fn poll_drain<S: AsyncWrite + Unpin>(
        &mut self,
        stream: &mut S,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<()>> {
        while self.taken < self.bytes.len() {
            let written = Pin::new(&mut *stream).poll_write(cx, &self.bytes[self.taken..]);
            if written.is_pending() && self.taken >= FULL {
                self.bytes.drain(..self.taken);
                self.taken = 0;
            }
            match ready!(written)? {
                0 => return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into())),
                count => self.taken += count,
            }
        }
        self.taken = 0;
        self.give_back();
        Poll::Ready(Ok(()))
    }

    fn give_back(&mut self) {
        let mut bytes = std::mem::take(&mut self.bytes);
        if (1..=LARGEST_SPARE).contains(&bytes.capacity()) {
            bytes.clear();
            let _ = SPARE.try_with(|spare| spare.replace(bytes));
        }
    }
}

/// How much of the payload to copy behind the bytes at once. What copies large pieces (`rep movsb`) is some sixteen times
/// slower on some processors where they go to just behind their source, modulo a page: buffers of their own pages begin
/// at the same place in them, and the header comes between.
pub(super) fn at_once(bytes: &[u8], payload: &[u8]) -> usize {
    let behind = bytes.as_ptr_range().end.addr().wrapping_sub(payload.as_ptr().addr()) % PAGE;
    if (1..16).contains(&behind) { BLOCK } else { payload.len().max(1) }
}

/// Masks a payload (RFC 6455, section 5.3), a word at a time.
fn mask(payload: &mut [u8], key: [u8; 4]) {
    let [a, b, c, d] = key;
    let word = u64::from_ne_bytes([a, b, c, d, a, b, c, d]);
    let (words, rest) = payload.as_chunks_mut();
    for bytes in words {
        *bytes = (u64::from_ne_bytes(*bytes) ^ word).to_ne_bytes();
    }
    for (byte, key) in rest.iter_mut().zip(key.into_iter().cycle()) {
        *byte ^= key;
    }
}

/// Masking keys, which nobody may foresee (RFC 6455, section 10.3), drawn some at a time.
#[derive(Default)]
struct Keys {
    drawn: [[u8; 4]; 16],
    left: usize,
}

impl Keys {
    fn next(&mut self) -> [u8; 4] {
        if self.left == 0 {
            self.drawn = rand::random();
            self.left = self.drawn.len();
        }
        self.left -= 1;
        self.drawn[self.left]
    }
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keys").finish_non_exhaustive()
    }
}
