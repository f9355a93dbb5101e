//! What a peer can do wrong on an open connection, by the numbers of the fault table: see docs/faults.md.
#![cfg(not(target_family = "wasm"))]
#![allow(clippy::unwrap_used, missing_docs)]

use std::time::{Duration, Instant};

use rejoin::{Client, Error, ErrorCode, Message, Outcome, State, Subscription};
use rejoin_test_server::{Config, Direction, Fault, TestServer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A peer that grants each upgrade and then writes `bytes`. What it reads goes to the second channel.
async fn raw_peer(bytes: Vec<u8>) -> (String, tokio::sync::mpsc::UnboundedReceiver<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://{}/", listener.local_addr().unwrap());
    let (sender, heard) = tokio::sync::mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (bytes, sender) = (bytes.clone(), sender.clone());
            tokio::spawn(async move {
                let mut stream: TcpStream =
                    tokio_tungstenite::accept_async(stream).await.unwrap().into_inner();
                let _ = stream.write_all(&bytes).await;
                let mut said = Vec::new();
                let _ = stream.read_to_end(&mut said).await;
                let _ = sender.send(said);
            });
        }
    });
    (url, heard)
}

fn client(url: &str) -> Client {
    Client::builder(url)
        .configure(|config| {
            config.backoff.initial = Duration::from_millis(1);
            config.backoff.max = Duration::from_millis(5);
        })
        .build()
        .unwrap()
}

/// Connects, and gives the reason why the first connection ended.
async fn first_loss(client: &Client) -> Error {
    let mut states = client.states();
    let connecting = client.clone();
    tokio::spawn(async move { connecting.connect().await });
    loss(&mut states).await
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

/// The code of the close frame that a masked client frame stream ends with.
fn last_close_code(said: &[u8]) -> Option<u16> {
    let frame = said.get(said.len().checked_sub(8)?..)?;
    let [0x88, 0x82, m0, m1, _, _, c0, c1] = *frame else { return None };
    Some(u16::from_be_bytes([c0 ^ m0, c1 ^ m1]))
}

async fn breaks_the_protocol(bytes: &[u8]) {
    is_left(bytes, ErrorCode::Protocol, 1002).await;
}

async fn is_left(bytes: &[u8], code: ErrorCode, close_code: u16) {
    let (url, mut heard) = raw_peer(bytes.to_vec()).await;
    let client = client(&url);
    let error = first_loss(&client).await;
    assert_eq!(error.code(), code, "{error}");
    assert_eq!(
        last_close_code(&heard.recv().await.unwrap()),
        Some(close_code),
        "after {} bytes",
        bytes.len()
    );
}

#[tokio::test]
async fn fault_07_a_reset_is_a_loss_that_is_retried() {
    let server = TestServer::start(Config::default()).await.unwrap();
    let client = client(&server.ws_url());
    client.connect().await.unwrap();
    let mut states = client.states();
    server.faults().apply(Fault::Reset).await.unwrap();
    let cause = loss(&mut states).await;
    assert_eq!(cause.code(), ErrorCode::Network, "{cause}");
    while !states.next().await.unwrap().is_connected() {}
}

#[tokio::test]
async fn fault_08_a_half_open_link_is_found_by_the_heartbeat() {
    let server = TestServer::start(Config::default()).await.unwrap();
    let (interval, timeout) = (Duration::from_millis(150), Duration::from_millis(100));
    let client = Client::builder(&server.ws_url()).heartbeat(interval, timeout).build().unwrap();
    client.connect().await.unwrap();
    let mut states = client.states();
    server.faults().apply(Fault::Freeze { direction: Direction::Both, for_ms: None }).await.unwrap();
    let frozen = Instant::now();
    let receipt = client.send("into the dead link").unwrap();
    let cause = loss(&mut states).await;
    assert_eq!(cause.code(), ErrorCode::HeartbeatTimeout, "{cause}");
    // Twice what is promised on a quiet machine, so that a busy one does not fail it.
    assert!(
        frozen.elapsed() < 2 * (interval + timeout + Duration::from_millis(250)),
        "{:?}",
        frozen.elapsed()
    );
    assert_eq!(receipt.await, Outcome::Unconfirmed);
}

#[tokio::test]
async fn fault_10_a_peer_that_does_not_read_costs_no_more_than_the_outbox() {
    let server = TestServer::start(Config::default()).await.unwrap();
    let client = Client::builder(&server.ws_url()).build().unwrap();
    client.connect().await.unwrap();
    server.faults().apply(Fault::Freeze { direction: Direction::Inbound, for_ms: None }).await.unwrap();
    let message = Message::from(vec![0; 64 * 1024]);
    let mut accepted = 0;
    let refused = loop {
        match client.send(message.clone()) {
            Ok(_) => accepted += 1,
            Err(error) => break error,
        }
        tokio::task::yield_now().await;
        assert!(accepted < 100_000, "the outbox has no bound");
    };
    assert_eq!(refused.code(), ErrorCode::QueueFull);
    assert!(client.stats().outbox_bytes <= 1 << 20);
}

#[tokio::test]
async fn fault_32_an_invalid_close_is_a_violation() {
    breaks_the_protocol(&[0x88, 0x01, 0x03]).await;
    breaks_the_protocol(&[0x88, 0x04, 0x03, 0xe8, 0xff, 0xfe]).await;
}

#[tokio::test]
async fn fault_39_a_flood_costs_no_more_than_the_inbound_bound_and_its_pings_are_answered() {
    const BOUND: usize = 100;
    const PART: usize = 50_000;
    const PARTS: u64 = 5;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://{}/", listener.local_addr().unwrap());
    let flood = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let mut stream = tokio_tungstenite::accept_async(stream).await.unwrap().into_inner();
        let mut part = [0x81, 0x01, b'm'].repeat(PART);
        part.extend([0x89, 0x00]);
        for _ in 0..PARTS {
            stream.write_all(&part).await.unwrap();
            let mut pong = [0; 6];
            stream.read_exact(&mut pong).await.unwrap();
            assert_eq!(pong[..2], [0x8a, 0x80], "an empty pong, masked");
        }
    });
    let client = Client::builder(&url).inbound(BOUND, rejoin::InboundPolicy::DropOldest).build().unwrap();
    let mut messages = client.messages();
    client.connect().await.unwrap();
    flood.await.unwrap();
    client.close().await;
    let kept = messages.drain(usize::MAX).len();
    assert_eq!((kept, messages.take_missed()), (BOUND, PART as u64 * PARTS - BOUND as u64));
}

