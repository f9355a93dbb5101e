//! The npm package `rejoin`, on the side of Rust: the pure core, made callable.
//!
//! The driver is JavaScript (`js/src/driver.ts`), which owns the socket, the timer and the clock. Calls go one way, from
//! JavaScript into the core, and what crosses the seam is numbers: content stays with JavaScript, which keeps it under
//! the number of its message, and the core is given its length. What happens rarely is told as JSON.
//!
//! JSON stays text here; JavaScript's own `JSON` reads and writes it.

mod call;
mod core;
mod effects;
mod inbox;
mod inputs;
mod messages;
mod records;
mod settings;
mod wire;

pub use crate::core::Core;

#[cfg(target_family = "wasm")]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();
