use core::time::Duration;

use crate::config::BackoffConfig;

/// Counts failures in a row and draws the delay before the next attempt.
#[derive(Debug)]
pub(crate) struct Backoff {
    config: BackoffConfig,
    failures: u32,
}

impl Backoff {
    pub(crate) fn new(config: BackoffConfig) -> Self {
        Self { config, failures: 0 }
    }

    pub(crate) fn failures(&self) -> u32 {
        self.failures
    }

    pub(crate) fn reset(&mut self) {
        self.failures = 0;
    }

    /// Counts a failure. False if the configured number of attempts is used up.
    pub(crate) fn fail(&mut self) -> bool {
        self.failures = self.failures.saturating_add(1);
        self.config.max_attempts.is_none_or(|max| self.failures < max)
    }

    /// The delay after the failures so far: uniform over `0..=ceiling`, so that clients that failed
    /// together do not come back together. The ceiling is capped before the draw, never after.
    pub(crate) fn delay(&self, rng: &mut fastrand::Rng) -> Duration {
        up_to(self.ceiling(), rng)
    }

    fn ceiling(&self) -> Duration {
        let exponent = i32::try_from(self.failures.saturating_sub(1)).unwrap_or(i32::MAX);
        let ceiling = self.config.initial.as_secs_f64() * self.config.factor.powi(exponent);
        // Infinite after enough failures, and then the cap.
        if ceiling < self.config.max.as_secs_f64() { from_secs(ceiling) } else { self.config.max }
    }
}

/// As `Duration::from_secs_f64`, of which what is negative or too long cannot be, and is code for nothing.
fn from_secs(seconds: f64) -> Duration {
    Duration::from_nanos((seconds * 1e9) as u64)
}

/// A duration drawn uniformly from `0..ceiling`.
pub(crate) fn up_to(ceiling: Duration, rng: &mut fastrand::Rng) -> Duration {
    from_secs(ceiling.as_secs_f64() * rng.f64())
}

#[cfg(test)]
#[path = "backoff_tests.rs"]
mod tests;
