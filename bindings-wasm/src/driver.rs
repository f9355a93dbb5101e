//! Owns a connection, its socket and its timer: carries out what the core says, and tells it what happened.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use std::time::Duration;

use rejoin_proto::{
    Connection, Error, ErrorCode, Event, NetworkHint, Output, SocketEvent, SocketId, Timestamp,
};
use wasm_bindgen::JsValue;

use crate::batch::{Batch, Kind};
use crate::clock::Clock;
use crate::handlers::Handlers;
use crate::host::{Host, clear_timeout, queue_microtask, set_timeout};
use crate::link::Link;
use crate::wire::Wire;

/// The longest wait, so that sleep is noticed soon after it.
const MAX_WAIT: Duration = Duration::from_secs(15);
/// The first and the longest time after which the socket's buffer is looked at again. Nothing tells when it empties.
const FIRST_LOOK: Duration = Duration::from_millis(2);
const LAST_LOOK: Duration = Duration::from_millis(100);

/// Events that the core gets at once of those that were held back, so that a full consumer can say so in time.
const HELD_AT_ONCE: usize = 32;
/// Bytes that may be held back: a page cannot stop its socket from receiving.
const MAX_HELD: usize = 16 << 20;

/// Effects that need JavaScript.
enum Command {
    Open { socket: SocketId, token: Option<String> },
    Close { socket: SocketId, code: u16 },
    Abort { socket: SocketId },
}

pub(crate) struct State {
    pub(crate) connection: Connection<Wire>,
    pub(crate) batch: Batch,
    commands: VecDeque<Command>,
    /// A turn is on its way.
    scheduled: bool,
    /// What JavaScript gave with the frame that is being handled.
    payload: Option<JsValue>,
    held: Held,
}

/// What arrived while the consumers were full.
#[derive(Default)]
struct Held {
    paused: bool,
    events: VecDeque<(SocketEvent, Option<JsValue>)>,
    bytes: usize,
}

impl Held {
    fn is_releasable(&self) -> bool {
        !self.paused && !self.events.is_empty()
    }

    fn take(&mut self) -> Vec<(SocketEvent, Option<JsValue>)> {
        let count = self.events.len().min(HELD_AT_ONCE);
        if count == self.events.len() {
            self.bytes = 0;
        }
        self.events.drain(..count).collect()
    }
}

impl State {
    fn handle(&mut self, socket: SocketId, event: SocketEvent, payload: Option<JsValue>, now: Timestamp) {
        self.payload = payload;
        self.connection.handle_socket(socket, event, now);
        self.drain(now);
    }

    /// Takes what the core says, so that it stands in order among what else happens.
    fn drain(&mut self, now: Timestamp) {
        while let Some(output) = self.connection.poll_output() {
            match output {
                Output::NeedCredentials { socket, reason } => {
                    let record = self.batch.record(Kind::Credentials);
                    record.number(socket.get().into()).string(reason.as_str());
                }
                Output::Rejoin { socket } => {
                    self.batch.record(Kind::Rejoin).number(socket.get().into());
                }
                Output::Open { socket, credentials } => {
                    let token = credentials.as_ref().and_then(|credentials| credentials.token());
                    let token = token.map(|token| token.expose().to_owned());
                    self.commands.push_back(Command::Open { socket, token });
                }
                Output::Close { socket, code } => self.commands.push_back(Command::Close { socket, code }),
                Output::Abort { socket, .. } => self.commands.push_back(Command::Abort { socket }),
                Output::Event(Event::State(state)) => self.batch.state(&state, now),
                Output::Event(Event::Receipt(receipt)) => self.batch.receipt(&receipt),
                Output::Event(Event::Protocol(event)) => {
                    event.record(self.payload.take(), &mut self.batch);
                }
            }
        }
    }
}

pub(crate) struct Driver {
    host: Host,
    clock: Clock,
    state: RefCell<State>,
    link: RefCell<Option<Rc<Link>>>,
    handlers: OnceCell<Handlers>,
    /// The timer that runs, and when it ends.
    timer: RefCell<Option<(Timestamp, JsValue)>>,
    look_after: Cell<Duration>,
}

