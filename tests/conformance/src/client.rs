//! A client of an agent, as a scenario drives it.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::agent::{Agent, Pending};
use crate::log::Log;
use crate::stage::until;
use crate::verdict::{Verdict, ensure, equal, same};

/// Closed by the agent when this is gone.
#[derive(Debug)]
pub(crate) struct Client {
    agent: Arc<Agent>,
    name: String,
    log: Arc<Log>,
}

impl Client {
    /// Creates it; it does not connect.
    pub(crate) async fn create(
        agent: &Arc<Agent>,
        name: String,
        protocol: &str,
        url: &str,
        config: Value,
    ) -> Verdict<Self> {
        let client = Self { agent: agent.clone(), log: agent.follow(&name), name };
        client.call("create", json!({ "protocol": protocol, "url": url, "config": config })).await?;
        Ok(client)
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Sends a request about this client.
    pub(crate) fn begin(&self, op: &str, fields: Value) -> Pending {
        let mut request = fields;
        request["client"] = self.name.as_str().into();
        self.agent.begin(op, request)
    }

    /// A request that succeeds.
    pub(crate) async fn call(&self, op: &str, fields: Value) -> Verdict<Value> {
        self.begin(op, fields).ok().await
    }

    /// A request that fails with this code.
    pub(crate) async fn refused(&self, op: &str, fields: Value, code: &str) -> Verdict<Value> {
        self.begin(op, fields).error(code).await
    }

    pub(crate) async fn connect(&self) -> Verdict {
        self.call("connect", json!({})).await.map(drop)
    }

    pub(crate) async fn disconnect(&self) -> Verdict {
        self.call("disconnect", json!({})).await.map(drop)
    }

    pub(crate) async fn send(&self, text: &str) -> Verdict {
        self.call("send", json!({ "text": text })).await.map(drop)
    }

    /// Sends a text, and wants to know under its own name what became of it.
    pub(crate) async fn send_for_receipt(&self, text: &str) -> Verdict {
        self.call("send", json!({ "text": text, "receipt": text })).await.map(drop)
    }

    pub(crate) async fn emit(&self, name: &str, args: Value) -> Verdict {
        self.call("emit", json!({ "name": name, "args": args })).await.map(drop)
    }

    /// Emits, and gives the arguments of the acknowledgement.
    pub(crate) async fn ask(&self, name: &str, args: Value) -> Verdict<Value> {
        let answer = self.call("emit", json!({ "name": name, "args": args, "ack": true })).await?;
        Ok(answer["ack"].clone())
    }

    pub(crate) async fn hint(&self, hint: &str) -> Verdict {
        self.call("network", json!({ "hint": hint })).await.map(drop)
    }

    /// The next change to this state; changes before it are forgotten.
    pub(crate) async fn state(&self, state: &str) -> Verdict<Value> {
        self.log.next("state", |event| event["state"] == state).await
    }

    /// As [`state`](Self::state), and the reason must have this code.
    pub(crate) async fn state_because(&self, state: &str, code: &str) -> Verdict<Value> {
        let event = self.state(state).await?;
        equal(&format!("why it is {state}"), event["reason"]["code"].as_str(), Some(code))?;
        Ok(event)
    }

    /// The next event of a kind, whatever it says.
    pub(crate) async fn next(&self, kind: &str) -> Verdict<Value> {
        self.log.next(kind, |_| true).await
    }

    /// The first event of a kind that is wanted; those before it are forgotten.
    pub(crate) async fn next_where(&self, kind: &str, wanted: impl Fn(&Value) -> bool) -> Verdict<Value> {
        self.log.next(kind, wanted).await
    }

    /// The next message is this text.
    pub(crate) async fn hears(&self, text: &str) -> Verdict {
        let message = self.next("message").await?;
        equal("the message", message["text"].as_str(), Some(text))
    }

    /// The next Socket.IO event has this name and these arguments.
    pub(crate) async fn hears_event(&self, name: &str, args: Value) -> Verdict<Value> {
        let event = self.next("event").await?;
        equal("the event's name", event["name"].as_str(), Some(name))?;
        same("the event's arguments", &event["args"], args)?;
        Ok(event)
    }

    /// Sends a text that the server sends back: what was sent before has arrived, and its answers too.
    pub(crate) async fn echoes(&self, text: &str) -> Verdict {
        self.send(text).await?;
        self.hears(text).await
    }

    /// What became of the message whose receipt has this name.
    pub(crate) async fn outcome(&self, receipt: &str) -> Verdict<String> {
        let event = self.log.pick("receipt", |event| event["receipt"] == receipt).await?;
        event["outcome"].as_str().map(str::to_owned).ok_or_else(|| "a receipt has an outcome".into())
    }

    /// As [`outcome`](Self::outcome), which must be this one.
    pub(crate) async fn ends_as(&self, receipt: &str, outcome: &str) -> Verdict {
        equal(&format!("what became of `{receipt}`"), self.outcome(receipt).await?, outcome)
    }

    /// Events of a kind that nobody asked for yet.
    pub(crate) fn drain(&self, kind: &str) -> Vec<Value> {
        self.log.drain(kind)
    }

    pub(crate) async fn stats(&self) -> Verdict<Value> {
        self.call("stats", json!({})).await
    }

    /// One of the statistics.
    pub(crate) async fn stat(&self, name: &str) -> Verdict<u64> {
        let stats = self.stats().await?;
        stats[name].as_u64().ok_or_else(|| format!("there is no `{name}` in {stats}").into())
    }

    /// Waits until a statistic is at least that.
    pub(crate) async fn stat_reaches(&self, name: &str, least: u64) -> Verdict {
        until(&format!("{name} reaches {least}"), async || Ok(self.stat(name).await? >= least)).await
    }

    /// Exactly so many connections came to be.
    pub(crate) async fn connected_times(&self, times: u64) -> Verdict {
        equal("connections so far", self.stat("connects").await?, times)
    }

    /// A burst, all of which the client takes.
    pub(crate) async fn burst(&self, count: u64, fields: Value) -> Verdict {
        let mut request = fields;
        request["count"] = count.into();
        let answer = self.call("burst", request).await?;
        ensure(
            answer["accepted"] == count && answer["refused"] == 0,
            format!("a burst was refused: {answer}"),
        )
    }

    pub(crate) async fn close(&self) -> Verdict {
        self.call("close", json!({})).await.map(drop)
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        self.agent.unfollow(&self.name);
        drop(self.begin("close", json!({})));
    }
}
