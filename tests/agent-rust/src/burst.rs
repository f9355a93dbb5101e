//! Many numbered messages, as fast as the client takes them.

use rejoin::socketio::{AckFuture, Args, Namespace};
use rejoin::{Error, Message, Outcome, Receipt, SendOptions};
use serde_json::json;
use tokio::sync::mpsc;

use crate::agent::Answer;
use crate::client::Handle;
use crate::counting::Counting;
use crate::request::Burst;

/// What one message of a burst is waiting for.
enum Pending {
    Receipt(Receipt),
    Ack(AckFuture),
}

/// Refuses what the client's protocol cannot do.
pub(crate) fn check(burst: &Burst, handle: &Handle) -> Result<(), Error> {
    match (handle, &burst.name) {
        (Handle::Plain(_), Some(_)) => Err(Error::invalid("name", "plain messages have none")),
        (Handle::Plain(_), None) if burst.ack => Err(Error::invalid("ack", "plain messages have none")),
        (Handle::SocketIo(_), None) => Err(Error::invalid("name", "Socket.IO's messages are events")),
        (Handle::Plain(_), None) | (Handle::SocketIo(_), Some(_)) => Ok(()),
    }
}

/// Hands all messages to the client, and leaves the wait for their ends to a task.
pub(crate) async fn run(burst: Burst, handle: Handle, counting: Counting) -> Answer {
    let (accepted_ones, ends) = mpsc::unbounded_channel();
    tokio::spawn(count_ends(ends, counting));
    let namespace = match &handle {
        Handle::SocketIo(socketio) => Some(socketio.namespace(None)),
        Handle::Plain(_) => None,
    };
    let pad = "x".repeat(burst.pad);
    let (mut accepted, mut refused) = (0_u64, 0_u64);
    let mut ticks = burst.every.filter(|every| !every.is_zero()).map(tokio::time::interval);
    for seq in burst.from..burst.from.saturating_add(burst.count) {
        if let Some(ticks) = &mut ticks {
            ticks.tick().await;
        }
        let handed = match (&handle, &namespace) {
            (Handle::Plain(plain), _) => plain_one(plain.client(), &burst, seq, &pad),
            (Handle::SocketIo(_), Some(namespace)) => event(namespace, &burst, seq, &pad),
            (Handle::SocketIo(_), None) => break,
        };
        match handed {
            Ok(pending) => {
                accepted += 1;
                // Nobody listens only when the agent ends.
                let _ = accepted_ones.send(pending);
            }
            Err(_) => refused += 1,
        }
    }
    Ok(json!({ "accepted": accepted, "refused": refused }))
}

fn plain_one(client: &rejoin::Client, burst: &Burst, seq: u64, pad: &str) -> Result<Pending, Error> {
    let text = json!({ "op": "msg", "client": burst.client, "seq": seq, "pad": pad }).to_string();
    let options = SendOptions { volatile: burst.volatile, ttl: burst.ttl, key: None };
    client.send_with(Message::from(text), options).map(Pending::Receipt)
}

fn event(namespace: &Namespace, burst: &Burst, seq: u64, pad: &str) -> Result<Pending, Error> {
    let args = Args::from_array(json!([{ "client": burst.client, "seq": seq, "pad": pad }]).to_string())?;
    let name = burst.name.as_deref().unwrap_or_default();
    let mut emitter = namespace.emitter();
    if burst.volatile {
        emitter = emitter.volatile();
    }
    if let Some(ttl) = burst.ttl {
        emitter = emitter.ttl(ttl);
    }
    if !burst.ack {
        return emitter.emit_raw(name, args).map(Pending::Receipt);
    }
    if let Some(timeout) = burst.timeout {
        emitter = emitter.timeout(timeout);
    }
    emitter.retries(burst.retries.unwrap_or(0)).emit_raw_with_ack(name, args).map(Pending::Ack)
}

/// One after the other: each comes to its end, so the order of waiting changes nothing but when it is counted.
async fn count_ends(mut ends: mpsc::UnboundedReceiver<Pending>, counting: Counting) {
    while let Some(pending) = ends.recv().await {
        counting.ended(match pending {
            Pending::Receipt(receipt) => receipt.await,
            Pending::Ack(mut reply) => {
                let answer = (&mut reply).await;
                reply.outcome().unwrap_or(if answer.is_ok() {
                    Outcome::Acknowledged
                } else {
                    Outcome::Unconfirmed
                })
            }
        });
    }
}
