//! The server as its clients see it: through sockets, with tokio-tungstenite as the client.
#![allow(clippy::unwrap_used)]

mod client;
mod control;
mod faults;
mod program;
mod proxy;
mod socketio;
mod websocket;
