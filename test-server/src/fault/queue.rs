//! Bytes on their way: each chunk is stamped with the time at which it may arrive.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

use super::conditions::Way;

/// A slice this short keeps the flow smooth under a bandwidth cap.
const SLICES_PER_SECOND: u64 = 20;

#[derive(Debug)]
pub(super) struct Queue {
    chunks: VecDeque<Chunk>,
    bytes: usize,
    capacity: usize,
    line_free_at: Instant,
    last_due: Instant,
}

#[derive(Debug)]
struct Chunk {
    due: Instant,
    bytes: Vec<u8>,
    taken: usize,
}

impl Queue {
    pub(super) fn new(capacity: usize, now: Instant) -> Self {
        Queue { chunks: VecDeque::new(), bytes: 0, capacity, line_free_at: now, last_due: now }
    }

    /// How many bytes the next [`push`](Self::push) may bring.
    pub(super) fn room(&self, way: Way) -> usize {
        let free = self.capacity.saturating_sub(self.bytes);
        match way.bytes_per_second {
            Some(rate) => free.min(usize::try_from(rate / SLICES_PER_SECOND).unwrap_or(usize::MAX).max(1)),
            None => free,
        }
    }

    /// Adds bytes that enter the line now.
    pub(super) fn push(&mut self, bytes: Vec<u8>, way: Way, now: Instant) {
        if let Some(rate) = way.bytes_per_second {
            let seconds = bytes.len() as f64 / rate as f64;
            self.line_free_at = self.line_free_at.max(now) + Duration::from_secs_f64(seconds);
        } else {
            self.line_free_at = now;
        }
        let due = self.line_free_at + way.delay + way.jitter.mul_f64(fastrand::f64());
        // Jitter must not reorder a stream of bytes.
        let due = due.max(self.last_due);
        self.last_due = due;
        self.bytes += bytes.len();
        self.chunks.push_back(Chunk { due, bytes, taken: 0 });
    }

    /// When the first chunk arrives.
    pub(super) fn next_due(&self) -> Option<Instant> {
        self.chunks.front().map(|chunk| chunk.due)
    }

    /// What is left of the first chunk.
    pub(super) fn front(&self) -> &[u8] {
        self.chunks.front().map_or(&[], |chunk| &chunk.bytes[chunk.taken..])
    }

    /// Drops the first `n` bytes of the first chunk.
    pub(super) fn advance(&mut self, n: usize) {
        let Some(chunk) = self.chunks.front_mut() else { return };
        chunk.taken += n;
        self.bytes = self.bytes.saturating_sub(n);
        if chunk.taken >= chunk.bytes.len() {
            self.chunks.pop_front();
        }
    }
}

#[cfg(test)]
#[path = "queue_tests.rs"]
mod tests;
