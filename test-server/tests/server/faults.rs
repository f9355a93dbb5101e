use std::time::{Duration, Instant};

use rejoin_test_server::{Config, Direction, Fault, FaultKind, TestServer};
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::client::{Client, within};

/// Long enough that an answer, had one been on its way, would have come.
const QUIET: Duration = Duration::from_millis(150);

async fn connected() -> (TestServer, Client) {
    let server = TestServer::start(Config::default()).await.unwrap();
    let client = Client::connect(server.addr(), "/ws").await;
    (server, client)
}

#[tokio::test]
async fn freeze_holds_everything_and_lets_it_go_when_lifted() {
    let (server, mut client) = connected().await;
    server.faults().apply(Fault::Freeze { direction: Direction::Both, for_ms: None }).await.unwrap();
    client.send("held").await;
    client.hears_nothing_for(QUIET).await;
    assert_eq!(server.stats().messages, 0, "it is not even read");

    let late = tokio::spawn(Client::try_connect(server.addr(), "/ws"));
    client.hears_nothing_for(QUIET).await;
    assert!(!late.is_finished(), "a new connection is accepted and not answered");
    assert_eq!(server.stats().connections_open, 2);

    server.faults().lift(FaultKind::Freeze).await;
    assert_eq!(client.text().await, "held");
    let mut late = late.await.unwrap().unwrap();
    late.send("late").await;
    assert_eq!(late.text().await, "late");
}

#[tokio::test]
async fn freeze_of_one_way_lets_the_other_pass() {
    let (server, mut client) = connected().await;
    server.faults().apply(Fault::Freeze { direction: Direction::Outbound, for_ms: None }).await.unwrap();
    client.send("one way").await;
    client.hears_nothing_for(QUIET).await;
    assert_eq!(server.stats().messages, 1, "it was read");
    server.faults().lift_all().await;
    assert_eq!(client.text().await, "one way");
}

#[tokio::test]
async fn a_fault_with_a_duration_lifts_itself() {
    let (server, mut client) = connected().await;
    server.faults().apply(Fault::Freeze { direction: Direction::Both, for_ms: Some(50) }).await.unwrap();
    assert_eq!(server.faults().in_force().len(), 1);
    client.send("held").await;
    assert_eq!(client.text().await, "held");
    assert!(server.faults().in_force().is_empty());
}

#[tokio::test]
async fn a_frozen_connection_can_still_be_reset() {
    let (server, client) = connected().await;
    server.faults().apply(Fault::Freeze { direction: Direction::Both, for_ms: None }).await.unwrap();
    server.faults().apply(Fault::Reset).await.unwrap();
    let error = client.end_of_bytes().await.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
}

#[tokio::test]
async fn silence_withholds_pongs_and_nothing_else() {
    let (server, mut client) = connected().await;
    server.faults().apply(Fault::Silence { for_ms: None }).await.unwrap();
    client.ping().await;
    client.send("data").await;
    assert_eq!(client.text().await, "data", "the pong, due before it, is missing");
    server.faults().lift(FaultKind::Silence).await;
    client.ping().await;
    assert_eq!(client.next().await.unwrap().unwrap(), Message::Pong("p".into()));
}

#[tokio::test]
async fn cut_is_a_fin_and_reset_is_a_rst() {
    let (server, client) = connected().await;
    server.faults().apply(Fault::Cut).await.unwrap();
    assert_eq!(client.end_of_bytes().await.unwrap(), 0);

    let client = Client::connect(server.addr(), "/ws").await;
    server.faults().apply(Fault::Reset).await.unwrap();
    let error = client.end_of_bytes().await.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
    assert_eq!(server.stats().connections_open, 0);
}

#[tokio::test]
async fn cut_ends_with_a_fin_even_with_unread_bytes() {
    let (server, mut client) = connected().await;
    server.faults().apply(Fault::Freeze { direction: Direction::Both, for_ms: None }).await.unwrap();
    client.send("never read").await;
    server.faults().apply(Fault::Cut).await.unwrap();
    assert_eq!(client.end_of_bytes().await.unwrap(), 0);
}

