//! The configuration, as numbers in a fixed order: `js/src/options.ts` has the same list.

use std::time::Duration;

use rejoin_proto::{BackoffConfig, Config, HeartbeatConfig, OutboxConfig, Overflow};

/// Reads the numbers one by one; NaN stands for a default. JavaScript has checked that the others are finite and not
/// negative.
struct Numbers<'a>(std::slice::Iter<'a, f64>);

impl Numbers<'_> {
    fn next(&mut self) -> Option<f64> {
        self.0.next().copied().filter(|number| !number.is_nan())
    }

    // Its code would stand fifteen times in `config`.
    #[inline(never)]
    fn duration(&mut self, default: Duration) -> Duration {
        self.next().map_or(default, |millis| Duration::from_micros((millis * 1000.0) as u64))
    }

    fn size(&mut self, default: usize) -> usize {
        self.next().map_or(default, |size| size as usize)
    }

    fn flag(&mut self) -> bool {
        self.next() == Some(1.0)
    }
}

pub(crate) fn config(numbers: &[f64]) -> Config {
    let default = Config::default();
    let mut numbers = Numbers(numbers.iter());
    // Fields are evaluated in the order in which they stand here: it is the order of the numbers.
    Config {
        backoff: BackoffConfig {
            initial: numbers.duration(default.backoff.initial),
            max: numbers.duration(default.backoff.max),
            factor: numbers.next().unwrap_or(default.backoff.factor),
            max_attempts: numbers.next().map(|attempts| attempts as u32),
            reset_after: numbers.duration(default.backoff.reset_after),
            restart_window: numbers.duration(default.backoff.restart_window),
            online_window: numbers.duration(default.backoff.online_window),
            slow: numbers.duration(default.backoff.slow),
        },
        connect_timeout: numbers.duration(default.connect_timeout),
        credentials_timeout: numbers.duration(default.credentials_timeout),
        heartbeat: HeartbeatConfig {
            interval: numbers.duration(default.heartbeat.interval),
            timeout: numbers.duration(default.heartbeat.timeout),
        },
        probe_timeout: numbers.duration(default.probe_timeout),
        write_timeout: numbers.duration(default.write_timeout),
        read_timeout: numbers.duration(default.read_timeout),
        outbox: OutboxConfig {
            max_messages: numbers.size(default.outbox.max_messages),
            max_bytes: numbers.size(default.outbox.max_bytes),
            overflow: match numbers.size(0) {
                1 => Overflow::DropOldest,
                2 => Overflow::DropNewest,
                _ => Overflow::Reject,
            },
        },
        ack_timeout: numbers.duration(default.ack_timeout),
        close_grace: numbers.duration(default.close_grace),
        max_message_bytes: numbers.size(default.max_message_bytes),
        credentials: numbers.flag(),
        rejoin: numbers.flag(),
    }
}