#[tokio::test]
async fn fault_40_fragments_make_one_message_and_a_flood_of_pings_ends_the_link() {
    let mut fragments = vec![0x01, 0x01, b'a'];
    for _ in 0..50_000 {
        fragments.extend([0x00, 0x00, 0x00, 0x01, b'a']);
    }
    fragments.extend([0x80, 0x00]);
    let (url, _heard) = raw_peer(fragments).await;
    let client = client(&url);
    let mut messages = client.messages();
    client.connect().await.unwrap();
    assert_eq!(messages.next().await.unwrap().as_bytes().len(), 50_001);

    // The peer may never read our close: its own flood is in the way.
    let (url, _heard) = raw_peer([0x89, 0x00].repeat(100_000)).await;
    let error = first_loss(&self::client(&url)).await;
    assert!(error.message().contains("pings"), "{error}");
}

#[tokio::test]
async fn fault_41_a_length_beyond_the_limit_is_refused_before_anything_is_allocated() {
    is_left(&[0x82, 0x7f, 0x80, 0, 0, 0, 0, 0, 0, 0], ErrorCode::TooBig, 1009).await;
    is_left(&[0x82, 0x7f, 0, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff], ErrorCode::TooBig, 1009).await;
}

#[tokio::test]
async fn fault_42_text_is_utf8_however_it_is_split() {
    breaks_the_protocol(&[0x81, 0x02, 0xff, 0xfe]).await;
    let (url, _heard) = raw_peer(vec![0x01, 0x01, 0xc3, 0x80, 0x01, 0xa9]).await;
    let client = client(&url);
    let mut messages = client.messages();
    client.connect().await.unwrap();
    assert_eq!(messages.next().await.unwrap(), Message::from("é"));
}

#[tokio::test]
async fn fault_43_frames_that_no_server_may_send_are_violations() {
    breaks_the_protocol(&[0x81, 0x81, 0, 0, 0, 0, b'a']).await;
    breaks_the_protocol(&[0xc1, 0x01, b'a']).await;
    breaks_the_protocol(&[0x83, 0x00]).await;
}

#[tokio::test]
async fn fault_45_three_violations_within_a_minute_are_final() {
    let (url, _heard) = raw_peer(vec![0x83, 0x00]).await;
    let client = client(&url);
    let mut states = client.states();
    let connecting = client.clone();
    tokio::spawn(async move { connecting.connect().await });
    let mut losses = 0;
    while let Some(state) = states.next().await {
        match state {
            State::Waiting { .. } => losses += 1,
            State::Disconnected { reason } => {
                assert_eq!(reason.unwrap().code(), ErrorCode::Protocol);
                break;
            }
            State::Connecting { .. } | State::Connected { .. } | State::Disconnecting => {}
        }
    }
    assert_eq!(losses, 2);
}

#[tokio::test]
async fn fault_38_a_consumer_that_never_reads_ends_the_link_in_the_end() {
    let server = TestServer::start(Config::default()).await.unwrap();
    let url = format!("{}/source?count=100000&size=64", server.ws_url());
    let client = Client::builder(&url)
        .inbound(8, rejoin::InboundPolicy::Backpressure)
        .configure(|config| config.read_timeout = Duration::from_millis(50))
        .build()
        .unwrap();
    let messages = client.messages();
    assert_eq!(first_loss(&client).await.code(), ErrorCode::SlowConsumer);
    drop(messages);
}

#[tokio::test]
async fn a_large_message_over_a_slow_network_is_no_dead_link() {
    let server = TestServer::start(Config::default()).await.unwrap();
    let (interval, timeout) = (Duration::from_millis(100), Duration::from_millis(100));
    let client = Client::builder(&server.ws_url()).heartbeat(interval, timeout).build().unwrap();
    let mut messages = client.messages();
    client.connect().await.unwrap();
    // The echo takes ten times as long as the heartbeat allows for silence.
    let slow = Fault::Bandwidth { bytes_per_second: 200_000, direction: Direction::Outbound, for_ms: None };
    server.faults().apply(slow).await.unwrap();
    client.send(vec![7; 400_000]).unwrap();
    assert_eq!(messages.next().await.unwrap().as_bytes().len(), 400_000);
    assert_eq!(client.stats().connects, 1);
}
