//! The native way to a WebSocket: addresses, TCP, proxy, TLS and the HTTP upgrade, each with its own
//! deadline and its own typed error. The frames after it are tungstenite's.

mod config;
mod dialer;
mod frames;
mod happy_eyeballs;
mod http;
mod options;
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
mod websocket;

pub(crate) use config::DialConfig;
pub(crate) use dialer::Dialer;
pub use proxy::Proxy;
pub use resolver::{Resolver, Resolving};
pub(crate) use target::Target;
pub(crate) use websocket::WithoutToken;
pub use tls::Tls;

#[cfg(test)]
mod tests;
