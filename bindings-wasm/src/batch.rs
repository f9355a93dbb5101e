//! What happened in one turn, on its way to JavaScript in one call.
//!
//! Records are JSON, one array, so that the engine's own parser reads them all at once; what JSON cannot hold goes
//! beside it, as payloads. `js/src/records.ts` is the other half.

use std::fmt::Write;

use bytes::Bytes;
use js_sys::{Array, Uint8Array};
use rejoin_proto::{Error, Receipt, State, Timestamp, json};
use wasm_bindgen::JsValue;

/// The first item of a record.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    State = 1,
    Receipt = 2,
    Event = 3,
    Ack = 4,
    NamespaceConnected = 5,
    NamespaceDisconnected = 6,
    Credentials = 7,
    Rejoin = 8,
    /// What JavaScript waits for to know that it was told all that happened before.
    Mark = 9,
}

#[derive(Debug, Default)]
pub(crate) struct Batch {
    records: String,
    payloads: Vec<JsValue>,
}

impl Batch {
    pub(crate) fn is_empty(&self) -> bool {
        self.records.is_empty() && self.payloads.is_empty()
    }

    /// The records, empty if each payload is a plain message; and the payloads.
    pub(crate) fn finish(mut self) -> (String, Array) {
        if !self.records.is_empty() {
            self.records.push(']');
        }
        (self.records, self.payloads.into_iter().collect())
    }

    /// A message of a plain WebSocket, as JavaScript gave it.
    pub(crate) fn message(&mut self, payload: JsValue) {
        if !self.records.is_empty() {
            self.records.push_str(",0");
        }
        self.payloads.push(payload);
    }

    pub(crate) fn record(&mut self, kind: Kind) -> Record<'_> {
        if self.records.is_empty() {
            // So far there were only messages, which need no records among themselves.
            self.records.push('[');
            for _ in 0..self.payloads.len() {
                self.records.push_str("0,");
            }
        } else {
            self.records.push(',');
        }
        self.records.push('[');
        self.records.push(char::from(b'0' + kind as u8));
        Record { batch: self }
    }

    pub(crate) fn receipt(&mut self, receipt: &Receipt) {
        let record = self.record(Kind::Receipt).number(receipt.id.get()).string(receipt.outcome.as_str());
        if let Some(cause) = receipt.cause {
            record.string(cause.as_str());
        }
    }

    pub(crate) fn state(&mut self, state: &State, now: Timestamp) {
        let record = self.record(Kind::State).string(state.as_str());
        match state {
            State::Disconnected { reason: None } | State::Disconnecting => {}
            State::Disconnected { reason: Some(reason) } => {
                record.error(reason);
            }
            State::Connecting { attempt, phase } => {
                record.number(u64::from(*attempt)).string(phase.as_str());
            }
            State::Connected { resumed } => {
                record.flag(*resumed);
            }
            State::Waiting { attempt, retry_at, cause } => {
                let delay = u64::try_from(retry_at.since(now).as_millis()).unwrap_or(u64::MAX);
                record.number(u64::from(*attempt)).number(delay).error(cause);
            }
        }
    }
}

/// One record; it is closed when it is dropped.
#[derive(Debug)]
pub(crate) struct Record<'a> {
    batch: &'a mut Batch,
}

impl Record<'_> {
    pub(crate) fn number(self, number: u64) -> Self {
        push_number(&mut self.batch.records, number);
        self
    }

    pub(crate) fn flag(self, flag: bool) -> Self {
        self.json(if flag { "true" } else { "false" })
    }

    pub(crate) fn string(self, text: &str) -> Self {
        self.batch.records.push(',');
        json::quote(text, &mut self.batch.records);
        self
    }

    /// What is JSON already.
    pub(crate) fn json(self, text: &str) -> Self {
        self.batch.records.push(',');
        self.batch.records.push_str(text);
        self
    }

    /// Arguments, and how many of the payloads belong to them.
    pub(crate) fn args(self, text: &str, attachments: &[Bytes]) -> Self {
        self.batch.records.push_str(",[");
        self.batch.records.push_str(text);
        self.batch.records.push(']');
        self.batch.payloads.extend(attachments.iter().map(|bytes| Uint8Array::from(&**bytes).into()));
        self.number(attachments.len() as u64)
    }

    pub(crate) fn error(self, error: &Error) -> Self {
        self.batch.records.push(',');
        push_error(error, &mut self.batch.records);
        self
    }
}

impl Drop for Record<'_> {
    fn drop(&mut self) {
        self.batch.records.push(']');
    }
}

fn push_number(records: &mut String, number: u64) {
    let written = write!(records, ",{number}");
    debug_assert!(written.is_ok(), "writing to a String cannot fail");
}

/// `[code, message, retryable, remedy, closeCode, status, data]`, 0 and null standing for nothing.
fn push_error(error: &Error, records: &mut String) {
    records.push('[');
    json::quote(error.code().as_str(), records);
    records.push(',');
    json::quote(error.message(), records);
    records.push_str(if error.is_retryable() { ",true," } else { ",false," });
    json::quote(error.remedy(), records);
    push_number(records, error.close_code().unwrap_or(0).into());
    push_number(records, error.status().unwrap_or(0).into());
    records.push(',');
    records.push_str(error.data().unwrap_or("null"));
    records.push(']');
}

/// An error as the text of its record.
pub(crate) fn error_record(error: &Error) -> String {
    let mut text = String::new();
    push_error(error, &mut text);
    text
}

/// An error as an exported function throws it.
pub(crate) fn thrown(error: &Error) -> JsValue {
    error_record(error).into()
}
