//! A client that stays connected to the WebSocket and Socket.IO servers that you already have.
//!
//! It reconnects with jittered backoff, finds dead links in seconds, keeps what you send while offline in a bounded
//! outbox, and tells what became of each message. See [`Client`].

mod builder;
mod client;
mod driver;
mod hooks;
mod journal;
#[cfg(not(target_family = "wasm"))]
mod native;
mod platform;
mod receipts;
mod shared;
mod socket;
pub mod socketio;
mod stats;
mod subscription;
#[cfg(target_family = "wasm")]
mod web;

#[cfg(not(target_family = "wasm"))]
use native as transport;
#[cfg(target_family = "wasm")]
use web as transport;

#[cfg(all(feature = "polling", target_family = "wasm"))]
compile_error!("the feature `polling` is not for browsers: ask for it only where the target is not wasm");

pub use builder::Builder;
pub use client::{Client, Plain, Session};
#[cfg(not(target_family = "wasm"))]
pub use native::{Proxy, Resolver, Resolving, Tls};
pub use platform::Clock;
pub use receipts::Receipt;
pub use rejoin_proto::{
    BackoffConfig, Config, Credentials, CredentialsReason, Error, ErrorCode, HeartbeatConfig, Message,
    MessageId, NetworkHint, OutboxConfig, Outcome, Overflow, Phase, Secret, SendOptions, State,
    TextHeartbeat, Timestamp,
};
pub use stats::Stats;
pub use subscription::{Inbound, InboundPolicy, Subscription};
