use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};

/// How long a round should take: short, so that the subjects see the same machine.
const ROUND: Duration = Duration::from_millis(120);

/// How long something took.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Time {
    pub(crate) wall: Duration,
    /// What this process spent of it: hardly disturbed by what else the machine does.
    pub(crate) cpu: Duration,
}

impl Time {
    pub(crate) fn mul_f64(self, factor: f64) -> Self {
        Self { wall: self.wall.mul_f64(factor), cpu: self.cpu.mul_f64(factor) }
    }
}

/// The times of one subject, one for each round.
#[derive(Clone, Debug, Default)]
pub(crate) struct Times(pub(crate) Vec<Time>);

impl Times {
    /// Messages a second in the median round.
    pub(crate) fn rate(&self, count: usize) -> f64 {
        count as f64 / median(self.0.iter().map(|time| time.wall.as_secs_f64()).collect())
    }
}

/// How many times faster `a` was than `b`, and how many times less of the processor it took: the medians over the
/// rounds, each compared with the same round.
pub(crate) fn ratio(a: &Times, b: &Times) -> (f64, f64) {
    let of = |time: fn(&Time) -> Duration| {
        median(a.0.iter().zip(&b.0).map(|(a, b)| time(b).as_secs_f64() / time(a).as_secs_f64()).collect())
    };
    (of(|time| time.wall), of(|time| time.cpu))
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

pub(crate) async fn timed<T>(work: impl Future<Output = T>) -> (Time, T) {
    let (start, spent) = (Instant::now(), spent());
    let result = work.await;
    (Time { wall: start.elapsed(), cpu: self::spent().saturating_sub(spent) }, result)
}

/// The processor time of this process.
pub(crate) fn spent() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(u64::try_from(time.tv_sec).unwrap_or(0), u32::try_from(time.tv_nsec).unwrap_or(0))
}
