//! Numbered messages: what arrived of others', and what became of our own.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rejoin::Outcome;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::lines::fields;

/// Shared by a client's consumers; cloning is cheap.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counting(Arc<Mutex<Counts>>);

#[derive(Debug, Default)]
struct Counts {
    on: bool,
    seen: BTreeMap<String, Numbers>,
    sent: u64,
    acknowledged: u64,
    failed: u64,
}

#[derive(Debug, Default)]
struct Numbers {
    seen: Seen,
    numbers: HashSet<u64>,
}

/// In the terms of the test server.
#[derive(Debug, Default, Serialize)]
struct Seen {
    received: u64,
    unique: u64,
    duplicates: u64,
    reordered: u64,
    high: u64,
}

#[derive(Deserialize)]
struct Numbered {
    client: Option<String>,
    seq: u64,
}

impl Counting {
    /// From now on numbered messages are counted, or printed.
    pub(crate) fn set(&self, on: bool) {
        self.lock().on = on;
    }

    /// Counts the message if it is a numbered one. False: it is to be printed.
    pub(crate) fn count(&self, json: &str) -> bool {
        if !self.lock().on {
            return false;
        }
        let Ok(Numbered { client, seq }) = serde_json::from_str(json) else { return false };
        // The name that the test server gives to those without one.
        let client = client.unwrap_or_else(|| "anonymous".to_owned());
        self.lock().seen.entry(client).or_default().add(seq);
        true
    }

    /// One of a burst's messages came to its end.
    pub(crate) fn ended(&self, outcome: Outcome) {
        let mut counts = self.lock();
        match outcome {
            Outcome::Sent => counts.sent += 1,
            Outcome::Acknowledged => counts.acknowledged += 1,
            Outcome::Expired
            | Outcome::Dropped
            | Outcome::Withdrawn
            | Outcome::Unconfirmed
            | Outcome::Rejected => counts.failed += 1,
        }
    }

    /// The part of `stats` that is counted here.
    pub(crate) fn stats(&self) -> Map<String, Value> {
        let counts = self.lock();
        let Counts { sent, acknowledged, failed, .. } = &*counts;
        let seen: BTreeMap<&String, &Seen> =
            counts.seen.iter().map(|(client, numbers)| (client, &numbers.seen)).collect();
        fields(json!({ "seen": seen, "sent": sent, "acknowledged": acknowledged, "failed": failed }))
    }

    fn lock(&self) -> MutexGuard<'_, Counts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Numbers {
    fn add(&mut self, number: u64) {
        let seen = &mut self.seen;
        seen.received += 1;
        if self.numbers.insert(number) {
            seen.unique += 1;
            seen.reordered += u64::from(number < seen.high);
        } else {
            seen.duplicates += 1;
        }
        seen.high = seen.high.max(number);
    }
}
