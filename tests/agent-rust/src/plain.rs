//! The client of a plain WebSocket server.

use rejoin::{Client, Error, Message, Subscription};
use serde_json::{Value, json};

use crate::client::Surroundings;
use crate::config::Config;
use crate::consumer::{Stream, consume};
use crate::payload;
use crate::request::Send;

#[derive(Clone, Debug)]
pub(crate) struct Plain {
    client: Client,
    surroundings: Surroundings,
}

impl Plain {
    /// Makes the client and its consumer; it does not connect.
    pub(crate) fn new(url: &str, config: &Config, surroundings: &Surroundings) -> Result<Self, Error> {
        let client = build(url, config, surroundings)?;
        let (here, pace) = (surroundings.clone(), surroundings.pace.clone());
        let lagged = {
            let here = surroundings.clone();
            move |missed| here.event("lagged", json!({ "missed": missed }))
        };
        tokio::spawn(consume(client.messages(), pace, lagged, move |message| match &message {
            Message::Text(text) if here.counting.count(text) => {}
            Message::Text(text) => here.event("message", json!({ "text": text.as_ref() as &str })),
            Message::Binary(bytes) => here.event("message", json!({ "base64": payload::encode(bytes) })),
        }));
        Ok(Self { client, surroundings: surroundings.clone() })
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    pub(crate) fn send(&self, send: &Send) -> Result<Value, Error> {
        let message = match (&send.text, &send.base64) {
            (Some(text), None) => Message::from(text.as_str()),
            (None, Some(base64)) => Message::Binary(payload::decode(base64)?),
            (Some(_), Some(_)) | (None, None) => {
                return Err(Error::invalid("send", "takes either text or base64"));
            }
        };
        let receipt = self.client.send_with(message, send.options())?;
        if let Some(name) = send.receipt.clone() {
            let here = self.surroundings.clone();
            tokio::spawn(async move {
                let outcome = receipt.await;
                here.event("receipt", json!({ "receipt": name, "outcome": outcome.as_str() }));
            });
        }
        Ok(json!({}))
    }
}

/// A client as configured, without a consumer.
pub(crate) fn build(url: &str, config: &Config, surroundings: &Surroundings) -> Result<Client, Error> {
    let mut builder = config.apply_plain(Client::builder(url))?;
    if config.credentials {
        builder = surroundings.credentials.install(builder, &surroundings.name, &surroundings.lines);
    }
    builder.build()
}

impl Stream for Subscription<Message> {
    type Item = Message;

    fn next(&mut self) -> impl Future<Output = Option<Message>> + core::marker::Send {
        Subscription::next(self)
    }

    fn take_missed(&mut self) -> u64 {
        Subscription::take_missed(self)
    }
}
