//! Who gets which event.

use std::collections::BTreeMap;
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
    pub(super) ack: Option<AckId>,
}

/// What a consumer asked for: the events of one name in a namespace, or all of it; what arrives, or what is emitted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Topic {
    Named(ByteString, ByteString),
    Any(ByteString),
    Outgoing(ByteString),
}

/// The consumers of a Socket.IO client's events.
#[derive(Debug, Default)]
pub(crate) struct Consumers {
    events: BTreeMap<Topic, Subscribers<Arrived>>,
    pub(super) namespaces: Subscribers<NamespaceEvent>,
    /// Acknowledgements that are waited for, and their arguments once they came.
    acks: BTreeMap<MessageId, Option<Args>>,
    pub(super) unobserved: u64,
    /// Handlers that panicked.
    pub(super) panics: u64,
    ended: bool,
}

impl Consumers {
    pub(super) fn topic(&mut self, topic: &Topic) -> Option<&mut Subscribers<Arrived>> {
        self.events.get_mut(topic)
    }

    pub(super) fn topic_or_new(&mut self, topic: Topic) -> &mut Subscribers<Arrived> {
        let ended = self.ended;
        self.events.entry(topic).or_insert_with(|| Subscribers::new(ended))
    }

    /// Ends one consumer, and gives the waker of the task that waits for it.
    pub(super) fn leave(&mut self, topic: &Topic, id: u64) -> Option<Waker> {
        let subscribers = self.events.get_mut(topic)?;
        let waker = subscribers.remove(id);
        if subscribers.is_empty() {
            self.events.remove(topic);
        }
        waker
    }

    pub(super) fn expect_ack(&mut self, id: MessageId) {
        self.acks.insert(id, None);
    }

    pub(super) fn take_ack(&mut self, id: MessageId) -> Option<Args> {
        self.acks.remove(&id).flatten()
    }

    /// Shows an event of ours to those who watch what is emitted.
    pub(super) fn emitted(&mut self, event: impl FnOnce() -> Arrived, wakers: &mut Vec<Waker>) {
        if self.events.keys().any(|topic| matches!(topic, Topic::Outgoing(_))) {
            let event = event();
            if let Some(subscribers) = self.events.get_mut(&Topic::Outgoing(event.namespace.clone())) {
                subscribers.push(event, wakers);
            }
        }
    }

    fn arrived(&mut self, event: Arrived, wakers: &mut Vec<Waker>) {
        let any = Topic::Any(event.namespace.clone());
        let named = Topic::Named(event.namespace.clone(), event.name.clone());
        let mut topics = [named, any].into_iter().filter(|topic| self.events.contains_key(topic));
        let (first, second) = (topics.next(), topics.next());
        drop(topics);
        let mut give = |topic: Option<Topic>, event: Arrived| {
            let subscribers = topic.and_then(|topic| self.events.get_mut(&topic));
            subscribers.is_some_and(|subscribers| subscribers.push(event, wakers))
        };
        // Most events have one consumer: that one gets the event itself.
        let observed = match second {
            Some(_) => give(first, event.clone()) | give(second, event),
            None => give(first, event),
        };
        self.unobserved += u64::from(!observed);
    }
}

impl Router for Consumers {
    type Event = Event;

    fn route(&mut self, event: Event, wakers: &mut Vec<Waker>) {
        match event {
            Event::Event { namespace, name, args, ack } => {
                self.arrived(Arrived { namespace, name, args, ack }, wakers);
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
        let incoming = self.events.iter().filter(|(topic, _)| !matches!(topic, Topic::Outgoing(_)));
        incoming.map(|(_, subscribers)| subscribers.room()).min().unwrap_or(usize::MAX)
    }

    fn end(&mut self, wakers: &mut Vec<Waker>) {
        self.ended = true;
        self.events.values_mut().for_each(|subscribers| subscribers.end(wakers));
        self.namespaces.end(wakers);
    }
}
