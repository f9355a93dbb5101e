//! Faults of the network and of the server, struck on command.
//!
//! Every fault acts below HTTP, in the [`FaultStream`] that wraps each accepted TCP connection. So one
//! implementation serves plain WebSocket, Socket.IO and, through the [`FaultProxy`], any other server.

mod conditions;
mod frames;
mod gate;
mod handle;
mod link;
mod outgoing;
mod proxy;
mod pump;
mod queue;
mod status;
mod stream;

pub use conditions::{Direction, Fault, FaultKind, InvalidFault};
pub(crate) use gate::{Gate, Service};
pub use handle::Faults;
pub use proxy::FaultProxy;
pub(crate) use stream::FaultStream;
