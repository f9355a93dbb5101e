//! Socket.IO under `/socket.io/`: the namespaces `/`, `/chat`, `/room-{id}` and, with a token, `/private`.

mod args;
mod events;

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::sync::Arc;

use serde::Deserialize;
use socketioxide::extract::{SocketRef, TryData};
use socketioxide::handler::ConnectHandler;
use socketioxide::layer::SocketIoLayer;
use socketioxide::{NsInsertError, ParserConfig, SocketIo};

use crate::config::Parser;
use crate::state::ServerState;
use crate::stats::Counters;

/// Builds the layer that serves Socket.IO, and the handle that closes it.
///
/// # Errors
/// A namespace pattern is wrong: a fault of this file.
pub(crate) fn layer(state: &Arc<ServerState>) -> Result<(SocketIoLayer, SocketIo), NsInsertError> {
    let (layer, io) = configure(state);
    io.ns("/", on_connect(state).with(handlers(state)));
    io.ns("/chat", on_connect(state).with(handlers(state)));
    io.dyn_ns("/room-{id}", on_connect(state).with(handlers(state)))?;
    let guarded = Arc::clone(state);
    let guard = async move |auth: TryData<Auth>| authorize(&guarded, auth);
    io.ns("/private", on_connect(state).with(handlers(state)).with(guard));
    Ok((layer, io))
}

fn configure(state: &ServerState) -> (SocketIoLayer, SocketIo) {
    let limits = &state.config.limits;
    let builder = SocketIo::builder()
        .ping_interval(state.config.ping_interval)
        .ping_timeout(state.config.ping_timeout)
        .max_payload(limits.max_message_bytes as u64)
        .max_buffer_size(limits.max_socketio_queue)
        .ws_read_buffer_size(limits.read_buffer_bytes)
        .ws_max_message_size(limits.max_message_bytes)
        .ws_max_frame_size(limits.max_message_bytes)
        .ack_timeout(limits.ack_timeout);
    match state.config.socketio_parser {
        Parser::Json => builder
            .with_parser(ParserConfig::common().max_incoming_binaries(limits.max_attachments))
            .build_layer(),
        Parser::MessagePack => builder.with_parser(ParserConfig::msgpack()).build_layer(),
    }
}

fn on_connect(state: &Arc<ServerState>) -> impl Fn() -> Ready<()> + Clone + Send + Sync + 'static {
    let state = Arc::clone(state);
    move || {
        Counters::add(&state.counters.namespaces_connected, 1);
        ready(())
    }
}

/// Registers the handlers as a middleware, since socketioxide answers CONNECT before it calls the connect handler: what a
/// client sends upon that answer would find none, and be dropped without a word.
fn handlers(
    state: &Arc<ServerState>,
) -> impl Fn(SocketRef) -> Ready<Result<(), Infallible>> + Clone + Send + Sync + 'static {
    let state = Arc::clone(state);
    move |socket: SocketRef| {
        events::register(&socket, &state);
        ready(Ok(()))
    }
}

/// What a client says to enter `/private`.
#[derive(Deserialize)]
struct Auth {
    token: String,
}

fn authorize(state: &ServerState, TryData(auth): TryData<Auth>) -> Result<(), &'static str> {
    match auth {
        Ok(auth) if state.config.socketio_tokens.contains(&auth.token) => Ok(()),
        Ok(_) | Err(_) => Err("unauthorized"),
    }
}
