use std::collections::BTreeSet;
use std::fmt;

use crate::traffic::Sent;

/// What was sent against what was delivered.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Tally {
    sent: u64,
    acknowledged: u64,
    delivered: u64,
    duplicated: u64,
    reordered: u64,
    repeats: Option<u64>,
    reconnects: u64,
}

impl Tally {
    /// `delivered` holds the numbers in the order in which they were delivered.
    pub(crate) fn new(sent: &Sent, delivered: &[u64], repeats: Option<u64>, reconnects: u64) -> Self {
        let distinct: BTreeSet<u64> =
            delivered.iter().copied().filter(|seq| (1..=sent.count).contains(seq)).collect();
        let mut highest = 0;
        let mut reordered = 0;
        for seq in delivered {
            reordered += u64::from(*seq < highest);
            highest = highest.max(*seq);
        }
        Self {
            sent: sent.count,
            acknowledged: sent.acknowledged.len() as u64,
            delivered: distinct.len() as u64,
            duplicated: (delivered.len() - distinct.len()) as u64,
            reordered,
            repeats,
            reconnects,
        }
    }

    fn lost(&self) -> u64 {
        self.sent.saturating_sub(self.delivered)
    }

    /// Whether everything arrived once, in order, and something happened at all.
    pub(crate) fn is_clean(&self) -> bool {
        self.sent > 0
            && self.reconnects > 0
            && self.acknowledged == self.sent
            && (self.lost(), self.duplicated, self.reordered) == (0, 0, 0)
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(repeats) = self.repeats {
            writeln!(f, "repeats dropped by id {repeats} · acknowledged {}", self.acknowledged)?;
        }
        write!(
            f,
            "sent {} · delivered {} · lost {} · duplicated {} · reordered {} · reconnects {}",
            self.sent,
            self.delivered,
            self.lost(),
            self.duplicated,
            self.reordered,
            self.reconnects
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(sent: u64, delivered: &[u64]) -> Tally {
        Tally::new(&Sent { count: sent, acknowledged: (1..=sent).collect() }, delivered, None, 1)
    }

    #[test]
    fn clean_only_if_each_arrived_once_in_order() {
        assert!(tally(3, &[1, 2, 3]).is_clean());
        assert_eq!(tally(3, &[1, 3]).lost(), 1);
        assert_eq!(tally(3, &[1, 2, 2, 3]).duplicated, 1);
        assert_eq!(tally(3, &[1, 3, 2]).reordered, 1);
        assert_eq!(tally(3, &[1, 2, 3, 4]).duplicated, 1);
        for delivered in [&[1, 3][..], &[1, 2, 2, 3], &[1, 3, 2], &[1, 2, 3, 4], &[]] {
            assert!(!tally(3, delivered).is_clean(), "{delivered:?}");
        }
        assert!(!tally(0, &[]).is_clean());
    }
}
