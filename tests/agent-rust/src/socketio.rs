//! The client of a Socket.IO server.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use rejoin::socketio::{Client, Event, Events, Namespace, NamespaceEvent, NamespaceState};
use rejoin::{Error, Receipt, Subscription};
use serde_json::{Value, json};

use crate::agent::{Answer, Begun, begin};
use crate::client::Surroundings;
use crate::config::Config;
use crate::consumer::{Stream, consume};
use crate::request::Emit;
use crate::{payload, show};

#[derive(Clone, Debug)]
pub(crate) struct SocketIo {
    client: Client,
    surroundings: Surroundings,
    heard: Arc<Mutex<Heard>>,
}

/// What arrived, as far as it is needed again.
#[derive(Debug, Default)]
struct Heard {
    /// The namespaces that have a consumer.
    namespaces: Vec<String>,
    /// Events that want an answer, by the number under which they were printed.
    questions: BTreeMap<u64, Event>,
    last_question: u64,
}

impl SocketIo {
    /// Makes the client and the consumer of `/`; it does not connect.
    pub(crate) fn new(url: &str, config: &Config, surroundings: &Surroundings) -> Result<Self, Error> {
        let client = build(url, config, surroundings)?;
        let this = Self { client, surroundings: surroundings.clone(), heard: Arc::default() };
        this.listen("/");
        tokio::spawn(watch_namespaces(this.client.namespace("/").changes(), this.surroundings.clone()));
        Ok(this)
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// A namespace with a consumer.
    pub(crate) fn namespace(&self, name: Option<&str>) -> Namespace {
        let name = name.unwrap_or("/");
        self.listen(name);
        self.client.namespace(name)
    }

    pub(crate) fn emit(&self, emit: Emit) -> Result<Begun, Error> {
        let namespace = self.namespace(emit.namespace.as_deref());
        let args = payload::to_args(emit.args)?;
        let mut emitter = namespace.emitter();
        if emit.volatile {
            emitter = emitter.volatile();
        }
        if let Some(ttl) = emit.ttl {
            emitter = emitter.ttl(ttl);
        }
        if !emit.ack {
            let receipt = emitter.emit_raw(&emit.name, args)?;
            if let Some(name) = emit.receipt {
                tokio::spawn(tell(receipt, name, self.surroundings.clone()));
            }
            return Ok(Begun::Done(json!({})));
        }
        if let Some(timeout) = emit.timeout {
            emitter = emitter.timeout(timeout);
        }
        if let Some(retries) = emit.retries {
            emitter = emitter.retries(retries);
        }
        let mut reply = emitter.emit_raw_with_ack(&emit.name, args)?;
        let here = self.surroundings.clone();
        begin(async move {
            let answer = (&mut reply).await;
            if let (Some(name), Some(outcome)) = (emit.receipt, reply.outcome()) {
                here.event("receipt", json!({ "receipt": name, "outcome": outcome.as_str() }));
            }
            answer.map(|reply| json!({ "ack": payload::from_args(reply.raw_args()) }))
        })
    }

    /// Answers an event that was printed under this number.
    pub(crate) fn acknowledge(&self, number: u64, args: Vec<Value>) -> Result<(), Error> {
        let args = payload::to_args(args)?;
        let question = self.heard().questions.remove(&number);
        let question = question.ok_or_else(|| Error::invalid("ack", "no event waits under this number"))?;
        question.ack_raw(args)
    }

    pub(crate) fn connect_namespace(
        &self,
        name: &str,
        auth: Option<Value>,
    ) -> impl Future<Output = Answer> + Send + 'static {
        let namespace = self.namespace(Some(name));
        async move {
            match auth {
                Some(auth) => namespace.connect_with_auth(&auth.to_string()).await,
                None => namespace.connect().await,
            }
            .map(|()| json!({}))
        }
    }

    /// Gives the namespace a consumer, unless it has one.
    fn listen(&self, name: &str) {
        let mut heard = self.heard();
        if heard.namespaces.iter().any(|known| known == name) {
            return;
        }
        heard.namespaces.push(name.to_owned());
        drop(heard);
        let lagged = {
            let here = self.surroundings.clone();
            move |missed| here.event("lagged", json!({ "missed": missed }))
        };
        // The consumer must not keep the client open.
        let (heard, here) = (self.heard.clone(), self.surroundings.clone());
        let events = self.client.namespace(name).events();
        let print = move |event: Event| print(event, &here, &heard);
        tokio::spawn(consume(events, self.surroundings.pace.clone(), lagged, print));
    }

    fn heard(&self) -> std::sync::MutexGuard<'_, Heard> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn print(event: Event, here: &Surroundings, heard: &Mutex<Heard>) {
    if event.raw_args().iter().next().is_some_and(|first| here.counting.count(first)) {
        return;
    }
    let mut line = json!({
        "namespace": event.namespace(), "name": event.name(), "args": payload::from_args(event.raw_args()),
    });
    if event.wants_ack() {
        let mut heard = heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.last_question += 1;
        let number = heard.last_question;
        heard.questions.insert(number, event);
        line["ack"] = number.into();
    }
    here.event("event", line);
}

async fn tell(receipt: Receipt, name: String, here: Surroundings) {
    let outcome = receipt.await;
    here.event("receipt", json!({ "receipt": name, "outcome": outcome.as_str() }));
}

async fn watch_namespaces(mut changes: Subscription<NamespaceEvent>, here: Surroundings) {
    while let Some(NamespaceEvent { namespace, state }) = changes.next().await {
        let namespace: &str = &namespace;
        here.event(
            "namespace",
            match state {
                NamespaceState::Connected { recovered, .. } => {
                    json!({ "namespace": namespace, "state": "connected", "resumed": recovered })
                }
                NamespaceState::Disconnected { error } => {
                    json!({ "namespace": namespace, "state": "disconnected", "error": show::error(&error) })
                }
            },
        );
    }
}

/// A client as configured, without a consumer.
pub(crate) fn build(url: &str, config: &Config, surroundings: &Surroundings) -> Result<Client, Error> {
    let mut builder = config.apply_socketio(Client::builder(url))?;
    if config.credentials {
        builder = surroundings.credentials.install(builder, &surroundings.name, &surroundings.lines);
    }
    builder.build()
}

impl Stream for Events {
    type Item = Event;

    fn next(&mut self) -> impl Future<Output = Option<Event>> + Send {
        Events::next(self)
    }

    fn take_missed(&mut self) -> u64 {
        Events::take_missed(self)
    }
}
