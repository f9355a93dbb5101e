//! Calls that end later: their results come back through the client's mailbox.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::stream::{self, Stream};
use rejoin::{Credentials, CredentialsReason, Error};
use tokio::runtime::Handle;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinSet;

use crate::credentials::CredentialsAnswer;
use crate::desk::Desk;
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
    credentials: Arc<Desk<CredentialsAnswer>>,
    /// Why the on-connect step failed; `None`: it succeeded.
    steps: Arc<Desk<Option<String>>>,
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
            credentials: Arc::default(),
            steps: Arc::default(),
            open: Mutex::new(JoinSet::new()),
        };
        (calls, items(receiver))
    }

    pub(crate) fn replies(&self) -> &Replies {
        &self.replies
    }

    /// What a client asks when it needs credentials: the application, through the mailbox.
    pub(crate) fn ask_credentials(
        &self,
    ) -> impl Fn(CredentialsReason) -> Asking<Credentials> + Send + Sync + 'static {
        let (desk, replies) = (Arc::clone(&self.credentials), self.replies.clone());
        move |reason| {
            let asked =
                desk.clone().ask(move |request| Item::Credentials { request, reason }, replies.clone());
            Box::pin(async move { asked.await?.into_result() })
        }
    }

    pub(crate) fn answer_credentials(&self, request: u64, answer: CredentialsAnswer) {
        self.credentials.answer(request, answer);
    }

    /// The on-connect step of a client: it is the application's, which gets the session in the item.
    pub(crate) fn ask_step<S: Send + 'static>(
        &self,
        item: impl Fn(u64, S, Replies) -> Item + Clone + Send + Sync + 'static,
    ) -> impl Fn(S) -> Asking<()> + Send + Sync + 'static {
        let (desk, replies) = (Arc::clone(&self.steps), self.replies.clone());
        move |session| {
            let (item, for_session) = (item.clone(), replies.clone());
            let asked = desk.clone().ask(move |request| item(request, session, for_session), replies.clone());
            Box::pin(async move { asked.await?.map_or(Ok(()), Err) })
        }
    }

    pub(crate) fn answer_step(&self, request: u64, failure: Option<String>) {
        self.steps.answer(request, failure);
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

/// An answer of the application, or why there is none.
pub(crate) type Asking<T> = Pin<Box<dyn Future<Output = Result<T, String>> + Send>>;

fn items(mut receiver: UnboundedReceiver<Item>) -> impl Stream<Item = Item> + Send {
    stream::poll_fn(move |cx| receiver.poll_recv(cx))
}
