//! What JavaScript is told. `js/src/records.ts` is the other half.
//!
//! What happens for each message is numbers, which JavaScript reads where they lie; all else is JSON.

use bytes::Bytes;
use rejoin_proto::{Error, ErrorCode, Outcome, Receipt, State, Timestamp, json};

/// The first number of a record.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    /// The next text.
    Text = 0,
    /// A message of a plain WebSocket: its slot.
    Message = 1,
    /// A message was sent: its id.
    Receipt = 2,
    /// An event: its slot; 1 if its last argument was an offset; its lane; the session that wants an answer or -1, the id.
    Event = 3,
    /// An answer: its slot; the id of the event, which is acknowledged by that.
    Ack = 4,
    /// JavaScript was told all that happened before.
    Mark = 5,
}

/// The first item of a text.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Text {
    State = 0,
    Receipt = 1,
    Event = 2,
    Ack = 3,
    NamespaceConnected = 4,
    NamespaceDisconnected = 5,
    Credentials = 6,
    Rejoin = 7,
    Open = 8,
    Close = 9,
    Abort = 10,
}

#[derive(Debug, Default)]
pub(crate) struct Records {
    pub(crate) numbers: Vec<f64>,
    pub(crate) texts: Texts,
    /// What the driver carries out before it tells anything.
    pub(crate) commands: Texts,
    /// What the texts point to.
    attachments: Vec<Bytes>,
}

impl Records {
    /// Everything was read.
    pub(crate) fn clear(&mut self) {
        self.numbers.clear();
        self.attachments.clear();
    }

    pub(crate) fn add(&mut self, kind: Kind, fields: &[f64]) {
        self.numbers.push(f64::from(kind as u8));
        self.numbers.extend_from_slice(fields);
    }

    pub(crate) fn text(&mut self, kind: Text) -> Record<'_> {
        self.add(Kind::Text, &[]);
        self.texts.add(kind)
    }

    pub(crate) fn receipt(&mut self, receipt: &Receipt) {
        match (receipt.outcome, receipt.cause) {
            (Outcome::Sent, None) => self.add(Kind::Receipt, &[receipt.id.get() as f64]),
            // The answer tells it, which follows or was handed over already.
            (Outcome::Acknowledged, None) => {}
            (outcome, cause) => {
                let record = self.text(Text::Receipt).number(receipt.id.get()).string(outcome.as_str());
                let code = cause.unwrap_or(ErrorCode::Withdrawn);
                let record = record.number(cause.is_some().into()).string(code.as_str());
                record.number(code.is_retryable().into()).string(code.remedy());
            }
        }
    }

    pub(crate) fn state(&mut self, state: &State, now: Timestamp) {
        let record = self.text(Text::State).string(state.as_str());
        match state {
            State::Disconnected { reason: None } | State::Disconnecting => {}
            State::Disconnected { reason: Some(reason) } => {
                record.error(reason);
            }
            State::Connecting { attempt, phase } => {
                record.number(u64::from(*attempt)).string(phase.as_str());
            }
            State::Connected { resumed } => {
                record.number(u64::from(*resumed));
            }
            State::Waiting { attempt, retry_at, cause } => {
                let delay = u64::try_from(retry_at.since(now).as_millis()).unwrap_or(u64::MAX);
                record.number(u64::from(*attempt)).number(delay).error(cause);
            }
        }
    }

    /// Arguments of which nothing stayed with JavaScript: JSON text, and where each attachment is.
    pub(crate) fn args(&mut self, kind: Text, head: &[u64], name: &str, text: &str, attachments: &[Bytes]) {
        let mut record = self.text(kind);
        for number in head {
            record = record.number(*number);
        }
        let record = record.string(name).open().json(text).close().open();
        let record = attachments
            .iter()
            .fold(record, |record, bytes| record.number(bytes.as_ptr() as u64).number(bytes.len() as u64));
        record.close();
        self.attachments.extend_from_slice(attachments);
    }
}

/// A JSON array of records, without its last bracket.
#[derive(Debug, Default)]
pub(crate) struct Texts(String);

impl Texts {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn add(&mut self, kind: Text) -> Record<'_> {
        self.0.push(if self.0.is_empty() { '[' } else { ',' });
        self.0.push('[');
        json::push_number(&mut self.0, kind as u64);
        Record(&mut self.0)
    }

    /// The array, and none is left.
    pub(crate) fn take(&mut self) -> String {
        let mut texts = core::mem::take(&mut self.0);
        texts.push(']');
        texts
    }
}

/// One record; it is closed when it is dropped.
#[derive(Debug)]
pub(crate) struct Record<'a>(&'a mut String);

impl Record<'_> {
    fn comma(&mut self) {
        if !self.0.ends_with('[') {
            self.0.push(',');
        }
    }

    pub(crate) fn number(mut self, number: u64) -> Self {
        self.comma();
        json::push_number(self.0, number);
        self
    }

    pub(crate) fn string(mut self, text: &str) -> Self {
        self.comma();
        json::quote(text, self.0);
        self
    }

    /// What is JSON already.
    pub(crate) fn json(mut self, text: &str) -> Self {
        self.comma();
        self.0.push_str(text);
        self
    }

    fn open(mut self) -> Self {
        self.comma();
        self.0.push('[');
        self
    }

    fn close(self) -> Self {
        self.0.push(']');
        self
    }

    pub(crate) fn error(mut self, error: &Error) -> Self {
        self.comma();
        push_error(self.0, error);
        self
    }
}

impl Drop for Record<'_> {
    fn drop(&mut self) {
        self.0.push(']');
    }
}

/// `[code, message, retryable, remedy, closeCode, status, data]`, 0 and null standing for nothing.
fn push_error(text: &mut String, error: &Error) {
    text.push('[');
    json::quote(error.code().as_str(), text);
    text.push(',');
    json::quote(error.message(), text);
    text.push_str(if error.is_retryable() { ",true," } else { ",false," });
    json::quote(error.remedy(), text);
    text.push(',');
    json::push_number(text, error.close_code().unwrap_or(0).into());
    text.push(',');
    json::push_number(text, error.status().unwrap_or(0).into());
    text.push(',');
    text.push_str(error.data().unwrap_or("null"));
    text.push(']');
}

/// An error as the text of its record.
pub(crate) fn error_record(error: &Error) -> String {
    let mut text = String::new();
    push_error(&mut text, error);
    text
}
