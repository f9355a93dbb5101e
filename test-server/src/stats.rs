//! Everything that the server counts.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use crate::config::{Delivery, Limits};
use crate::seen::{Numbers, Seen};

/// The name under which messages without a `client` are counted.
pub const ANONYMOUS: &str = "anonymous";

/// A numbered message, of either protocol; other fields are ignored.
#[derive(Debug, Deserialize)]
pub(crate) struct Numbered {
    pub(crate) client: Option<String>,
    pub(crate) seq: u64,
}

/// A snapshot of what a server counted since its start or the last reset.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Stats {
    /// Connections that are open now.
    pub connections_open: u64,
    /// Connections accepted since the start; a reset does not change it.
    pub connections_total: u64,
    /// Upgrades to WebSocket that were granted.
    pub upgrades: u64,
    /// Requests for `/ws` that lacked a valid bearer token.
    pub unauthorized: u64,
    /// Data messages that arrived on `/ws` and on Socket.IO's `sink`.
    pub messages: u64,
    /// Their bytes (of `/ws` only).
    pub bytes: u64,
    /// Socket.IO namespace connections granted.
    pub namespaces_connected: u64,
    /// Numbered messages, by client.
    pub clients: BTreeMap<String, Seen>,
}

/// Counts; shared by all handlers.
#[derive(Debug)]
pub(crate) struct Counters {
    pub(crate) upgrades: AtomicU64,
    pub(crate) unauthorized: AtomicU64,
    pub(crate) messages: AtomicU64,
    pub(crate) bytes: AtomicU64,
    pub(crate) namespaces_connected: AtomicU64,
    clients: Mutex<HashMap<String, Numbers>>,
    deliveries: Option<Sender<Delivery>>,
    limits: Limits,
}

impl Counters {
    pub(crate) fn new(limits: Limits, deliveries: Option<Sender<Delivery>>) -> Self {
        Counters {
            upgrades: AtomicU64::new(0),
            unauthorized: AtomicU64::new(0),
            messages: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
            namespaces_connected: AtomicU64::new(0),
            clients: Mutex::new(HashMap::new()),
            deliveries,
            limits,
        }
    }

    pub(crate) fn add(counter: &AtomicU64, n: u64) {
        counter.fetch_add(n, Ordering::Relaxed);
    }

    /// Counts a numbered message; true if it is new.
    pub(crate) fn numbered(&self, message: Numbered) -> bool {
        let name = message.client.unwrap_or_else(|| ANONYMOUS.to_owned());
        let mut clients = self.clients();
        if !clients.contains_key(&name)
            && (clients.len() >= self.limits.max_clients || name.len() > self.limits.max_client_name_bytes)
        {
            return false;
        }
        let is_new = clients.entry(name.clone()).or_default().add(message.seq, self.limits.max_gaps);
        if is_new && let Some(deliveries) = &self.deliveries {
            // Still under the lock, so that deliveries are in the order of arrival. A receiver that went away wants none.
            let _ = deliveries.send(Delivery { client: name, seq: message.seq });
        }
        is_new
    }

    pub(crate) fn reset(&self) {
        self.clients().clear();
        for counter in
            [&self.upgrades, &self.unauthorized, &self.messages, &self.bytes, &self.namespaces_connected]
        {
            counter.store(0, Ordering::Relaxed);
        }
    }

    pub(crate) fn snapshot(&self) -> Stats {
        let load = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Stats {
            connections_open: 0,
            connections_total: 0,
            upgrades: load(&self.upgrades),
            unauthorized: load(&self.unauthorized),
            messages: load(&self.messages),
            bytes: load(&self.bytes),
            namespaces_connected: load(&self.namespaces_connected),
            clients: self.clients().iter().map(|(name, numbers)| (name.clone(), numbers.seen)).collect(),
        }
    }

    fn clients(&self) -> MutexGuard<'_, HashMap<String, Numbers>> {
        self.clients.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
