//! Consumers that are slower than the server.

use std::time::Duration;

use rejoin_test_server::TestServer;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::{Scenario, scenario};
use crate::client::Client;
use crate::stage::{Stage, fault, until};
use crate::verdict::{Verdict, ensure, equal, same};

pub(super) const SCENARIOS: &[Scenario] = &[
    scenario!(paused_misses_nothing, "what arrives while the consumer is paused waits for it, in order"),
    scenario!(backpressure_loses_nothing, "a full queue stops the reading, and nothing is lost"),
    scenario!(slow_consumer_loses_nothing, "a consumer that is slower than the server gets everything"),
    scenario!(
        drop_oldest_keeps_the_newest,
        "drop_oldest keeps the newest messages, and lagged counts the others"
    ),
    scenario!(
        drop_newest_keeps_the_oldest,
        "drop_newest keeps the oldest messages, and lagged counts the others"
    ),
    scenario!(states_go_on, "a paused consumer of messages holds up no state and no reconnection"),
    scenario!(paused_events_wait, "Socket.IO events wait for a paused consumer, in order"),
    scenario!(heartbeat_goes_on, "a slow consumer does not make the link look dead"),
];

const COUNT: usize = 300;

/// Connected to a server that sends `COUNT` numbered messages, which nobody reads yet.
async fn paused(t: &Stage, inbound: Value) -> Verdict<(TestServer, Client)> {
    let server = t.server().await?;
    let url = format!("{}/source?count={COUNT}&size=10", server.ws_url());
    let client = t.plain_at(&url, json!({ "inbound": inbound })).await?;
    client.call("pause", json!({})).await?;
    client.connect().await?;
    Ok((server, client))
}

async fn resume(client: &Client) -> Verdict {
    client.call("resume", json!({})).await.map(drop)
}

async fn next_number(client: &Client) -> Verdict<u64> {
    number(&client.next("message").await?)
}

fn number(message: &Value) -> Verdict<u64> {
    let message: Value = serde_json::from_str(message["text"].as_str().unwrap_or_default())?;
    message["seq"].as_u64().ok_or_else(|| format!("not numbered: {message}").into())
}

async fn all_in_order(client: &Client) -> Verdict {
    for number in 1..=COUNT as u64 {
        equal("the number", next_number(client).await?, number)?;
    }
    equal("what was missed", client.drain("lagged").len(), 0)
}

async fn paused_misses_nothing(t: Stage) -> Verdict {
    let (_server, client) = paused(&t, json!({})).await?;
    client.stat_reaches("frames_received", COUNT as u64).await?;
    equal("messages read while paused", client.drain("message").len(), 0)?;
    resume(&client).await?;
    all_in_order(&client).await
}

async fn backpressure_loses_nothing(t: Stage) -> Verdict {
    let (_server, client) = paused(&t, json!({ "max_messages": 10, "policy": "backpressure" })).await?;
    client.stat_reaches("frames_received", 10).await?;
    resume(&client).await?;
    all_in_order(&client).await?;
    client.connected_times(1).await
}

async fn slow_consumer_loses_nothing(t: Stage) -> Verdict {
    let (_server, client) = paused(&t, json!({ "max_messages": 10 })).await?;
    client.call("slow", json!({ "ms": 2 })).await?;
    resume(&client).await?;
    all_in_order(&client).await
}

/// Reads what was kept: with what `lagged` counts it is all.
///
/// It is what the queue holds, and at most one more, which the consumer had in its hands when it was paused.
async fn kept(client: &Client) -> Verdict<Vec<u64>> {
    client.stat_reaches("frames_received", COUNT as u64).await?;
    resume(client).await?;
    let (mut numbers, mut missed) = (Vec::new(), 0);
    let all = async || {
        for message in client.drain("message") {
            numbers.push(number(&message)?);
        }
        missed += client.drain("lagged").iter().filter_map(|event| event["missed"].as_u64()).sum::<u64>();
        Ok(numbers.len() as u64 + missed == COUNT as u64)
    };
    until("what was kept and what was missed is all", all).await?;
    ensure(numbers.is_sorted(), format!("what was kept is in order: {numbers:?}"))?;
    ensure((10..=11).contains(&numbers.len()), format!("the queue holds 10: {numbers:?}"))?;
    Ok(numbers)
}

async fn drop_oldest_keeps_the_newest(t: Stage) -> Verdict {
    let (_server, client) = paused(&t, json!({ "max_messages": 10, "policy": "drop_oldest" })).await?;
    let numbers = kept(&client).await?;
    let newest: Vec<_> = (COUNT as u64 - 9..=COUNT as u64).collect();
    ensure(numbers.ends_with(&newest), format!("the newest were kept: {numbers:?}"))
}

async fn drop_newest_keeps_the_oldest(t: Stage) -> Verdict {
    let (_server, client) = paused(&t, json!({ "max_messages": 10, "policy": "drop_newest" })).await?;
    let numbers = kept(&client).await?;
    let oldest: Vec<_> = (1..=10).collect();
    ensure(numbers.starts_with(&oldest), format!("the oldest were kept: {numbers:?}"))
}

async fn states_go_on(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.connected(&server, json!({ "inbound": { "max_messages": 5 } })).await?;
    client.call("pause", json!({})).await?;
    client.send("held").await?;
    client.stat_reaches("frames_received", 1).await?;
    fault(server.faults(), json!({ "fault": "cut" })).await?;
    client.state("waiting").await?;
    client.state("connected").await?;
    resume(&client).await?;
    client.hears("held").await
}

async fn paused_events_wait(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.connected_socketio(&server, json!({ "inbound": { "max_messages": 10 } })).await?;
    client.call("pause", json!({})).await?;
    client.emit("source", json!([{ "count": 100, "size": 5 }])).await?;
    client.stat_reaches("frames_received", 10).await?;
    resume(&client).await?;
    for number in 1..=100 {
        let event = client.next("event").await?;
        same("the number", &event["args"][0]["seq"], number)?;
    }
    Ok(())
}

async fn heartbeat_goes_on(t: Stage) -> Verdict {
    // The link is judged for as long as the last message waits: a machine that stalls for the time-out would look dead
    // for good reason, so that it is long, and the consumer is slower still.
    let (interval, timeout, each) = (100, 3000, 12);
    let server = t.server().await?;
    let url = format!("{}/source?count={COUNT}&size=10", server.ws_url());
    let config = json!({
        "inbound": { "max_messages": 4 }, "heartbeat": { "interval_ms": interval, "timeout_ms": timeout },
    });
    let client = t.plain_at(&url, config).await?;
    client.call("count", json!({ "on": true })).await?;
    client.call("slow", json!({ "ms": each })).await?;
    let begun = Instant::now();
    client.connect().await?;
    let all = async || Ok(client.stats().await?["seen"]["anonymous"]["unique"] == COUNT);
    until("all were read", all).await?;
    let longer = begun.elapsed() > Duration::from_millis(interval + timeout);
    ensure(longer, "the consumer took longer than the heartbeat allows")?;
    client.connected_times(1).await
}
