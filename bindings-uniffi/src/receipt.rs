use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::Item;
use crate::calls::Replies;

/// What becomes of one message, for whoever wants to know: watch it, withdraw it, or drop it.
#[derive(uniffi::Object)]
pub struct Receipt {
    inner: Arc<Mutex<rejoin::Receipt>>,
    id: u64,
    replies: Replies,
    watched: AtomicBool,
}

#[uniffi::export]
impl Receipt {
    /// The message's stable id.
    pub fn id(&self) -> u64 {
        self.id
    }

    /// Takes the message back if it was not sent yet. False if it was sent or has come to its end.
    pub fn withdraw(&self) -> bool {
        lock(&self.inner).withdraw()
    }

    /// Has the outcome told in the client's mailbox. Once: a second call changes nothing.
    pub fn watch(&self, call: u64) {
        if self.watched.swap(true, Ordering::Relaxed) {
            return;
        }
        let inner = Arc::clone(&self.inner);
        self.replies.later(async move { Item::Receipt { call, outcome: resolve(&inner).await } });
    }
}

impl Receipt {
    pub(crate) fn new(receipt: rejoin::Receipt, replies: Replies) -> Arc<Self> {
        let id = receipt.id().get();
        Arc::new(Self { inner: Arc::new(Mutex::new(receipt)), id, replies, watched: AtomicBool::new(false) })
    }
}

/// Waits under no lock, so that what is waited for can be withdrawn meanwhile.
pub(crate) async fn resolve<F: Future + Unpin>(future: &Mutex<F>) -> F::Output {
    poll_fn(|cx| Pin::new(&mut *lock(future)).poll(cx)).await
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
