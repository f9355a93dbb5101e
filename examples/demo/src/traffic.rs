use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rejoin::ErrorCode;
use rejoin::socketio::Client;
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

/// The name under which our messages are counted.
pub(crate) const CLIENT: &str = "demo";
/// Each acknowledgement is waited for so long before the message is sent again, under the same id.
const ACK_TIMEOUT: Duration = Duration::from_secs(1);
/// How many acknowledgements, beyond those of all that was sent before, show that messages flow.
const FLOW: u64 = 40;

/// How many messages were sent, and how many of them acknowledged.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sent {
    pub(crate) count: u64,
    pub(crate) acknowledged: u64,
}

/// Sends numbered messages until it is told to finish.
pub(crate) struct Traffic {
    stop: Arc<AtomicBool>,
    progress: watch::Receiver<Sent>,
    task: JoinHandle<Sent>,
}

impl Traffic {
    pub(crate) fn start(client: Client, event: &str, every: Duration) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let (report, progress) = watch::channel(Sent::default());
        let task = tokio::spawn(send(client, event.to_owned(), every, stop.clone(), report));
        Self { stop, progress, task }
    }

    /// Resolves when all that was sent so far, and some more, was acknowledged.
    pub(crate) async fn flow(&self) {
        let mut progress = self.progress.clone();
        let goal = progress.borrow().count + FLOW;
        // An error means that the sender ended, and its own result says why.
        let _ = progress.wait_for(|progress| progress.acknowledged >= goal).await;
    }

    /// Stops, and resolves when everything that was sent has come to its end.
    pub(crate) async fn finish(self) -> Sent {
        self.stop.store(true, Ordering::Relaxed);
        self.task.await.unwrap_or_default()
    }
}

async fn send(
    client: Client,
    event: String,
    every: Duration,
    stop: Arc<AtomicBool>,
    report: watch::Sender<Sent>,
) -> Sent {
    let mut sent = Sent::default();
    let mut pending = JoinSet::new();
    let mut clock = tokio::time::interval(every);
    while !stop.load(Ordering::Relaxed) {
        clock.tick().await;
        let seq = sent.count + 1;
        let message = serde_json::json!({ "client": CLIENT, "seq": seq, "pad": "some payload" });
        let emitter = client.emitter().retries(u32::MAX).timeout(ACK_TIMEOUT);
        match emitter.emit_with_ack(&event, message) {
            Ok(ack) => {
                sent.count = seq;
                pending.spawn(async move { ack.await.is_ok() });
            }
            // The outbox is full: it was not accepted, and the same number goes out at the next tick.
            Err(error) if error.code() == ErrorCode::QueueFull => {}
            Err(_) => break,
        }
        while let Some(done) = pending.try_join_next() {
            sent.acknowledged += u64::from(done.unwrap_or(false));
        }
        report.send_replace(sent);
    }
    while let Some(done) = pending.join_next().await {
        sent.acknowledged += u64::from(done.unwrap_or(false));
    }
    sent
}
