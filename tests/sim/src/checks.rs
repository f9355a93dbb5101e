//! What must hold after every step, each under its name.

use core::fmt;
use core::time::Duration;

/// A property of the core, an invariant of the design.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Check {
    /// An event of an old socket changes nothing.
    OldSocketsAreSilent,
    /// A link that shows life is not judged dead: waiting input comes first, a late timer asks again.
    LivingLinksAreKept,
    /// A link that shows none is found in time.
    DeadLinksAreFound,
    /// Nothing but the application connects after it disconnected.
    DisconnectLatches,
    /// Credentials that fail or hang do not stop the client.
    CredentialsDoNotStop,
    /// Until the on-connect step is done only its own messages flow.
    NothingBeforeRejoined,
    /// What is said of a message is true.
    OutcomesAreTrue,
    /// Each accepted message ends once.
    OneOutcomeEach,
    /// The outbox keeps its bounds, and counts what it holds.
    OutboxIsBounded,
    /// Delays differ.
    DelaysAreJittered,
    /// Attempts are counted over flapping links.
    AttemptsAreCounted,
    /// There is never more than one socket.
    OneSocket,
    /// No attempt before its time.
    NoEarlyRetry,
    /// A message without retries arrives once at most, one with retries as often as allowed.
    RepeatsAreAllowed,
    /// Messages first arrive in the order in which they were sent.
    OrderIsKept,
    /// After close there is silence.
    NothingAfterClose,
    /// A deadline that was handled is over.
    TimersAdvance,
    /// In a world that works the client connects, and every message comes to its end.
    AllHeals,
}

impl Check {
    /// Every check.
    pub const ALL: &'static [Self] = &[
        Self::OldSocketsAreSilent,
        Self::LivingLinksAreKept,
        Self::DeadLinksAreFound,
        Self::DisconnectLatches,
        Self::CredentialsDoNotStop,
        Self::NothingBeforeRejoined,
        Self::OutcomesAreTrue,
        Self::OneOutcomeEach,
        Self::OutboxIsBounded,
        Self::DelaysAreJittered,
        Self::AttemptsAreCounted,
        Self::OneSocket,
        Self::NoEarlyRetry,
        Self::RepeatsAreAllowed,
        Self::OrderIsKept,
        Self::NothingAfterClose,
        Self::TimersAdvance,
        Self::AllHeals,
    ];

    /// Holds or does not; the detail is only told where it does not.
    pub(crate) fn holds(self, holds: bool, detail: impl FnOnce() -> String) -> Result<(), Violation> {
        if holds { Ok(()) } else { Err(Violation { check: self, detail: detail() }) }
    }
}

/// A check that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Which.
    pub check: Check,
    /// What was seen.
    pub detail: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.check, self.detail)
    }
}

/// Delays of the backoff as shares of their ceiling: uniform over 0 to 1 if the jitter is full.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Jitter {
    draws: u64,
    sum: f64,
    squares: f64,
}

impl Jitter {
    const ENOUGH: u64 = 1000;

    /// Adds one delay.
    pub fn add(&mut self, delay: Duration, ceiling: Duration) {
        let share = delay.as_secs_f64() / ceiling.as_secs_f64();
        self.draws += 1;
        self.sum += share;
        self.squares += share * share;
    }

    /// Adds the delays that another saw.
    pub fn merge(&mut self, other: &Self) {
        self.draws += other.draws;
        self.sum += other.sum;
        self.squares += other.squares;
    }

    /// Whether there are enough delays for [`check`](Self::check) to tell.
    pub fn is_telling(&self) -> bool {
        self.draws >= Self::ENOUGH
    }

    /// Mean 1/2 and variance 1/12, once there are enough draws to tell.
    ///
    /// # Errors
    /// [`Check::DelaysAreJittered`].
    pub fn check(&self) -> Result<(), Violation> {
        if !self.is_telling() {
            return Ok(());
        }
        let draws = self.draws as f64;
        let mean = self.sum / draws;
        let variance = self.squares / draws - mean * mean;
        let uniform = (0.45..0.55).contains(&mean) && (0.07..0.10).contains(&variance);
        Check::DelaysAreJittered
            .holds(uniform, || format!("mean {mean:.3}, variance {variance:.3} of {draws} delays"))
    }
}
