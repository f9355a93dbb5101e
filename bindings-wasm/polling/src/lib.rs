//! The entry `rejoin/polling` of the npm package, on the side of Rust: which transport is tried when, and what a polling
//! session does, as the core decides it. A module of its own, so that only those who import it load it. The requests
//! are made by `js/src/polling/`.

mod failure;
mod order;
mod session;

pub use failure::{Failure, refusal};
pub use order::Order;
pub use session::{Kind, Session, Step};
