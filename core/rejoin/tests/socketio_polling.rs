//! Socket.IO over HTTP long-polling, and its change to WebSocket.
#![cfg(all(feature = "polling", not(target_family = "wasm")))]
#![allow(clippy::unwrap_used, missing_docs)]

mod node;

use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use node::NodeServer;
use rejoin::socketio::{Binary, Client, SocketIoOptions, Transport};
use rejoin::{Builder, ErrorCode, State};
use rejoin_test_server::{Config, TestServer};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const WEBSOCKET_FIRST: [Transport; 2] = [Transport::WebSocket, Transport::Polling];
const POLLING_FIRST: [Transport; 2] = [Transport::Polling, Transport::WebSocket];

fn client(url: &str, order: &[Transport]) -> Builder<SocketIoOptions> {
    Client::builder(url).transports(order.iter().copied()).configure(|config| {
        config.backoff.initial = Duration::from_millis(5);
        config.backoff.max = Duration::from_millis(20);
        config.outbox.max_messages = 10_000;
    })
}

/// Events, acknowledgements and binary both ways, in order, while the transport may change.
async fn talk(client: &Client) {
    let mut events = client.events();
    client.connect().await.unwrap();
    let blob = Binary(Bytes::from(vec![0x1e; 3000]));
    let acks: Vec<_> = (0..300u32)
        .map(|i| {
            client.emit("echo", (i, blob.clone())).unwrap();
            client.emit_with_ack("ack", (i, "\u{1e}")).unwrap()
        })
        .collect();
    for (i, ack) in acks.into_iter().enumerate() {
        let reply: (usize, String) = ack.await.unwrap().args().unwrap();
        assert_eq!(reply, (i, "\u{1e}".to_owned()));
    }
    for i in 0..300 {
        let echoed: (u32, Binary) = events.next().await.unwrap().args().unwrap();
        assert_eq!(echoed, (i, blob.clone()));
    }
    assert_eq!(client.stats().connects, 1);
}

/// What the server says of the transports of its connections.
async fn transports(server: &mut NodeServer) -> serde_json::Value {
    server.stats().await["transports"].take()
}

/// Waits until the server sees this transport: every round trip is a chance to finish the change.
async fn changes_to(client: &Client, server: &mut NodeServer, transport: &str) {
    while transports(server).await != json!([transport]) {
        client.emit_with_ack("ack", ()).unwrap().await.unwrap();
    }
}

#[tokio::test]
async fn everything_works_by_polling_alone() {
    let mut server = NodeServer::start(json!({"transports": ["polling"], "pingInterval": 50})).await;
    let client = client(&server.url(), &[Transport::Polling]).build().unwrap();
    talk(&client).await;
    assert_eq!(transports(&mut server).await, json!(["polling"]));
    client.disconnect().await;
    assert_eq!(server.stats().await["connections_open"], 0);
    assert!(matches!(client.state(), State::Disconnected { .. }));
}

#[tokio::test]
async fn a_polling_session_changes_to_websocket_in_the_middle_of_traffic() {
    let mut server = NodeServer::start(json!({})).await;
    let client = client(&server.url(), &POLLING_FIRST).build().unwrap();
    talk(&client).await;
    changes_to(&client, &mut server, "websocket").await;
    // What worked is tried first from now on.
    server.cut().await;
    let reply = client.emitter().retries(9).emit_with_ack("ack", 1).unwrap().await.unwrap();
    assert_eq!(reply.args::<u8>().unwrap(), 1);
    assert_eq!(transports(&mut server).await, json!(["websocket"]));
    client.close().await;
}

#[tokio::test]
async fn socketioxide_takes_polling_and_the_change() {
    let server = TestServer::start(Config::default()).await.unwrap();
    let client = client(&server.socketio_url(), &POLLING_FIRST).build().unwrap();
    talk(&client).await;
    client.close().await;
    let polling = self::client(&server.socketio_url(), &[Transport::Polling]).build().unwrap();
    talk(&polling).await;
    polling.close().await;
}

/// How a box on the way treats WebSockets.
#[derive(Clone, Copy, Debug)]
enum Block {
    Refuse,
    Swallow,
    /// Answers the upgrade itself, and lets no frame through.
    Pretend,
}

/// Passes on everything but WebSockets. Counts the attempts to open one.
async fn blocking_proxy(upstream: SocketAddr, block: Block) -> (String, tokio::sync::watch::Receiver<u32>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (attempts, seen) = tokio::sync::watch::channel(0);
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            tokio::spawn(pass(stream, upstream, block, attempts.clone()));
        }
    });
    (url, seen)
}

