//! The plain client against Node's `ws`.
#![cfg(not(target_family = "wasm"))]
#![allow(clippy::unwrap_used, missing_docs)]

mod node;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use node::NodeServer;
use rejoin::{
    Builder, Client, Credentials, CredentialsReason, Error, ErrorCode, Message, Outcome, Plain, State,
    Subscription,
};
use serde_json::json;

fn client(server: &NodeServer) -> Builder<Plain> {
    Client::builder(&format!("ws://{}/ws", server.addr())).configure(|config| {
        config.backoff.initial = Duration::from_millis(5);
        config.backoff.max = Duration::from_millis(20);
        config.backoff.restart_window = Duration::from_millis(20);
    })
}

/// Waits until there is no connection, and gives the reason.
async fn loss(states: &mut Subscription<State>) -> Error {
    loop {
        match states.next().await.unwrap() {
            State::Waiting { cause, .. } => return cause,
            State::Disconnected { reason } => return reason.unwrap(),
            State::Connecting { .. } | State::Connected { .. } | State::Disconnecting => {}
        }
    }
}

#[tokio::test]
async fn text_and_binary_of_every_size_come_back_in_order() {
    let server = NodeServer::websocket(json!({})).await;
    let client = client(&server).build().unwrap();
    let mut messages = client.messages();
    client.connect().await.unwrap();
    for size in [0, 1, 125, 126, 65_535, 65_536, 500_000] {
        client.send("é".repeat(size / 2)).unwrap();
        client.send(vec![0x1e; size]).unwrap();
        assert_eq!(messages.next().await.unwrap(), Message::from("é".repeat(size / 2)));
        assert_eq!(messages.next().await.unwrap(), Message::from(vec![0x1e; size]));
    }
    client.close().await;
}

#[tokio::test]
async fn the_server_chooses_among_the_subprotocols() {
    let server = NodeServer::websocket(json!({"protocols": ["v2"]})).await;
    let client = client(&server).subprotocol("v1").subprotocol("v2").build().unwrap();
    client.connect().await.unwrap();
    assert_eq!(client.subprotocol().as_deref(), Some("v2"));
}

#[tokio::test]
async fn a_refused_token_is_asked_for_again_once() {
    let server = NodeServer::websocket(json!({"tokens": ["fresh"]})).await;
    let reasons = Arc::new(Mutex::new(Vec::new()));
    let asked = reasons.clone();
    let client = client(&server)
        .credentials(move |reason| {
            asked.lock().unwrap().push(reason);
            let token = if reason == CredentialsReason::Refused { "fresh" } else { "stale" };
            async move { Ok::<_, rejoin::Error>(Credentials::bearer(token)) }
        })
        .build()
        .unwrap();
    client.connect().await.unwrap();
    assert_eq!(*reasons.lock().unwrap(), [CredentialsReason::Connect, CredentialsReason::Refused]);
}

#[tokio::test]
async fn credentials_that_stay_refused_are_final() {
    let server = NodeServer::websocket(json!({"tokens": ["fresh"]})).await;
    let client = client(&server)
        .credentials(|_| async { Ok::<_, rejoin::Error>(Credentials::bearer("stale")) })
        .build()
        .unwrap();
    let error = client.connect().await.unwrap_err();
    assert_eq!((error.code(), error.status(), error.is_retryable()), (ErrorCode::Auth, Some(401), false));
    assert!(!format!("{error:?} {error}").contains("stale"));
}

#[tokio::test]
async fn a_restart_is_told_from_a_farewell() {
    let mut server = NodeServer::websocket(json!({})).await;
    let client = client(&server).build().unwrap();
    client.connect().await.unwrap();
    let mut states = client.states();
    server.commands(&[json!({"op": "close", "code": 1012, "reason": "deploy"})]).await;
    let cause = loss(&mut states).await;
    assert_eq!((cause.code(), cause.close_code()), (ErrorCode::ServerRestart, Some(1012)));
    assert!(cause.message().ends_with("deploy"), "{cause}");
    while !states.next().await.unwrap().is_connected() {}
    server.commands(&[json!({"op": "close", "code": 1000, "reason": "bye"})]).await;
    assert_eq!(loss(&mut states).await.code(), ErrorCode::ServerDisconnect);
    assert!(client.state().is_disconnected());
}

#[tokio::test]
async fn a_peer_that_answers_no_ping_is_found_dead_and_what_was_sent_is_unconfirmed() {
    let server = NodeServer::websocket(json!({"autoPong": false})).await;
    let url = format!("ws://{}/ws/sink", server.addr());
    let client = Client::builder(&url)
        .heartbeat(Duration::from_millis(100), Duration::from_millis(100))
        .build()
        .unwrap();
    client.connect().await.unwrap();
    let mut states = client.states();
    let receipt = client.send("into the silence").unwrap();
    assert_eq!(loss(&mut states).await.code(), ErrorCode::HeartbeatTimeout);
    assert_eq!(receipt.await, Outcome::Unconfirmed);
}

#[tokio::test]
async fn a_clean_disconnect_delivers_what_was_accepted() {
    let mut server = NodeServer::websocket(json!({})).await;
    let client = client(&server).build().unwrap();
    client.connect().await.unwrap();
    let receipts: Vec<_> = (0..500)
        .map(|seq| client.send(json!({"client": "leaving", "seq": seq}).to_string()).unwrap())
        .collect();
    client.disconnect().await;
    for receipt in receipts {
        assert_eq!(receipt.await, Outcome::Sent);
    }
    let seen = server.stats().await["clients"]["leaving"].take();
    assert_eq!((&seen["unique"], &seen["reordered"]), (&json!(500), &json!(0)));
}
