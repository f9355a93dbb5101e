//! What a platform gives: a clock, a timer, tasks and randomness. Nothing else in this crate asks where it runs.

#[cfg(not(target_family = "wasm"))]
mod native;
#[cfg(not(target_family = "wasm"))]
mod wake;
#[cfg(target_family = "wasm")]
mod web;

#[cfg(not(target_family = "wasm"))]
pub use native::*;
#[cfg(not(target_family = "wasm"))]
pub(crate) use wake::{OnWake, on_wake};
#[cfg(target_family = "wasm")]
pub use web::*;
