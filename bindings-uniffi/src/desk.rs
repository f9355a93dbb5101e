use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::oneshot;

use crate::Item;
use crate::calls::Replies;

/// Brings a question to the application, and its answer back. Only the newest question is open.
pub(crate) struct Desk<T>(Mutex<Question<T>>);

struct Question<T> {
    number: u64,
    answer: Option<oneshot::Sender<T>>,
}

impl<T> Default for Desk<T> {
    fn default() -> Self {
        Self(Mutex::new(Question { number: 0, answer: None }))
    }
}

impl<T> Desk<T> {
    /// Asks, and waits for the answer; the core bounds the wait. `question` makes the item, with its number in it.
    pub(crate) async fn ask(
        self: Arc<Self>,
        question: impl FnOnce(u64) -> Item,
        replies: Replies,
    ) -> Result<T, String> {
        let (sender, answer) = oneshot::channel();
        let number = {
            let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            open.number += 1;
            open.answer = Some(sender);
            open.number
        };
        replies.send(question(number));
        answer.await.map_err(|_| "the question was taken back".to_owned())
    }

    /// An answer that comes too late is for nobody.
    pub(crate) fn answer(&self, number: u64, answer: T) {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if open.number != number {
            return;
        }
        if let Some(sender) = open.answer.take() {
            let _ = sender.send(answer);
        }
    }
}
