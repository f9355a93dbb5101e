use std::collections::BTreeSet;
use std::fmt;

use crate::traffic::Sent;

/// What was sent against what was delivered.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Tally {
    sent: u64,
    acknowledged: u64,
    delivered: Option<Delivered>,
    repeats: Option<u64>,
    reconnects: u64,
}

/// What became of the messages behind the server.
#[derive(Debug, PartialEq, Eq)]
struct Delivered {
    distinct: u64,
    duplicated: u64,
    reordered: u64,
}

impl Tally {
    /// `delivered` holds the numbers in the order in which they were delivered, where the server can be asked.
    pub(crate) fn new(sent: &Sent, delivered: Option<&[u64]>, repeats: Option<u64>, reconnects: u64) -> Self {
        Self {
            sent: sent.count,
            acknowledged: sent.acknowledged,
            delivered: delivered.map(|delivered| Delivered::new(sent.count, delivered)),
            repeats,
            reconnects,
        }
    }

    /// What certainly arrived: what the server gave on, or at least acknowledged.
    fn arrived(&self) -> u64 {
        self.delivered.as_ref().map_or(self.acknowledged, |delivered| delivered.distinct)
    }

    fn lost(&self) -> u64 {
        self.sent.saturating_sub(self.arrived())
    }

    /// Whether everything arrived (once, in order, as far as the server can be asked), and something happened at all.
    pub(crate) fn is_clean(&self) -> bool {
        let in_order = |delivered: &Delivered| (delivered.duplicated, delivered.reordered) == (0, 0);
        self.sent > 0
            && self.reconnects > 0
            && self.acknowledged == self.sent
            && self.lost() == 0
            && self.delivered.as_ref().is_none_or(in_order)
    }
}

impl Delivered {
    fn new(sent: u64, delivered: &[u64]) -> Self {
        let distinct: BTreeSet<u64> =
            delivered.iter().copied().filter(|seq| (1..=sent).contains(seq)).collect();
        let mut highest = 0;
        let mut reordered = 0;
        for seq in delivered {
            reordered += u64::from(*seq < highest);
            highest = highest.max(*seq);
        }
        let duplicated = (delivered.len() - distinct.len()) as u64;
        Self { distinct: distinct.len() as u64, duplicated, reordered }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(repeats) = self.repeats {
            writeln!(f, "repeats dropped by id {repeats} · acknowledged {}", self.acknowledged)?;
        }
        let (sent, lost, reconnects) = (self.sent, self.lost(), self.reconnects);
        match &self.delivered {
            Some(Delivered { distinct, duplicated, reordered }) => write!(
                f,
                "sent {sent} · delivered {distinct} · lost {lost} · duplicated {duplicated} · reordered {reordered} · \
                 reconnects {reconnects}"
            ),
            None => write!(
                f,
                "sent {sent} · acknowledged {} · lost {lost} · reconnects {reconnects} (whether one came twice or \
                 late, only your server can tell)",
                self.acknowledged
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(sent: u64, delivered: &[u64]) -> Tally {
        Tally::new(&Sent { count: sent, acknowledged: sent }, Some(delivered), None, 1)
    }

    fn duplicated(delivered: &[u64]) -> u64 {
        Delivered::new(3, delivered).duplicated
    }

    #[test]
    fn a_server_that_cannot_be_asked_has_to_acknowledge_everything() {
        let tally = |acknowledged| Tally::new(&Sent { count: 3, acknowledged }, None, None, 1);
        assert!(tally(3).is_clean());
        assert!(!tally(2).is_clean());
        assert_eq!(tally(2).lost(), 1);
    }

    #[test]
    fn clean_only_if_each_arrived_once_in_order() {
        assert!(tally(3, &[1, 2, 3]).is_clean());
        assert_eq!(tally(3, &[1, 3]).lost(), 1);
        assert_eq!(duplicated(&[1, 2, 2, 3]), 1);
        assert_eq!(tally(3, &[1, 3, 2]).delivered.unwrap().reordered, 1);
        assert_eq!(duplicated(&[1, 2, 3, 4]), 1);
        for delivered in [&[1, 3][..], &[1, 2, 2, 3], &[1, 3, 2], &[1, 2, 3, 4], &[]] {
            assert!(!tally(3, delivered).is_clean(), "{delivered:?}");
        }
        assert!(!tally(0, &[]).is_clean());
    }
}
