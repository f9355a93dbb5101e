//! The client's values as the fields of lines.

use rejoin::{Clock, Error, State, Stats};
use serde_json::{Map, Value, json};

use crate::lines::fields;

/// A state, with what applies to it.
pub(crate) fn state(state: &State, clock: Clock) -> Map<String, Value> {
    let mut shown = fields(json!({ "state": state.as_str() }));
    let more = match state {
        State::Disconnected { reason: None } | State::Disconnecting => Value::Null,
        State::Disconnected { reason: Some(reason) } => json!({ "reason": error(reason) }),
        State::Connecting { attempt, phase } => json!({ "attempt": attempt, "phase": phase.as_str() }),
        State::Connected { resumed } => json!({ "resumed": resumed }),
        State::Waiting { attempt, retry_at, cause } => {
            let retry_in = retry_at.since(clock.now()).as_millis();
            json!({ "attempt": attempt, "retry_in_ms": u64::try_from(retry_in).unwrap_or(u64::MAX), "reason": error(cause) })
        }
    };
    shown.extend(fields(more));
    shown
}

/// An error as part of an event.
pub(crate) fn error(error: &Error) -> Value {
    let mut shown = fields(json!({
        "code": error.code().as_str(), "message": error.message(), "retryable": error.is_retryable(),
    }));
    if let Some(code) = error.close_code() {
        shown.insert("close_code".to_owned(), code.into());
    }
    Value::Object(shown)
}

/// A client's statistics, as they are.
pub(crate) fn stats(stats: &Stats) -> Map<String, Value> {
    let Stats {
        attempts,
        connects,
        frames_sent,
        frames_received,
        outbox_messages,
        outbox_bytes,
        unobserved,
        handler_panics,
    } = stats;
    fields(json!({
        "attempts": attempts, "connects": connects,
        "frames_sent": frames_sent, "frames_received": frames_received,
        "outbox_messages": outbox_messages, "outbox_bytes": outbox_bytes,
        "unobserved": unobserved, "handler_panics": handler_panics,
    }))
}
