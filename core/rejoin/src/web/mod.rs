//! The browser's way to a WebSocket: it opens it, answers pings and frames messages, and shows little of that.

mod dialer;
mod inbox;
mod options;
mod unsent;
mod websocket;

pub(crate) use dialer::{DialConfig, Dialer};
