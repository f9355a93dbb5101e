//! Every payload arrives as it was sent.

use serde_json::{Value, json};

use super::{Scenario, scenario};
use crate::stage::Stage;
use crate::verdict::{Verdict, ensure, equal};

pub(super) const SCENARIOS: &[Scenario] = &[
    scenario!(plain_binary, "a binary message comes back as binary, byte by byte, an empty one too"),
    scenario!(
        plain_text,
        "text comes back as it is: empty, emoji, line separators, text that looks like JSON"
    ),
    scenario!(large_message, "a message of 300 KB comes back whole"),
    scenario!(
        too_large_from_the_server,
        "a message above max_message_bytes ends the link with too_big, not the client"
    ),
    scenario!(
        nested_attachments,
        "binary values at any depth of an event's arguments come back in their places"
    ),
    scenario!(
        awkward_attachments,
        "attachments that are empty, equal, or look like packets come back as they are"
    ),
    scenario!(many_attachments, "an event with 50 attachments comes back whole"),
    scenario!(binary_acknowledgement, "an acknowledgement can hold binary values"),
    scenario!(binary_from_node, "binary values that npm socket.io emits arrive in their places"),
    scenario!(placeholder_is_data, "what looks like a placeholder in an event without attachments is data"),
    scenario!(awkward_json, "numbers, unicode and empty values in arguments come back as they are"),
];

async fn plain_binary(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.connected(&server, json!({})).await?;
    for base64 in ["AAEC/f7/", "Hh4eNA==", ""] {
        client.call("send", json!({ "base64": base64 })).await?;
        equal("the message", client.next("message").await?["base64"].as_str(), Some(base64))?;
    }
    Ok(())
}

async fn plain_text(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.connected(&server, json!({})).await?;
    for text in ["", "é 🦀 \u{2028}\u{0}", "{\"seq\":1}", "null", "2", " \n"] {
        client.echoes(text).await?;
    }
    Ok(())
}

async fn large_message(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.connected(&server, json!({})).await?;
    client.echoes(&"0123456789".repeat(30_000)).await
}

async fn too_large_from_the_server(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.connected(&server, json!({ "max_message_bytes": 1000 })).await?;
    client.send(&"x".repeat(5000)).await?;
    client.state_because("waiting", "too_big").await?;
    client.state("connected").await?;
    client.echoes("small").await?;
    ensure(client.drain("message").is_empty(), "the large one never arrived")
}

/// Comes back as it is, and as an acknowledgement too.
async fn comes_back(t: &Stage, args: Value) -> Verdict {
    let server = t.server().await?;
    let client = t.connected_socketio(&server, json!({})).await?;
    client.emit("echo", args.clone()).await?;
    client.hears_event("echo", args.clone()).await?;
    equal("the acknowledgement", client.ask("ack", args.clone()).await?, args)
}

async fn nested_attachments(t: Stage) -> Verdict {
    let args =
        json!([{ "a": { "$base64": "AQ==" }, "b": [1, [{ "$base64": "Ag==" }]] }, { "$base64": "Aw==" }]);
    comes_back(&t, args).await
}

async fn awkward_attachments(t: Stage) -> Verdict {
    let blobs = ["", "AA==", "NDIx", "Hh4=", "Hh4=", "YlFRPT0="];
    comes_back(&t, blobs.iter().map(|blob| json!({ "$base64": blob })).collect()).await
}

async fn many_attachments(t: Stage) -> Verdict {
    comes_back(&t, vec![json!({ "$base64": "c2FtZQ==" }); 50].into()).await
}

async fn binary_acknowledgement(t: Stage) -> Verdict {
    let (_peer, proxy) = t.node_socketio(json!({})).await?;
    let client = t.socketio_at(&format!("http://{}", proxy.addr()), json!({})).await?;
    client.connect().await?;
    let args = json!(["x", { "$base64": "/wA=" }, { "$base64": "" }]);
    equal("the acknowledgement", client.ask("ack", args.clone()).await?, args)
}

async fn binary_from_node(t: Stage) -> Verdict {
    let (peer, proxy) = t.node_socketio(json!({})).await?;
    let client = t.socketio_at(&format!("http://{}", proxy.addr()), json!({})).await?;
    client.connect().await?;
    client.state("connected").await?;
    let args = json!([{ "first": { "$base64": "AQI=" } }, "between", { "$base64": "Hg==" }]);
    peer.tell(json!({ "op": "broadcast", "name": "news", "args": args })).await?;
    client.hears_event("news", args).await.map(drop)
}

async fn placeholder_is_data(t: Stage) -> Verdict {
    comes_back(&t, json!([{ "_placeholder": true, "num": 0 }, { "_placeholder": "no" }])).await
}

async fn awkward_json(t: Stage) -> Verdict {
    comes_back(
        &t,
        json!(["", null, {}, [], 9_007_199_254_740_991_i64, -0.5, "\u{2028}🦀\"\\", { "": [[[]]] }]),
    )
    .await
}
