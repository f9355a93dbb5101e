//! The Socket.IO client against Node's `socket.io`, which closes the link on whatever it finds wrong.
#![cfg(not(target_family = "wasm"))]
#![allow(clippy::unwrap_used, missing_docs)]

mod node;

use std::time::Duration;

use bytes::Bytes;
use node::NodeServer;
use rejoin::socketio::{Binary, Client, NamespaceState, Parser, SocketIoOptions};
use rejoin::{Builder, ErrorCode, Outcome, State};
use serde::{Deserialize, Serialize};
use serde_json::json;

fn client(server: &NodeServer) -> Builder<SocketIoOptions> {
    Client::builder(&server.url()).configure(|config| {
        config.backoff.initial = Duration::from_millis(5);
        config.backoff.max = Duration::from_millis(20);
    })
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Nested {
    name: String,
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Part {
    blob: Binary,
    bare: Bytes,
    note: Option<String>,
}

fn nested() -> Nested {
    let part = |bytes: &'static [u8], note: Option<&str>| Part {
        blob: Binary(Bytes::from_static(bytes)),
        bare: Bytes::from_static(b"bare"),
        note: note.map(str::to_owned),
    };
    Nested {
        name: "été\u{2028}🎉".into(),
        parts: vec![part(&[0x34, 0x1e], None), part(&[], Some("[")), part(&[0xff; 300], None)],
    }
}

/// The same for both parsers.
async fn talk(client: &Client) {
    let mut events = client.events();
    client.connect().await.unwrap();
    let reply = client.emit_with_ack("echo", (1, nested(), Option::<u8>::None)).unwrap().await.unwrap();
    assert_eq!(reply.args::<(u8, Nested, Option<u8>)>().unwrap(), (1, nested(), None));
    let echoed = events.next().await.unwrap();
    assert_eq!(echoed.name(), "echo");
    assert_eq!(echoed.args::<(u8, Nested, Option<u8>)>().unwrap(), (1, nested(), None));

    let reply = client.emit_with_ack("ack", ()).unwrap().await.unwrap();
    assert!(reply.raw_args().is_empty());

    client.on("question", |event| async move {
        let question: Nested = event.args().unwrap();
        event.ack((question, "answered")).unwrap();
    });
    let mut answered = client.namespace("/").events_named("answered");
    client.emit("ask", nested()).unwrap();
    let answer: (Nested, String) = answered.next().await.unwrap().args().unwrap();
    assert_eq!(answer, (nested(), "answered".to_owned()));
}

#[tokio::test]
async fn events_acknowledgements_and_nested_binary_both_ways() {
    let server = NodeServer::start(json!({})).await;
    let client = client(&server).build().unwrap();
    talk(&client).await;
    assert_eq!(client.stats().connects, 1);
}

#[tokio::test]
async fn all_of_it_as_messagepack() {
    let server = NodeServer::start(json!({"msgpack": true})).await;
    let client = client(&server).parser(Parser::Msgpack).build().unwrap();
    talk(&client).await;
    assert_eq!(client.stats().connects, 1);
}

#[tokio::test]
async fn the_wrong_parser_ends_with_an_error() {
    let server = NodeServer::start(json!({"msgpack": true})).await;
    let options = client(&server).connect_timeout(Duration::from_millis(300));
    let client = options.configure(|config| config.backoff.max_attempts = Some(2)).build().unwrap();
    client.connect().await.unwrap_err();
    assert!(matches!(client.state(), State::Disconnected { reason: Some(_) }));
}

#[tokio::test]
async fn namespaces_are_told_apart() {
    let mut server = NodeServer::start(json!({})).await;
    let client = client(&server).namespace("/").namespace("/chat").build().unwrap();
    let (main, chat) = (client.namespace("/"), client.namespace("/chat"));
    let (mut in_main, mut in_chat) = (main.events(), chat.events());
    client.connect().await.unwrap();
    server
        .commands(&[
            json!({"op": "broadcast", "namespace": "/chat", "name": "a", "args": [1]}),
            json!({"op": "broadcast", "namespace": "/", "name": "b", "args": [2]}),
        ])
        .await;
    assert_eq!(in_chat.next().await.unwrap().name(), "a");
    assert_eq!(in_main.next().await.unwrap().name(), "b");

    let room = client.namespace("/room-7");
    assert_eq!(room.emit("echo", ()).unwrap_err().code(), ErrorCode::NamespaceClosed);
    room.connect().await.unwrap();
    let reply: u8 = room.emit_with_ack("ack", 7).unwrap().await.unwrap().args().unwrap();
    assert_eq!(reply, 7);
    let unknown = client.namespace("/nowhere").connect().await.unwrap_err();
    assert_eq!(unknown.code(), ErrorCode::NamespaceRefused);
    assert_eq!(client.stats().connects, 1);
}

#[tokio::test]
async fn a_refusal_has_the_servers_data() {
    let server = NodeServer::start(json!({"tokens": ["good"]})).await;
    let client = client(&server).build().unwrap();
    client.connect().await.unwrap();
    let private = client.namespace("/private");
    let error = private.connect_with_auth(r#"{"token":"bad"}"#).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::NamespaceRefused);
    assert!(error.message().contains("unauthorized"), "{error}");
    assert_eq!(error.data(), Some(r#"{"code":"bad_token"}"#));
    assert!(client.state().is_connected());
    private.connect_with_auth(r#"{"token":"good"}"#).await.unwrap();
    assert!(private.is_connected());
}

/// The server ends the link, or the process, on any packet that it holds to be wrong.
#[tokio::test]
async fn nothing_we_send_makes_a_strict_server_close_the_link() {
    let server = NodeServer::start(json!({"pingInterval": 40, "pingTimeout": 1000})).await;
    let client = client(&server).build().unwrap();
    client.connect().await.unwrap();
    let ack =
        |name: &str| client.emit_with_ack(name, ("\u{2028}\u{1f389}\u{0}\"\\", [0.5], json!({"a": {}})));
    for name in ["echo", "ack"] {
        let reply: (String, [f64; 1], serde_json::Value) = ack(name).unwrap().await.unwrap().args().unwrap();
        assert_eq!(reply.0, "\u{2028}\u{1f389}\u{0}\"\\");
    }
    // Nobody listens to these there: what counts is that they are well-formed.
    for name in ["1", "", "é\"\\\u{7}", "[1]", "_placeholder", "451-"] {
        client.emit(name, ()).unwrap();
        client.emit(name, Binary(Bytes::from_static(b"\x1e"))).unwrap();
    }
    client.emit("echo", json!({"_placeholder": true, "num": "x"})).unwrap();
    let room = client.namespace("/room-é7");
    for _ in 0..3 {
        room.connect().await.unwrap();
        room.connect().await.unwrap();
        room.emit("echo", Binary(Bytes::new())).unwrap();
        room.disconnect().unwrap();
        assert_eq!(room.emit("late", ()).unwrap_err().code(), ErrorCode::NamespaceClosed);
    }
    // Asked and left at once: the answer is on its way.
    let (joined, left) = tokio::join!(room.connect(), async { room.disconnect() });
    assert_eq!(joined.unwrap_err().code(), ErrorCode::ClientDisconnect);
    left.unwrap();
    // Answers after the session that asked for them is gone.
    let mut questions = client.namespace("/").events_named("question");
    client.emit("ask", 1).unwrap();
    let question = questions.next().await.unwrap();
    question.ack(1).unwrap();
    assert_eq!(question.ack(2).unwrap_err().code(), ErrorCode::InvalidArgument);
    for name in ["connect", "disconnect", "connect_error", "newListener", "removeListener"] {
        assert_eq!(client.emit(name, ()).unwrap_err().code(), ErrorCode::InvalidArgument, "{name}");
    }
    // The heartbeat goes on meanwhile, and an acknowledged event proves that all before it was taken.
    let (before, mut replies) = (client.stats().frames_received, 0);
    // More frames than the answers: pings.
    while client.stats().frames_received < before + replies + 3 {
        let reply: u64 = client.emit_with_ack("ack", replies).unwrap().await.unwrap().args().unwrap();
        assert_eq!(reply, replies);
        replies += 1;
    }
    assert_eq!(client.stats().connects, 1);
}

/// The server reads both packets before it acts on the first, and a second CONNECT ends the link.
#[tokio::test]
async fn a_namespace_left_and_asked_for_at_once_keeps_the_link() {
    let mut server = NodeServer::start(json!({})).await;
    let client = client(&server).namespace("/").namespace("/chat").build().unwrap();
    client.connect().await.unwrap();
    let chat = client.namespace("/chat");
    for round in 0..20_u8 {
        chat.disconnect().unwrap();
        chat.connect().await.unwrap();
        let reply: u8 = chat.emit_with_ack("ack", round).unwrap().await.unwrap().args().unwrap();
        assert_eq!(reply, round);
    }
    assert_eq!(client.stats().connects, 1);
    assert_eq!(server.stats().await["namespaces_connected"], 22, "a new session each time");
}

#[tokio::test]
async fn a_server_that_disconnects_is_not_bothered_again() {
    let mut server = NodeServer::start(json!({})).await;
    let client = client(&server).build().unwrap();
    client.connect().await.unwrap();
    let mut states = client.states();
    let mut changes = client.namespace("/").changes();
    server.commands(&[json!({"op": "kick_all"})]).await;
    let State::Disconnected { reason: Some(reason) } = states.next().await.unwrap() else {
        panic!("{:?}", client.state());
    };
    assert_eq!(reason.code(), ErrorCode::ServerDisconnect);
    assert!(!reason.is_retryable());
    let NamespaceState::Disconnected { error } = changes.next().await.unwrap().state else { panic!() };
    assert_eq!(error.code(), ErrorCode::ServerDisconnect);
    // The application may ask again.
    client.connect().await.unwrap();
    assert_eq!(client.stats().attempts, 2);
}

#[tokio::test]
async fn a_namespace_that_ends_itself_leaves_the_others() {
    let server = NodeServer::start(json!({})).await;
    let client = client(&server).namespace("/").namespace("/chat").build().unwrap();
    client.connect().await.unwrap();
    let chat = client.namespace("/chat");
    let mut changes = chat.changes();
    chat.emit("leave", ()).unwrap();
    assert!(matches!(changes.next().await.unwrap().state, NamespaceState::Disconnected { .. }));
    let reply: u8 = client.emit_with_ack("ack", 1).unwrap().await.unwrap().args().unwrap();
    assert_eq!(reply, 1);
    assert!(client.state().is_connected());
}

#[tokio::test]
async fn fault_j3_volatile_events_are_never_late() {
    let mut server = NodeServer::start(json!({})).await;
    let client = client(&server).build().unwrap();
    let early = client.emitter().volatile().emit("numbered", json!({"client": "early", "seq": 1})).unwrap();
    let kept = client.emit("numbered", json!({"client": "kept", "seq": 1})).unwrap();
    assert_eq!(early.await, Outcome::Dropped);
    client.connect().await.unwrap();
    let live = client.emitter().volatile().emit_with_ack("numbered", json!({"client": "live", "seq": 1}));
    assert!(live.unwrap().await.unwrap().args::<bool>().unwrap());
    assert_eq!(kept.await, Outcome::Sent);
    let clients = server.stats().await["clients"].take();
    assert!(clients.get("early").is_none(), "{clients}");
    assert_eq!(
        (clients["kept"]["received"].as_u64(), clients["live"]["received"].as_u64()),
        (Some(1), Some(1))
    );
}