#[tokio::test]
async fn refuse_closes_the_port_and_keeps_what_is_open() {
    let (server, mut client) = connected().await;
    server.faults().apply(Fault::Refuse { for_ms: None }).await.unwrap();
    let Err(Error::Io(error)) = Client::try_connect(server.addr(), "/ws").await else {
        panic!("not refused")
    };
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionRefused);
    client.send("still here").await;
    assert_eq!(client.text().await, "still here");
    server.faults().lift(FaultKind::Refuse).await;
    Client::connect(server.addr(), "/ws").await;
}

#[tokio::test]
async fn delay_slows_both_ways_without_narrowing_them() {
    let (server, mut client) = connected().await;
    let delay = Fault::Delay { ms: 60, jitter_ms: 20, direction: Direction::Both, for_ms: None };
    server.faults().apply(delay).await.unwrap();
    let start = Instant::now();
    for i in 0..200 {
        client.send(format!("{i}")).await;
    }
    for i in 0..200 {
        assert_eq!(client.text().await, format!("{i}"), "jitter keeps the order");
    }
    let took = start.elapsed();
    assert!(took >= Duration::from_millis(120), "{took:?}");
    assert!(took < Duration::from_secs(5), "messages travel side by side: {took:?}");
}

#[tokio::test]
async fn bandwidth_is_capped() {
    let (server, _) = connected().await;
    let cap = Fault::Bandwidth { bytes_per_second: 20_000, direction: Direction::Outbound, for_ms: None };
    server.faults().apply(cap).await.unwrap();
    let start = Instant::now();
    let mut client = Client::connect(server.addr(), "/ws/source?count=1&size=10000").await;
    assert_eq!(client.text().await.len(), 10_000);
    let took = start.elapsed();
    assert!(took >= Duration::from_millis(450), "{took:?}");
    assert!(took < Duration::from_secs(5), "{took:?}");
}

#[tokio::test]
async fn close_sends_any_code_and_reason() {
    for (code, reason) in [(1012, "restarting"), (4401, ""), (1000, "x")] {
        let (server, mut client) = connected().await;
        server.faults().apply(Fault::Close { code, reason: reason.to_owned() }).await.unwrap();
        match client.next().await {
            Some(Ok(Message::Close(Some(frame)))) => {
                assert_eq!((u16::from(frame.code), frame.reason.as_str()), (code, reason));
            }
            other => panic!("{other:?}"),
        }
        assert!(client.next().await.is_none(), "the closing handshake ends cleanly");
    }
}

#[tokio::test]
async fn close_can_break_the_rules() {
    let (server, mut client) = connected().await;
    server.faults().apply(Fault::Close { code: 1005, reason: String::new() }).await.unwrap();
    let heard = client.next().await;
    // tungstenite takes a forbidden code for a breach of protocol.
    assert!(
        matches!(&heard, Some(Ok(Message::Close(Some(f)))) if f.code == CloseCode::Protocol)
            || matches!(heard, Some(Err(Error::Protocol(_)))),
        "{heard:?}"
    );

    let (server, mut client) = connected().await;
    server.faults().apply(Fault::Close { code: 0, reason: String::new() }).await.unwrap();
    assert_eq!(client.next().await.unwrap().unwrap(), Message::Close(None));
}

