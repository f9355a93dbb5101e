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

    /// Takes the id that left first.
    pub(super) fn pop_front(&mut self) -> Option<MessageId> {
        let (first, last) = self.runs.front_mut()?;
        let id = MessageId::new(*first);
        if first == last {
            self.runs.pop_front();
        } else {
            *first += 1;
        }
        Some(id)
    }

    /// Takes one id. False if it is not among them.
    pub(super) fn remove(&mut self, id: MessageId) -> bool {
        let id = id.get();
        let Some(at) = self.runs.iter().position(|(first, last)| (*first..=*last).contains(&id)) else {
            return false;
        };
        let Some((first, last)) = self.runs.remove(at) else { return false };
        if id < last {
            self.runs.insert(at, (id + 1, last));
        }
        if first < id {
            self.runs.insert(at, (first, id - 1));
        }
        true
    }
}
