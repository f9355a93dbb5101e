use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use rejoin::socketio::{AckFuture, Args, Emitter, Event, NamespaceEvent, NamespaceState, Transport};
use rejoin::{NetworkHint, Outcome};

use crate::calls::Calls;
use crate::credentials::CredentialsAnswer;
use crate::mailbox::{Mailbox, follow};
use crate::receipt::{lock, resolve};
use crate::runtime::runtime;
use crate::{Failed, Failure, Item, Options, Receipt, SendOptions, State, Stats};

/// The arguments of an event or acknowledgement.
#[derive(uniffi::Record)]
pub struct Payload {
    /// A JSON array. An attachment stands in it as `{"_placeholder":true,"num":i}`, `i` being its index.
    pub json: String,
    /// The binary attachments.
    pub attachments: Vec<Vec<u8>>,
}

/// What Socket.IO adds to the [`Options`]. It has no `Debug`: it holds secrets.
#[derive(Default, uniffi::Record)]
pub struct SocketIoOptions {
    /// The path of Engine.IO.
    #[uniffi(default)]
    pub path: Option<String>,
    /// The namespaces of each handshake; none: `/`.
    #[uniffi(default)]
    pub namespaces: Vec<NamespaceOptions>,
    /// The transports, the preferred one first; none: WebSocket.
    #[uniffi(default)]
    pub transports: Vec<Transport>,
}

#[uniffi::remote(Enum)]
pub enum Transport {
    WebSocket,
    Polling,
}

/// A namespace of the handshake.
#[derive(uniffi::Record)]
pub struct NamespaceOptions {
    /// Its name: begins with `/`.
    pub name: String,
    /// An auth object of its own, as JSON text.
    #[uniffi(default)]
    pub auth: Option<String>,
}

/// How an event is emitted.
#[derive(Default, uniffi::Record)]
pub struct EmitOptions {
    /// How it waits.
    #[uniffi(default)]
    pub send: SendOptions,
    /// How long to wait for an acknowledgement each time.
    #[uniffi(default)]
    pub timeout_ms: Option<u64>,
    /// How many times to send it again until it is acknowledged.
    #[uniffi(default)]
    pub retries: u32,
}

/// A client of a Socket.IO server. Dropping it closes the connection.
#[derive(uniffi::Object)]
pub struct SocketIoClient {
    inner: rejoin::socketio::Client,
    calls: Calls,
    mailbox: Arc<Mailbox>,
}

#[uniffi::export]
impl SocketIoClient {
    /// Makes a client, disconnected.
    ///
    /// # Errors
    /// `invalid_argument`, naming the option.
    #[uniffi::constructor]
    pub fn new(url: &str, options: Options, socketio: SocketIoOptions) -> Result<Arc<Self>, Failed> {
        let runtime = runtime()?;
        let _guard = runtime.enter();
        let (calls, items) = Calls::new(runtime.handle());
        let mut builder = rejoin::socketio::Client::builder(url);
        if options.credentials {
            let (desk, replies) = (calls.desk(), calls.replies().clone());
            builder = builder.credentials(move |reason| desk.clone().ask(reason, replies.clone()));
        }
        if let Some(path) = &socketio.path {
            builder = builder.path(path);
        }
        if !socketio.transports.is_empty() {
            builder = builder.transports(socketio.transports);
        }
        for NamespaceOptions { name, auth } in &socketio.namespaces {
            builder = match auth {
                Some(auth) => builder.namespace_with_auth(name, auth),
                None => builder.namespace(name),
            };
        }
        let inner = options.apply(builder)?.build()?;
        let clock = inner.clock();
        let states = follow(inner.states(), move |state| Item::State { state: State::read(state, clock) });
        let mailbox = Mailbox::new(stream::select(items, states));
        Ok(Arc::new(Self { inner, calls, mailbox }))
    }

