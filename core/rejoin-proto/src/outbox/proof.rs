use std::collections::VecDeque;

use super::MessageId;

/// Reached only where messages with and without acknowledgement alternate faster than the peer answers.
const MAX_RUNS: usize = 4096;

/// Messages that left without asking for an acknowledgement, until the peer shows that it lives.
///
/// Ids are kept as runs, so that a flood of messages costs a few bytes.
#[derive(Debug, Default)]
pub(super) struct Unproven {
    runs: VecDeque<(u64, u64)>,
}

impl Unproven {
    pub(super) fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// Whether nothing more may leave before the peer has shown that it lives.
    pub(super) fn is_full(&self) -> bool {
        self.runs.len() >= MAX_RUNS
    }

    pub(super) fn push(&mut self, id: MessageId) {
        match self.runs.back_mut() {
            Some((_, last)) if *last + 1 == id.get() => *last = id.get(),
            _ => self.runs.push_back((id.get(), id.get())),
        }
    }

    /// Takes all ids, in the order in which they left.
    pub(super) fn take(&mut self) -> impl Iterator<Item = MessageId> + use<> {
        core::mem::take(&mut self.runs).into_iter().flat_map(|(first, last)| first..=last).map(MessageId::new)
    }
}
