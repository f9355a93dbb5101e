//! Where the payloads of arriving messages are kept.

use std::cell::RefCell;

use bytes::buf::Limit;
use bytes::{BufMut, Bytes, BytesMut};

use super::spares::{self, LARGE};

/// Payloads up to this share an allocation with others.
const SMALL: usize = 1024;
/// The allocation that they share: what a single small message that is kept for long can hold back, in bytes.
const CHUNK: usize = 8 * 1024;

thread_local! {
    /// The rest of a chunk.
    static ROOM: RefCell<BytesMut> = RefCell::new(BytesMut::new());
}

/// Copies a payload out of the read buffer, which is used again.
pub(super) fn keep(payload: &[u8]) -> Bytes {
    if payload.len() > SMALL {
        let mut place = Place::new(payload.len());
        place.extend(payload);
        return place.freeze();
    }
    // A thread that ends has no chunk any more.
    let shared = ROOM.try_with(|room| {
        let mut room = room.borrow_mut();
        if room.capacity() < payload.len() {
            // The same memory again, where all that shared it is gone.
            room.reserve(CHUNK);
        }
        room.extend_from_slice(payload);
        room.split().freeze()
    });
    shared.unwrap_or_else(|_| Bytes::copy_from_slice(payload))
}

/// Where a payload is put together, whose parts arrive one by one.
#[derive(Debug)]
pub(super) struct Place {
    bytes: Vec<u8>,
    length: usize,
}

impl Place {
    pub(super) fn new(length: usize) -> Self {
        let bytes = if length < LARGE { Vec::with_capacity(length) } else { spares::take(length) };
        Self { bytes, length }
    }

    pub(super) fn missing(&self) -> usize {
        self.length - self.bytes.len()
    }

    /// Takes what belongs to it, and tells how much that was.
    pub(super) fn extend(&mut self, bytes: &[u8]) -> usize {
        let taken = bytes.len().min(self.missing());
        self.bytes.extend_from_slice(&bytes[..taken]);
        taken
    }

    /// What the rest of it is read into.
    pub(super) fn room(&mut self) -> Limit<&mut Vec<u8>> {
        let missing = self.missing();
        (&mut self.bytes).limit(missing)
    }

    pub(super) fn freeze(self) -> Bytes {
        if self.length < LARGE { self.bytes.into() } else { spares::freeze(self.bytes) }
    }
}
