//! The reference test server of rejoin: plain WebSocket and Socket.IO on one port, faults on command, and
//! an account of every numbered message that arrived.
//!
//! - [`TestServer`] is the server: `/ws` (echo, sink, source) and Socket.IO.
//! - [`Faults`] strikes what can go wrong, in process; the control API does the same over HTTP.
//! - [`FaultProxy`] puts the same faults in front of any other TCP server.
//!
//! How it is put together, from the outside in: `fault` owns the port and every accepted connection, `http`
//! serves them with `websocket` and `socketio`, which count into `stats`; `control` speaks for the operator.

mod config;
mod control;
mod cors;
mod fault;
mod http;
mod seen;
mod server;
mod socketio;
mod state;
mod stats;
mod websocket;

pub use config::{Config, Delivery, Limits, Parser, Tokens};
pub use control::ROUTES;
pub use fault::{Direction, Fault, FaultKind, FaultProxy, Faults, InvalidFault};
pub use seen::Seen;
pub use server::TestServer;
pub use stats::{ANONYMOUS, Stats};
