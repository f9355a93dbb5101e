use std::fmt;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::task::Waker;

use futures_util::FutureExt;

use super::event::{Event, Events};
use super::router::Topic;
use super::{Namespace, SharedArc};
use crate::platform::{MaybeSend, MaybeSync};

/// A handler that was set with [`Namespace::on`]. Dropping this keeps the handler.
#[derive(Clone)]
pub struct Listener {
    shared: SharedArc,
    topic: Topic,
    id: u64,
}

impl Listener {
    /// Ends the handler; the event that it works on is finished.
    pub fn off(&self) {
        let waker = self.shared.look_mut(|inner| inner.router.leave(&self.topic, self.id));
        waker.into_iter().for_each(Waker::wake);
    }
}

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listener").field("topic", &self.topic).finish_non_exhaustive()
    }
}

/// Runs the handler in a task of its own, one event after the other: slow or panicking, it stalls nobody else.
pub(super) fn listen<F, Fut>(namespace: &Namespace, topic: Topic, handler: F) -> Listener
where
    F: Fn(Event) -> Fut + MaybeSend + MaybeSync + 'static,
    Fut: Future<Output = ()> + MaybeSend + 'static,
{
    let shared = namespace.shared().clone();
    let mut events = Events::subscribe(&shared, topic.clone(), namespace.inbound());
    let listener = Listener { shared: shared.clone(), topic, id: events.id() };
    shared.runtime.clone().spawn(async move {
        while let Some(event) = events.next().await {
            let handled = AssertUnwindSafe(async { handler(event).await }).catch_unwind().await;
            if handled.is_err() {
                shared.look_mut(|inner| inner.router.panics += 1);
            }
        }
    });
    listener
}
