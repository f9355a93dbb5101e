use futures_util::{SinkExt, StreamExt};
use rejoin_test_server::{Config, Limits, TestServer};
use tokio::net::TcpStream;
use tokio_tungstenite::client_async;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::client::{Client, within};

async fn server() -> TestServer {
    TestServer::start(Config::default()).await.unwrap()
}

#[tokio::test]
async fn every_message_comes_back_in_order() {
    let server = server().await;
    for path in ["/ws", "/ws/echo"] {
        let Client(socket) = Client::connect(server.addr(), path).await;
        let (mut sink, mut stream) = socket.split();
        let sending = tokio::spawn(async move {
            for i in 0..5000_u32 {
                sink.feed(Message::text(format!("{i}"))).await.unwrap();
                sink.feed(Message::binary(vec![7; (i % 600) as usize])).await.unwrap();
            }
            sink.flush().await.unwrap();
            sink
        });
        within(async {
            for i in 0..5000_u32 {
                assert_eq!(stream.next().await.unwrap().unwrap(), Message::text(format!("{i}")));
                let binary = stream.next().await.unwrap().unwrap();
                assert_eq!(binary, Message::binary(vec![7; (i % 600) as usize]));
            }
        })
        .await;
        drop(sending.await.unwrap());
    }
    assert_eq!(server.stats().upgrades, 2);
    assert_eq!(server.stats().messages, 20_000);
}

#[tokio::test]
async fn pings_are_answered() {
    let server = server().await;
    let mut client = Client::connect(server.addr(), "/ws").await;
    client.ping().await;
    assert_eq!(client.next().await.unwrap().unwrap(), Message::Pong("p".into()));
}

#[tokio::test]
async fn numbered_messages_are_counted_by_client() {
    let server = server().await;
    let mut client = Client::connect(server.addr(), "/ws/sink").await;
    for seq in [1, 2, 4, 3, 3] {
        client.send(format!(r#"{{"op":"msg","client":"a","seq":{seq},"pad":""}}"#)).await;
    }
    client.send(r#"{"seq":7}"#).await;
    client.send(r#"{"seq":"no number"}"#).await;
    client.send("{ not JSON").await;
    client.ping().await;
    assert_eq!(client.next().await.unwrap().unwrap(), Message::Pong("p".into()), "the sink answers nothing");

    let stats = server.stats();
    assert_eq!(stats.messages, 8);
    let a = stats.clients["a"];
    assert_eq!((a.received, a.unique, a.duplicates, a.reordered, a.high), (5, 4, 1, 1, 4));
    assert_eq!(stats.clients["anonymous"].unique, 1);
    server.reset_stats();
    assert!(server.stats().clients.is_empty());
}

#[tokio::test]
async fn a_source_floods_and_then_stays() {
    let server = server().await;
    let mut client = Client::connect(server.addr(), "/ws/source?count=3000&size=64").await;
    for seq in 1..=3000 {
        let text = client.text().await;
        assert_eq!(text.len(), 64);
        assert!(text.starts_with(&format!(r#"{{"seq":{seq},"#)), "{text}");
    }
    client.ping().await;
    assert_eq!(client.next().await.unwrap().unwrap(), Message::Pong("p".into()));

    let mut slow = Client::connect(server.addr(), "/ws/source?count=2&every_ms=1&from=9").await;
    assert_eq!(slow.text().await, r#"{"seq":9,"pad":""}"#);
    assert_eq!(slow.text().await, r#"{"seq":10,"pad":""}"#);
}

#[tokio::test]
async fn a_wrong_plan_for_the_source_is_a_bad_request() {
    let server = server().await;
    for path in ["/ws/source", "/ws/source?count=-1", "/ws/source?count=1&speed=9"] {
        let Err(Error::Http(answer)) = Client::try_connect(server.addr(), path).await else {
            panic!("{path} is accepted")
        };
        assert_eq!(answer.status(), 400, "{path}");
    }
}

#[tokio::test]
async fn a_bearer_token_is_wanted_when_there_are_any() {
    let config = Config { bearer_tokens: ["open sesame"].into_iter().collect(), ..Config::default() };
    assert!(!format!("{config:?}").contains("sesame"));
    let server = TestServer::start(config).await.unwrap();
    for (header, granted) in [
        (None, false),
        (Some("Bearer wrong"), false),
        (Some("open sesame"), false),
        (Some("Bearer open sesame"), true),
    ] {
        let mut request = server.ws_url().into_client_request().unwrap();
        if let Some(header) = header {
            request.headers_mut().insert("authorization", header.parse().unwrap());
        }
        let socket = TcpStream::connect(server.addr()).await.unwrap();
        match within(client_async(request, socket)).await {
            Ok(_) => assert!(granted, "{header:?}"),
            Err(Error::Http(answer)) => assert_eq!((answer.status().as_u16(), granted), (401, false)),
            Err(error) => panic!("{error}"),
        }
    }
    assert_eq!(server.stats().unauthorized, 3);
}

#[tokio::test]
async fn limits_hold() {
    let limits = Limits { max_message_bytes: 1000, max_connections: 2, ..Limits::default() };
    let server = TestServer::start(Config { limits, ..Config::default() }).await.unwrap();
    let mut client = Client::connect(server.addr(), "/ws").await;
    client.send("x".repeat(1000)).await;
    assert_eq!(client.text().await.len(), 1000);

    let second = Client::connect(server.addr(), "/ws").await;
    assert!(Client::try_connect(server.addr(), "/ws").await.is_err(), "a third connection");
    drop(second);

    client.send("x".repeat(1001)).await;
    assert!(!matches!(client.next().await, Some(Ok(Message::Text(_)))));
    client.ends().await;
}
