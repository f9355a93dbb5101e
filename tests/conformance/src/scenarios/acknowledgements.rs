//! Questions and answers, both ways.

use rejoin_test_server::FaultKind;
use serde_json::json;

use super::{Scenario, scenario};
use crate::stage::{Stage, fault};
use crate::verdict::{Verdict, ensure, equal, same};

pub(super) const SCENARIOS: &[Scenario] = &[
    scenario!(answers_arrive, "an acknowledgement brings its arguments, however many there are"),
    scenario!(each_gets_its_own, "of many events under way each gets its own acknowledgement"),
    scenario!(waits_for_the_connection, "an event emitted before connecting is acknowledged after it"),
    scenario!(
        times_out,
        "an acknowledgement that does not come is ack_timeout, and a later event is answered"
    ),
    scenario!(sent_again_over_a_lost_link, "with retries an event is answered although its link was lost"),
    scenario!(lost_link_without_retries, "without retries an event whose link was lost is unconfirmed"),
    scenario!(client_answers, "the server's question is answered with what the application says"),
    scenario!(client_answers_with_binary, "an answer can hold binary values"),
    scenario!(
        question_without_answer,
        "a question that is not answered ends the wait on the server, not the link"
    ),
    scenario!(late_answer_is_refused, "an answer to a session that is over is not_connected"),
    scenario!(no_acknowledgement_asked, "an event that asks for no acknowledgement gets none"),
];

async fn answers_arrive(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.connected_socketio(&server, json!({})).await?;
    for args in [json!([]), json!([null]), json!(["a", 1, { "b": [true] }])] {
        equal("the acknowledgement", client.ask("ack", args.clone()).await?, args)?;
    }
    Ok(())
}

async fn each_gets_its_own(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.connected_socketio(&server, json!({})).await?;
    let asked: Vec<_> =
        (0..50).map(|i| client.begin("emit", json!({ "name": "ack", "args": [i], "ack": true }))).collect();
    for (i, asked) in asked.into_iter().enumerate() {
        same("the acknowledgement", &asked.ok().await?["ack"], json!([i]))?;
    }
    Ok(())
}

async fn waits_for_the_connection(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.socketio(&server, json!({ "ack_timeout_ms": 20_000 })).await?;
    let asked = client.begin("emit", json!({ "name": "ack", "args": ["early"], "ack": true }));
    client.connect().await?;
    same("the acknowledgement", &asked.ok().await?["ack"], json!(["early"]))
}

async fn times_out(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.connected_socketio(&server, json!({})).await?;
    let fields = json!({ "name": "unheard", "ack": true, "timeout_ms": 50 });
    client.refused("emit", fields, "ack_timeout").await?;
    equal("the acknowledgement", client.ask("ack", json!(["next"])).await?, json!(["next"]))
}

async fn sent_again_over_a_lost_link(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.connected_socketio(&server, json!({})).await?;
    fault(server.faults(), json!({ "fault": "freeze" })).await?;
    let before = client.stat("frames_sent").await?;
    let fields = json!({ "name": "ack", "args": [1], "ack": true, "retries": 5, "timeout_ms": 20_000 });
    let asked = client.begin("emit", fields);
    client.stat_reaches("frames_sent", before + 1).await?;
    fault(server.faults(), json!({ "fault": "reset" })).await?;
    server.faults().lift(FaultKind::Freeze).await;
    same("the acknowledgement", &asked.ok().await?["ack"], json!([1]))
}

async fn lost_link_without_retries(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.connected_socketio(&server, json!({})).await?;
    fault(server.faults(), json!({ "fault": "freeze" })).await?;
    let before = client.stat("frames_sent").await?;
    let asked = client.begin("emit", json!({ "name": "ack", "ack": true, "timeout_ms": 20_000 }));
    client.stat_reaches("frames_sent", before + 1).await?;
    fault(server.faults(), json!({ "fault": "reset" })).await?;
    asked.error("unconfirmed").await.map(drop)
}

async fn client_answers(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.connected_socketio(&server, json!({})).await?;
    client.emit("ask", json!(["how", 1])).await?;
    let question = client.hears_event("question", json!(["how", 1])).await?;
    ensure(question["ack"].is_u64(), "a question has a number for its answer")?;
    client.call("ack", json!({ "ack": question["ack"], "args": ["so", 2] })).await?;
    let answered = client.next_where("event", |event| event["name"] == "answered").await?;
    same("what the server got", &answered["args"], json!(["so", 2]))
}

async fn client_answers_with_binary(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.connected_socketio(&server, json!({})).await?;
    client.emit("ask", json!([])).await?;
    let question = client.next("event").await?;
    let binary = json!([{ "$base64": "AP8eNA==" }]);
    client.call("ack", json!({ "ack": question["ack"], "args": binary })).await?;
    let answered = client.next_where("event", |event| event["name"] == "answered").await?;
    same("what the server got", &answered["args"], binary)
}

async fn question_without_answer(t: Stage) -> Verdict {
    let wait = std::time::Duration::from_millis(50);
    let server = t.server_with(|config| config.limits.ack_timeout = wait).await?;
    let client = t.connected_socketio(&server, json!({})).await?;
    client.emit("ask", json!([])).await?;
    let answered = client.next_where("event", |event| event["name"] == "answered").await?;
    same("what the server got", &answered["args"][0], json!(null))?;
    client.connected_times(1).await
}

async fn late_answer_is_refused(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.connected_socketio(&server, json!({})).await?;
    client.emit("ask", json!([])).await?;
    let question = client.next("event").await?;
    fault(server.faults(), json!({ "fault": "cut" })).await?;
    client.state("waiting").await?;
    client.state("connected").await?;
    client.refused("ack", json!({ "ack": question["ack"], "args": [] }), "not_connected").await.map(drop)
}

async fn no_acknowledgement_asked(t: Stage) -> Verdict {
    let server = t.server().await?;
    let client = t.connected_socketio(&server, json!({})).await?;
    let answer = client.call("emit", json!({ "name": "ack", "args": [1] })).await?;
    ensure(answer.get("ack").is_none(), format!("nothing was asked for: {answer}"))?;
    client.emit("echo", json!([2])).await?;
    let echoed = client.hears_event("echo", json!([2])).await?;
    ensure(echoed.get("ack").is_none(), "the server asks for no answer")
}
