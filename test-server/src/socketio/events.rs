//! What the server does on each event, the same in every namespace.

use std::future::ready;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use rmpv::Value;
use serde::{Deserialize, Serialize};
use socketioxide::extract::{AckSender, Data, SocketRef};
use socketioxide::{SendError, SocketError, SocketIo};

use super::args::Args;
use crate::state::ServerState;
use crate::stats::{Counters, Numbered};

/// A socket that is not connected by then never will be.
const CONNECTING: Duration = Duration::from_secs(1);

/// Registers the handlers of one socket. An error while answering means that the socket is gone or its
/// queue is full, both of which the client notices; so no handler acts on it.
///
/// Whatever need not wait is done before the handler's future is made: socketioxide runs the futures as tasks, in any
/// order.
pub(super) fn register(socket: &SocketRef, state: &Arc<ServerState>) {
    socket.on("echo", |socket: SocketRef, Data::<Args>(args), ack: AckSender| {
        wait_until_connected(&socket);
        let _ = socket.emit("echo", &args);
        let _ = ack.send(&args);
        ready(())
    });
    socket.on("ack", |Data::<Args>(args), ack: AckSender| {
        let _ = ack.send(&args);
        ready(())
    });
    socket.on("broadcast", |io: SocketIo, socket: SocketRef, Data::<Args>(args), ack: AckSender| {
        if let Some(everyone) = io.of(socket.ns()) {
            // Here and not in the future: those run in any order.
            let _ = everyone.emit("broadcast", &args).now_or_never();
        }
        let _ = ack.send(&args);
        ready(())
    });
    socket.on("ask", ask);
    let limits = Arc::clone(state);
    socket.on("source", async move |socket: SocketRef, Data::<Args>(args), ack: AckSender| {
        let _ = ack.send(&Args::default());
        if let Some(plan) = args.first::<Plan>() {
            flood(&socket, &plan, limits.config.limits.max_message_bytes).await;
        }
    });
    socket.on("leave", |socket: SocketRef| {
        let _ = socket.disconnect();
        ready(())
    });
    let counting = Arc::clone(state);
    socket.on("sink", move |ack: AckSender| {
        Counters::add(&counting.counters.messages, 1);
        let _ = ack.send(&Args::default());
        ready(())
    });
    let counting = Arc::clone(state);
    socket.on("numbered", move |Data::<Args>(args), ack: AckSender| {
        let is_new = args.first::<Numbered>().is_some_and(|message| counting.counters.numbered(message));
        let _ = ack.send(&is_new);
        ready(())
    });
}

/// socketioxide calls a socket connected, and lets it emit, a few instructions after the answer to CONNECT has left. What the
/// client sends upon that answer can overtake them on another thread, which then is about to be done with them.
fn wait_until_connected(socket: &SocketRef) {
    let deadline = Instant::now() + CONNECTING;
    while !socket.connected() && Instant::now() < deadline {
        std::thread::yield_now();
    }
}

/// Asks the client with `question`, and reports its answer, or that there was none, with `answered`.
async fn ask(socket: SocketRef, Data(args): Data<Args>, ack: AckSender) {
    let _ = ack.send(&Args::default());
    wait_until_connected(&socket);
    let answer = match socket.emit_with_ack::<_, Args>("question", &args) {
        Ok(answer) => answer.await.map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    };
    let report = match answer {
        Ok(answer) => answer,
        Err(error) => Args(vec![Value::Nil, Value::from(error)]),
    };
    let _ = socket.emit("answered", &report);
}

/// What a client wants of `source`.
#[derive(Debug, Deserialize)]
struct Plan {
    count: u64,
    #[serde(default)]
    size: usize,
}

#[derive(Debug, Serialize)]
struct Item<'a> {
    seq: u64,
    pad: &'a str,
}

/// Floods the client with `item` events, numbered from 1, as fast as its queue takes them.
async fn flood(socket: &SocketRef, plan: &Plan, max_bytes: usize) {
    wait_until_connected(socket);
    let pad = "x".repeat(plan.size.min(max_bytes));
    for seq in 1..=plan.count {
        let item = Item { seq, pad: &pad };
        while let Err(error) = socket.emit("item", &item) {
            if !matches!(error, SendError::Socket(SocketError::InternalChannelFull)) {
                return;
            }
            // There is no signal for room in the queue: let the writer run and try again.
            tokio::task::yield_now().await;
        }
    }
}
