//! Engine.IO v4: the layer below Socket.IO. Packets, the `open` handshake, and the payloads of HTTP long-polling.

mod open;
mod packet;
pub mod payload;
mod polling;
mod refusal;
#[cfg(test)]
mod tests;
mod transports;

pub use open::Open;
pub use packet::Packet;
pub use polling::{Action, Polling};
pub use refusal::refusal;
pub use transports::{Transport, Transports};
