//! Calls that end later: their results come back through the client's mailbox.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::stream::{self, Stream};
use rejoin::Error;
use tokio::runtime::Handle;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinSet;

use crate::credentials::{CredentialsAnswer, Desk};
use crate::item::Item;
use crate::runtime::Process;

/// The way into a client's mailbox. What it holds is bounded by the calls that the application has open.
#[derive(Clone)]
pub(crate) struct Replies {
    sender: UnboundedSender<Item>,
    runtime: Handle,
}

impl Replies {
    /// Without a reader there is nobody to tell.
    pub(crate) fn send(&self, item: Item) {
        let _ = self.sender.send(item);
    }

    /// Sends what the future ends with.
    pub(crate) fn later(&self, item: impl Future<Output = Item> + Send + 'static) {
        let sender = self.sender.clone();
        self.runtime.spawn(async move {
            let _ = sender.send(item.await);
        });
    }
}

/// What every client has, whatever its protocol: open calls, and the way to answer them.
pub(crate) struct Calls {
    process: Process,
    replies: Replies,
    desk: Arc<Desk>,
    /// They hold a handle to the client, and end with the foreign object, so that dropping that closes the client.
    open: Mutex<JoinSet<()>>,
}

impl Calls {
    pub(crate) fn new(runtime: &Handle) -> (Self, impl Stream<Item = Item> + Send + use<>) {
        let (sender, receiver) = unbounded_channel();
        let replies = Replies { sender, runtime: runtime.clone() };
        let calls = Self {
            process: Process::current(),
            replies,
            desk: Arc::default(),
            open: Mutex::new(JoinSet::new()),
        };
        (calls, items(receiver))
    }

    pub(crate) fn replies(&self) -> &Replies {
        &self.replies
    }

    pub(crate) fn desk(&self) -> Arc<Desk> {
        Arc::clone(&self.desk)
    }

    pub(crate) fn answer_credentials(&self, request: u64, answer: CredentialsAnswer) {
        self.desk.answer(request, answer);
    }

    /// Refuses to work in a fork.
    pub(crate) fn check(&self) -> Result<(), Error> {
        self.process.check()
    }

    /// Starts work whose end is told as [`Item::Completed`].
    pub(crate) fn start(
        &self,
        call: u64,
        work: impl Future<Output = Result<(), Error>> + Send + 'static,
    ) -> Result<(), Error> {
        self.check()?;
        let replies = self.replies.clone();
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        while open.try_join_next().is_some() {}
        open.spawn_on(
            async move {
                let failure = work.await.err().map(Into::into);
                replies.send(Item::Completed { call, failure });
            },
            &self.replies.runtime,
        );
        Ok(())
    }
}

fn items(mut receiver: UnboundedReceiver<Item>) -> impl Stream<Item = Item> + Send {
    stream::poll_fn(move |cx| receiver.poll_recv(cx))
}
