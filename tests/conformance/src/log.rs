//! What an agent told of one client, kept until a scenario asks for it.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::Value;
use tokio::sync::watch;
use tokio::time::timeout;

use crate::verdict::Verdict;

/// Longer than anything takes on a busy machine: a scenario that reaches it has failed.
pub(crate) const DEADLINE: Duration = Duration::from_secs(30);
/// Enough to see in a failure what went before it.
const HISTORY: usize = 12;

#[derive(Debug)]
pub(crate) struct Log {
    events: Mutex<Events>,
    changed: watch::Sender<()>,
}

#[derive(Debug, Default)]
struct Events {
    waiting: BTreeMap<String, VecDeque<Value>>,
    last: VecDeque<String>,
    ended: bool,
}

impl Log {
    pub(crate) fn new() -> Self {
        Self { events: Mutex::default(), changed: watch::Sender::new(()) }
    }

    pub(crate) fn add(&self, event: Value) {
        let kind = event["event"].as_str().unwrap_or_default().to_owned();
        let mut events = self.events();
        if events.last.len() == HISTORY {
            events.last.pop_front();
        }
        events.last.push_back(shorten(&event));
        events.waiting.entry(kind).or_default().push_back(event);
        drop(events);
        self.changed.send_replace(());
    }

    /// The agent is gone: nothing follows.
    pub(crate) fn end(&self) {
        self.events().ended = true;
        self.changed.send_replace(());
    }

    /// The first event of a kind that is wanted; those of that kind before it are forgotten.
    pub(crate) async fn next(&self, kind: &str, wanted: impl Fn(&Value) -> bool) -> Verdict<Value> {
        self.wait(kind, |events| {
            while let Some(event) = events.pop_front() {
                if wanted(&event) {
                    return Some(event);
                }
            }
            None
        })
        .await
    }

    /// The first event of a kind that is wanted; those before it stay.
    pub(crate) async fn pick(&self, kind: &str, wanted: impl Fn(&Value) -> bool) -> Verdict<Value> {
        self.wait(kind, |events| {
            let at = events.iter().position(&wanted)?;
            events.remove(at)
        })
        .await
    }

    /// All of a kind that nobody asked for yet.
    pub(crate) fn drain(&self, kind: &str) -> Vec<Value> {
        self.events().waiting.remove(kind).unwrap_or_default().into()
    }

    async fn wait(
        &self,
        kind: &str,
        mut take: impl FnMut(&mut VecDeque<Value>) -> Option<Value>,
    ) -> Verdict<Value> {
        let mut changed = self.changed.subscribe();
        let waiting = async {
            loop {
                let ended = {
                    let mut events = self.events();
                    if let Some(found) = events.waiting.get_mut(kind).and_then(&mut take) {
                        return Some(found);
                    }
                    events.ended
                };
                if ended || changed.changed().await.is_err() {
                    return None;
                }
            }
        };
        match timeout(DEADLINE, waiting).await {
            Ok(Some(found)) => Ok(found),
            Ok(None) => Err(format!("the agent ended; {}", self.history()).into()),
            Err(_) => Err(format!("no such `{kind}` in {DEADLINE:?}; {}", self.history()).into()),
        }
    }

    pub(crate) fn history(&self) -> String {
        let events = self.events();
        let last: Vec<_> = events.last.iter().map(String::as_str).collect();
        if last.is_empty() {
            "nothing had happened".to_owned()
        } else {
            format!("the last events: {}", last.join(" "))
        }
    }

    fn events(&self) -> MutexGuard<'_, Events> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn shorten(event: &Value) -> String {
    let text = event.to_string();
    match text.char_indices().nth(200) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
