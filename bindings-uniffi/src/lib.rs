//! The native half of rejoin's Swift, Kotlin and Python packages: [`rejoin`] in the shape that crosses languages.
//!
//! It translates and decides nothing. A client is called without waiting; what follows is pulled from a [`Mailbox`],
//! in batches. The only asynchronous function is [`Mailbox::ready`], which takes nothing, so that cancelling a wait
//! loses nothing. No foreign code is ever called from here: what the application is asked for, such as credentials,
//! is an [`Item`] too.

mod calls;
mod client;
mod credentials;
mod failure;
mod item;
mod mailbox;
mod options;
mod receipt;
mod runtime;
mod socketio;
mod state;

pub use client::Client;
pub use credentials::CredentialsAnswer;
pub use failure::{Failed, Failure};
pub use item::Item;
pub use mailbox::{Batch, Mailbox};
pub use options::{
    BackoffOptions, ClientIdentity, Header, HeartbeatOptions, InboundOptions, Options, OutboxOptions,
    ProxyOptions, SendOptions,
};
pub use receipt::Receipt;
pub use socketio::{
    EmitOptions, NamespaceOptions, Payload, PendingAck, Responder, SocketIoClient, SocketIoOptions,
};
pub use state::{State, Stats};

uniffi::setup_scaffolding!();

/// The version of rejoin.
#[uniffi::export]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}
