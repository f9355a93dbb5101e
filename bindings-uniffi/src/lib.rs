//! The native half of rejoin's Swift, Kotlin and Python packages: [`rejoin`] in the shape that crosses languages.
//!
//! It translates and decides nothing. A client is called without waiting; what follows is pulled from a [`Mailbox`],
//! in batches. The only asynchronous function is [`Mailbox::ready`], which takes nothing, so that cancelling a wait
//! loses nothing. No foreign code is ever called from here: what the application is asked for, such as credentials,
//! is an [`Item`] too.

#[cfg(target_os = "android")]
mod android;
mod answers;
mod calls;
mod client;
mod credentials;
mod desk;
mod failure;
mod item;
mod logs;
mod mailbox;
mod options;
mod payload;
mod receipt;
mod runtime;
mod session;
mod socketio;
mod socketio_options;
mod state;

pub use answers::{PendingAck, Responder};
pub use client::Client;
pub use credentials::CredentialsAnswer;
pub use failure::{Failed, Failure};
pub use item::Item;
pub use logs::logs;
pub use mailbox::{Batch, Mailbox};
pub use options::{
    BackoffOptions, ClientIdentity, Header, HeartbeatOptions, InboundOptions, Options, OutboxOptions,
    ProxyOptions, SendOptions, TextPing,
};
pub use payload::Payload;
pub use receipt::Receipt;
pub use session::{Session, SocketIoSession};
pub use socketio::SocketIoClient;
pub use socketio_options::{EmitOptions, LimitOptions, NamespaceOptions, SocketIoOptions};
pub use state::{State, Stats};

uniffi::setup_scaffolding!();

/// The version of rejoin.
#[uniffi::export]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}