    /// Everything that answers calls of this object, and every state. It ends when the client is dropped.
    pub fn mailbox(&self) -> Arc<Mailbox> {
        Arc::clone(&self.mailbox)
    }

    /// Connects; completed when connected, or when that failed for good.
    ///
    /// # Errors
    /// The process was forked.
    pub fn connect(&self, call: u64) -> Result<(), Failed> {
        let client = self.inner.clone();
        Ok(self.calls.start(call, async move { client.connect().await })?)
    }

    /// Disconnects; completed when disconnected.
    ///
    /// # Errors
    /// The process was forked.
    pub fn disconnect(&self, call: u64) -> Result<(), Failed> {
        let client = self.inner.clone();
        Ok(self.calls.start(call, async move {
            client.disconnect().await;
            Ok(())
        })?)
    }

    /// Disconnects for good; completed when disconnected.
    ///
    /// # Errors
    /// The process was forked.
    pub fn close(&self, call: u64) -> Result<(), Failed> {
        let client = self.inner.clone();
        Ok(self.calls.start(call, async move {
            client.close().await;
            Ok(())
        })?)
    }

    /// Connects a namespace, now and on each later link; completed when it is connected or refused.
    ///
    /// # Errors
    /// The process was forked.
    pub fn connect_namespace(&self, name: &str, auth: Option<String>, call: u64) -> Result<(), Failed> {
        let namespace = self.inner.namespace(name);
        Ok(self.calls.start(call, async move {
            match auth {
                Some(auth) => namespace.connect_with_auth(&auth).await,
                None => namespace.connect().await,
            }
        })?)
    }

    /// Leaves a namespace.
    ///
    /// # Errors
    /// `namespace_closed`.
    pub fn disconnect_namespace(&self, name: &str) -> Result<(), Failed> {
        self.calls.check()?;
        Ok(self.inner.namespace(name).disconnect()?)
    }

    /// Whether the namespace is connected.
    pub fn is_namespace_connected(&self, name: &str) -> bool {
        self.inner.namespace(name).is_connected()
    }

    /// Emits an event.
    ///
    /// # Errors
    /// It was not accepted.
    pub fn emit(
        &self,
        namespace: &str,
        name: &str,
        args: Payload,
        options: EmitOptions,
    ) -> Result<Arc<Receipt>, Failed> {
        self.calls.check()?;
        let namespace = self.inner.namespace(namespace);
        let receipt = options.apply(namespace.emitter()).emit_raw(name, args.try_into()?)?;
        Ok(Receipt::new(receipt, self.calls.replies().clone()))
    }

    /// Emits an event, and asks for an acknowledgement: [`Item::Acknowledged`] or [`Item::Unacknowledged`].
    ///
    /// # Errors
    /// It was not accepted.
    pub fn emit_with_ack(
        &self,
        namespace: &str,
        name: &str,
        args: Payload,
        options: EmitOptions,
        call: u64,
    ) -> Result<Arc<PendingAck>, Failed> {
        self.calls.check()?;
        let namespace = self.inner.namespace(namespace);
        let ack = options.apply(namespace.emitter()).emit_raw_with_ack(name, args.try_into()?)?;
        let ack = Arc::new(Mutex::new(ack));
        let pending = Arc::new(PendingAck(Arc::clone(&ack)));
        self.calls.replies().later(async move {
            match resolve(&ack).await {
                Ok(reply) => Item::Acknowledged { call, args: reply.raw_args().into() },
                Err(error) => {
                    let outcome = lock(&ack).outcome().unwrap_or(Outcome::Unconfirmed);
                    Item::Unacknowledged { call, outcome, failure: error.into() }
                }
            }
        });
        Ok(pending)
    }

    /// The events of a namespace from now on, for one consumer: those of one name, or all.
    pub fn events(&self, namespace: &str, name: Option<String>) -> Arc<Mailbox> {
        let namespace = self.inner.namespace(namespace);
        let events = match name {
            Some(name) => namespace.events_named(&name),
            None => namespace.events(),
        };
        Mailbox::new(follow(events, Item::from))
    }

