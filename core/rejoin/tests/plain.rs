//! The plain client against a server of another make, on loopback.
#![cfg(not(target_family = "wasm"))]
#![allow(clippy::unwrap_used, missing_docs)]

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use rejoin::{Client, Message, Outcome, State, TextHeartbeat};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::WebSocketStream;

async fn accept(listener: &TcpListener) -> WebSocketStream<TcpStream> {
    let (stream, _) = listener.accept().await.unwrap();
    tokio_tungstenite::accept_async(stream).await.unwrap()
}

async fn echo(mut socket: WebSocketStream<TcpStream>) {
    while let Some(Ok(message)) = socket.next().await {
        if (message.is_text() || message.is_binary()) && socket.send(message).await.is_err() {
            return;
        }
    }
}

async fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://{}/", listener.local_addr().unwrap());
    (listener, url)
}

fn fast(url: &str) -> rejoin::Builder<rejoin::Plain> {
    Client::builder(url).configure(|config| {
        config.backoff.initial = Duration::from_millis(5);
        config.backoff.max = Duration::from_millis(20);
    })
}

#[tokio::test]
async fn messages_sent_before_connecting_arrive_in_order() {
    let (listener, url) = listen().await;
    let server = tokio::spawn(async move { echo(accept(&listener).await).await });
    let client = fast(&url).build().unwrap();
    let mut messages = client.messages();
    let receipts: Vec<_> = (0..100).map(|i| client.send(format!("{i}")).unwrap()).collect();
    client.connect().await.unwrap();
    for i in 0..100 {
        assert_eq!(messages.next().await.unwrap(), Message::from(format!("{i}")));
    }
    for receipt in receipts {
        assert_eq!(receipt.await, Outcome::Sent);
    }
    client.close().await;
    assert_eq!(messages.next().await, None);
    assert!(matches!(client.state(), State::Disconnected { reason: Some(_) }));
    server.await.unwrap();
}

#[tokio::test]
async fn the_answer_to_a_text_heartbeat_is_not_a_message() {
    let (listener, url) = listen().await;
    let server = tokio::spawn(async move { echo(accept(&listener).await).await });
    let heartbeat = TextHeartbeat { ping: "beat".into(), pong: Some("beat".into()) };
    let client = fast(&url).text_heartbeat(heartbeat).build().unwrap();
    let mut messages = client.messages();
    client.connect().await.unwrap();
    client.send("beat").unwrap();
    client.send("hello").unwrap();
    assert_eq!(messages.next().await.unwrap(), Message::from("hello"));
    client.close().await;
    server.await.unwrap();
}

#[tokio::test]
async fn a_lost_link_is_replaced_and_the_outbox_flows_again() {
    let (listener, url) = listen().await;
    let client = fast(&url).build().unwrap();
    let mut messages = client.messages();
    let mut states = client.states();
    let connecting = tokio::spawn({
        let client = client.clone();
        async move { client.connect().await }
    });
    let first = accept(&listener).await;
    connecting.await.unwrap().unwrap();
    drop(first);
    while !matches!(states.next().await.unwrap(), State::Waiting { .. }) {}
    let receipt = client.send("after").unwrap();
    let server = tokio::spawn(async move { echo(accept(&listener).await).await });
    assert_eq!(messages.next().await.unwrap(), Message::from("after"));
    assert_eq!(receipt.await, Outcome::Sent);
    assert_eq!(client.stats().connects, 2);
    drop(client);
    server.await.unwrap();
}

#[tokio::test]
async fn a_message_without_an_answer_is_sent_once_the_peer_shows_life() {
    let (listener, url) = listen().await;
    let client = fast(&url).build().unwrap();
    let server = tokio::spawn(async move {
        let mut socket = accept(&listener).await;
        while let Some(Ok(_)) = socket.next().await {}
    });
    client.connect().await.unwrap();
    // The server answers nothing: a ping asks it for a sign of life.
    assert_eq!(client.send("quiet").unwrap().await, Outcome::Sent);
    client.disconnect().await;
    server.await.unwrap();
}

#[tokio::test]
async fn a_slow_consumer_stops_the_reading_and_loses_nothing() {
    const COUNT: usize = 10_000;
    let (listener, url) = listen().await;
    let client = fast(&url).inbound(16, rejoin::InboundPolicy::Backpressure).build().unwrap();
    let mut messages = client.messages();
    let server = tokio::spawn(async move {
        let mut socket = accept(&listener).await;
        for i in 0..COUNT {
            socket.feed(tokio_tungstenite::tungstenite::Message::text(format!("{i}"))).await.unwrap();
        }
        socket.flush().await.unwrap();
        socket
    });
    client.connect().await.unwrap();
    for i in 0..COUNT {
        if i % 1000 == 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(messages.next().await.unwrap().as_text().unwrap(), format!("{i}"));
    }
    assert_eq!(messages.take_missed(), 0);
    server.await.unwrap();
}

#[tokio::test]
async fn connect_while_disconnecting_waits_for_the_new_connection() {
    let (listener, url) = listen().await;
    let client = fast(&url).close_grace(Duration::from_millis(50)).build().unwrap();
    let (connected, first) = tokio::join!(client.connect(), accept(&listener));
    connected.unwrap();
    let mut states = client.states();
    let disconnecting = tokio::spawn({
        let client = client.clone();
        async move { client.disconnect().await }
    });
    // The server does not answer the close, so that the client is still leaving.
    while states.next().await.unwrap() != State::Disconnecting {}
    let (connected, second) = tokio::join!(client.connect(), accept(&listener));
    connected.unwrap();
    disconnecting.await.unwrap();
    drop((first, second));
}