impl Driver {
    pub(crate) fn new(host: Host, connection: Connection<Wire>) -> Rc<Self> {
        let state = State {
            connection,
            batch: Batch::default(),
            commands: VecDeque::new(),
            scheduled: false,
            payload: None,
            held: Held::default(),
        };
        let driver = Rc::new(Self {
            host,
            clock: Clock::start(),
            state: RefCell::new(state),
            link: RefCell::default(),
            handlers: OnceCell::new(),
            timer: RefCell::default(),
            look_after: Cell::new(FIRST_LOOK),
        });
        driver.handlers.get_or_init(|| Handlers::new(&driver));
        driver
    }

    /// Gives the core an input; what follows from it happens in a turn of its own.
    pub(crate) fn with<T>(&self, input: impl FnOnce(&mut State, Timestamp) -> T) -> T {
        let now = self.clock.now();
        let (result, scheduled) = {
            let mut state = self.state.borrow_mut();
            let result = input(&mut state, now);
            state.drain(now);
            (result, core::mem::replace(&mut state.scheduled, true))
        };
        if !scheduled {
            self.handlers.get().into_iter().for_each(|handlers| queue_microtask(handlers.turn()));
        }
        result
    }

    /// Looks, changes nothing.
    pub(crate) fn look<T>(&self, look: impl FnOnce(&Connection<Wire>) -> T) -> T {
        look(&self.state.borrow().connection)
    }

    /// Something happened to the socket that is open.
    pub(crate) fn socket_event(&self, event: SocketEvent) {
        self.socket_event_with(event, None, 0);
    }

    /// As [`socket_event`](Self::socket_event), for a frame whose content stays in JavaScript.
    pub(crate) fn socket_event_with(&self, event: SocketEvent, payload: Option<JsValue>, bytes: usize) {
        let Some(link) = self.link() else { return };
        self.with(|state, now| {
            let held = &mut state.held;
            if !held.paused && held.events.is_empty() {
                return state.handle(link.id, event, payload, now);
            }
            held.bytes += bytes;
            if held.bytes <= MAX_HELD {
                held.events.push_back((event, payload));
            } else {
                let error = Error::new(ErrorCode::SlowConsumer, "too much arrived that is not read");
                state.connection.handle_socket(link.id, SocketEvent::Failed(error), now);
            }
        });
    }

    /// The consumers are full, or have room again.
    pub(crate) fn reading(&self, paused: bool) {
        self.with(|state, now| {
            state.held.paused = paused;
            state.connection.handle_reading(paused, now);
        });
    }

    /// Gives the core some of what was held back.
    fn release_held(&self) {
        let Some(link) = self.link() else { return };
        if self.state.borrow().held.is_releasable() {
            self.with(|state, now| {
                for (event, payload) in state.held.take() {
                    state.handle(link.id, event, payload, now);
                }
            });
        }
    }

    pub(crate) fn link(&self) -> Option<Rc<Link>> {
        self.link.borrow().clone()
    }

    /// The timer ended.
    pub(crate) fn wake(&self) {
        *self.timer.borrow_mut() = None;
        self.with(|_, _| ());
    }

    /// Does all that is to be done, and hands over what happened.
    pub(crate) fn turn(&self) {
        self.state.borrow_mut().scheduled = false;
        let mut now = self.clock.now();
        if self.clock.has_slept(now) {
            self.with(|state, now| state.connection.handle_network(NetworkHint::Woke, now));
            now = self.clock.now();
        }
        self.release_held();
        self.report_flushed();
        {
            let mut state = self.state.borrow_mut();
            if state.connection.poll_timeout().is_some_and(|(at, _)| at <= now) {
                state.connection.handle_timeout(now);
                state.drain(now);
            }
        }
        loop {
            self.carry_out();
            self.write(now);
            if self.state.borrow().commands.is_empty() {
                break;
            }
        }
        self.report_flushed();
        self.set_timer(now);
        let batch = core::mem::take(&mut self.state.borrow_mut().batch);
        if !batch.is_empty() {
            let (records, payloads) = batch.finish();
            self.host.deliver(&records, payloads);
        }
    }

