//! What the core writes to the `log` crate, on its way to the log of the application's language.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::{Context, Poll, Waker};

use futures_util::stream;
use log::{LevelFilter, Log, Metadata, Record};

use crate::{Item, Mailbox};

#[cfg(test)]
mod tests;

/// Only what the core writes: other crates trace whole requests, with the secrets in them.
const TARGET: &str = "rejoin";

/// How many records wait for the language at most; it is told how many came when there was no room.
const CAPACITY: usize = 1024;

static WRITER: Writer = Writer(Mutex::new(Waiting::new()));
static MAILBOX: OnceLock<Arc<Mailbox>> = OnceLock::new();

/// The records of all clients of the process, as [`Item::Log`]: each call gives the same mailbox, which never ends.
/// From the first call on they are kept, at most 1024 until they are drained.
#[uniffi::export]
pub fn logs() -> Arc<Mailbox> {
    let mailbox = MAILBOX.get_or_init(|| {
        // A program in Rust that links this crate may have a logger of its own: then the records are there.
        if log::set_logger(&WRITER).is_ok() {
            log::set_max_level(LevelFilter::Debug);
        }
        Mailbox::new(stream::poll_fn(|cx| WRITER.poll_next(cx)))
    });
    Arc::clone(mailbox)
}

pub(crate) type LogLevel = log::Level;

#[uniffi::remote(Enum)]
pub enum LogLevel {
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

struct Writer(Mutex<Waiting>);

struct Waiting {
    records: VecDeque<(LogLevel, String)>,
    missed: u64,
    reader: Option<Waker>,
}

impl Waiting {
    const fn new() -> Self {
        Self { records: VecDeque::new(), missed: 0, reader: None }
    }
}

impl Writer {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn poll_next(&self, cx: &Context<'_>) -> Poll<Option<Item>> {
        let mut waiting = self.lock();
        if let Some((level, text)) = waiting.records.pop_front() {
            return Poll::Ready(Some(Item::Log { level, text }));
        }
        // Those that were missed came after all that was kept, since none is kept until this was told.
        match std::mem::take(&mut waiting.missed) {
            0 => {
                waiting.reader = Some(cx.waker().clone());
                Poll::Pending
            }
            missed => Poll::Ready(Some(Item::Lagged { missed })),
        }
    }
}

impl Log for Writer {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == TARGET
    }

    fn log(&self, record: &Record<'_>) {
        if !self.enabled(record.metadata()) {
            return;
        }
        let text = record.args().to_string();
        let reader = {
            let mut waiting = self.lock();
            if waiting.missed > 0 || waiting.records.len() == CAPACITY {
                waiting.missed += 1;
            } else {
                waiting.records.push_back((record.level(), text));
            }
            waiting.reader.take()
        };
        // Without the lock: it may read at once.
        if let Some(reader) = reader {
            reader.wake();
        }
    }

    fn flush(&self) {}
}
