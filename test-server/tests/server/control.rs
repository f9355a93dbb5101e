use std::net::SocketAddr;

use rejoin_test_server::{Config, TestServer};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Error;

use crate::client::{Client, http};

async fn server() -> (TestServer, SocketAddr) {
    let server = TestServer::start(Config::default()).await.unwrap();
    let control = server.control_url();
    let addr = control.strip_prefix("http://").unwrap().strip_suffix("/control").unwrap().parse().unwrap();
    (server, addr)
}

fn json_of(answer: &str) -> Value {
    serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
}

#[tokio::test]
async fn faults_are_struck_listed_and_lifted() {
    let (server, control) = server().await;
    let fault = json!({ "fault": "http_status", "status": 429, "retry_after": "7" });
    assert_eq!(http(control, "POST", "/control/fault", &fault.to_string()).await.0, 204);
    let (status, answer) = http(control, "GET", "/control/faults", "").await;
    assert_eq!(status, 200);
    assert_eq!(json_of(&answer)[0]["status"], 429);
    let Err(Error::Http(refused)) = Client::try_connect(server.addr(), "/ws").await else {
        panic!("upgraded")
    };
    assert_eq!(refused.status(), 429);

    assert_eq!(http(control, "POST", "/control/lift", r#"{"kind":"http_status"}"#).await.0, 204);
    Client::connect(server.addr(), "/ws").await;

    http(control, "POST", "/control/fault", r#"{"fault":"silence"}"#).await;
    assert_eq!(server.faults().in_force().len(), 1);
    assert_eq!(http(control, "DELETE", "/control/faults", "").await.0, 204);
    assert!(server.faults().in_force().is_empty());
}

#[tokio::test]
async fn stats_are_told_and_reset() {
    let (server, control) = server().await;
    let mut client = Client::connect(server.addr(), "/ws").await;
    client.send(r#"{"client":"a","seq":3}"#).await;
    client.text().await;
    let (_, answer) = http(control, "GET", "/control/stats", "").await;
    let stats = json_of(&answer);
    assert_eq!(stats["connections_open"], 1);
    assert_eq!(stats["upgrades"], 1);
    let expected = json!({ "received": 1, "unique": 1, "duplicates": 0, "reordered": 0, "high": 3 });
    assert_eq!(stats["clients"]["a"], expected);
    assert_eq!(http(control, "DELETE", "/control/stats", "").await.0, 204);
    assert!(server.stats().clients.is_empty());
}

#[tokio::test]
async fn every_fault_has_a_name_in_json() {
    let (server, control) = server().await;
    let faults = [
        json!({ "fault": "freeze", "direction": "inbound", "for_ms": 1 }),
        json!({ "fault": "delay", "ms": 1, "jitter_ms": 1, "direction": "outbound" }),
        json!({ "fault": "bandwidth", "bytes_per_second": 1_000_000 }),
        json!({ "fault": "silence", "for_ms": 1 }),
        json!({ "fault": "refuse", "for_ms": 1 }),
        json!({ "fault": "http_status", "status": 503, "times": 1 }),
        json!({ "fault": "cut" }),
        json!({ "fault": "reset" }),
        json!({ "fault": "close", "code": 1001 }),
        json!({ "fault": "garbage" }),
        json!({ "fault": "restart" }),
    ];
    for fault in faults {
        let (status, answer) = http(control, "POST", "/control/fault", &fault.to_string()).await;
        assert_eq!(status, 204, "{fault}: {answer}");
    }
    drop(server);
}

#[tokio::test]
async fn nonsense_is_refused_with_the_reason() {
    let (server, control) = server().await;
    for (fault, reason) in [
        (r#"{"fault":"bandwidth","bytes_per_second":0}"#, "bytes_per_second"),
        (r#"{"fault":"earthquake"}"#, "earthquake"),
        (r#"{"fault":"freeze","for":9}"#, "for_ms"),
        (r#"{"fault":"close","code":70000}"#, "70000"),
    ] {
        let (status, answer) = http(control, "POST", "/control/fault", fault).await;
        assert_eq!(status, 422, "{answer}");
        assert!(answer.contains(reason), "{answer}");
    }
    assert_eq!(http(control, "POST", "/control/fault", "not JSON").await.0, 400);
    let long = format!(r#"{{"fault":"close","code":1000,"reason":"{}"}}"#, "x".repeat(100_000));
    assert_eq!(http(control, "POST", "/control/fault", &long).await.0, 413);
    assert!(server.faults().in_force().is_empty());
}

#[tokio::test]
async fn the_routes_are_told_and_all_of_them_exist() {
    let (_server, control) = server().await;
    let (status, answer) = http(control, "GET", "/control", "").await;
    assert_eq!(status, 200);
    let routes = answer.split_once("\r\n\r\n").unwrap().1;
    for route in routes.lines() {
        let mut words = route.split_whitespace();
        let (method, path) = (words.next().unwrap(), words.next().unwrap());
        let (status, _) = http(control, method, path, "").await;
        assert!(![404, 405].contains(&status), "{route}: {status}");
    }
}

#[tokio::test]
async fn the_control_api_is_for_this_machine_only() {
    let config = Config { control_addr: "0.0.0.0:0".parse().unwrap(), ..Config::default() };
    let error = TestServer::start(config).await.unwrap_err();
    assert!(error.to_string().contains("loopback"), "{error}");
}