    fn report_flushed(&self) {
        let Some(link) = self.link() else { return };
        let Some(frames) = link.newly_flushed() else { return };
        self.look_after.set(FIRST_LOOK);
        let now = self.clock.now();
        let mut state = self.state.borrow_mut();
        state.connection.handle_socket(link.id, SocketEvent::Flushed { frames }, now);
        state.drain(now);
    }

    fn carry_out(&self) {
        loop {
            let command = self.state.borrow_mut().commands.pop_front();
            let Some(command) = command else { return };
            match command {
                Command::Open { socket, token } => self.open(socket, token),
                Command::Close { socket, code } => {
                    if let Some(link) = self.link().filter(|link| link.id == socket) {
                        link.close(code);
                    }
                }
                Command::Abort { socket } => self.abort(socket),
            }
        }
    }

    fn open(&self, id: SocketId, token: Option<String>) {
        match self.host.dial(token) {
            Ok(socket) => {
                self.handlers.get().into_iter().for_each(|handlers| handlers.attach(&socket));
                *self.link.borrow_mut() = Some(Rc::new(Link::new(id, socket)));
            }
            Err(error) => {
                let error = crate::handlers::opening_error(&error);
                let now = self.clock.now();
                let mut state = self.state.borrow_mut();
                state.connection.handle_socket(id, SocketEvent::Failed(error), now);
                state.drain(now);
            }
        }
    }

    fn abort(&self, socket: SocketId) {
        let link = self.link.borrow_mut().take_if(|link| link.id == socket);
        let Some(link) = link else { return };
        link.abandon();
        let held = &mut self.state.borrow_mut().held;
        *held = Held { paused: held.paused, ..Held::default() };
    }

    /// Writes while the socket can take more.
    fn write(&self, now: Timestamp) {
        let Some(link) = self.link() else { return };
        let mut room = link.room();
        while room > 0.0 {
            let transmit = {
                let mut state = self.state.borrow_mut();
                let transmit = state.connection.poll_transmit(now);
                state.drain(now);
                transmit
            };
            let Some(transmit) = transmit else { return };
            room -= transmit.frame.len() as f64;
            if link.write(&transmit.frame).is_err() {
                let error = Error::new(ErrorCode::Network, "the socket refuses what is written");
                self.socket_event(SocketEvent::Failed(error));
                return;
            }
        }
    }

    /// A timer that ends too early does no harm, so it is set anew only for an earlier moment.
    fn set_timer(&self, now: Timestamp) {
        let deadline = self.look(|connection| connection.poll_timeout()).map(|(at, _)| at);
        let link = self.link();
        let idle = deadline.is_none() && link.is_none();
        let mut at = deadline.unwrap_or(now + MAX_WAIT).min(now + MAX_WAIT);
        if link.is_some_and(|link| link.has_unflushed()) {
            let after = self.look_after.get();
            self.look_after.set((after * 2).min(LAST_LOOK));
            at = at.min(now + after);
        }
        let mut timer = self.timer.borrow_mut();
        if !idle && timer.as_ref().is_some_and(|(ends, _)| *ends <= at) {
            return;
        }
        if let Some((_, handle)) = timer.take() {
            clear_timeout(&handle);
        }
        if let (false, Some(handlers)) = (idle, self.handlers.get()) {
            // Rounded up, or the timer would end just before its time, again and again.
            let millis = u32::try_from(at.since(now).as_micros().div_ceil(1000)).unwrap_or(u32::MAX);
            *timer = Some((at, set_timeout(handlers.wake(), millis)));
        }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        self.timer.take().iter().for_each(|(_, handle)| clear_timeout(handle));
        self.link.take().iter().for_each(|link| link.abandon());
    }
}
