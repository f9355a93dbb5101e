//! Socket.IO: events, acknowledgements and namespaces over a connection that survives its links.
//!
//! ```no_run
//! use rejoin::socketio::Client;
//!
//! # async fn example() -> Result<(), rejoin::Error> {
//! let client = Client::builder("https://example.com").build()?;
//! let mut events = client.events();
//! client.connect().await?;
//! client.emit("chat", ("general", "hello"))?;
//! let stored: u64 = client.emit_with_ack("store", "hello")?.await?.args()?;
//! while let Some(event) = events.next().await {
//!     println!("{} {stored}", event.name());
//! }
//! # Ok(()) }
//! ```

mod ack;
pub mod binary;
mod builder;
mod client;
mod data;
mod emitter;
mod event;
mod listener;
mod namespace;
mod router;
mod url;

pub use ack::{AckFuture, AckReply};
pub use binary::Binary;
pub use builder::SocketIoOptions;
pub use client::{Client, Session};
pub use emitter::Emitter;
pub use event::{Event, Events};
pub use listener::Listener;
pub use namespace::{Namespace, NamespaceEvent, NamespaceState};
#[cfg(all(feature = "polling", not(target_family = "wasm")))]
pub use rejoin_proto::engineio::Transport;
pub use rejoin_proto::socketio::{Args, Limits, Parser};

use std::sync::Arc;

use rejoin_proto::socketio::SocketIo;

use crate::shared::Shared;
use router::Consumers;

type SocketIoShared = Shared<SocketIo, Consumers>;
type SharedArc = Arc<SocketIoShared>;
