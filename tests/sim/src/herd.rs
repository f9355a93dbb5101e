//! The thundering herd: very many clients lose one server at the same moment.

use core::fmt;
use core::time::Duration;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

use rejoin_proto::{Config, Connection, Error, ErrorCode, PlainWebSocket, SocketEvent, State, Timestamp};

use crate::checks::Jitter;

/// As many as the design asks for.
pub const CLIENTS: u32 = 100_000;
/// The largest share of the clients that may come back within one slot, once the first window is over.
pub const MAX_SHARE: f64 = 0.02;
const SLOT: u64 = 100;
const WATCHED: Duration = Duration::from_secs(120);
const REFUSAL: Duration = Duration::from_millis(1);
const LOST: Timestamp = Timestamp::from_millis(1_000_000);

/// How the server is lost, and what the clients know of it.
#[derive(Clone, Copy, Debug)]
pub struct Scene {
    /// What happens.
    pub name: &'static str,
    /// The code of the server's close, `None` for a bare end of the connection.
    pub close_code: Option<u16>,
    /// How long the server stays away.
    pub away: Duration,
    /// After that time no slot is crowded.
    pub window: Duration,
}

/// The scenes that are checked.
pub const SCENES: &[Scene] = &[
    Scene {
        name: "the server dies and stays away",
        close_code: None,
        away: WATCHED,
        window: Duration::from_secs(20),
    },
    Scene {
        name: "the server restarts, and is back when the first client comes",
        close_code: Some(1012),
        away: Duration::ZERO,
        window: Duration::from_secs(5),
    },
    Scene {
        name: "the server says that it restarts, and stays away",
        close_code: Some(1012),
        away: WATCHED,
        window: Duration::from_secs(20),
    },
];

/// When the clients of a scene came back.
#[derive(Clone, Debug)]
pub struct Herd {
    scene: Scene,
    clients: u32,
    /// Attempts in each slot since the server was lost.
    slots: Vec<u32>,
    /// The delays before each attempt in a row.
    jitter: Vec<Jitter>,
    /// Clients that are connected at the end.
    connected: u32,
}

/// Plays a scene.
pub fn run(scene: &Scene, clients: u32) -> Herd {
    let slots = usize::try_from(WATCHED.as_millis() / u128::from(SLOT)).unwrap_or(0) + 1;
    let mut herd = Herd { scene: *scene, clients, slots: vec![0; slots], jitter: Vec::new(), connected: 0 };
    let mut flock: Vec<_> = (0..clients).map(|seed| Client::connected(u64::from(seed))).collect();
    let mut next = BinaryHeap::with_capacity(flock.len());
    for (at, client) in flock.iter_mut().enumerate() {
        let event = match scene.close_code {
            Some(code) => SocketEvent::Closed { code: Some(code), reason: "".into() },
            None => SocketEvent::Failed(Error::new(ErrorCode::Network, "reset")),
        };
        next.extend(client.lose(event, LOST, &mut herd).map(|retry_at| Reverse((retry_at, at))));
    }
    while let Some(Reverse((now, at))) = next.pop() {
        let since = now.since(LOST);
        if since > WATCHED {
            break;
        }
        let slot = usize::try_from(since.as_millis() / u128::from(SLOT)).unwrap_or(usize::MAX);
        if let Some(slot) = herd.slots.get_mut(slot) {
            *slot += 1;
        }
        let client = &mut flock[at];
        client.connection.handle_timeout(now);
        if since >= scene.away {
            herd.connected += 1;
            client.open(now);
        } else {
            let refused = SocketEvent::Failed(Error::new(ErrorCode::Refused, "down"));
            let retry_at = client.lose(refused, now + REFUSAL, &mut herd);
            next.extend(retry_at.map(|retry_at| Reverse((retry_at, at))));
        }
    }
    herd
}

struct Client {
    connection: Connection<PlainWebSocket>,
    failures: usize,
}

impl Client {
    /// Connected for long enough to have forgotten how it came about.
    fn connected(seed: u64) -> Self {
        let config = Config::default();
        let protocol = PlainWebSocket::new(&config.heartbeat, None);
        let connection = Connection::new(config, protocol, seed)
            .unwrap_or_else(|error| unreachable!("the default configuration is valid: {error}"));
        let mut client = Self { connection, failures: 0 };
        let start = LOST - Duration::from_secs(20);
        client.connection.connect(start);
        client.open(start);
        client.connection.handle_timeout(LOST - Duration::from_secs(1));
        client
    }

    fn open(&mut self, now: Timestamp) {
        if let Some(socket) = self.connection.socket() {
            self.connection.handle_socket(socket, SocketEvent::Opened { ping_frames: true }, now);
        }
        while self.connection.poll_output().is_some() {}
    }

    /// Loses its link, or an attempt, and says when it tries again.
    fn lose(&mut self, event: SocketEvent, now: Timestamp, herd: &mut Herd) -> Option<Timestamp> {
        let announced = matches!(event, SocketEvent::Closed { .. });
        let socket = self.connection.socket()?;
        self.connection.handle_socket(socket, event, now);
        while self.connection.poll_output().is_some() {}
        let State::Waiting { retry_at, .. } = self.connection.state() else { return None };
        let backoff = &self.connection.config().backoff;
        let doubled = 1u32.checked_shl(u32::try_from(self.failures).unwrap_or(u32::MAX)).unwrap_or(u32::MAX);
        let ceiling = match announced {
            true => backoff.restart_window,
            false => backoff.initial.saturating_mul(doubled).min(backoff.max),
        };
        if herd.jitter.len() <= self.failures {
            herd.jitter.resize(self.failures + 1, Jitter::default());
        }
        herd.jitter[self.failures].add(retry_at.since(now), ceiling);
        self.failures += 1;
        Some(*retry_at)
    }
}

impl Herd {
    /// The largest share of the clients in one slot from `since` on.
    pub fn crowd(&self, since: Duration) -> f64 {
        let first = usize::try_from(since.as_millis() / u128::from(SLOT)).unwrap_or(usize::MAX);
        let most = self.slots.iter().skip(first).max().copied().unwrap_or(0);
        f64::from(most) / f64::from(self.clients)
    }

    /// Whether every attempt was jittered, and no slot crowded after the first window.
    ///
    /// # Errors
    /// What was not so.
    pub fn check(&self) -> Result<(), String> {
        for (attempt, jitter) in self.jitter.iter().enumerate() {
            jitter.check().map_err(|violation| format!("attempt {}: {violation}", attempt + 1))?;
        }
        let crowd = self.crowd(self.scene.window);
        if crowd > MAX_SHARE {
            return Err(format!("{:.2} % of the clients in one slot", crowd * 100.0));
        }
        let stays_away = self.scene.away >= WATCHED;
        if !stays_away && self.connected < self.clients {
            return Err(format!("{} clients never came back", self.clients - self.connected));
        }
        Ok(())
    }
}

impl fmt::Display for Herd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{}, {} clients, busiest {SLOT} ms slot from each second on:",
            self.scene.name, self.clients
        )?;
        for seconds in [0, 1, 2, 5, 10, 20, 40] {
            let crowd = self.crowd(Duration::from_secs(seconds)) * 100.0;
            writeln!(f, "  from {seconds:>2} s: {crowd:>5.2} %")?;
        }
        write!(f, "  attempts in a row, all jittered: {}", self.jitter.len())
    }
}
