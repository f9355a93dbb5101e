//! Which frames the browser still holds: it counts only bytes, and tells nobody when they leave.

use std::collections::VecDeque;
use std::task::{Context, Poll};
use std::time::Duration;

use crate::platform::Sleep;

/// When to look again; each time later, until something left.
const FIRST_LOOK: Duration = Duration::from_millis(2);
const LAST_LOOK: Duration = Duration::from_millis(100);

#[derive(Debug)]
pub(super) struct Unsent {
    /// Bytes written so far.
    written: u64,
    /// For each frame that may still be held: what was written when it had been.
    ends: VecDeque<u64>,
    flushed: u64,
    look: Sleep,
    look_after: Duration,
}

impl Unsent {
    pub(super) fn new() -> Self {
        Self { written: 0, ends: VecDeque::new(), flushed: 0, look: Sleep::new(), look_after: FIRST_LOOK }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Frames that have left.
    pub(super) fn flushed(&self) -> u64 {
        self.flushed
    }

    pub(super) fn wrote(&mut self, bytes: usize) {
        self.written += bytes as u64;
        self.ends.push_back(self.written);
    }

    /// How many bytes have left, if `held` have not.
    pub(super) fn gone(&self, held: u64) -> u64 {
        self.written.saturating_sub(held)
    }

    /// The browser holds so many bytes now.
    pub(super) fn update(&mut self, held: u64) {
        let gone = self.gone(held);
        let before = self.flushed;
        while self.ends.front().is_some_and(|end| *end <= gone) {
            self.ends.pop_front();
            self.flushed += 1;
        }
        if self.flushed > before {
            self.look = Sleep::new();
            self.look_after = FIRST_LOOK;
        }
    }

    /// Wakes the driver when it is time to look again.
    pub(super) fn look_again(&mut self, cx: &mut Context<'_>) {
        while let Poll::Ready(()) = self.look.poll(cx) {
            self.look.reset(self.look_after);
            self.look_after = (self.look_after * 2).min(LAST_LOOK);
        }
    }
}
