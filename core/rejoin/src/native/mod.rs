//! The native way to a WebSocket: addresses, TCP, proxy, TLS and the HTTP upgrade, each with its own
//! deadline and its own typed error. The frames after it are tokio-tungstenite's.

mod config;
mod dialer;
mod happy_eyeballs;
mod http;
mod proxy;
mod readahead;
mod refusal;
mod resolver;
mod socket;
mod stage;
mod target;
mod tls;
mod transport;
mod upgrade;

pub(crate) use config::{DialConfig, StageTimeouts};
pub(crate) use dialer::{Dialer, Link};
pub use proxy::Proxy;
pub use resolver::{Resolver, Resolving};
pub(crate) use target::Target;
pub use tls::Tls;
pub(crate) use transport::Transport;

#[cfg(test)]
mod tests;
