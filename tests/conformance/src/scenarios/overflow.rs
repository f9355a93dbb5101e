//! The outbox never exceeds its bounds, and what does not fit is told.

use serde_json::json;

use super::{Scenario, scenario};
use crate::client::Client;
use crate::stage::Stage;
use crate::verdict::{Verdict, ensure, equal, same};

pub(super) const SCENARIOS: &[Scenario] = &[
    scenario!(reject, "a full outbox rejects with queue_full, and what it holds arrives"),
    scenario!(reject_is_the_default, "without a policy a full outbox rejects"),
    scenario!(drop_oldest, "drop_oldest drops the oldest waiting messages, and says so"),
    scenario!(drop_newest, "drop_newest accepts and drops what does not fit, and says so"),
    scenario!(bytes_are_bounded, "max_bytes bounds what waits, however few the messages are"),
    scenario!(one_message_too_big, "a message larger than the whole outbox is too_big"),
    scenario!(room_again, "a full outbox takes messages again once it has flowed"),
    scenario!(burst_is_accounted_for, "of a burst into a full outbox each message is accepted or refused"),
    scenario!(socketio_is_bounded_too, "the outbox of a Socket.IO client has the same bounds"),
];

async fn three_places(t: &Stage, url: &str, overflow: &str) -> Verdict<Client> {
    t.plain_at(url, json!({ "outbox": { "max_messages": 3, "overflow": overflow } })).await
}

async fn reject(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = three_places(&t, &server.ws_url(), "reject").await?;
    for text in ["a", "b", "c"] {
        client.send(text).await?;
    }
    let error = client.refused("send", json!({ "text": "d" }), "queue_full").await?;
    same("retryable", &error["retryable"], true)?;
    client.connect().await?;
    for text in ["a", "b", "c"] {
        client.hears(text).await?;
    }
    Ok(())
}

async fn reject_is_the_default(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.plain(&server, json!({ "outbox": { "max_messages": 1 } })).await?;
    client.send("a").await?;
    client.refused("send", json!({ "text": "b" }), "queue_full").await.map(drop)
}

async fn drop_oldest(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = three_places(&t, &server.ws_url(), "drop_oldest").await?;
    for text in ["a", "b", "c", "d", "e"] {
        client.send_for_receipt(text).await?;
    }
    client.ends_as("a", "dropped").await?;
    client.ends_as("b", "dropped").await?;
    equal("messages that wait", client.stat("outbox_messages").await?, 3)?;
    client.connect().await?;
    for text in ["c", "d", "e"] {
        client.hears(text).await?;
        client.ends_as(text, "sent").await?;
    }
    Ok(())
}

async fn drop_newest(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = three_places(&t, &server.ws_url(), "drop_newest").await?;
    for text in ["a", "b", "c", "d", "e"] {
        client.send_for_receipt(text).await?;
    }
    client.ends_as("d", "dropped").await?;
    client.ends_as("e", "dropped").await?;
    client.connect().await?;
    for text in ["a", "b", "c"] {
        client.hears(text).await?;
        client.ends_as(text, "sent").await?;
    }
    Ok(())
}

async fn bytes_are_bounded(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.plain(&server, json!({ "outbox": { "max_bytes": 1000 } })).await?;
    client.send(&"x".repeat(600)).await?;
    client.refused("send", json!({ "text": "y".repeat(600) }), "queue_full").await?;
    client.send("still fits").await
}

async fn one_message_too_big(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.plain(&server, json!({ "outbox": { "max_bytes": 1000 } })).await?;
    let error = client.refused("send", json!({ "text": "x".repeat(2000) }), "too_big").await?;
    same("retryable", &error["retryable"], false)
}

async fn room_again(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = three_places(&t, &server.ws_url(), "reject").await?;
    for text in ["a", "b", "c"] {
        client.send_for_receipt(text).await?;
    }
    client.connect().await?;
    client.ends_as("c", "sent").await?;
    for text in ["a", "b", "c"] {
        client.hears(text).await?;
    }
    client.echoes("room").await
}

async fn burst_is_accounted_for(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.plain(&server, json!({ "outbox": { "max_messages": 100 } })).await?;
    client.call("count", json!({ "on": true })).await?;
    let answer = client.call("burst", json!({ "count": 250 })).await?;
    ensure(answer["accepted"] == 100 && answer["refused"] == 150, format!("100 fit, 150 do not: {answer}"))?;
    client.connect().await?;
    client.stat_reaches("sent", 100).await?;
    equal("what failed", client.stat("failed").await?, 0)
}

async fn socketio_is_bounded_too(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.socketio(&server, json!({ "outbox": { "max_messages": 2 } })).await?;
    client.emit("echo", json!([1])).await?;
    client.emit("echo", json!([2])).await?;
    client.refused("emit", json!({ "name": "echo", "args": [3] }), "queue_full").await?;
    client.connect().await?;
    client.hears_event("echo", json!([1])).await?;
    client.hears_event("echo", json!([2])).await.map(drop)
}
