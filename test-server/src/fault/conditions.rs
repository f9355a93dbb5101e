//! The vocabulary of faults, and the conditions that the lasting ones leave in force.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Which way the bytes travel, seen from the server.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// From the client to the server.
    Inbound,
    /// From the server to the client.
    Outbound,
    /// Both ways; the default.
    #[default]
    Both,
}

impl Direction {
    pub(super) fn inbound(self) -> bool {
        self != Direction::Outbound
    }

    pub(super) fn outbound(self) -> bool {
        self != Direction::Inbound
    }
}

/// A fault to strike. In JSON the name stands in `fault`: `{"fault":"freeze","for_ms":500}`.
///
/// *Lasting* faults stay in force, also for connections that come later, until they are lifted or until
/// `for_ms` milliseconds have passed. *Instant* faults strike the connections that are open, once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fault", rename_all = "snake_case", deny_unknown_fields)]
pub enum Fault {
    /// Lasting: connections stay open and new ones are accepted, but no byte moves in `direction`.
    /// What was held back moves on when the fault is lifted.
    Freeze {
        /// The way in which nothing moves.
        #[serde(default)]
        direction: Direction,
        /// Lifted after so many milliseconds; absent: until lifted.
        #[serde(default)]
        for_ms: Option<u64>,
    },
    /// Lasting: every byte arrives `ms` later, plus a random part of up to `jitter_ms`. Order is kept.
    Delay {
        /// Milliseconds, at most one hour.
        ms: u64,
        /// Milliseconds on top, evenly distributed from 0; at most one hour.
        #[serde(default)]
        jitter_ms: u64,
        /// The way that is slow.
        #[serde(default)]
        direction: Direction,
        /// Lifted after so many milliseconds; absent: until lifted.
        #[serde(default)]
        for_ms: Option<u64>,
    },
    /// Lasting: at most so many bytes a second, for each connection and each way.
    Bandwidth {
        /// Bytes a second, at least 1.
        bytes_per_second: u64,
        /// The way that is narrow.
        #[serde(default)]
        direction: Direction,
        /// Lifted after so many milliseconds; absent: until lifted.
        #[serde(default)]
        for_ms: Option<u64>,
    },
    /// Lasting: heartbeats cease and all else goes on. No WebSocket pong (nor ping) leaves the server, and
    /// no Engine.IO ping.
    Silence {
        /// Lifted after so many milliseconds; absent: until lifted.
        #[serde(default)]
        for_ms: Option<u64>,
    },
    /// Lasting: the listener is closed, new connections are refused. Open ones live on.
    Refuse {
        /// Lifted after so many milliseconds; absent: until lifted.
        #[serde(default)]
        for_ms: Option<u64>,
    },
    /// Lasting: new connections get this HTTP answer in place of service, and are closed.
    HttpStatus {
        /// 100 to 599, except 101.
        status: u16,
        /// The value of a `Retry-After` header: seconds, or an HTTP date.
        #[serde(default)]
        retry_after: Option<String>,
        /// Lifted after so many answers; absent: until lifted.
        #[serde(default)]
        times: Option<u32>,
    },
    /// Instant: the server ends every connection (FIN).
    Cut,
    /// Instant: every connection is reset (RST), and what was on its way is lost.
    Reset,
    /// Instant: every WebSocket gets a close frame. One that does not answer within
    /// [`Limits::close_grace`](crate::Limits::close_grace) is cut.
    Close {
        /// Any code, also one that the standard forbids; 0 sends a close frame without a code.
        code: u16,
        /// At most 123 bytes.
        #[serde(default)]
        reason: String,
    },
    /// Instant: every connection gets bytes that are neither a WebSocket frame nor HTTP.
    Garbage,
    /// Instant: every connection is cut, all sessions are forgotten, and the port is closed for `down_ms`.
    Restart {
        /// Milliseconds, 0 included.
        #[serde(default)]
        down_ms: u64,
    },
}

/// The lasting faults by name, to lift one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// [`Fault::Freeze`]
    Freeze,
    /// [`Fault::Delay`]
    Delay,
    /// [`Fault::Bandwidth`]
    Bandwidth,
    /// [`Fault::Silence`]
    Silence,
    /// [`Fault::Refuse`]
    Refuse,
    /// [`Fault::HttpStatus`]
    HttpStatus,
}

/// A fault whose values make no sense; the text names the field and what it allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidFault(pub(super) &'static str);

impl fmt::Display for InvalidFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for InvalidFault {}

const MAX_CLOSE_REASON: usize = 123;
const HOUR: Duration = Duration::from_secs(3600);

