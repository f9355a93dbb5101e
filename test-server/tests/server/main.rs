//! The server as its clients see it: through sockets, with tokio-tungstenite as the client.
#![allow(clippy::unwrap_used)]
// "Anything else" is a failure here, whatever it is.
#![allow(clippy::wildcard_enum_match_arm)]

mod client;
mod control;
mod faults;
mod program;
mod proxy;
mod socketio;
mod websocket;
