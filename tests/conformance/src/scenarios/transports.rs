//! Socket.IO over HTTP long-polling.

use serde_json::json;

use super::{Scenario, scenario};
use crate::stage::{Stage, fault};
use crate::verdict::{Verdict, same};

pub(super) const SCENARIOS: &[Scenario] = &[
    scenario!(
        polling_alone,
        "over polling alone events, binary values and acknowledgements flow, without a WebSocket"
    ),
    scenario!(polling_comes_back, "a polling session whose connections are cut is connected again"),
    scenario!(polling_changes_to_websocket, "with both transports events flow, whichever carries them"),
    scenario!(unknown_transport, "a transport that does not exist is invalid_argument"),
];

async fn polling_alone(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.connected_socketio(&server, json!({ "transports": ["polling"] })).await?;
    let args = json!(["text", { "$base64": "AB4=" }]);
    client.emit("echo", args.clone()).await?;
    client.hears_event("echo", args.clone()).await?;
    same("the acknowledgement", &client.ask("ack", args.clone()).await?, args)?;
    client.connected_times(1).await
}

async fn polling_comes_back(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.connected_socketio(&server, json!({ "transports": ["polling"] })).await?;
    fault(server.faults(), json!({ "fault": "restart", "down_ms": 100 })).await?;
    client.state("waiting").await?;
    client.state("connected").await?;
    same("the acknowledgement", &client.ask("ack", json!([1])).await?, json!([1]))
}

async fn polling_changes_to_websocket(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.connected_socketio(&server, json!({ "transports": ["polling", "websocket"] })).await?;
    for i in 0..20 {
        client.emit("echo", json!([i])).await?;
    }
    for i in 0..20 {
        client.hears_event("echo", json!([i])).await?;
    }
    client.connected_times(1).await
}

async fn unknown_transport(t: Stage) -> Verdict {
    let config = json!({ "transports": ["pigeon"] });
    let request = json!({ "client": t.client_name(), "protocol": "socketio", "url": "http://127.0.0.1:9", "config": config });
    t.agent().begin("create", request).error("invalid_argument").await.map(drop)
}
