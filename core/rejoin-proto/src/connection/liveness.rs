use core::time::Duration;

use super::timers::{Timer, sooner};
use crate::Timestamp;

/// Pings of the peer that are borne within a window: each costs an answer.
const MAX_PINGS: u32 = 1000;
const PING_WINDOW: Duration = Duration::from_secs(1);

/// Who asks for signs of life on a link, and how long silence may last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heartbeat {
    /// We ping after `interval` of silence; the link is dead after `timeout` more.
    Ping {
        /// The silence after which a ping is sent.
        interval: Duration,
        /// The silence after a ping that ends the link.
        timeout: Duration,
    },
    /// The peer pings each `interval`; the link is dead after `interval + timeout` of silence.
    Expect {
        /// The time between two pings of the peer.
        interval: Duration,
        /// How late a ping may be.
        timeout: Duration,
    },
    /// Nobody pings: silence means nothing.
    None,
}

/// What is to be done about a silent peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Silence {
    /// Ask for a sign of life.
    Ping,
    /// The timer came late: ask again before judging.
    Suspect,
    /// The link is dead.
    Dead,
}

/// Judges by the last frame received whether the peer lives.
#[derive(Debug)]
pub(crate) struct Liveness {
    heartbeat: Heartbeat,
    last_received: Timestamp,
    /// Set while an answer is due: to a ping, or to a probe with a deadline of its own.
    answer_due: Option<Timestamp>,
    /// Only a pong is an answer: frames arrive, but ours may not.
    echo: bool,
    probing: bool,
    /// Until then a loss is put down to what made the link suspect, whether or not there was a way to ask.
    suspect_until: Option<Timestamp>,
    paused: bool,
    /// Pings of the peer since `window`.
    pings: u32,
    window: Timestamp,
}

impl Default for Liveness {
    fn default() -> Self {
        Self {
            heartbeat: Heartbeat::None,
            last_received: Timestamp::ZERO,
            answer_due: None,
            echo: false,
            probing: false,
            suspect_until: None,
            paused: false,
            pings: 0,
            window: Timestamp::ZERO,
        }
    }
}

impl Liveness {
    pub(crate) fn start(&mut self, heartbeat: Heartbeat, now: Timestamp) {
        *self = Self { heartbeat, last_received: now, ..Self::default() };
    }

    pub(super) fn stop(&mut self) {
        *self = Self::default();
    }

    /// The peer pinged. False if it does so faster than any honest peer.
    pub(super) fn pinged_by_peer(&mut self, now: Timestamp) -> bool {
        if now.since(self.window) >= PING_WINDOW {
            self.window = now;
            self.pings = 0;
        }
        self.pings += 1;
        self.pings <= MAX_PINGS
    }

    pub(super) fn received(&mut self, is_pong: bool, now: Timestamp) {
        self.last_received = now;
        if self.echo && !is_pong {
            return;
        }
        self.answer_due = None;
        self.echo = false;
        self.probing = false;
        self.suspect_until = None;
    }

    /// While the application does not read, silence is our own doing.
    pub(super) fn set_paused(&mut self, paused: bool, now: Timestamp) {
        self.paused = paused;
        self.received(true, now);
    }

    pub(super) fn is_paused(&self) -> bool {
        self.paused
    }

    pub(super) fn is_probing(&self) -> bool {
        self.probing
    }

    /// Whether the link is suspect, and nothing came since.
    pub(super) fn is_suspect(&self, now: Timestamp) -> bool {
        self.probing || self.suspect_until.is_some_and(|until| now <= until)
    }

    pub(super) fn is_answer_due(&self) -> bool {
        self.answer_due.is_some()
    }

    /// Whether more would follow from a sign of life than that it was the last one.
    pub(super) fn awaits(&self) -> bool {
        self.answer_due.is_some() || self.suspect_until.is_some() || self.paused
    }

    /// Whether the peer speaks by itself, so that its silence ends the link without our asking.
    pub(super) fn is_expecting(&self) -> bool {
        matches!(self.heartbeat, Heartbeat::Expect { .. })
    }

    /// A ping frame went out because the peer seems not to get what we send: nothing but its pong will do.
    pub(super) fn demand_pong(&mut self) {
        self.echo = self.answer_due.is_some() && !self.probing;
    }

    /// A ping went out: an answer is due.
    pub(super) fn pinged(&mut self, now: Timestamp) {
        let timeout = match self.heartbeat {
            Heartbeat::Ping { timeout, .. } | Heartbeat::Expect { timeout, .. } => timeout,
            Heartbeat::None => return,
        };
        self.answer_due.get_or_insert(now + timeout);
    }

    /// The link is suspect, and was not yet: the peer must show life within `timeout`. Without a way to ask, that is expected
    /// only where the peer was due to speak by itself.
    pub(super) fn probe(&mut self, timeout: Duration, can_ask: bool, now: Timestamp) {
        let due = match self.heartbeat {
            Heartbeat::Expect { interval, .. } => now.since(self.last_received) >= interval,
            Heartbeat::Ping { .. } | Heartbeat::None => false,
        };
        let until = now + timeout;
        self.suspect_until = Some(until);
        if !(can_ask || due) {
            return;
        }
        self.probing = true;
        self.echo = false;
        // An earlier deadline may have passed while the device slept: the peer gets its full time from here.
        self.answer_due = Some(until);
    }

    pub(super) fn next(&self) -> Option<(Timestamp, Timer)> {
        if self.paused {
            let interval = match self.heartbeat {
                Heartbeat::Ping { interval, .. } | Heartbeat::Expect { interval, .. } => interval,
                Heartbeat::None => return None,
            };
            return Some((self.last_received + interval, Timer::Ping));
        }
        let by_answer = self.answer_due.map(|at| (at, Timer::Silence));
        let by_silence = match self.heartbeat {
            Heartbeat::Ping { interval, .. } if self.answer_due.is_none() => {
                Some((self.last_received + interval, Timer::Ping))
            }
            Heartbeat::Expect { interval, timeout } if !self.probing => {
                Some((self.last_received + interval + timeout, Timer::Silence))
            }
            Heartbeat::Ping { .. } | Heartbeat::Expect { .. } | Heartbeat::None => None,
        };
        sooner(by_answer, by_silence)
    }

    /// `late`: we slept past a deadline.
    pub(super) fn judge(&mut self, late: bool, now: Timestamp) -> Option<Silence> {
        let (at, timer) = self.next()?;
        if at > now {
            return None;
        }
        if self.paused {
            self.last_received = now;
            return Some(Silence::Ping);
        }
        if timer == Timer::Ping {
            return Some(Silence::Ping);
        }
        if late && !self.probing {
            // Judged anew from here: what slept was our clock, not the peer.
            self.answer_due = None;
            self.echo = false;
            return Some(Silence::Suspect);
        }
        Some(Silence::Dead)
    }
}
