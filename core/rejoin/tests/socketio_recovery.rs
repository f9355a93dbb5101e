//! Lost links and lost servers: connection state recovery, and retries, against Node's `socket.io`.
#![cfg(not(target_family = "wasm"))]
#![allow(clippy::unwrap_used, missing_docs)]

mod node;

use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use node::NodeServer;
use rejoin::socketio::{Client, Events, NamespaceEvent, NamespaceState};
use rejoin::{State, Subscription};
use rejoin_test_server::FaultProxy;
use serde_json::json;

struct Session {
    client: Client,
    events: Events,
    changes: Subscription<NamespaceEvent>,
}

async fn connect(url: &str) -> Session {
    let client = Client::builder(url)
        .configure(|config| {
            config.backoff.initial = Duration::from_millis(5);
            config.backoff.max = Duration::from_millis(20);
            config.outbox.max_messages = 10_000;
        })
        .build()
        .unwrap();
    let (events, changes) = (client.events(), client.namespace("/").changes());
    let mut session = Session { client, events, changes };
    session.client.connect().await.unwrap();
    assert!(!session.connected().await, "there was nothing to recover");
    session
}

impl Session {
    /// Waits for the next connection of the namespace: was it recovered?
    async fn connected(&mut self) -> bool {
        loop {
            if let NamespaceState::Connected { recovered, .. } = self.changes.next().await.unwrap().state {
                return recovered;
            }
        }
    }

    /// The next event's arguments, as they came.
    async fn args(&mut self) -> String {
        self.events.next().await.unwrap().raw_args().to_array()
    }
}

async fn server() -> NodeServer {
    NodeServer::start(json!({"connectionStateRecovery": true})).await
}

#[tokio::test]
async fn missed_events_arrive_once_and_in_order_on_every_drop() {
    let mut server = server().await;
    let mut session = connect(&server.url()).await;
    server.broadcast("news", json!(["before"])).await;
    assert_eq!(session.args().await, r#"["before"]"#);
    for drop in 1..=3 {
        server.cut_and_broadcast("news", &[json!([drop, "missed"]), json!([drop, {"n": 2}])]).await;
        assert!(session.connected().await, "drop {drop}");
        assert!(matches!(session.client.state(), State::Connected { resumed: true }));
        assert!(session.client.namespace("/").is_recovered());
        assert_eq!(session.args().await, format!(r#"[{drop},"missed"]"#));
        assert_eq!(session.args().await, format!(r#"[{drop},{{"n":2}}]"#));
        server.broadcast("news", json!([drop, "after"])).await;
        assert_eq!(session.args().await, format!(r#"[{drop},"after"]"#));
    }
    assert_eq!(server.stats().await["recovered"], 3);
}

/// Node refuses to recover a session whose client never got an event: the application must know, to fetch anew.
#[tokio::test]
async fn without_a_single_event_it_is_told_that_nothing_was_recovered() {
    let mut server = server().await;
    let mut session = connect(&server.url()).await;
    server.cut_and_broadcast("news", &[json!([1])]).await;
    assert!(!session.connected().await);
    assert!(matches!(session.client.state(), State::Connected { resumed: false }));
    // The new session is recovered in its turn.
    server.broadcast("news", json!([2])).await;
    assert_eq!(session.args().await, "[2]");
    server.cut_and_broadcast("news", &[json!([3])]).await;
    assert!(session.connected().await);
    assert_eq!(session.args().await, "[3]");
}

#[tokio::test]
async fn a_new_server_knows_no_session_and_its_own_is_recovered() {
    let mut first = server().await;
    let proxy = FaultProxy::start(first.addr()).await.unwrap();
    let mut session = connect(&format!("http://{}", proxy.addr())).await;
    first.broadcast("news", json!([1])).await;
    assert_eq!(session.args().await, "[1]");
    let mut second = server().await;
    proxy.set_upstream(second.addr());
    first.kill().await;
    assert!(!session.connected().await, "another pid");
    second.broadcast("news", json!([2])).await;
    assert_eq!(session.args().await, "[2]");
    second.cut_and_broadcast("news", &[json!([3])]).await;
    assert!(session.connected().await);
    assert_eq!(session.args().await, "[3]");
}

#[tokio::test]
async fn leaving_on_purpose_is_not_recovered() {
    let mut server = server().await;
    let mut session = connect(&server.url()).await;
    server.broadcast("news", json!([1])).await;
    assert_eq!(session.args().await, "[1]");
    session.client.disconnect().await;
    session.client.connect().await.unwrap();
    assert!(!session.connected().await);
    assert_eq!(server.stats().await["recovered"], 0);
}

const COUNT: u64 = 2_000;

/// Emits numbered events under way of which links are lost; each is tried until the server has confirmed it.
async fn emit_numbered(client: &Client, mut at: impl AsyncFnMut(u64)) -> (u64, u64) {
    let mut acks = FuturesUnordered::new();
    let (mut new, mut repeated) = (0, 0);
    for seq in 1..=COUNT {
        let event = json!({"client": "retries", "seq": seq});
        let emitter = client.emitter().retries(u32::MAX).timeout(Duration::from_secs(5));
        acks.push(emitter.emit_with_ack("numbered", event).unwrap());
        at(seq).await;
        while acks.len() >= 100 {
            let is_new: bool = acks.next().await.unwrap().unwrap().args().unwrap();
            *if is_new { &mut new } else { &mut repeated } += 1;
        }
    }
    while let Some(reply) = acks.next().await {
        let is_new: bool = reply.unwrap().args().unwrap();
        *if is_new { &mut new } else { &mut repeated } += 1;
    }
    (new, repeated)
}

#[tokio::test]
async fn links_lost_in_the_middle_of_traffic_lose_nothing() {
    let mut server = NodeServer::start(json!({})).await;
    let session = connect(&server.url()).await;
    let (new, repeated) = emit_numbered(&session.client, async |seq| {
        if seq % 500 == 250 {
            server.cut().await;
        }
    })
    .await;
    assert_eq!(new + repeated, COUNT);
    let seen = server.stats().await["clients"]["retries"].take();
    assert_eq!((seen["unique"].as_u64(), seen["high"].as_u64()), (Some(COUNT), Some(COUNT)), "{seen}");
    assert_eq!(seen["reordered"], 0, "{seen}");
    assert!(session.client.stats().connects > 4);
}

#[tokio::test]
async fn a_server_killed_in_the_middle_of_traffic_is_replaced_and_nothing_is_lost() {
    let mut first = Some(NodeServer::start(json!({})).await);
    let mut second = NodeServer::start(json!({})).await;
    let proxy = FaultProxy::start(first.as_ref().unwrap().addr()).await.unwrap();
    let session = connect(&format!("http://{}", proxy.addr())).await;
    let (new, repeated) = emit_numbered(&session.client, async |seq| {
        if seq == COUNT / 2 {
            proxy.set_upstream(second.addr());
            first.take().unwrap().kill().await;
        }
    })
    .await;
    assert_eq!((new, repeated), (COUNT, 0), "each was confirmed, by the one server or the other");
    let seen = second.stats().await["clients"]["retries"].take();
    assert_eq!((seen["high"].as_u64(), seen["duplicates"].as_u64()), (Some(COUNT), Some(0)), "{seen}");
    assert!(seen["unique"].as_u64().unwrap() >= COUNT / 2, "{seen}");
}
