//! The handle by which faults are struck and lifted, and the registry of connections they strike.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot};
use tokio::time::sleep;

use super::conditions::{Conditions, Fault, FaultKind, InvalidFault};
use super::gate::Command;
use super::link::Link;
use super::status::Answer;
use super::stream::FaultStream;
use crate::config::Limits;

/// Entries of closed connections are swept out when the registry has doubled, and not before this length.
const PRUNE_AT_LEAST: usize = 64;

/// Strikes and lifts faults, in the process of the server; cheap to clone.
///
/// ```
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use rejoin_test_server::{Config, Direction, Fault, FaultKind, TestServer};
///
/// let server = TestServer::start(Config::default()).await?;
/// server.faults().apply(Fault::Freeze { direction: Direction::Both, for_ms: None }).await?;
/// server.faults().lift(FaultKind::Freeze).await;
/// # Ok(()) }
/// ```
#[derive(Debug, Clone)]
pub struct Faults {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    registry: Mutex<Registry>,
    accepted: AtomicU64,
    gate: mpsc::Sender<Command>,
    limits: Limits,
}

#[derive(Debug, Default)]
struct Registry {
    lasting: Vec<Lasting>,
    last_id: u64,
    links: Vec<Weak<Link>>,
    prune_at: usize,
}

#[derive(Debug)]
struct Lasting {
    id: u64,
    kind: FaultKind,
    fault: Fault,
}

impl Faults {
    pub(super) fn new(limits: Limits) -> (Self, mpsc::Receiver<Command>) {
        let (gate, commands) = mpsc::channel(16);
        let shared =
            Shared { registry: Mutex::new(Registry::default()), accepted: AtomicU64::new(0), gate, limits };
        (Faults { shared: Arc::new(shared) }, commands)
    }

    /// Strikes a fault. When this returns the fault is in force: frames and FINs are on their way, a
    /// refused port is closed, a restarting server is down.
    ///
    /// A lasting fault replaces one of its kind and direction; HTTP answers queue up instead.
    ///
    /// # Errors
    /// A value is out of its range, or [`Limits::max_faults`] are in force.
    pub async fn apply(&self, fault: Fault) -> Result<(), InvalidFault> {
        fault.check()?;
        if let Some((kind, for_how_long)) = fault.lasting() {
            return self.apply_lasting(kind, fault, for_how_long).await;
        }
        match fault {
            Fault::Cut => self.links().iter().for_each(|link| link.cut()),
            Fault::Reset => self.links().iter().for_each(|link| link.reset()),
            Fault::Garbage => self.links().iter().for_each(|link| link.inject_garbage()),
            Fault::Close { code, reason } => self.close(code, &reason),
            Fault::Restart { down_ms } => {
                let (closed, is_closed) = oneshot::channel();
                self.command(Command::Restart { down: Duration::from_millis(down_ms), closed, back: None });
                // An error means that the server has stopped: it is down.
                let _ = is_closed.await;
            }
            Fault::Freeze { .. }
            | Fault::Delay { .. }
            | Fault::Bandwidth { .. }
            | Fault::Silence { .. }
            | Fault::Refuse { .. }
            | Fault::HttpStatus { .. } => {}
        }
        Ok(())
    }

    /// Lifts every fault of a kind; that none is in force is fine. A listener that was closed is open
    /// again when this returns.
    pub async fn lift(&self, kind: FaultKind) {
        self.remove(|lasting| lasting.kind == kind).await;
    }

    /// Lifts every lasting fault.
    pub async fn lift_all(&self) {
        self.remove(|_| true).await;
    }

    /// The lasting faults in force, oldest first.
    #[must_use]
    pub fn in_force(&self) -> Vec<Fault> {
        self.registry().lasting.iter().map(|lasting| lasting.fault.clone()).collect()
    }

    /// How many connections are open.
    #[must_use]
    pub fn open_connections(&self) -> usize {
        self.links().len()
    }

    /// How many connections were accepted since the start.
    #[must_use]
    pub fn accepted_connections(&self) -> u64 {
        self.shared.accepted.load(Ordering::Relaxed)
    }

    pub(super) fn is_refusing(&self) -> bool {
        self.registry().lasting.iter().any(|lasting| lasting.kind == FaultKind::Refuse)
    }

