//! Notices that the device slept: timers do not count that time, and a dead link would be found late.

use std::sync::{Mutex, PoisonError, Weak};
use std::thread;
use std::time::{Duration, Instant};

use super::native::since_boot;

/// How often the clocks are compared.
const INTERVAL: Duration = Duration::from_secs(1);
/// How far they must have come apart.
const SLEPT: Duration = Duration::from_secs(2);

/// Whoever wants to know that the device woke.
pub(crate) trait OnWake: Send + Sync {
    fn woke(&self);
}

struct Watch {
    watchers: Vec<Weak<dyn OnWake>>,
    running: bool,
}

static WATCH: Mutex<Watch> = Mutex::new(Watch { watchers: Vec::new(), running: false });

/// Tells `watcher` each time the device woke. One thread of the process does it, for as long as there are watchers.
pub(crate) fn on_wake(watcher: Weak<dyn OnWake>) {
    let mut watch = WATCH.lock().unwrap_or_else(PoisonError::into_inner);
    watch.watchers.push(watcher);
    if !watch.running {
        // Without the thread a dead link is found by the heartbeat, later.
        watch.running = thread::Builder::new().name("rejoin-wake".to_owned()).spawn(run).is_ok();
    }
}

fn run() {
    let mut clocks = Clocks::read();
    loop {
        thread::sleep(INTERVAL);
        let now = Clocks::read();
        let mut watch = WATCH.lock().unwrap_or_else(PoisonError::into_inner);
        watch.watchers.retain(|watcher| watcher.strong_count() > 0);
        if watch.watchers.is_empty() {
            watch.running = false;
            return;
        }
        let woken = if now.slept_since(&clocks) { watch.watchers.clone() } else { Vec::new() };
        drop(watch);
        clocks = now;
        for watcher in woken.iter().filter_map(Weak::upgrade) {
            watcher.woke();
        }
    }
}

/// A clock that stands still while the device sleeps, and one that does not.
#[derive(Clone, Copy, Debug)]
struct Clocks {
    awake: Instant,
    since_boot: Duration,
}

impl Clocks {
    fn read() -> Self {
        Self { awake: Instant::now(), since_boot: since_boot() }
    }

    fn slept_since(&self, earlier: &Self) -> bool {
        let awake = self.awake.saturating_duration_since(earlier.awake);
        let passed = self.since_boot.saturating_sub(earlier.since_boot);
        passed.saturating_sub(awake) >= SLEPT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sleep_is_what_one_clock_counts_and_the_other_does_not() {
        let start = Clocks::read();
        let after = |awake: u64, passed: u64| Clocks {
            awake: start.awake + Duration::from_secs(awake),
            since_boot: start.since_boot + Duration::from_secs(passed),
        };
        assert!(!after(1, 1).slept_since(&start));
        assert!(!after(60, 61).slept_since(&start), "a busy machine is no sleep");
        assert!(after(1, 8 * 3600).slept_since(&start));
        assert!(!start.slept_since(&after(1, 8 * 3600)), "clocks that go back are no sleep");
    }
}
