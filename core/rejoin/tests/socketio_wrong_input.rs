//! What a caller gets wrong is an error at the call, and names the field.
#![cfg(not(target_family = "wasm"))]
#![allow(clippy::unwrap_used, missing_docs)]

use std::collections::BTreeMap;
use std::time::Duration;

use rejoin::socketio::{Args, Client, Limits};
use rejoin::{Error, ErrorCode, Overflow};
use rejoin_test_server::{Config, TestServer};
use serde::{Serialize, Serializer};

/// No server is needed to find out that a call is wrong.
const NOWHERE: &str = "http://127.0.0.1:1";

#[track_caller]
fn names<T: std::fmt::Debug>(result: Result<T, Error>, field: &str) {
    let error = result.unwrap_err();
    assert_eq!(error.code(), ErrorCode::InvalidArgument, "{error}");
    assert!(error.message().starts_with(&format!("{field}: ")), "{error} does not name {field}");
}

#[track_caller]
fn is<T: std::fmt::Debug>(result: Result<T, Error>, code: ErrorCode) {
    assert_eq!(result.unwrap_err().code(), code);
}

fn client() -> Client {
    Client::builder(NOWHERE).build().unwrap()
}

async fn server() -> TestServer {
    TestServer::start(Config::default()).await.unwrap()
}

struct Unwilling;

impl Serialize for Unwilling {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(serde::ser::Error::custom("not today"))
    }
}

#[tokio::test]
async fn options_are_checked_when_the_client_is_built() {
    names(Client::builder("example.com").build(), "url");
    names(Client::builder("http://127.0.0.1:1/chat").build(), "url");
    names(Client::builder(NOWHERE).path("socket.io").build(), "path");
    names(Client::builder(NOWHERE).namespace("chat").build(), "namespace");
    names(Client::builder(NOWHERE).namespace("/a,b").build(), "namespace");
    names(Client::builder(NOWHERE).namespace_with_auth("/", "[]").build(), "auth");
    names(Client::builder(NOWHERE).ack_timeout(Duration::ZERO).build(), "ack_timeout");
    names(Client::builder(NOWHERE).outbox(0, 1, Overflow::Reject).build(), "outbox.max_messages");
    let limited = |change: fn(&mut Limits)| {
        let mut limits = Limits::default();
        change(&mut limits);
        Client::builder(NOWHERE).limits(limits).build()
    };
    names(limited(|limits| limits.max_depth = 0), "limits.max_depth");
    names(limited(|limits| limits.max_packet_bytes = 0), "limits.max_packet_bytes");
    names(limited(|limits| limits.max_backlog = 0), "limits.max_backlog");
    names(limited(|limits| limits.attachments_timeout = Duration::ZERO), "limits.attachments_timeout");
    names(limited(|limits| limits.namespace_timeout = Duration::ZERO), "limits.namespace_timeout");
    #[cfg(feature = "polling")]
    names(Client::builder(NOWHERE).transports([]).build(), "transports");
}

#[tokio::test]
async fn names_and_options_of_events_are_checked() {
    let client = client();
    for name in ["connect", "disconnect", "connect_error", "newListener"] {
        names(client.emit(name, ()), "name");
        names(client.emit_with_ack(name, ()), "name");
        names(client.volatile().emit(name, ()), "name");
    }
    names(client.emitter().retries(1).emit("store", ()), "retries");
    names(client.timeout(Duration::ZERO).emit_with_ack("store", ()), "timeout");
    let chat = client.namespace("chat");
    names(chat.emit("said", ()), "namespace");
    names(chat.connect().await, "namespace");
    names(chat.disconnect(), "namespace");
    names(client.namespace("/").connect_with_auth("\"token\"").await, "auth");
    is(client.namespace("/never-asked-for").emit("said", ()), ErrorCode::NamespaceClosed);
    assert_eq!(client.stats().outbox_messages, 0, "nothing of it waits");
}

#[tokio::test]
async fn data_that_no_server_could_read_is_refused() {
    let client = client();
    names(client.emit("map", BTreeMap::from([(vec![1], 2)])), "data");
    names(client.emit("map", (1, BTreeMap::from([((1, 2), 3)]))), "data");
    names(client.emit("own", Unwilling), "data");
    names(client.emit_with_ack("own", Unwilling), "data");
    let mut deep = serde_json::Value::Null;
    for _ in 0..200 {
        deep = serde_json::json!([deep]);
    }
    names(client.emit("deep", &deep), "args");
    names(Args::from_array("{}"), "args");
    names(Args::from_array("[1"), "args");

    let small = Client::builder(NOWHERE).outbox(1, 100, Overflow::Reject).build().unwrap();
    is(small.emit("big", "x".repeat(200)), ErrorCode::TooBig);
    let _fits = small.emit("small", "x").unwrap();
    is(small.emit("second", "x"), ErrorCode::QueueFull);
}

#[tokio::test]
async fn a_question_is_answered_once_whoever_does_it() {
    let server = server().await;
    let client = Client::builder(&server.socketio_url()).build().unwrap();
    let (mut one, mut other) = (client.events_named("question"), client.events());
    let mut answered = client.events_named("answered");
    client.connect().await.unwrap();
    client.emit("ask", "question").unwrap();
    let question = one.next().await.unwrap();
    assert!(question.wants_ack());
    names(question.ack(Unwilling), "data");
    question.ack("first").unwrap();
    names(question.ack("again"), "ack");
    names(question.clone().ack_raw(Args::none()), "ack");
    names(other.next().await.unwrap().ack("by another consumer"), "ack");
    let heard = answered.next().await.unwrap();
    assert!(heard.raw_args().text().contains("first"), "{}", heard.raw_args().text());
    heard.ack("nobody asked").unwrap();

    client.emit("ask", "question").unwrap();
    let late = one.next().await.unwrap();
    client.disconnect().await;
    is(late.ack("late"), ErrorCode::NotConnected);
    client.close().await;
    is(late.ack("later"), ErrorCode::ClientClosed);
}

#[tokio::test]
async fn what_is_used_after_close_says_so_and_waits_for_nothing() {
    let server = server().await;
    let client = Client::builder(&server.socketio_url()).build().unwrap();
    client.connect().await.unwrap();
    let chat = client.namespace("/chat");
    let mut events = client.events();
    client.close().await;
    client.close().await;
    client.disconnect().await;
    is(client.connect().await, ErrorCode::ClientClosed);
    is(client.emit("late", ()), ErrorCode::ClientClosed);
    is(client.emit_with_ack("late", ()), ErrorCode::ClientClosed);
    is(client.volatile().emit("late", ()), ErrorCode::ClientClosed);
    is(chat.connect().await, ErrorCode::ClientClosed);
    is(chat.disconnect(), ErrorCode::ClientClosed);
    assert!(events.next().await.is_none());
    assert!(client.events().next().await.is_none());
    assert!(client.changes().next().await.is_none());
    client.on("late", |_| async {}).off();
}
