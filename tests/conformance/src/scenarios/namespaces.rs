//! Several namespaces on one link.

use serde_json::json;

use super::{Scenario, scenario};
use crate::stage::{Stage, fault};
use crate::verdict::{Verdict, equal, same};

pub(super) const SCENARIOS: &[Scenario] = &[
    scenario!(second_namespace, "a namespace connects on the link that there is"),
    scenario!(asked_before_connecting, "a namespace asked for before connecting is connected with the link"),
    scenario!(events_keep_apart, "an event arrives in the namespace it was emitted in"),
    scenario!(dynamic_namespace, "a namespace whose name the server makes up as it goes connects"),
    scenario!(
        unknown_namespace,
        "a namespace that the server does not have is namespace_refused, and the link stays"
    ),
    scenario!(all_come_back, "after a lost link all namespaces are connected again"),
    scenario!(acknowledged_in_its_namespace, "acknowledgements belong to their namespace"),
    scenario!(server_ends_one, "a namespace that the server ends is told, and the others stay"),
    scenario!(not_asked_for, "an event for a namespace that was never asked for is namespace_closed"),
    scenario!(refused_then_accepted, "a refused namespace connects once its auth is right"),
];

async fn second_namespace(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.connected_socketio(&server, json!({})).await?;
    client.call("namespace", json!({ "namespace": "/chat" })).await?;
    let told = client.next_where("namespace", |event| event["namespace"] == "/chat").await?;
    same("its state", &told["state"], "connected")?;
    equal("connections at the server", server.stats().connections_open, 1)
}

async fn asked_before_connecting(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.socketio(&server, json!({})).await?;
    let asked = client.begin("namespace", json!({ "namespace": "/chat" }));
    client.connect().await?;
    asked.ok().await.map(drop)
}

async fn events_keep_apart(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.connected_socketio(&server, json!({})).await?;
    client.call("namespace", json!({ "namespace": "/chat" })).await?;
    client.call("emit", json!({ "namespace": "/chat", "name": "echo", "args": ["chat"] })).await?;
    client.emit("echo", json!(["main"])).await?;
    for _ in 0..2 {
        let event = client.next("event").await?;
        let wanted = if event["args"][0] == "chat" { "/chat" } else { "/" };
        same("the namespace", &event["namespace"], wanted)?;
    }
    Ok(())
}

async fn dynamic_namespace(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.connected_socketio(&server, json!({})).await?;
    client.call("namespace", json!({ "namespace": "/room-7" })).await?;
    let fields = json!({ "namespace": "/room-7", "name": "ack", "args": [7], "ack": true });
    same("the acknowledgement", &client.call("emit", fields).await?["ack"], json!([7]))
}

async fn unknown_namespace(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.connected_socketio(&server, json!({})).await?;
    client.refused("namespace", json!({ "namespace": "/nowhere" }), "namespace_refused").await?;
    equal("the link lives", client.ask("ack", json!([1])).await?, json!([1]))?;
    client.connected_times(1).await
}

async fn all_come_back(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.connected_socketio(&server, json!({})).await?;
    client.call("namespace", json!({ "namespace": "/chat" })).await?;
    fault(server.faults(), json!({ "fault": "cut" })).await?;
    for namespace in ["/", "/chat"] {
        let fields =
            json!({ "namespace": namespace, "name": "ack", "args": [namespace], "ack": true, "retries": 5 });
        same("the acknowledgement", &client.call("emit", fields).await?["ack"], json!([namespace]))?;
    }
    client.connected_times(2).await
}

async fn acknowledged_in_its_namespace(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.connected_socketio(&server, json!({})).await?;
    client.call("namespace", json!({ "namespace": "/chat" })).await?;
    let ask = |namespace: &str| {
        let fields = json!({ "namespace": namespace, "name": "ack", "args": [namespace], "ack": true });
        client.begin("emit", fields)
    };
    let (main, chat) = (ask("/"), ask("/chat"));
    same("of the main one", &main.ok().await?["ack"], json!(["/"]))?;
    same("of the other one", &chat.ok().await?["ack"], json!(["/chat"]))
}

async fn server_ends_one(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.connected_socketio(&server, json!({})).await?;
    client.call("namespace", json!({ "namespace": "/chat" })).await?;
    client.call("emit", json!({ "namespace": "/chat", "name": "leave" })).await?;
    let ended = |event: &serde_json::Value| event["namespace"] == "/chat" && event["state"] == "disconnected";
    let end = client.next_where("namespace", ended).await?;
    same("why", &end["error"]["code"], "server_disconnect")?;
    equal("the other one lives", client.ask("ack", json!([1])).await?, json!([1]))
}

async fn not_asked_for(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.connected_socketio(&server, json!({})).await?;
    client
        .refused("emit", json!({ "namespace": "/chat", "name": "echo" }), "namespace_closed")
        .await
        .map(drop)
}

async fn refused_then_accepted(t: Stage) -> Verdict {
    let server = t.server_with(|config| config.socketio_tokens = ["good"].into_iter().collect()).await?;
    let client = t.connected_socketio(&server, json!({})).await?;
    client.refused("namespace", json!({ "namespace": "/private" }), "namespace_refused").await?;
    client.call("namespace", json!({ "namespace": "/private", "auth": { "token": "good" } })).await?;
    fault(server.faults(), json!({ "fault": "cut" })).await?;
    // Its auth is remembered for the next link.
    let fields = json!({ "namespace": "/private", "name": "ack", "args": [1], "ack": true, "retries": 5 });
    same("the acknowledgement", &client.call("emit", fields).await?["ack"], json!([1]))
}
