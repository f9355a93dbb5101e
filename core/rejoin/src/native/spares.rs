//! Memory of large messages, used again. An allocator may give it back to the system when a message is dropped, and get
//! it anew for the next, page by page: with glibc's that took as long as everything else together.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;

/// Payloads from this on use memory again, in bytes.
pub(super) const LARGE: usize = 16 * 1024;
/// The most that is kept, in bytes, for all connections and threads: a message is seldom dropped by the thread that read
/// it. It is some times what the driver reads before the consumers get it.
const MOST: usize = 2 * 1024 * 1024;

static SPARES: Mutex<Spares> = Mutex::new(Spares { buffers: VecDeque::new(), bytes: 0, most: MOST });

/// Buffers that nobody uses, the latest last.
#[derive(Debug)]
struct Spares {
    buffers: VecDeque<Vec<u8>>,
    bytes: usize,
    most: usize,
}

impl Spares {
    /// The latest one that fits: it may still be in the cache. A message holds at most half more than it needs.
    fn take(&mut self, length: usize) -> Option<Vec<u8>> {
        let fits = length..=length.saturating_add(length / 2);
        let at = self.buffers.iter().rposition(|buffer| fits.contains(&buffer.capacity()))?;
        let buffer = self.buffers.remove(at)?;
        self.bytes -= buffer.capacity();
        Some(buffer)
    }

    /// Keeps it, and gives up the oldest for it: other sizes may be in use by now.
    fn give(&mut self, mut buffer: Vec<u8>) {
        if buffer.capacity() > self.most {
            return;
        }
        buffer.clear();
        self.bytes += buffer.capacity();
        self.buffers.push_back(buffer);
        while self.bytes > self.most
            && let Some(oldest) = self.buffers.pop_front()
        {
            self.bytes -= oldest.capacity();
        }
    }
}

/// Room for a large payload.
pub(super) fn take(length: usize) -> Vec<u8> {
    let spare = SPARES.lock().unwrap_or_else(PoisonError::into_inner).take(length);
    spare.unwrap_or_else(|| Vec::with_capacity(length))
}

/// The payload. Its memory is kept when the last that refers to it is dropped.
pub(super) fn freeze(payload: Vec<u8>) -> Bytes {
    Bytes::from_owner(Borrowed(payload))
}

struct Borrowed(Vec<u8>);

impl AsRef<[u8]> for Borrowed {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Drop for Borrowed {
    fn drop(&mut self) {
        SPARES.lock().unwrap_or_else(PoisonError::into_inner).give(std::mem::take(&mut self.0));
    }
}

#[cfg(test)]
#[path = "spares_tests.rs"]
mod tests;