impl Fault {
    pub(super) fn check(&self) -> Result<(), InvalidFault> {
        match self {
            Fault::Delay { ms, jitter_ms, .. } if u128::from(*ms.max(jitter_ms)) > HOUR.as_millis() => {
                Err(InvalidFault("ms and jitter_ms must be at most 3600000"))
            }
            Fault::Bandwidth { bytes_per_second: 0, .. } => {
                Err(InvalidFault("bytes_per_second must be at least 1; to stop all bytes use freeze"))
            }
            Fault::HttpStatus { status, .. } if !(100..600).contains(status) || *status == 101 => {
                Err(InvalidFault("status must lie in 100..=599 and not be 101"))
            }
            Fault::HttpStatus { retry_after: Some(value), .. }
                if !value.bytes().all(|b| (b' '..=b'~').contains(&b)) =>
            {
                Err(InvalidFault("retry_after must be printable ASCII"))
            }
            Fault::Close { reason, .. } if reason.len() > MAX_CLOSE_REASON => {
                Err(InvalidFault("reason must be at most 123 bytes"))
            }
            Fault::Freeze { .. }
            | Fault::Delay { .. }
            | Fault::Bandwidth { .. }
            | Fault::Silence { .. }
            | Fault::Refuse { .. }
            | Fault::HttpStatus { .. }
            | Fault::Cut
            | Fault::Reset
            | Fault::Close { .. }
            | Fault::Garbage
            | Fault::Restart { .. } => Ok(()),
        }
    }

    /// The kind and the duration of a lasting fault; `None` for an instant one.
    pub(super) fn lasting(&self) -> Option<(FaultKind, Option<Duration>)> {
        let (kind, for_ms) = match self {
            Fault::Freeze { for_ms, .. } => (FaultKind::Freeze, for_ms),
            Fault::Delay { for_ms, .. } => (FaultKind::Delay, for_ms),
            Fault::Bandwidth { for_ms, .. } => (FaultKind::Bandwidth, for_ms),
            Fault::Silence { for_ms } => (FaultKind::Silence, for_ms),
            Fault::Refuse { for_ms } => (FaultKind::Refuse, for_ms),
            Fault::HttpStatus { .. } => (FaultKind::HttpStatus, &None),
            Fault::Cut | Fault::Reset | Fault::Close { .. } | Fault::Garbage | Fault::Restart { .. } => {
                return None;
            }
        };
        Some((kind, for_ms.map(Duration::from_millis)))
    }

    /// Does this lasting fault take the place of `old`? HTTP answers queue up.
    pub(super) fn replaces(&self, old: &Fault) -> bool {
        match (self, old) {
            (Fault::Freeze { direction: a, .. }, Fault::Freeze { direction: b, .. })
            | (Fault::Delay { direction: a, .. }, Fault::Delay { direction: b, .. })
            | (Fault::Bandwidth { direction: a, .. }, Fault::Bandwidth { direction: b, .. }) => a == b,
            (Fault::Silence { .. }, Fault::Silence { .. }) | (Fault::Refuse { .. }, Fault::Refuse { .. }) => {
                true
            }
            (_, _) => false,
        }
    }
}

/// What one way of a connection suffers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Way {
    pub(super) frozen: bool,
    pub(super) delay: Duration,
    pub(super) jitter: Duration,
    pub(super) bytes_per_second: Option<u64>,
}

impl Way {
    pub(super) fn is_clear(self) -> bool {
        self == Way::default()
    }
}

/// What a connection suffers, derived from the lasting faults in force.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Conditions {
    pub(super) inbound: Way,
    pub(super) outbound: Way,
    pub(super) silent: bool,
}

impl Conditions {
    pub(super) fn of<'a>(lasting: impl Iterator<Item = &'a Fault>) -> Self {
        let mut conditions = Conditions::default();
        for fault in lasting {
            conditions.add(fault);
        }
        conditions
    }

    fn add(&mut self, fault: &Fault) {
        match *fault {
            Fault::Freeze { direction, .. } => self.each(direction, |way| way.frozen = true),
            Fault::Delay { ms, jitter_ms, direction, .. } => self.each(direction, |way| {
                way.delay = Duration::from_millis(ms);
                way.jitter = Duration::from_millis(jitter_ms);
            }),
            Fault::Bandwidth { bytes_per_second, direction, .. } => {
                self.each(direction, |way| way.bytes_per_second = Some(bytes_per_second));
            }
            Fault::Silence { .. } => self.silent = true,
            Fault::Refuse { .. }
            | Fault::HttpStatus { .. }
            | Fault::Cut
            | Fault::Reset
            | Fault::Close { .. }
            | Fault::Garbage
            | Fault::Restart { .. } => {}
        }
    }

    fn each(&mut self, direction: Direction, change: impl Fn(&mut Way)) {
        if direction.inbound() {
            change(&mut self.inbound);
        }
        if direction.outbound() {
            change(&mut self.outbound);
        }
    }
}
