use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};

use bytestring::ByteString;
use futures_util::Stream;
use rejoin_proto::Error;
use rejoin_proto::socketio::Args;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::router::{Arrived, Topic};
use super::{SharedArc, SocketIoShared, data};
use crate::subscription::{Batch, Source, Subscription};

/// An event that arrived. Cloning is cheap.
#[derive(Clone)]
pub struct Event {
    arrived: Arrived,
    shared: SharedArc,
}

impl Event {
    /// The namespace it arrived in.
    pub fn namespace(&self) -> &str {
        &self.arrived.namespace
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.arrived.name
    }

    /// Its arguments as `T`: a tuple takes one argument for each element, `()` none, any other type the first.
    ///
    /// # Errors
    /// `invalid_argument`: the arguments are not of this type.
    pub fn args<T: DeserializeOwned>(&self) -> Result<T, Error> {
        data::from_args(&self.arrived.args)
    }

    /// Its arguments as they came: JSON text, and attachments.
    pub fn raw_args(&self) -> &Args {
        &self.arrived.args
    }

    /// Whether the server wants an answer.
    pub fn wants_ack(&self) -> bool {
        self.arrived.ack.is_some()
    }

    /// Answers the server, once. Nothing happens if it wants no answer.
    ///
    /// ```no_run
    /// # fn example(client: rejoin::socketio::Client) {
    /// client.on("sum", |event| async move {
    ///     let answered = match event.args::<(i64, i64)>() {
    ///         Ok((a, b)) => event.ack(a + b),
    ///         Err(_) => event.ack(()),
    ///     };
    ///     if let Err(error) = answered {
    ///         eprintln!("the server waits in vain: {error}");
    ///     }
    /// });
    /// # }
    /// ```
    ///
    /// # Errors
    /// `invalid_argument`: the data cannot be serialised, or the event was answered already, here or by another consumer.
    /// `not_connected`: the session that asked is over. `queue_full`: 10,000 answers wait for the network
    /// ([`Limits::max_backlog`](super::Limits::max_backlog)). `client_closed`.
    pub fn ack<T: Serialize>(&self, data: T) -> Result<(), Error> {
        self.ack_raw(data::to_args(&data)?)
    }

    /// Answers the server with arguments that are JSON text already.
    ///
    /// # Errors
    /// As for [`ack`](Self::ack).
    pub fn ack_raw(&self, args: Args) -> Result<(), Error> {
        let Some(question) = &self.arrived.ack else { return Ok(()) };
        let namespace = &self.arrived.namespace;
        self.shared.with(|inner, now| {
            inner.connection.check_open()?;
            if question.is_answered.load(Ordering::Relaxed) {
                return Err(Error::invalid("ack", "the event was answered already"));
            }
            inner.connection.acknowledge(namespace, question.id, args, now)?;
            question.is_answered.store(true, Ordering::Relaxed);
            Ok(())
        })
    }
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Arrived { namespace, name, args, ack } = &self.arrived;
        f.debug_struct("Event")
            .field("namespace", namespace)
            .field("name", name)
            .field("args", args)
            .field("wants_ack", &ack.is_some())
            .finish()
    }
}

/// A stream of events, for one consumer. Others are independent of it. Dropping it unsubscribes.
pub struct Events {
    subscription: Subscription<Arrived>,
    shared: SharedArc,
}

/// What a topic's consumer asks for its batches.
struct TopicSource {
    shared: SharedArc,
    topic: Topic,
}

impl Source<Arrived> for TopicSource {
    fn poll_batch(&self, id: u64, batch: &mut VecDeque<Arrived>, cx: &mut Context<'_>) -> Poll<Batch> {
        let poll = self.shared.look_mut(|inner| match inner.router.topic(&self.topic) {
            Some(subscribers) => subscribers.poll_batch(id, batch, cx),
            None => Poll::Ready(Batch::End),
        });
        self.shared.resume_reading(&poll);
        poll
    }

    fn unsubscribe(&self, id: u64) {
        self.shared.with(|inner, _| inner.router.leave(&self.topic, id));
    }
}

impl Events {
    pub(super) fn subscribe(shared: &SharedArc, topic: Topic, inbound: crate::Inbound) -> Self {
        let id = shared.look_mut(|inner| inner.router.topic_or_new(topic.clone()).add(inbound));
        let source = TopicSource { shared: shared.clone(), topic };
        Self { subscription: Subscription::new(Arc::new(source), id), shared: shared.clone() }
    }

    pub(super) fn id(&self) -> u64 {
        self.subscription.id()
    }

    /// The next event, or `None` when the client is closed. Cancelling the wait loses nothing.
    pub async fn next(&mut self) -> Option<Event> {
        let arrived = self.subscription.next().await?;
        Some(self.event(arrived))
    }

    /// Takes what is there, without waiting: at most `max` events.
    pub fn drain(&mut self, max: usize) -> Vec<Event> {
        let arrived = self.subscription.drain(max);
        arrived.into_iter().map(|arrived| self.event(arrived)).collect()
    }

    /// Waits until an event or the end is there, and takes nothing.
    pub fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.subscription.poll_ready(cx)
    }

    /// How many events were dropped for this consumer since the last call: 0 unless the inbound policy is lossy.
    pub fn take_missed(&mut self) -> u64 {
        self.subscription.take_missed()
    }

    fn event(&self, arrived: Arrived) -> Event {
        Event { arrived, shared: self.shared.clone() }
    }
}

impl Stream for Events {
    type Item = Event;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Event>> {
        let arrived = std::task::ready!(Pin::new(&mut self.subscription).poll_next(cx));
        Poll::Ready(arrived.map(|arrived| self.event(arrived)))
    }
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Events").finish_non_exhaustive()
    }
}

impl SocketIoShared {
    /// Whether events of a namespace can be told apart from what is not there.
    pub(super) fn is_namespace_connected(&self, namespace: &ByteString) -> bool {
        self.look(|inner| inner.connection.protocol().is_connected(namespace))
    }
}