    /// Puts an accepted connection under faults; `None` if there are too many.
    pub(super) fn admit(&self, socket: TcpStream) -> Option<(FaultStream, Option<Answer>)> {
        self.shared.accepted.fetch_add(1, Ordering::Relaxed);
        let mut registry = self.registry();
        let max_connections = self.shared.limits.max_connections;
        if registry.links.len() >= registry.prune_at.min(max_connections) {
            registry.links.retain(|link| link.strong_count() > 0);
            registry.prune_at = PRUNE_AT_LEAST.max(2 * registry.links.len());
        }
        if registry.links.len() >= max_connections {
            return None;
        }
        let link = Link::new(socket, registry.conditions(), self.shared.limits.line_buffer_bytes);
        registry.links.push(Arc::downgrade(&link));
        let answer = registry.take_answer();
        Some((FaultStream::new(link), answer))
    }

    pub(super) fn command(&self, command: Command) {
        let gate = self.shared.gate.clone();
        // The gate takes commands as fast as they come; only a stopped one does not take them at all.
        tokio::spawn(async move { gate.send(command).await });
    }

    async fn apply_lasting(
        &self,
        kind: FaultKind,
        fault: Fault,
        for_how_long: Option<Duration>,
    ) -> Result<(), InvalidFault> {
        let id = {
            let mut registry = self.registry();
            registry.lasting.retain(|old| !fault.replaces(&old.fault));
            if registry.lasting.len() >= self.shared.limits.max_faults {
                return Err(InvalidFault("too many faults are in force: lift some first"));
            }
            registry.last_id += 1;
            let id = registry.last_id;
            registry.lasting.push(Lasting { id, kind, fault });
            registry.spread_conditions();
            id
        };
        self.refresh_gate(kind == FaultKind::Refuse).await;
        if let Some(duration) = for_how_long {
            let faults = self.clone();
            tokio::spawn(async move {
                sleep(duration).await;
                faults.remove(|lasting| lasting.id == id).await;
            });
        }
        Ok(())
    }

    async fn remove(&self, which: impl Fn(&Lasting) -> bool) {
        let refused = self.is_refusing();
        {
            let mut registry = self.registry();
            registry.lasting.retain(|lasting| !which(lasting));
            registry.spread_conditions();
        }
        self.refresh_gate(refused).await;
    }

    /// Waits until the listener is open or closed as the faults in force want it.
    async fn refresh_gate(&self, concerned: bool) {
        if concerned {
            let (done, is_done) = oneshot::channel();
            self.command(Command::Refresh { done });
            // An error means that the server has stopped.
            let _ = is_done.await;
        }
    }

    fn close(&self, code: u16, reason: &str) {
        let closing: Vec<_> =
            self.links().into_iter().filter(|link| link.inject_close(code, reason)).collect();
        let grace = self.shared.limits.close_grace;
        tokio::spawn(async move {
            sleep(grace).await;
            closing.iter().for_each(|link| link.cut());
        });
    }

    pub(super) fn cut_all(&self) {
        self.links().iter().for_each(|link| link.cut());
    }

    fn links(&self) -> Vec<Arc<Link>> {
        self.registry().links.iter().filter_map(Weak::upgrade).filter(|link| link.is_open()).collect()
    }

    fn registry(&self) -> MutexGuard<'_, Registry> {
        self.shared.registry.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Registry {
    fn conditions(&self) -> Conditions {
        Conditions::of(self.lasting.iter().map(|lasting| &lasting.fault))
    }

    fn spread_conditions(&mut self) {
        let conditions = self.conditions();
        for link in self.links.iter().filter_map(Weak::upgrade) {
            link.set_conditions(conditions);
        }
    }

    /// The answer that the next connection gets; used up when it was given as often as it should be.
    fn take_answer(&mut self) -> Option<Answer> {
        let position = self.lasting.iter().position(|lasting| lasting.kind == FaultKind::HttpStatus)?;
        let Fault::HttpStatus { status, retry_after, times } = &mut self.lasting.get_mut(position)?.fault
        else {
            return None;
        };
        let answer = Answer { status: *status, retry_after: retry_after.clone() };
        if let Some(times) = times {
            *times = times.saturating_sub(1);
            if *times == 0 {
                self.lasting.remove(position);
            }
        }
        Some(answer)
    }
}
