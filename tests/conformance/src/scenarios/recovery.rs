//! Connection state recovery, against npm `socket.io`.

use rejoin_test_server::{FaultKind, FaultProxy};
use serde_json::{Value, json};

use super::{Scenario, scenario};
use crate::client::Client;
use crate::peer::Peer;
use crate::stage::{Stage, fault};
use crate::verdict::{Verdict, same};

pub(super) const SCENARIOS: &[Scenario] = &[
    scenario!(
        missed_events_arrive,
        "what was emitted during a short loss arrives, and the client says that it resumed"
    ),
    scenario!(a_second_time, "recovery works on the second loss too"),
    scenario!(says_when_it_does_not, "a server without recovery gives a session that is not resumed"),
    scenario!(
        nothing_received_yet,
        "a loss before any event is not called resumed when the server refuses recovery"
    ),
    scenario!(offsets_stay_inside, "the server's offsets appear in no event's arguments"),
    scenario!(not_after_a_disconnect, "after a disconnect of its own the client begins a new session"),
];

struct Scene {
    peer: Peer,
    proxy: FaultProxy,
    client: Client,
}

impl Scene {
    async fn new(t: &Stage, recovery: bool) -> Verdict<Self> {
        let (peer, proxy) = t.node_socketio(json!({ "connectionStateRecovery": recovery })).await?;
        let client = t.socketio_at(&format!("http://{}", proxy.addr()), json!({})).await?;
        client.connect().await?;
        let connected = client.state("connected").await?;
        same("resumed, the first time", &connected["resumed"], false)?;
        client.next("namespace").await?;
        Ok(Self { peer, proxy, client })
    }

    async fn broadcast(&self, args: Value) -> Verdict {
        self.peer.tell(json!({ "op": "broadcast", "name": "news", "args": args })).await.map(drop)
    }

    /// Loses the link, and emits while it is away. Gives the namespace's next connection.
    async fn lose(&self, meanwhile: Value) -> Verdict<Value> {
        fault(self.proxy.faults(), json!({ "fault": "refuse" })).await?;
        self.peer.tell(json!({ "op": "disconnect_all" })).await?;
        self.client.state("waiting").await?;
        self.broadcast(meanwhile).await?;
        self.proxy.faults().lift(FaultKind::Refuse).await;
        self.client.next_where("namespace", |event| event["state"] == "connected").await
    }
}

async fn missed_events_arrive(t: Stage) -> Verdict {
    let scene = Scene::new(&t, true).await?;
    scene.broadcast(json!([1])).await?;
    scene.client.hears_event("news", json!([1])).await?;
    same("the namespace resumed", &scene.lose(json!([2])).await?["resumed"], true)?;
    same("the client resumed", &scene.client.state("connected").await?["resumed"], true)?;
    scene.client.hears_event("news", json!([2])).await?;
    scene.broadcast(json!([3])).await?;
    scene.client.hears_event("news", json!([3])).await?;
    let recovered = scene.peer.tell(json!({ "op": "stats" })).await?;
    same("sessions that the server recovered", &recovered["recovered"], 1)
}

async fn a_second_time(t: Stage) -> Verdict {
    let scene = Scene::new(&t, true).await?;
    scene.broadcast(json!([0])).await?;
    scene.client.hears_event("news", json!([0])).await?;
    for i in 1..=2 {
        same("resumed", &scene.lose(json!([i])).await?["resumed"], true)?;
        scene.client.hears_event("news", json!([i])).await?;
    }
    Ok(())
}

async fn says_when_it_does_not(t: Stage) -> Verdict {
    let scene = Scene::new(&t, false).await?;
    scene.broadcast(json!([1])).await?;
    scene.client.hears_event("news", json!([1])).await?;
    same("resumed", &scene.lose(json!([2])).await?["resumed"], false)?;
    scene.broadcast(json!([3])).await?;
    scene.client.hears_event("news", json!([3])).await.map(drop)
}

async fn nothing_received_yet(t: Stage) -> Verdict {
    let scene = Scene::new(&t, true).await?;
    same("resumed", &scene.lose(json!([1])).await?["resumed"], false)
}

async fn offsets_stay_inside(t: Stage) -> Verdict {
    let scene = Scene::new(&t, true).await?;
    for args in [json!([]), json!(["text"]), json!([1, { "$base64": "AQ==" }])] {
        scene.broadcast(args.clone()).await?;
        scene.client.hears_event("news", args).await?;
    }
    Ok(())
}

async fn not_after_a_disconnect(t: Stage) -> Verdict {
    let scene = Scene::new(&t, true).await?;
    scene.broadcast(json!([1])).await?;
    scene.client.hears_event("news", json!([1])).await?;
    scene.client.disconnect().await?;
    scene.client.connect().await?;
    let again = scene.client.next_where("namespace", |event| event["state"] == "connected").await?;
    same("resumed", &again["resumed"], false)
}
