//! Where the payloads of arriving messages are kept.

use std::cell::RefCell;

use bytes::{Bytes, BytesMut};

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
        return Bytes::copy_from_slice(payload);
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
