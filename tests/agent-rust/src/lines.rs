//! Standard output: whole lines, in the order in which they were said.

use std::io::Write;
use std::thread::JoinHandle;

use rejoin::Error;
use serde_json::{Map, Value, json};
use tokio::sync::mpsc;

/// Says lines; cloning is cheap.
#[derive(Clone, Debug)]
pub(crate) struct Lines(mpsc::UnboundedSender<String>);

/// Starts the writer, which ends after the last [`Lines`] is gone.
pub(crate) fn start() -> (Lines, JoinHandle<()>) {
    let (sender, mut receiver) = mpsc::unbounded_channel::<String>();
    let writer = std::thread::spawn(move || {
        let mut out = std::io::BufWriter::new(std::io::stdout().lock());
        while let Some(line) = receiver.blocking_recv() {
            let mut said = writeln!(out, "{line}");
            while let Ok(line) = receiver.try_recv() {
                said = said.and_then(|()| writeln!(out, "{line}"));
            }
            if said.and_then(|()| out.flush()).is_err() {
                return;
            }
        }
    });
    (Lines(sender), writer)
}

impl Lines {
    /// The answer to a request. `id` is null where the line had none.
    pub(crate) fn answer(&self, id: &Value, answer: Result<Value, Error>) {
        self.say(match answer {
            Ok(ok) => json!({ "id": id, "ok": ok }),
            Err(error) => {
                let (code, retryable) = (error.code().as_str(), error.is_retryable());
                json!({ "id": id, "error": { "code": code, "message": error.message(), "retryable": retryable } })
            }
        });
    }

    /// What happened by itself.
    pub(crate) fn event(&self, event: &str, client: &str, fields: Map<String, Value>) {
        let mut line = Map::new();
        line.insert("event".to_owned(), event.into());
        line.insert("client".to_owned(), client.into());
        line.extend(fields);
        self.say(Value::Object(line));
    }

    fn say(&self, line: Value) {
        // Nobody reads any more only when the agent ends.
        let _ = self.0.send(line.to_string());
    }
}

/// The fields of an event or answer, from `json!({…})`.
pub(crate) fn fields(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(fields) => fields,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => Map::new(),
    }
}
