use std::sync::Arc;

use futures_util::stream;
use rejoin::NetworkHint;
use rejoin::socketio::{NamespaceEvent, NamespaceState};

use crate::calls::Calls;
use crate::credentials::CredentialsAnswer;
use crate::mailbox::{Mailbox, follow};
use crate::runtime::runtime;
use crate::{
    EmitOptions, Failed, Failure, Item, Options, Payload, PendingAck, Receipt, SocketIoOptions,
    SocketIoSession, State, Stats,
};

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
            builder = builder.credentials(calls.ask_credentials());
        }
        if options.on_connect {
            builder = builder.on_connect(calls.ask_step(|request, session, replies| {
                Item::OnSocketIoConnect { request, session: SocketIoSession::new(session, replies) }
            }));
        }
        builder = socketio.apply(builder);
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

    /// The id of the namespace's session, which others can see; none if it is not connected.
    pub fn namespace_sid(&self, name: &str) -> Option<String> {
        self.inner.namespace(name).sid().map(|sid| sid.to_string())
    }

    /// Whether the namespace is connected, and the server kept its session over the last break: nothing was missed.
    pub fn is_namespace_recovered(&self, name: &str) -> bool {
        self.inner.namespace(name).is_recovered()
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
        Ok(PendingAck::watch(ack, call, self.calls.replies()))
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

    /// The events that this client emits to a namespace from now on, as they were accepted, for one consumer.
    pub fn outgoing_events(&self, namespace: &str) -> Arc<Mailbox> {
        Mailbox::new(follow(self.inner.namespace(namespace).outgoing_events(), Item::from))
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

    /// Answers [`Item::OnSocketIoConnect`]: why the step failed, or nothing.
    pub fn answer_on_connect(&self, request: u64, failure: Option<String>) {
        self.calls.answer_step(request, failure);
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
