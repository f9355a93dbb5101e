//! Socket.IO over HTTP long-polling, on platforms that have it; the others say that it is unsupported.

use rejoin_test_server::TestServer;
use serde_json::{Value, json};

use super::{Scenario, scenario};
use crate::client::Client;
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

/// A connected client, or nothing where the platform has no polling and says so.
async fn connected(t: &Stage, server: &TestServer, transports: Value) -> Verdict<Option<Client>> {
    let config = json!({ "transports": transports });
    if !t.platform().has_polling() {
        let request = json!({
            "client": t.client_name(), "protocol": "socketio", "url": server.socketio_url(), "config": config,
        });
        t.agent().begin("create", request).error("unsupported").await?;
        return Ok(None);
    }
    t.connected_socketio(server, config).await.map(Some)
}

async fn polling_alone(t: Stage) -> Verdict {
    let server = t.server().await?;
    let Some(client) = connected(&t, &server, json!(["polling"])).await? else { return Ok(()) };
    let args = json!(["text", { "$base64": "AB4=" }]);
    client.emit("echo", args.clone()).await?;
    client.hears_event("echo", args.clone()).await?;
    same("the acknowledgement", &client.ask("ack", args.clone()).await?, args)?;
    client.connected_times(1).await
}

async fn polling_comes_back(t: Stage) -> Verdict {
    let server = t.server().await?;
    let Some(client) = connected(&t, &server, json!(["polling"])).await? else { return Ok(()) };
    fault(server.faults(), json!({ "fault": "restart", "down_ms": 100 })).await?;
    client.state("waiting").await?;
    client.state("connected").await?;
    same("the acknowledgement", &client.ask("ack", json!([1])).await?, json!([1]))
}

async fn polling_changes_to_websocket(t: Stage) -> Verdict {
    let server = t.server().await?;
    let Some(client) = connected(&t, &server, json!(["polling", "websocket"])).await? else { return Ok(()) };
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
