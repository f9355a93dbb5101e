//! The configuration, as numbers in a fixed order: `js/src/options.ts` has the same list.

use std::time::Duration;

use rejoin_proto::{Config, Overflow};

/// Reads 64-bit numbers one by one; NaN stands for a default. JavaScript has checked that the others are finite and not
/// negative.
struct Numbers<'a>(&'a [u8]);

impl Numbers<'_> {
    fn next(&mut self) -> Option<f64> {
        let (number, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(f64::from_le_bytes(*number)).filter(|number| !number.is_nan())
    }

    fn flag(&mut self) -> bool {
        self.next() == Some(1.0)
    }
}

pub(crate) fn config(numbers: &[u8]) -> Config {
    let mut config = Config::default();
    let mut numbers = Numbers(numbers);
    for duration in [
        &mut config.backoff.initial,
        &mut config.backoff.max,
        &mut config.backoff.reset_after,
        &mut config.backoff.restart_window,
        &mut config.backoff.online_window,
        &mut config.backoff.slow,
        &mut config.connect_timeout,
        &mut config.credentials_timeout,
        &mut config.heartbeat.interval,
        &mut config.heartbeat.timeout,
        &mut config.probe_timeout,
        &mut config.write_timeout,
        &mut config.read_timeout,
        &mut config.ack_timeout,
        &mut config.close_grace,
    ] {
        if let Some(millis) = numbers.next() {
            *duration = Duration::from_nanos((millis * 1e6) as u64);
        }
    }
    for size in [&mut config.outbox.max_messages, &mut config.outbox.max_bytes, &mut config.max_message_bytes]
    {
        if let Some(given) = numbers.next() {
            *size = given as usize;
        }
    }
    if let Some(factor) = numbers.next() {
        config.backoff.factor = factor;
    }
    config.backoff.max_attempts = numbers.next().map(|attempts| attempts as u32);
    config.outbox.overflow = match numbers.next() {
        Some(1.0) => Overflow::DropOldest,
        Some(2.0) => Overflow::DropNewest,
        Some(_) | None => Overflow::Reject,
    };
    config.credentials = numbers.flag();
    config.rejoin = numbers.flag();
    config
}