async fn pass(
    mut stream: TcpStream,
    upstream: SocketAddr,
    block: Block,
    attempts: tokio::sync::watch::Sender<u32>,
) {
    let mut head = Vec::new();
    while !head.windows(4).any(|window| window == b"\r\n\r\n") {
        if stream.read_buf(&mut head).await.unwrap_or(0) == 0 {
            return;
        }
    }
    let text = String::from_utf8_lossy(&head).to_ascii_lowercase();
    if !text.contains("upgrade: websocket") {
        let mut server = TcpStream::connect(upstream).await.unwrap();
        server.write_all(&head).await.unwrap();
        let _ = tokio::io::copy_bidirectional(&mut stream, &mut server).await;
        return;
    }
    attempts.send_modify(|attempts| *attempts += 1);
    let answer = match block {
        Block::Refuse => "HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n".to_owned(),
        Block::Swallow => String::new(),
        Block::Pretend => {
            use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
            let key = text.find("sec-websocket-key: ").map(|at| &head[at + 19..at + 43]).unwrap();
            let accept = derive_accept_key(key);
            format!(
                "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\
                 sec-websocket-accept: {accept}\r\n\r\n"
            )
        }
    };
    stream.write_all(answer.as_bytes()).await.unwrap();
    // Until the client gives up.
    let _ = tokio::io::copy(&mut stream, &mut tokio::io::sink()).await;
}

#[tokio::test]
async fn where_websockets_are_blocked_polling_takes_over_and_is_remembered() {
    for block in [Block::Refuse, Block::Swallow, Block::Pretend] {
        let mut server = NodeServer::start(json!({})).await;
        let (url, attempts) = blocking_proxy(server.addr(), block).await;
        let client =
            client(&url, &WEBSOCKET_FIRST).stage_timeout(Duration::from_millis(250)).build().unwrap();
        talk(&client).await;
        assert_eq!(*attempts.borrow(), 1, "{block:?}: it was seen to be blocked, and is not probed");
        assert_eq!(transports(&mut server).await, json!(["polling"]));
        let mut states = client.states();
        server.cut().await;
        while !states.next().await.unwrap().is_connected() {}
        talk_again(&client).await;
        assert_eq!(transports(&mut server).await, json!(["polling"]), "{block:?}");
        client.close().await;
    }
}

async fn talk_again(client: &Client) {
    let reply = client.emitter().retries(9).emit_with_ack("ack", 2).unwrap().await.unwrap();
    assert_eq!(reply.args::<u8>().unwrap(), 2);
}

#[tokio::test]
async fn a_probe_that_fails_leaves_the_session_polling() {
    for block in [Block::Refuse, Block::Swallow, Block::Pretend] {
        let mut server = NodeServer::start(json!({})).await;
        let (url, mut attempts) = blocking_proxy(server.addr(), block).await;
        let client = client(&url, &POLLING_FIRST).stage_timeout(Duration::from_millis(100)).build().unwrap();
        talk(&client).await;
        attempts.wait_for(|attempts| *attempts == 1).await.unwrap();
        talk_again(&client).await;
        assert_eq!(transports(&mut server).await, json!(["polling"]), "{block:?}");
        assert_eq!(client.stats().connects, 1);
        client.close().await;
    }
}

#[tokio::test]
async fn a_session_that_the_server_forgot_is_replaced() {
    let first = NodeServer::start(json!({"transports": ["polling"]})).await;
    let proxy = rejoin_test_server::FaultProxy::start(first.addr()).await.unwrap();
    let url = format!("http://{}", proxy.addr());
    let client = client(&url, &[Transport::Polling]).build().unwrap();
    client.connect().await.unwrap();
    let mut second = NodeServer::start(json!({"transports": ["polling"]})).await;
    proxy.set_upstream(second.addr());
    first.kill().await;
    talk_again(&client).await;
    assert_eq!(transports(&mut second).await, json!(["polling"]));
    assert!(client.stats().connects >= 2);
}

#[tokio::test]
async fn packets_larger_than_a_server_takes_at_once_go_in_several_posts() {
    let server = NodeServer::start(json!({"transports": ["polling"], "maxHttpBufferSize": 4000})).await;
    let client = client(&server.url(), &[Transport::Polling]).build().unwrap();
    client.connect().await.unwrap();
    let text = "x".repeat(1500);
    let acks: Vec<_> = (0..20).map(|_| client.emit_with_ack("ack", text.as_str()).unwrap()).collect();
    for ack in acks {
        assert_eq!(ack.await.unwrap().args::<String>().unwrap(), text);
    }
    assert_eq!(client.stats().connects, 1);
}

#[tokio::test]
async fn wrong_orders_are_refused() {
    for order in [&[][..], &[Transport::Polling, Transport::Polling]] {
        let error = client("http://127.0.0.1:1", order).build().unwrap_err();
        assert_eq!(error.code(), ErrorCode::InvalidArgument);
        assert!(error.message().contains("transports"), "{error}");
    }
}
