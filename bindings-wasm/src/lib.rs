//! The npm package `rejoin`, on the side of Rust: a thin, synchronous driver over the pure core.
//!
//! JavaScript calls in, the core is told at once, and a microtask later one *turn* does all that follows: it carries
//! out what the core said, writes frames, sets the one timer, and hands everything that happened to JavaScript in a
//! single call. So no call into JavaScript ever happens inside a borrow, and no listener inside a call of its own.
//!
//! JSON stays text here; JavaScript's own `JSON` reads and writes it.

mod batch;
mod clock;
mod driver;
mod exports;
mod handlers;
mod host;
mod link;
mod settings;
mod wire;

pub use exports::{Core, describe};
