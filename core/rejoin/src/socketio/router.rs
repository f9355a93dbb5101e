//! Who gets which event.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::task::Waker;

use bytestring::ByteString;
use rejoin_proto::MessageId;
use rejoin_proto::socketio::{AckId, Args, Event};

use super::namespace::{NamespaceEvent, NamespaceState};
use crate::shared::Router;
use crate::subscription::Subscribers;

/// An event as it waits for its consumer.
#[derive(Clone, Debug)]
pub(crate) struct Arrived {
    pub(super) namespace: ByteString,
    pub(super) name: ByteString,
    pub(super) args: Args,
    pub(super) ack: Option<Arc<Question>>,
}

/// What the server wants answered, once, whoever of the consumers does it.
#[derive(Debug)]
pub(crate) struct Question {
    pub(super) id: AckId,
    /// Read and written under the client's lock.
    pub(super) is_answered: AtomicBool,
}

/// What a consumer asked for: the events of one name in a namespace, or all of it; what arrives, or what is emitted.
#[derive(Clone, Debug)]
pub(crate) enum Topic {
    Named(ByteString, ByteString),
    Any(ByteString),
    Outgoing(ByteString),
}

/// The consumers of one namespace's events, found without a copy of the names.
#[derive(Debug, Default)]
struct Audience {
    named: BTreeMap<ByteString, Subscribers<Arrived>>,
    any: Subscribers<Arrived>,
    outgoing: Subscribers<Arrived>,
}

/// The consumers of a Socket.IO client's events.
#[derive(Debug, Default)]
pub(crate) struct Consumers {
    audiences: BTreeMap<ByteString, Audience>,
    pub(super) namespaces: Subscribers<NamespaceEvent>,
    /// Acknowledgements that are waited for, and their arguments once they came.
    acks: BTreeMap<MessageId, Option<Args>>,
    pub(super) unobserved: u64,
    /// Handlers that panicked.
    pub(super) panics: u64,
    ended: bool,
}

impl Audience {
    /// Gives the event to all whom it concerns. False if there is nobody.
    fn arrived(&mut self, event: Arrived, wakers: &mut Vec<Waker>) -> bool {
        let named = self.named.get_mut(&*event.name);
        match named {
            Some(named) if self.any.is_empty() => named.push(event, wakers),
            Some(named) => named.push(event.clone(), wakers) | self.any.push(event, wakers),
            None => self.any.push(event, wakers),
        }
    }

    fn room(&self) -> usize {
        let named = self.named.values().map(Subscribers::room);
        named.min().unwrap_or(usize::MAX).min(self.any.room())
    }

    fn end(&mut self, wakers: &mut Vec<Waker>) {
        self.named.values_mut().for_each(|subscribers| subscribers.end(wakers));
        self.any.end(wakers);
        self.outgoing.end(wakers);
    }
}

impl Consumers {
    pub(super) fn topic(&mut self, topic: &Topic) -> Option<&mut Subscribers<Arrived>> {
        match topic {
            Topic::Named(namespace, name) => self.audiences.get_mut(namespace)?.named.get_mut(name),
            Topic::Any(namespace) => Some(&mut self.audiences.get_mut(namespace)?.any),
            Topic::Outgoing(namespace) => Some(&mut self.audiences.get_mut(namespace)?.outgoing),
        }
    }

    pub(super) fn topic_or_new(&mut self, topic: Topic) -> &mut Subscribers<Arrived> {
        let ended = self.ended;
        let new = || Subscribers::new(ended);
        let (Topic::Named(namespace, _) | Topic::Any(namespace) | Topic::Outgoing(namespace)) = &topic;
        let audience = self.audiences.entry(namespace.clone()).or_insert_with(|| Audience {
            named: BTreeMap::new(),
            any: new(),
            outgoing: new(),
        });
        match topic {
            Topic::Named(_, name) => audience.named.entry(name).or_insert_with(new),
            Topic::Any(_) => &mut audience.any,
            Topic::Outgoing(_) => &mut audience.outgoing,
        }
    }

    /// Ends one consumer, and gives the waker of the task that waits for it.
    pub(super) fn leave(&mut self, topic: &Topic, id: u64) -> Option<Waker> {
        let subscribers = self.topic(topic)?;
        let waker = subscribers.remove(id);
        if subscribers.is_empty()
            && let Topic::Named(namespace, name) = topic
        {
            self.audiences.get_mut(namespace)?.named.remove(name);
        }
        waker
    }

    pub(super) fn expect_ack(&mut self, id: MessageId) {
        self.acks.insert(id, None);
    }

    pub(super) fn take_ack(&mut self, id: MessageId) -> Option<Args> {
        self.acks.remove(&id).flatten()
    }

    /// Those who watch what is emitted in a namespace, if there are any.
    pub(super) fn watching(&mut self, namespace: &str) -> Option<&mut Subscribers<Arrived>> {
        self.audiences.get_mut(namespace).map(|audience| &mut audience.outgoing).filter(|it| !it.is_empty())
    }
}

impl Router for Consumers {
    type Event = Event;

    fn route(&mut self, event: Event, wakers: &mut Vec<Waker>) {
        match event {
            Event::Event { namespace, name, args, ack } => {
                let ack = ack.map(|id| Arc::new(Question { id, is_answered: AtomicBool::new(false) }));
                let observed = self
                    .audiences
                    .get_mut(&*namespace)
                    .is_some_and(|audience| audience.arrived(Arrived { namespace, name, args, ack }, wakers));
                self.unobserved += u64::from(!observed);
            }
            Event::Ack { id, args, .. } => {
                if let Some(slot) = self.acks.get_mut(&id) {
                    *slot = Some(args);
                }
            }
            Event::NamespaceConnected { namespace, recovered, sid } => {
                let state = NamespaceState::Connected { recovered, sid };
                self.namespaces.push(NamespaceEvent { namespace, state }, wakers);
            }
            Event::NamespaceDisconnected { namespace, error } => {
                let state = NamespaceState::Disconnected { error };
                self.namespaces.push(NamespaceEvent { namespace, state }, wakers);
            }
        }
    }

    fn room(&self) -> usize {
        self.audiences.values().map(Audience::room).min().unwrap_or(usize::MAX)
    }

    fn end(&mut self, wakers: &mut Vec<Waker>) {
        self.ended = true;
        self.audiences.values_mut().for_each(|audience| audience.end(wakers));
        self.namespaces.end(wakers);
    }
}
