use core::fmt;
use core::ops::{Add, Sub};
use core::time::Duration;

/// A moment on the driver's clock, as the time since an origin of the driver's choice.
///
/// The clock must be monotonic and should count the time that a device sleeps
/// (`CLOCK_BOOTTIME` on Linux and Android). The core only compares moments and adds
/// durations to them; all that is beyond 584 years saturates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp {
    /// Not a `Duration`, whose two fields make each sum and comparison several times the code.
    nanos: u64,
}

impl Timestamp {
    /// The origin of the clock.
    pub const ZERO: Self = Self { nanos: 0 };

    /// The moment `since_origin` after the clock's origin.
    pub const fn new(since_origin: Duration) -> Self {
        Self { nanos: nanos(since_origin) }
    }

    /// The moment `millis` milliseconds after the clock's origin.
    pub const fn from_millis(millis: u64) -> Self {
        Self { nanos: millis.saturating_mul(1_000_000) }
    }

    /// The moment `nanos` nanoseconds after the clock's origin.
    pub const fn from_nanos(nanos: u64) -> Self {
        Self { nanos }
    }

    /// Nanoseconds since the clock's origin.
    pub const fn as_nanos(self) -> u64 {
        self.nanos
    }

    /// The time since the clock's origin.
    pub const fn since_origin(self) -> Duration {
        Duration::from_nanos(self.nanos)
    }

    /// The time from `earlier` to this moment, zero if `earlier` is in fact later.
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.nanos.saturating_sub(earlier.nanos))
    }
}

const fn nanos(duration: Duration) -> u64 {
    duration.as_secs().saturating_mul(1_000_000_000).saturating_add(duration.subsec_nanos() as u64)
}

impl Add<Duration> for Timestamp {
    type Output = Self;

    fn add(self, duration: Duration) -> Self {
        Self { nanos: self.nanos.saturating_add(nanos(duration)) }
    }
}

impl Sub<Duration> for Timestamp {
    type Output = Self;

    fn sub(self, duration: Duration) -> Self {
        Self { nanos: self.nanos.saturating_sub(nanos(duration)) }
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3}s", self.since_origin().as_secs_f64())
    }
}
