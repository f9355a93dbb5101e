//! One schedule: the core, a driver, a link, a server and an application, all at random.

mod actions;
mod config;
mod driver;
mod faults;
mod network;
mod verify;

use rejoin_proto::{Connection, SocketId, State, Timestamp};

use crate::Totals;
use crate::checks::{Check, Jitter, Violation};
use crate::model::Model;
use crate::peer::Socket;
use crate::sabotage::Sabotage;
use crate::trace::Trace;
use crate::wire::Wire;

/// Steps of a schedule before everything heals.
const STEPS: usize = 60;
/// Steps in which a world that works must come to rest.
const HEALING_STEPS: usize = 600;

type Step = Result<(), Violation>;

/// A callback of the application that runs.
#[derive(Debug)]
struct Callback {
    socket: SocketId,
    /// When it ends, `None` if it hangs.
    at: Option<Timestamp>,
    succeeds: bool,
}

pub(crate) struct World<W: Wire> {
    rng: fastrand::Rng,
    now: Timestamp,
    connection: Connection<W::Protocol>,
    socket: Option<Socket>,
    /// A socket that is gone, whose events may still come.
    old_socket: Option<SocketId>,
    /// Signs of life had arrived on it that the driver did not hand in.
    left_unread: bool,
    asking: Option<Callback>,
    rejoining: Option<Callback>,
    paused: bool,
    /// From now on everything works.
    healed: bool,
    /// Inputs since the start, and whether the one that is handled is a call of the application to connect.
    inputs: u64,
    connecting: bool,
    /// Closed, and all that follows from that was said.
    over: bool,
    /// The timer that is handled fired long after its time, and the peer was not under suspicion before.
    late: bool,
    last_state: State,
    connected_at: Option<Timestamp>,
    ping_frames: bool,
    next_number: u8,
    model: Model,
    jitter: Jitter,
    sabotage: Option<Sabotage>,
    trace: Trace,
}

impl<W: Wire> World<W> {
    pub(crate) fn new(seed: u64, sabotage: Option<Sabotage>, trace: Trace) -> Self {
        let mut rng = fastrand::Rng::with_seed(seed);
        let config = config::random(&mut rng, sabotage);
        let protocol = W::protocol(&config);
        let ping_frames = rng.u8(..5) > 0;
        let connection = Connection::new(config, protocol, rng.u64(..))
            .unwrap_or_else(|error| unreachable!("the configuration is valid: {error}"));
        Self {
            now: Timestamp::from_millis(rng.u64(..1_000_000)),
            rng,
            connection,
            socket: None,
            old_socket: None,
            left_unread: false,
            asking: None,
            rejoining: None,
            paused: false,
            healed: false,
            inputs: 0,
            connecting: false,
            over: false,
            late: false,
            last_state: State::Disconnected { reason: None },
            connected_at: None,
            ping_frames,
            next_number: 0,
            model: Model::new(),
            jitter: Jitter::default(),
            sabotage,
            trace,
        }
    }

    pub(crate) fn play(&mut self, totals: &mut Totals) -> Step {
        self.connect()?;
        for _ in 0..STEPS {
            self.act()?;
        }
        self.heal()?;
        totals.inputs += self.inputs;
        totals.messages += self.model.ended;
        totals.connects += self.connection.counters().connects;
        totals.jitter.merge(&self.jitter);
        Ok(())
    }

    pub(crate) fn into_trace(self) -> Vec<String> {
        self.trace.into_lines()
    }

    fn tell(&mut self, line: impl FnOnce() -> String) {
        let now = self.now;
        self.trace.add(|| format!("{now}  {}", line()));
    }

    fn is(&self, sabotage: Sabotage) -> bool {
        self.sabotage == Some(sabotage)
    }

    /// Gives the core one input, carries out what it says, and checks.
    fn input<R>(
        &mut self,
        input: impl FnOnce(&mut Connection<W::Protocol>, Timestamp) -> R,
    ) -> Result<R, Violation> {
        self.inputs += 1;
        let result = input(&mut self.connection, self.now);
        self.pump()?;
        self.verify()?;
        Ok(result)
    }

    /// Everything works from here: what is alive connects, and all messages come to their end.
    fn heal(&mut self) -> Step {
        self.tell(|| "everything heals".to_owned());
        self.healed = true;
        if let Some(socket) = &mut self.socket {
            socket.stalled = false;
        }
        self.pump()?;
        if self.paused {
            self.pause(false)?;
        }
        let closed = self.model.closed;
        for _ in 0..HEALING_STEPS {
            if !closed && matches!(self.connection.state(), State::Disconnected { .. } | State::Disconnecting)
            {
                self.connect()?;
            }
            if self.is_at_rest(closed) {
                return Ok(());
            }
            if !self.advance()? && !self.flush(usize::MAX)? {
                break;
            }
        }
        let (state, unended) = (self.connection.state().clone(), self.model.unended());
        Check::AllHeals
            .holds(self.is_at_rest(closed), || format!("{unended} messages without end, {state:?}"))
    }

    fn is_at_rest(&self, closed: bool) -> bool {
        let state = self.connection.state();
        let ended = if closed { matches!(state, State::Disconnected { .. }) } else { state.is_connected() };
        ended && self.model.unended() == 0
    }
}
