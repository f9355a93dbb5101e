//! The numbers that one client sent: which arrived, which twice, which late.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What became of the numbered messages of one client.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// Messages that arrived, repeats included.
    pub received: u64,
    /// Different numbers that arrived: what was delivered.
    pub unique: u64,
    /// Messages whose number had arrived before.
    pub duplicates: u64,
    /// Messages that came for the first time after one with a higher number.
    pub reordered: u64,
    /// The highest number.
    pub high: u64,
}

/// The numbers of one client, kept as ranges, so that an orderly client costs one of them.
#[derive(Debug, Default)]
pub(crate) struct Numbers {
    pub(crate) seen: Seen,
    ranges: BTreeMap<u64, u64>,
}

impl Numbers {
    /// Counts a number; true if it is new.
    pub(crate) fn add(&mut self, number: u64, max_gaps: usize) -> bool {
        self.seen.received += 1;
        let is_new = self.insert(number, max_gaps);
        if is_new {
            self.seen.unique += 1;
            self.seen.reordered += u64::from(number < self.seen.high);
        } else {
            self.seen.duplicates += 1;
        }
        self.seen.high = self.seen.high.max(number);
        is_new
    }

    fn insert(&mut self, number: u64, max_gaps: usize) -> bool {
        let before = self.ranges.range(..=number).next_back().map(|(start, end)| (*start, *end));
        if before.is_some_and(|(_, end)| number <= end) {
            return false;
        }
        let mut start = number;
        if let Some((first, end)) = before
            && end.checked_add(1) == Some(number)
        {
            start = first;
        }
        let mut end = number;
        if let Some(next) = number.checked_add(1)
            && let Some(last) = self.ranges.remove(&next)
        {
            end = last;
        }
        self.ranges.insert(start, end);
        if self.ranges.len() > max_gaps {
            self.close_first_gap();
        }
        true
    }

    fn close_first_gap(&mut self) {
        if let Some((start, _)) = self.ranges.pop_first()
            && let Some((_, end)) = self.ranges.pop_first()
        {
            self.ranges.insert(start, end);
        }
    }
}

#[cfg(test)]
#[path = "seen_tests.rs"]
mod tests;
