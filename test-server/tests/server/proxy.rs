//! The faults in front of a server that knows nothing of them.

use std::time::Duration;

use rejoin_test_server::{Config, Direction, Fault, FaultProxy, TestServer};
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::client::Client;

async fn connected() -> (TestServer, FaultProxy, Client) {
    let server = TestServer::start(Config::default()).await.unwrap();
    let proxy = FaultProxy::start(server.addr()).await.unwrap();
    let client = Client::connect(proxy.addr(), "/ws").await;
    (server, proxy, client)
}

#[tokio::test]
async fn a_proxy_forwards_both_ways() {
    let (_server, proxy, mut client) = connected().await;
    let long = "x".repeat(3 << 20);
    client.send(long.clone()).await;
    assert_eq!(client.text().await, long);
    proxy.stop().await;
    assert_eq!(client.end_of_bytes().await.unwrap(), 0);
}

#[tokio::test]
async fn the_end_of_the_server_is_passed_on() {
    let (server, _proxy, client) = connected().await;
    server.faults().apply(Fault::Cut).await.unwrap();
    assert_eq!(client.end_of_bytes().await.unwrap(), 0);
}

#[tokio::test]
async fn freeze_silence_and_close_work_on_a_foreign_stream() {
    let (server, proxy, mut client) = connected().await;
    let freeze = Fault::Freeze { direction: Direction::Both, for_ms: None };
    proxy.faults().apply(freeze).await.unwrap();
    client.send("held").await;
    client.hears_nothing_for(Duration::from_millis(150)).await;
    assert_eq!(server.stats().messages, 0);
    proxy.faults().lift_all().await;
    assert_eq!(client.text().await, "held");

    proxy.faults().apply(Fault::Silence { for_ms: None }).await.unwrap();
    client.ping().await;
    client.send("data").await;
    assert_eq!(client.text().await, "data");

    proxy.faults().apply(Fault::Close { code: 1012, reason: "moving".to_owned() }).await.unwrap();
    match client.next().await {
        Some(Ok(Message::Close(Some(frame)))) => assert_eq!(u16::from(frame.code), 1012),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_restart_of_the_proxy_looks_like_one_of_the_server() {
    let (server, proxy, client) = connected().await;
    proxy.faults().apply(Fault::Restart { down_ms: 100_000 }).await.unwrap();
    assert_eq!(client.end_of_bytes().await.unwrap(), 0);
    assert!(matches!(Client::try_connect(proxy.addr(), "/ws").await, Err(Error::Io(_))));
    Client::connect(server.addr(), "/ws").await;
}

#[tokio::test]
async fn the_server_behind_a_proxy_can_be_another_one() {
    let (old, proxy, mut client) = connected().await;
    old.stop().await;
    client.ends().await;
    let new = TestServer::start(Config::default()).await.unwrap();
    proxy.set_upstream(new.addr());
    let mut client = Client::connect(proxy.addr(), "/ws").await;
    client.send("new").await;
    assert_eq!(client.text().await, "new");
    assert_eq!(new.stats().messages, 1);
}