#[tokio::test]
async fn close_waits_for_the_end_of_a_frame() {
    let server = TestServer::start(Config::default()).await.unwrap();
    let mut client = Client::connect(server.addr(), "/ws/source?count=100000&size=9000").await;
    assert_eq!(client.text().await.len(), 9000);
    // The client does not read, so the server stands in the middle of a frame.
    tokio::time::sleep(QUIET).await;
    server.faults().apply(Fault::Close { code: 1013, reason: "later".to_owned() }).await.unwrap();
    loop {
        match client.next().await.unwrap().unwrap() {
            Message::Text(text) => assert_eq!(text.len(), 9000, "a whole frame"),
            Message::Close(Some(frame)) => return assert_eq!(u16::from(frame.code), 1013),
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn http_answers_queue_up_and_run_out() {
    let server = TestServer::start(Config::default()).await.unwrap();
    let wanted = [(401, None, 1), (503, Some("2"), 2)];
    for (status, retry_after, times) in wanted {
        let retry_after = retry_after.map(str::to_owned);
        server.faults().apply(Fault::HttpStatus { status, retry_after, times: Some(times) }).await.unwrap();
    }
    for (status, retry_after) in [(401, None), (503, Some("2")), (503, Some("2"))] {
        let Err(Error::Http(answer)) = Client::try_connect(server.addr(), "/ws").await else {
            panic!("upgraded")
        };
        assert_eq!(answer.status(), status);
        let header = answer.headers().get("retry-after").map(|value| value.to_str().unwrap());
        assert_eq!(header, retry_after);
    }
    Client::connect(server.addr(), "/ws").await;
}

#[tokio::test]
async fn garbage_is_no_frame() {
    let (server, mut client) = connected().await;
    server.faults().apply(Fault::Garbage).await.unwrap();
    assert!(matches!(client.next().await, Some(Err(Error::Protocol(_) | Error::Capacity(_)))));
}

#[tokio::test]
async fn restart_cuts_everything_and_comes_back_on_the_same_port() {
    let (server, mut client) = connected().await;
    client.send(r#"{"client":"a","seq":1}"#).await;
    client.text().await;
    let addr = server.addr();
    server.faults().apply(Fault::Restart { down_ms: 200 }).await.unwrap();
    assert_eq!(client.end_of_bytes().await.unwrap(), 0);
    assert!(matches!(Client::try_connect(addr, "/ws").await, Err(Error::Io(_))), "it is down");

    server.restart(Duration::from_millis(20)).await;
    let mut client = Client::connect(addr, "/ws").await;
    client.send("back").await;
    assert_eq!(client.text().await, "back");
    assert_eq!(server.stats().clients["a"].unique, 1, "counts survive a restart");
}

#[tokio::test]
async fn stop_and_drop_free_the_port() {
    let (server, client) = connected().await;
    let addr = server.addr();
    server.stop().await;
    assert_eq!(client.end_of_bytes().await.unwrap(), 0);
    std::net::TcpListener::bind(addr).unwrap();

    let (server, client) = connected().await;
    drop(server);
    assert_eq!(client.end_of_bytes().await.unwrap(), 0);
}

#[tokio::test]
async fn servers_in_one_process_are_apart() {
    let (one, mut client) = connected().await;
    let (other, _) = connected().await;
    other.faults().apply(Fault::Cut).await.unwrap();
    client.send("unharmed").await;
    assert_eq!(client.text().await, "unharmed");
    within(one.stop()).await;
}

#[tokio::test]
async fn values_out_of_range_are_refused() {
    let (server, _) = connected().await;
    let wrong = [
        Fault::Bandwidth { bytes_per_second: 0, direction: Direction::Both, for_ms: None },
        Fault::Delay { ms: u64::MAX, jitter_ms: 0, direction: Direction::Both, for_ms: None },
        Fault::HttpStatus { status: 99, retry_after: None, times: None },
        Fault::HttpStatus { status: 503, retry_after: Some("1\r\nX: y".to_owned()), times: None },
        Fault::Close { code: 1000, reason: "x".repeat(124) },
    ];
    for fault in wrong {
        assert!(server.faults().apply(fault.clone()).await.is_err(), "{fault:?}");
    }
    for _ in 0..64 {
        let fault = Fault::HttpStatus { status: 503, retry_after: None, times: None };
        server.faults().apply(fault).await.unwrap();
    }
    let one_more = Fault::HttpStatus { status: 503, retry_after: None, times: None };
    assert!(server.faults().apply(one_more).await.is_err());
}

#[tokio::test]
async fn faults_work_together() {
    let server = TestServer::start(Config::default()).await.unwrap();
    let narrow = Fault::Bandwidth { bytes_per_second: 2000, direction: Direction::Outbound, for_ms: None };
    server.faults().apply(narrow).await.unwrap();
    server.faults().apply(Fault::Silence { for_ms: None }).await.unwrap();
    let mut client = Client::connect(server.addr(), "/ws").await;
    client.ping().await;
    client.send("through the eye of a needle").await;
    assert_eq!(client.text().await, "through the eye of a needle");
    server.faults().apply(Fault::Close { code: 1013, reason: String::new() }).await.unwrap();
    match client.next().await {
        Some(Ok(Message::Close(Some(frame)))) => assert_eq!(u16::from(frame.code), 1013),
        other => panic!("{other:?}"),
    }
    assert!(client.next().await.is_none());
}