    /// The changes of all namespaces from now on, for one consumer.
    pub fn namespaces(&self) -> Arc<Mailbox> {
        Mailbox::new(follow(self.inner.namespace("/").changes(), Item::from))
    }

    /// The states from now on, for one consumer.
    pub fn states(&self) -> Arc<Mailbox> {
        let clock = self.inner.clock();
        Mailbox::new(follow(self.inner.states(), move |state| Item::State {
            state: State::read(state, clock),
        }))
    }

    /// The state now.
    pub fn state(&self) -> State {
        State::read(self.inner.state(), self.inner.clock())
    }

    /// What was counted so far.
    pub fn stats(&self) -> Stats {
        self.inner.stats().into()
    }

    /// Tells what is known about the network.
    pub fn network(&self, hint: NetworkHint) {
        self.inner.network(hint);
    }

    /// Answers [`Item::Credentials`].
    pub fn answer_credentials(&self, request: u64, answer: CredentialsAnswer) {
        self.calls.answer_credentials(request, answer);
    }
}

/// An event that waits for its acknowledgement.
#[derive(uniffi::Object)]
pub struct PendingAck(Arc<Mutex<AckFuture>>);

#[uniffi::export]
impl PendingAck {
    /// Takes the event back if it was not sent yet.
    pub fn withdraw(&self) -> bool {
        lock(&self.0).withdraw()
    }
}

/// What the server waits for after an event.
#[derive(uniffi::Object)]
pub struct Responder(Event);

#[uniffi::export]
impl Responder {
    /// Answers, once.
    ///
    /// # Errors
    /// `not_connected`: the session that asked is over. `invalid_argument`: no JSON array.
    pub fn answer(&self, args: Payload) -> Result<(), Failed> {
        Ok(self.0.ack_raw(args.try_into()?)?)
    }
}

impl EmitOptions {
    fn apply(self, mut emitter: Emitter<'_>) -> Emitter<'_> {
        let SendOptions { volatile, ttl_ms, key } = self.send;
        if volatile {
            emitter = emitter.volatile();
        }
        if let Some(ttl) = ttl_ms {
            emitter = emitter.ttl(Duration::from_millis(ttl));
        }
        if let Some(key) = key {
            emitter = emitter.key(&key);
        }
        if let Some(timeout) = self.timeout_ms {
            emitter = emitter.timeout(Duration::from_millis(timeout));
        }
        emitter.retries(self.retries)
    }
}

impl TryFrom<Payload> for Args {
    type Error = rejoin::Error;

    fn try_from(payload: Payload) -> Result<Self, Self::Error> {
        let attachments = payload.attachments.into_iter().map(Bytes::from).collect();
        Self::with_attachments(payload.json, attachments)
    }
}

impl From<&Args> for Payload {
    fn from(args: &Args) -> Self {
        let attachments = args.attachments().iter().map(|bytes| bytes.to_vec()).collect();
        Self { json: args.to_array(), attachments }
    }
}

impl From<Event> for Item {
    fn from(event: Event) -> Self {
        Self::Event {
            namespace: event.namespace().to_owned(),
            name: event.name().to_owned(),
            args: event.raw_args().into(),
            responder: event.wants_ack().then(|| Arc::new(Responder(event))),
        }
    }
}

impl From<NamespaceEvent> for Item {
    fn from(event: NamespaceEvent) -> Self {
        let namespace = event.namespace.to_string();
        match event.state {
            NamespaceState::Connected { recovered, sid } => {
                Self::NamespaceConnected { namespace, recovered, sid: sid.to_string() }
            }
            NamespaceState::Disconnected { error } => {
                Self::NamespaceDisconnected { namespace, failure: Failure::from(error) }
            }
        }
    }
}
