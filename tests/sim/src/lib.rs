//! The pure core against a scripted server and faulty links, under virtual time.
//!
//! One seed makes one schedule: a configuration, some sixty steps of time, application calls and faults, and then
//! a world in which everything works again. After each step every [`Check`] looks at what the connection did.
//! The same seed gives the same schedule; [`replay`] prints it.

mod checks;
pub mod herd;
mod model;
mod peer;
mod sabotage;
#[cfg(test)]
mod tests;
mod trace;
mod wire;
mod world;

pub use checks::{Check, Jitter, Violation};
pub use sabotage::Sabotage;
pub use wire::{Heard, MAX_MESSAGES, Plain, SocketIoWire, Spec, Wire};

use trace::Trace;
use world::World;

/// What the schedules that passed have shown together.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Totals {
    /// Inputs given to the core.
    pub inputs: u64,
    /// Messages that came to their end.
    pub messages: u64,
    /// Connections that came to be.
    pub connects: u64,
    /// The delays that the backoff drew.
    pub jitter: Jitter,
}

/// Runs one schedule.
///
/// # Errors
/// The first check that failed.
pub fn run<W: Wire>(seed: u64, totals: &mut Totals) -> Result<(), Violation> {
    World::<W>::new(seed, None, Trace::off()).play(totals)
}

/// Runs one schedule with a driver that is wrong on purpose.
///
/// # Errors
/// The first check that failed.
pub fn run_sabotaged<W: Wire>(seed: u64, sabotage: Sabotage) -> Result<(), Violation> {
    World::<W>::new(seed, Some(sabotage), Trace::off()).play(&mut Totals::default())
}

/// Runs one schedule and tells all that happened in it.
pub fn replay<W: Wire>(seed: u64) -> (Vec<String>, Result<(), Violation>) {
    let mut world = World::<W>::new(seed, None, Trace::on());
    let result = world.play(&mut Totals::default());
    (world.into_trace(), result)
}
