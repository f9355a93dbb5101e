//! The Socket.IO client against socketioxide, on loopback.
#![cfg(not(target_family = "wasm"))]
#![allow(clippy::unwrap_used, missing_docs)]

use std::time::Duration;

use bytes::Bytes;
use rejoin::socketio::{Binary, Client, NamespaceState};
use rejoin::{Credentials, ErrorCode, Outcome, Phase, State};
use rejoin_test_server::{Config, TestServer};

async fn server() -> TestServer {
    TestServer::start(Config::default()).await.unwrap()
}

#[tokio::test]
async fn events_of_any_arguments_come_back() {
    let server = server().await;
    let client = Client::builder(&server.socketio_url()).build().unwrap();
    let mut events = client.events();
    client.connect().await.unwrap();
    client.emit("echo", ("text", 5, [1.5], Binary(Bytes::from_static(&[0x34, 0x1e])))).unwrap();
    client.emit("echo", ()).unwrap();
    let event = events.next().await.unwrap();
    assert_eq!(event.name(), "echo");
    let (text, number, list, binary): (String, u8, Vec<f64>, Binary) = event.args().unwrap();
    assert_eq!((text.as_str(), number, list.as_slice()), ("text", 5, [1.5].as_slice()));
    assert_eq!(binary.0, Bytes::from_static(&[0x34, 0x1e]));
    assert!(events.next().await.unwrap().raw_args().is_empty());
    client.close().await;
    assert!(events.next().await.is_none());
}

#[tokio::test]
async fn bare_bytes_travel_as_attachments_in_events_and_answers() {
    let server = server().await;
    let client = Client::builder(&server.socketio_url()).build().unwrap();
    let mut events = client.events();
    client.connect().await.unwrap();
    let bytes = Bytes::from_static(&[0x34, 0x1e]);
    let data = ("text", vec![Some((1, bytes.clone())), None], bytes.clone());
    client.emit("echo", &data).unwrap();
    let event = events.next().await.unwrap();
    assert_eq!(event.raw_args().attachments().len(), 2);
    let (text, list, last): (String, Vec<Option<(u8, Bytes)>>, Bytes) = event.args().unwrap();
    assert_eq!((text.as_str(), list, last), data);
    let reply = client.emit_with_ack("ack", &bytes).unwrap().await.unwrap();
    assert_eq!(reply.args::<Bytes>().unwrap(), bytes);
}

#[tokio::test]
async fn the_client_has_the_shortcuts_of_its_main_namespace() {
    let server = server().await;
    let client = Client::builder(&server.socketio_url()).build().unwrap();
    let main = client.namespace("/");
    let (sender, mut heard) = tokio::sync::mpsc::unbounded_channel();
    let incoming = sender.clone();
    client.on_any(move |event| {
        incoming.send(format!("in {}", event.name())).unwrap();
        std::future::ready(())
    });
    client.on_any_outgoing(move |event| {
        sender.send(format!("out {}", event.name())).unwrap();
        std::future::ready(())
    });
    let (mut named, mut changes) = (client.events_named("echo"), client.changes());
    assert_eq!((main.sid(), main.is_recovered()), (None, false));
    let dropped = client.volatile().emit("echo", "early").unwrap();
    assert_eq!(dropped.await, Outcome::Dropped);
    assert_eq!(heard.recv().await.unwrap(), "out echo");

    client.connect().await.unwrap();
    let NamespaceState::Connected { recovered: false, sid } = changes.next().await.unwrap().state else {
        panic!("the first change is that it is connected");
    };
    assert_eq!((main.sid(), main.is_recovered()), (Some(sid), false));
    client.timeout(Duration::from_secs(10)).emit_with_ack("ack", ()).unwrap().await.unwrap();
    client.emit("echo", "late").unwrap();
    assert_eq!(named.next().await.unwrap().args::<String>().unwrap(), "late");
    let mut three = [heard.recv().await, heard.recv().await, heard.recv().await].map(Option::unwrap);
    three.sort();
    assert_eq!(three, ["in echo", "out ack", "out echo"]);
    client.disconnect().await;
    assert_eq!(main.sid(), None);
}

#[tokio::test]
async fn acknowledgements_both_ways() {
    let server = server().await;
    let client = Client::builder(&server.socketio_url()).build().unwrap();
    client.on("question", |event| async move { event.ack(("answer", 7)).unwrap() });
    let mut answered = client.namespace("/").events_named("answered");
    client.connect().await.unwrap();
    let reply: (String, u32) = client.emit_with_ack("ack", ("a", 1)).unwrap().await.unwrap().args().unwrap();
    assert_eq!(reply, ("a".to_owned(), 1));
    client.emit("ask", "question").unwrap();
    let answer = answered.next().await.unwrap();
    assert!(answer.raw_args().to_array().contains("answer"), "{}", answer.raw_args().to_array());
}

