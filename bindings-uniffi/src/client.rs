use std::sync::Arc;

use futures_util::stream;
use rejoin::{Message, NetworkHint};

use crate::calls::Calls;
use crate::credentials::CredentialsAnswer;
use crate::mailbox::{Mailbox, follow};
use crate::runtime::runtime;
use crate::{Failed, Item, Options, Receipt, SendOptions, Session, State, Stats, TextPing};

/// A client of a plain WebSocket server. Dropping it closes the connection.
#[derive(uniffi::Object)]
pub struct Client {
    inner: rejoin::Client,
    calls: Calls,
    mailbox: Arc<Mailbox>,
}

#[uniffi::export]
impl Client {
    /// Makes a client, disconnected. `text_ping` takes the place of ping frames.
    ///
    /// # Errors
    /// `invalid_argument`, naming the option.
    #[uniffi::constructor(default(text_ping = None))]
    pub fn new(url: &str, options: Options, text_ping: Option<TextPing>) -> Result<Arc<Self>, Failed> {
        let runtime = runtime()?;
        let _guard = runtime.enter();
        let (calls, items) = Calls::new(runtime.handle());
        let mut builder = rejoin::Client::builder(url);
        if options.credentials {
            builder = builder.credentials(calls.ask_credentials());
        }
        if options.on_connect {
            builder = builder.on_connect(calls.ask_step(|request, session, replies| Item::OnConnect {
                request,
                session: Session::new(session, replies),
            }));
        }
        if let Some(text) = text_ping {
            builder = builder.text_heartbeat(text.into());
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

    /// Sends a text message.
    ///
    /// # Errors
    /// It was not accepted.
    pub fn send_text(&self, text: String, options: SendOptions) -> Result<Arc<Receipt>, Failed> {
        self.send(text.into(), options)
    }

    /// Sends a binary message.
    ///
    /// # Errors
    /// It was not accepted.
    pub fn send_binary(&self, bytes: Vec<u8>, options: SendOptions) -> Result<Arc<Receipt>, Failed> {
        self.send(bytes.into(), options)
    }

    /// The messages from now on, for one consumer.
    pub fn messages(&self) -> Arc<Mailbox> {
        Mailbox::new(follow(self.inner.messages(), Item::from))
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

    /// The subprotocol that the server chose for the connection, or for the last one.
    pub fn subprotocol(&self) -> Option<String> {
        self.inner.subprotocol()
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

    /// Answers [`Item::OnConnect`]: why the step failed, or nothing.
    pub fn answer_on_connect(&self, request: u64, failure: Option<String>) {
        self.calls.answer_step(request, failure);
    }
}

impl Client {
    fn send(&self, message: Message, options: SendOptions) -> Result<Arc<Receipt>, Failed> {
        self.calls.check()?;
        let receipt = self.inner.send_with(message, options.into())?;
        Ok(Receipt::new(receipt, self.calls.replies().clone()))
    }
}
