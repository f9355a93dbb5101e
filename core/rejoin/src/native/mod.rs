//! The native way to a WebSocket: addresses, TCP, proxy, TLS and the HTTP upgrade, each with its own
//! deadline and its own typed error. The frames after it are tungstenite's.

mod config;
mod data_frame;
mod dialer;
mod frames;
mod happy_eyeballs;
mod http;
mod options;
mod payload;
#[cfg(feature = "polling")]
mod polling;
mod proxy;
mod read_buffer;
mod readahead;
mod refusal;
mod resolver;
mod socket;
mod spares;
mod stage;
mod target;
mod tls;
mod transport;
mod upgrade;
mod websocket;
mod write_buffer;

pub(crate) use config::DialConfig;
pub(crate) use dialer::Dialer;
#[cfg(feature = "polling")]
pub(crate) use polling::Transports;
pub use proxy::Proxy;
pub use resolver::{Resolver, Resolving};
pub(crate) use target::Target;
pub use tls::Tls;
pub(crate) use websocket::WithoutToken;

#[cfg(test)]
mod tests;
