use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker, ready};

use futures_util::stream::{self, BoxStream, Stream, StreamExt};
use rejoin::Subscription;
use rejoin::socketio::Events;

use crate::Item;

/// What happened, for one consumer: wait for [`ready`](Mailbox::ready), then take it with [`drain`](Mailbox::drain).
#[derive(uniffi::Object)]
pub struct Mailbox {
    source: Mutex<Source>,
    bell: Arc<Bell>,
}

/// What a [`Mailbox`] held.
#[derive(uniffi::Record)]
pub struct Batch {
    /// In order; none if there was nothing.
    pub items: Vec<Item>,
    /// Nothing follows.
    pub ended: bool,
}

#[uniffi::export]
impl Mailbox {
    /// Waits until there is something to drain, the end, or an [`interrupt`](Self::interrupt). It takes nothing, so a
    /// cancelled wait loses nothing; several may wait.
    pub async fn ready(&self) {
        Ready::new(self, None).await;
    }

    /// A wait that can be ended from outside: for languages whose cancellation does not reach [`ready`](Self::ready).
    pub fn begin_wait(self: Arc<Self>) -> Arc<Wait> {
        Arc::new(Wait { mailbox: self, ended: AtomicBool::new(false) })
    }

    /// Takes what is there, at most `max` items, without waiting.
    pub fn drain(&self, max: u32) -> Batch {
        let waker = Waker::from(self.bell.clone());
        let mut cx = Context::from_waker(&waker);
        let mut source = self.source.lock().unwrap_or_else(PoisonError::into_inner);
        let mut items = Vec::new();
        while items.len() < max as usize && source.poll_peek(&mut cx).is_ready() {
            let Some(item) = source.peeked.take() else { break };
            items.push(item);
        }
        Batch { items, ended: source.ended }
    }

    /// Ends one of the waits that are under way, or the next one.
    pub fn interrupt(&self) {
        self.bell.lock().interrupted = true;
        Arc::clone(&self.bell).wake();
    }
}

/// One wait for a [`Mailbox`].
#[derive(uniffi::Object)]
pub struct Wait {
    mailbox: Arc<Mailbox>,
    ended: AtomicBool,
}

#[uniffi::export]
impl Wait {
    /// As [`Mailbox::ready`], until [`end`](Self::end).
    pub async fn ready(&self) {
        Ready::new(&self.mailbox, Some(&self.ended)).await;
    }

    /// Ends this wait and no other, before it began or while it is under way.
    pub fn end(&self) {
        self.ended.store(true, Ordering::Release);
        Arc::clone(&self.mailbox.bell).wake();
    }
}

impl Mailbox {
    pub(crate) fn new(stream: impl Stream<Item = Item> + Send + 'static) -> Arc<Self> {
        let source = Source { stream: stream.boxed(), peeked: None, ended: false };
        Arc::new(Self { source: Mutex::new(source), bell: Arc::default() })
    }
}

/// A stream of the core that may lose items by the application's choice.
pub(crate) trait Lossy: Stream + Unpin {
    fn take_missed(&mut self) -> u64;
}

impl<T: Unpin> Lossy for Subscription<T> {
    fn take_missed(&mut self) -> u64 {
        Subscription::take_missed(self)
    }
}

impl Lossy for Events {
    fn take_missed(&mut self) -> u64 {
        Events::take_missed(self)
    }
}

/// The items of a stream, and where it lost some, how many.
pub(crate) fn follow<S: Lossy>(
    mut lossy: S,
    mut item: impl FnMut(S::Item) -> Item,
) -> impl Stream<Item = Item> {
    let mut held = None;
    stream::poll_fn(move |cx| {
        if let Some(item) = held.take() {
            return Poll::Ready(Some(item));
        }
        let next = ready!(lossy.poll_next_unpin(cx)).map(&mut item);
        let missed = lossy.take_missed();
        if missed == 0 {
            return Poll::Ready(next);
        }
        held = next;
        Poll::Ready(Some(Item::Lagged { missed }))
    })
}

struct Source {
    stream: BoxStream<'static, Item>,
    peeked: Option<Item>,
    ended: bool,
}

impl Source {
    /// Ready when an item or the end is there.
    fn poll_peek(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if self.peeked.is_none() && !self.ended {
            self.peeked = ready!(self.stream.poll_next_unpin(cx));
            self.ended = self.peeked.is_none();
        }
        Poll::Ready(())
    }
}

/// What the stream wakes, whoever polled it last: it wakes all who wait.
#[derive(Default)]
struct Bell(Mutex<Waiting>);

#[derive(Default)]
struct Waiting {
    last_id: u64,
    wakers: BTreeMap<u64, Waker>,
    interrupted: bool,
}

impl Waiting {
    fn next_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }
}

impl Bell {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        // Without the lock: waking enters the foreign language, which may come back at once.
        let wakers = std::mem::take(&mut self.lock().wakers);
        wakers.into_values().for_each(Waker::wake);
    }
}

struct Ready<'a> {
    mailbox: &'a Mailbox,
    ended: Option<&'a AtomicBool>,
    id: u64,
}

impl<'a> Ready<'a> {
    fn new(mailbox: &'a Mailbox, ended: Option<&'a AtomicBool>) -> Self {
        let id = mailbox.bell.lock().next_id();
        Self { mailbox, ended, id }
    }
}

impl Future for Ready<'_> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let bell = &self.mailbox.bell;
        {
            let mut waiting = bell.lock();
            if std::mem::take(&mut waiting.interrupted) {
                return Poll::Ready(());
            }
            // Before looking, so that what comes in between rings.
            waiting.wakers.insert(self.id, cx.waker().clone());
        }
        if self.ended.is_some_and(|ended| ended.load(Ordering::Acquire)) {
            return Poll::Ready(());
        }
        let waker = Waker::from(bell.clone());
        let mut source = self.mailbox.source.lock().unwrap_or_else(PoisonError::into_inner);
        source.poll_peek(&mut Context::from_waker(&waker))
    }
}

impl Drop for Ready<'_> {
    fn drop(&mut self) {
        self.mailbox.bell.lock().wakers.remove(&self.id);
    }
}