#[tokio::test]
async fn an_answer_that_does_not_come_is_a_typed_error() {
    let server = server().await;
    let client = Client::builder(&server.socketio_url()).build().unwrap();
    client.connect().await.unwrap();
    let ack = client.emitter().timeout(Duration::from_millis(20)).emit_with_ack("unheard", ()).unwrap();
    assert_eq!(ack.await.unwrap_err().code(), ErrorCode::AckTimeout);
}

#[tokio::test]
async fn a_panicking_handler_is_counted_and_the_next_event_is_handled() {
    let server = server().await;
    let client = Client::builder(&server.socketio_url()).build().unwrap();
    let (sender, mut handled) = tokio::sync::mpsc::unbounded_channel();
    client.on("echo", move |event| {
        let sender = sender.clone();
        async move {
            let number: u32 = event.args().unwrap();
            assert_ne!(number, 1, "the handler's own fault");
            sender.send(number).unwrap();
        }
    });
    client.connect().await.unwrap();
    client.emit("echo", 1).unwrap();
    client.emit("echo", 2).unwrap();
    assert_eq!(handled.recv().await, Some(2));
    assert_eq!(client.stats().handler_panics, 1);
}

#[tokio::test]
async fn a_refused_namespace_is_an_error_and_another_token_mends_it() {
    let config = Config { socketio_tokens: ["good"].into_iter().collect(), ..Config::default() };
    let server = TestServer::start(config).await.unwrap();
    let client = Client::builder(&server.socketio_url()).build().unwrap();
    client.connect().await.unwrap();
    let private = client.namespace("/private");
    let error = private.connect_with_auth(r#"{"token":"bad"}"#).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::NamespaceRefused);
    assert!(matches!(client.state(), State::Connected { .. }), "the link stays");
    private.connect_with_auth(r#"{"token":"good"}"#).await.unwrap();
    let reply: String = private.emit_with_ack("ack", "in").unwrap().await.unwrap().args().unwrap();
    assert_eq!(reply, "in");
}

#[tokio::test]
async fn a_namespace_left_and_asked_for_at_once_keeps_the_link() {
    let server = server().await;
    let client = Client::builder(&server.socketio_url()).build().unwrap();
    client.connect().await.unwrap();
    let chat = client.namespace("/chat");
    chat.connect().await.unwrap();
    for round in 0..20_u8 {
        chat.disconnect().unwrap();
        chat.connect().await.unwrap();
        let reply: u8 = chat.emit_with_ack("ack", round).unwrap().await.unwrap().args().unwrap();
        assert_eq!(reply, round);
    }
    assert_eq!(client.stats().connects, 1);
}

#[tokio::test]
async fn the_on_connect_step_comes_before_what_waits() {
    let server = server().await;
    let client = Client::builder(&server.socketio_url())
        .on_connect(|session| async move {
            let reply: String = session.emit_with_ack("ack", "first")?.await?.args()?;
            assert_eq!(reply, "first");
            Ok::<(), rejoin::Error>(())
        })
        .build()
        .unwrap();
    let mut states = client.states();
    let waiting = client.emit("echo", "second").unwrap();
    client.connect().await.unwrap();
    assert!(matches!(waiting.await, Outcome::Sent));
    let mut phases = Vec::new();
    for state in states.drain(100) {
        if let State::Connecting { phase, .. } = state {
            phases.push(phase);
        }
    }
    assert_eq!(phases, [Phase::Opening, Phase::Handshake, Phase::Rejoining]);
}

#[tokio::test]
async fn each_attempt_asks_for_fresh_credentials() {
    let config = Config { socketio_tokens: ["second"].into_iter().collect(), ..Config::default() };
    let server = TestServer::start(config).await.unwrap();
    let tokens = std::sync::Mutex::new(vec!["second", "first"]);
    let client = Client::builder(&server.socketio_url())
        .namespace("/private")
        .credentials(move |_| {
            let token = tokens.lock().unwrap().pop().unwrap_or("none");
            async move { Ok::<_, rejoin::Error>(Credentials::bearer(token)) }
        })
        .build()
        .unwrap();
    let mut changes = client.namespace("/private").changes();
    let error = client.connect().await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::NamespaceRefused);
    client.connect().await.unwrap();
    assert!(matches!(changes.next().await.unwrap().state, NamespaceState::Disconnected { .. }));
    assert!(matches!(changes.next().await.unwrap().state, NamespaceState::Connected { .. }));
}
