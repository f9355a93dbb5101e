//! A running agent: requests go in, answers and events come out.

use std::collections::HashMap;
use std::process::Stdio;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::timeout;

use crate::log::{DEADLINE, Log};
use crate::platform::Platform;
use crate::verdict::{Verdict, equal};

/// The first start of an agent may build its package.
const START: Duration = Duration::from_secs(20 * 60);

/// One process; scenarios share it, each with clients of its own.
#[derive(Debug)]
pub(crate) struct Agent {
    requests: mpsc::UnboundedSender<String>,
    shared: Arc<Shared>,
    exit: watch::Receiver<Option<bool>>,
    platform: Platform,
    last_id: AtomicU64,
}

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    answers: HashMap<u64, oneshot::Sender<Value>>,
    /// Who waits for the answer to a line without an id.
    nameless: Option<oneshot::Sender<Value>>,
    logs: HashMap<String, Arc<Log>>,
    ended: bool,
}

/// The answer to a request that was sent.
#[derive(Debug)]
pub(crate) struct Pending {
    answer: oneshot::Receiver<Value>,
    request: String,
    limit: Duration,
}

impl Agent {
    /// Starts `cargo xtask agent NAME` and waits until it answers.
    pub(crate) async fn start(name: &str) -> Verdict<Self> {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut child = Command::new(cargo)
            .args(["xtask", "agent", name])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err("the agent has no pipes".into());
        };
        let shared = Arc::new(Shared::default());
        let (requests, lines) = mpsc::unbounded_channel();
        tokio::spawn(write(lines, input));
        let exit = watch::Sender::new(None);
        let watching = exit.subscribe();
        tokio::spawn(read(output, child, shared.clone(), exit));
        let mut agent = Self {
            requests,
            shared,
            exit: watching,
            platform: Platform::new(name),
            last_id: AtomicU64::new(0),
        };
        let hello = Pending { limit: START, ..agent.begin("hello", json!({})) }
            .ok()
            .await
            .map_err(|error| format!("it did not start: {error}"))?;
        let platform = hello["platform"].as_str().ok_or("hello has no platform")?;
        agent.platform = Platform::new(platform);
        equal("hello's platform", platform, name)?;
        Ok(agent)
    }

    pub(crate) fn platform(&self) -> &Platform {
        &self.platform
    }

    pub(crate) fn is_running(&self) -> bool {
        !self.shared.state().ended
    }

    /// Sends a request; requests are begun in this order.
    pub(crate) fn begin(&self, op: &str, fields: Value) -> Pending {
        let id = self.last_id.fetch_add(1, Ordering::Relaxed) + 1;
        let mut request = fields;
        request["id"] = id.into();
        request["op"] = op.into();
        let (sender, answer) = oneshot::channel();
        {
            let mut state = self.shared.state();
            if !state.ended {
                state.answers.insert(id, sender);
            }
        }
        self.write(request.to_string());
        Pending { answer, request: op.to_owned(), limit: DEADLINE }
    }

    /// Sends a line that is no request, and gives the answer to it. One scenario at a time does so.
    pub(crate) fn send_line(&self, line: &str) -> Pending {
        let (sender, answer) = oneshot::channel();
        self.shared.state().nameless = Some(sender);
        self.write(line.to_owned());
        Pending { answer, request: line.to_owned(), limit: DEADLINE }
    }

    /// What the agent tells of a client from now on.
    pub(crate) fn follow(&self, client: &str) -> Arc<Log> {
        let log = Arc::new(Log::new());
        self.shared.state().logs.insert(client.to_owned(), log.clone());
        log
    }

    pub(crate) fn unfollow(&self, client: &str) {
        self.shared.state().logs.remove(client);
    }

    /// Ends its input, and tells whether it ended well.
    pub(crate) async fn end(self) -> Verdict<bool> {
        let Self { requests, mut exit, .. } = self;
        drop(requests);
        let ended = timeout(DEADLINE, exit.wait_for(Option::is_some)).await;
        let ended = ended.map_err(|_| "the agent does not end with its input")?;
        Ok(ended.is_ok_and(|well| *well == Some(true)))
    }

    fn write(&self, line: String) {
        // An agent that is gone shows in the answer that does not come.
        let _ = self.requests.send(line);
    }
}

impl Pending {
    /// The answer, which must not be an error.
    pub(crate) async fn ok(self) -> Verdict<Value> {
        let request = self.request.clone();
        let answer = self.answer().await?;
        match answer.get("ok") {
            Some(ok) => Ok(ok.clone()),
            None => Err(format!("{request} failed: {}", answer["error"]).into()),
        }
    }

    /// The answer, which must be an error of this code.
    pub(crate) async fn error(self, code: &str) -> Verdict<Value> {
        let request = self.request.clone();
        let answer = self.answer().await?;
        let Some(error) = answer.get("error") else {
            return Err(format!("{request} should fail with {code}, and answered {answer}").into());
        };
        equal(&format!("the error of {request} ({})", error["message"]), error["code"].as_str(), Some(code))?;
        let complete = error["message"].is_string() && error["retryable"].is_boolean();
        if complete {
            Ok(error.clone())
        } else {
            Err(format!("an error holds message and retryable: {error}").into())
        }
    }

    async fn answer(self) -> Verdict<Value> {
        match timeout(self.limit, self.answer).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(_)) => Err(format!("the agent ended before it answered {}", self.request).into()),
            Err(_) => Err(format!("{} was not answered", self.request).into()),
        }
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn hear(&self, line: &str) {
        let Ok(line) = serde_json::from_str::<Value>(line) else {
            return self.end();
        };
        let mut state = self.state();
        if line.get("event").is_some() {
            let log = line["client"].as_str().and_then(|client| state.logs.get(client)).cloned();
            drop(state);
            if let Some(log) = log {
                log.add(line);
            }
        } else {
            let waiting = match line["id"].as_u64() {
                Some(id) => state.answers.remove(&id),
                None => state.nameless.take(),
            };
            if let Some(waiting) = waiting {
                // A scenario that has failed no longer waits.
                let _ = waiting.send(line);
            }
        }
    }

    fn end(&self) {
        let mut state = self.state();
        state.ended = true;
        state.answers.clear();
        state.nameless = None;
        state.logs.values().for_each(|log| log.end());
    }
}

async fn write(mut lines: mpsc::UnboundedReceiver<String>, mut input: ChildStdin) {
    while let Some(line) = lines.recv().await {
        if input.write_all(format!("{line}\n").as_bytes()).await.is_err() {
            return;
        }
    }
}

async fn read(output: ChildStdout, mut child: Child, shared: Arc<Shared>, exit: watch::Sender<Option<bool>>) {
    let mut lines = BufReader::new(output).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        shared.hear(&line);
    }
    shared.end();
    let status = child.wait().await;
    exit.send_replace(Some(status.is_ok_and(|status| status.success())));
}
