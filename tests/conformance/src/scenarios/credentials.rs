//! Fresh tokens at each attempt, and callbacks that misbehave.

use rejoin_test_server::FaultKind;
use serde_json::json;

use super::{Scenario, scenario};
use crate::stage::{Stage, fault};
use crate::verdict::{Verdict, equal, same};

pub(super) const SCENARIOS: &[Scenario] = &[
    scenario!(asked_at_connect, "the callback is asked before the first attempt, with the reason connect"),
    scenario!(asked_again_on_reconnect, "the callback is asked at each attempt: no token is used twice"),
    scenario!(token_reaches_socketio, "a token stands in the auth of Socket.IO's namespaces"),
    scenario!(wrong_token_is_refused, "a namespace that refuses the token says so, and the link stays"),
    scenario!(failing_callback_is_retried, "a callback that fails is asked again until it succeeds"),
    scenario!(hanging_callback_is_bounded, "a callback that never answers ends the attempt, not the client"),
    scenario!(
        refused_token_is_renewed_once,
        "after HTTP 401 the callback is asked once more, with the reason refused, where the platform can send tokens"
    ),
    scenario!(
        refused_twice_is_final,
        "a second HTTP 401 ends the attempts with auth, where the platform can send tokens"
    ),
    scenario!(
        revoked_session_is_renewed,
        "a close with 4401 asks for a new token, and connects with it at once"
    ),
    scenario!(
        revoked_session_without_callback_is_final,
        "a close with 4401 ends a client without a callback with auth"
    ),
];

async fn asked_at_connect(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.plain(&server, json!({ "credentials": true })).await?;
    client.connect().await?;
    same("why it was asked", &client.next("credentials").await?["reason"], "connect")?;
    let first = client.next("state").await?;
    same("the first phase", &first["phase"], "credentials")
}

async fn asked_again_on_reconnect(t: Stage) -> Verdict {
    let server = t.server_with(|config| config.socketio_tokens = ["second"].into_iter().collect()).await?;
    let client = t.socketio(&server, json!({ "credentials": true })).await?;
    client.call("credentials", json!({ "token": "first" })).await?;
    client.connect().await?;
    client.next("credentials").await?;
    client.refused("namespace", json!({ "namespace": "/private" }), "namespace_refused").await?;
    client.call("credentials", json!({ "token": "second" })).await?;
    fault(server.faults(), json!({ "fault": "cut" })).await?;
    same("why it was asked again", &client.next("credentials").await?["reason"], "connect")?;
    client.stat_reaches("connects", 2).await?;
    client.call("namespace", json!({ "namespace": "/private" })).await.map(drop)
}

async fn token_reaches_socketio(t: Stage) -> Verdict {
    let server = t.server_with(|config| config.socketio_tokens = ["sesame"].into_iter().collect()).await?;
    let client = t.socketio(&server, json!({ "credentials": true })).await?;
    client.call("credentials", json!({ "token": "sesame" })).await?;
    client.connect().await?;
    client.call("namespace", json!({ "namespace": "/private" })).await?;
    let fields = json!({ "namespace": "/private", "name": "ack", "args": ["in"], "ack": true });
    same("the acknowledgement", &client.call("emit", fields).await?["ack"], json!(["in"]))
}

async fn wrong_token_is_refused(t: Stage) -> Verdict {
    let server = t.server_with(|config| config.socketio_tokens = ["sesame"].into_iter().collect()).await?;
    let client = t.connected_socketio(&server, json!({})).await?;
    let auth = json!({ "namespace": "/private", "auth": { "token": "wrong" } });
    let error = client.refused("namespace", auth, "namespace_refused").await?;
    same("retryable", &error["retryable"], false)?;
    equal("the link lives", client.ask("ack", json!(["still here"])).await?, json!(["still here"]))?;
    let auth = json!({ "namespace": "/private", "auth": { "token": "sesame" } });
    client.call("namespace", auth).await?;
    client.connected_times(1).await
}

async fn failing_callback_is_retried(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.socketio(&server, json!({ "credentials": true })).await?;
    client.call("credentials", json!({ "fail": true })).await?;
    let connecting = client.begin("connect", json!({}));
    client.state_because("waiting", "credentials_failed").await?;
    client.state_because("waiting", "credentials_failed").await?;
    equal("connections at the server", server.stats().connections_total, 0)?;
    client.call("credentials", json!({ "token": "good" })).await?;
    connecting.ok().await?;
    same("the acknowledgement", &client.ask("ack", json!(["in"])).await?, json!(["in"]))
}

async fn hanging_callback_is_bounded(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.socketio(&server, json!({ "credentials": true, "connect_timeout_ms": 300 })).await?;
    client.call("credentials", json!({ "hang": true })).await?;
    let connecting = client.begin("connect", json!({}));
    client.state_because("waiting", "connect_timeout").await?;
    client.call("credentials", json!({ "token": "good" })).await?;
    connecting.ok().await.map(drop)
}

async fn refused_token_is_renewed_once(t: Stage) -> Verdict {
    let server = t.server_with(|config| config.bearer_tokens = ["good"].into_iter().collect()).await?;
    let client = t.plain(&server, json!({ "credentials": true })).await?;
    client.call("credentials", json!({ "token": "stale" })).await?;
    if !t.platform().sends_headers() {
        return client.refused("connect", json!({}), "unsupported").await.map(drop);
    }
    // Frozen, so that the callback has its new answer before the server refuses the old one.
    fault(server.faults(), json!({ "fault": "freeze" })).await?;
    let connecting = client.begin("connect", json!({}));
    same("why it was asked", &client.next("credentials").await?["reason"], "connect")?;
    // The event says that the callback was asked, not that it has answered.
    client.next_where("state", |state| state["phase"] == "opening").await?;
    client.call("credentials", json!({ "token": "good" })).await?;
    server.faults().lift(FaultKind::Freeze).await;
    same("why it was asked again", &client.next("credentials").await?["reason"], "refused")?;
    connecting.ok().await?;
    equal("refused requests", server.stats().unauthorized, 1)
}

async fn refused_twice_is_final(t: Stage) -> Verdict {
    let server = t.server_with(|config| config.bearer_tokens = ["good"].into_iter().collect()).await?;
    let client = t.plain(&server, json!({ "credentials": true, "backoff": { "max_attempts": 9 } })).await?;
    client.call("credentials", json!({ "token": "stale" })).await?;
    if !t.platform().sends_headers() {
        return client.refused("connect", json!({}), "unsupported").await.map(drop);
    }
    client.refused("connect", json!({}), "auth").await?;
    client.state_because("disconnected", "auth").await?;
    equal("refused requests", server.stats().unauthorized, 2)
}

async fn revoked_session_is_renewed(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.connected(&server, json!({ "credentials": true })).await?;
    client.next("credentials").await?;
    fault(server.faults(), json!({ "fault": "close", "code": 4401, "reason": "revoked" })).await?;
    same("why it was asked again", &client.next("credentials").await?["reason"], "refused")?;
    client.state("connected").await?;
    client.echoes("renewed").await
}

async fn revoked_session_without_callback_is_final(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.connected(&server, json!({})).await?;
    fault(server.faults(), json!({ "fault": "close", "code": 4401 })).await?;
    let end = client.state_because("disconnected", "auth").await?;
    same("the close code", &end["reason"]["close_code"], 4401)?;
    same("retryable", &end["reason"]["retryable"], false)
}
