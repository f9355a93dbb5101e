//! A monotonic clock that also counts the time that the device sleeps.

use std::cell::Cell;
use std::time::Duration;

use rejoin_proto::Timestamp;

use crate::host::performance_now;

/// How often the clocks are compared: each look is a call into JavaScript.
const COMPARE_EVERY: Duration = Duration::from_millis(100);
/// What the wall clock must be ahead of the monotonic one for the difference to be sleep.
const SLEPT: f64 = 2_000.0;

/// `performance.now()` stands still on some systems while they sleep; `Date.now()` does not.
#[derive(Debug)]
pub(crate) struct Clock {
    origin: f64,
    /// Wall clock minus monotonic clock, when they were last compared.
    offset: Cell<f64>,
    compared: Cell<Timestamp>,
    slept: Cell<f64>,
}

impl Clock {
    pub(crate) fn start() -> Self {
        let origin = performance_now();
        Self {
            origin,
            offset: Cell::new(js_sys::Date::now() - origin),
            compared: Cell::default(),
            slept: Cell::new(0.0),
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        let millis = performance_now() - self.origin + self.slept.get();
        Timestamp::new(Duration::from_micros((millis.max(0.0) * 1000.0) as u64))
    }

    /// True if the device slept since the last comparison. Someone who sets the clock forward looks the same, which
    /// does no harm: the peer is asked for a sign of life.
    pub(crate) fn has_slept(&self, now: Timestamp) -> bool {
        if now.since(self.compared.get()) < COMPARE_EVERY {
            return false;
        }
        self.compared.set(now);
        let offset = js_sys::Date::now() - performance_now();
        let ahead = offset - self.offset.replace(offset);
        let slept = ahead > SLEPT;
        if slept {
            self.slept.set(self.slept.get() + ahead);
        }
        slept
    }
}
