use std::time::{Duration, Instant};

/// How long a round should take: short, so that the subjects see the same machine.
const ROUND: Duration = Duration::from_millis(120);

/// The times of one subject, one for each round.
#[derive(Clone, Debug, Default)]
pub(crate) struct Times(pub(crate) Vec<Duration>);

impl Times {
    /// Messages a second in the median round.
    pub(crate) fn rate(&self, count: usize) -> f64 {
        count as f64 / median(self.0.iter().map(Duration::as_secs_f64).collect())
    }
}

/// The median over the rounds of how many times faster `a` was than `b` in the same round.
pub(crate) fn ratio(a: &Times, b: &Times) -> f64 {
    median(a.0.iter().zip(&b.0).map(|(a, b)| b.as_secs_f64() / a.as_secs_f64()).collect())
}

pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// How many messages make a round, from how long a trial of `count` took.
pub(crate) fn calibrate(count: usize, trial: Duration) -> usize {
    let rate = count as f64 / trial.as_secs_f64().max(1e-6);
    ((rate * ROUND.as_secs_f64()) as usize).max(64)
}

pub(crate) async fn timed<T>(work: impl Future<Output = T>) -> (Duration, T) {
    let start = Instant::now();
    let result = work.await;
    (start.elapsed(), result)
}
