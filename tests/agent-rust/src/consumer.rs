//! A consumer that can be paused and slowed down.

use std::time::Duration;

use tokio::sync::watch;

/// How fast a client's consumers read.
#[derive(Clone, Debug)]
pub(crate) struct Pace(watch::Sender<Speed>);

#[derive(Clone, Copy, Debug, Default)]
struct Speed {
    paused: bool,
    slow: Duration,
}

impl Pace {
    pub(crate) fn new() -> Self {
        Self(watch::Sender::new(Speed::default()))
    }

    pub(crate) fn pause(&self, paused: bool) {
        self.0.send_modify(|speed| speed.paused = paused);
    }

    pub(crate) fn slow(&self, each: Duration) {
        self.0.send_modify(|speed| speed.slow = each);
    }
}

/// Where items come from: a subscription of either protocol.
pub(crate) trait Stream {
    type Item: Send;

    /// Cancelling it loses nothing.
    fn next(&mut self) -> impl Future<Output = Option<Self::Item>> + Send;

    fn take_missed(&mut self) -> u64;
}

/// Reads until the client is closed: `lagged` hears how many were dropped before an item, and `item` the item.
pub(crate) async fn consume<S: Stream>(
    mut stream: S,
    pace: Pace,
    lagged: impl Fn(u64),
    mut item: impl FnMut(S::Item),
) {
    let mut speed = pace.0.subscribe();
    loop {
        let now = *speed.borrow_and_update();
        let next = tokio::select! {
            biased;
            changed = speed.changed() => match changed {
                Ok(()) => continue,
                Err(_) => return,
            },
            next = stream.next(), if !now.paused => next,
        };
        match stream.take_missed() {
            0 => {}
            missed => lagged(missed),
        }
        let Some(next) = next else { return };
        item(next);
        if !now.slow.is_zero() {
            tokio::time::sleep(now.slow).await;
        }
    }
}
