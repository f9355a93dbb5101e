use core::time::Duration;

use rejoin_proto::{Config, Overflow};

use crate::sabotage::Sabotage;

pub(super) const MAX_MESSAGES: usize = 6;
pub(super) const MAX_BYTES: usize = 200;

/// A configuration with small bounds, so that they are met.
pub(super) fn random(rng: &mut fastrand::Rng, sabotage: Option<Sabotage>) -> Config {
    let mut config = Config { credentials: rng.u8(..3) == 0, rejoin: rng.u8(..3) == 0, ..Config::default() };
    config.outbox.overflow = match rng.u8(..3) {
        0 => Overflow::Reject,
        1 => Overflow::DropOldest,
        _ => Overflow::DropNewest,
    };
    config.outbox.max_messages = MAX_MESSAGES;
    config.outbox.max_bytes = MAX_BYTES;
    if sabotage == Some(Sabotage::RaiseBounds) {
        config.outbox.max_messages *= 2;
        config.outbox.max_bytes *= 2;
    }
    if rng.u8(..8) == 0 {
        config.backoff.max_attempts = Some(rng.u32(1..4));
    }
    config.write_timeout = Duration::from_millis(rng.u64(1..40_000));
    config.read_timeout = Duration::from_millis(rng.u64(1..80_000));
    config.close_grace = Duration::from_millis(rng.u64(..4_000));
    config
}
