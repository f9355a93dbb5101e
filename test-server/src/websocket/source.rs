//! Floods the client with numbered messages.

use std::sync::Arc;
use std::time::Duration;

use futures_util::{FutureExt, SinkExt, StreamExt};
use serde::Deserialize;
use tokio::time::{MissedTickBehavior, interval};
use tokio_tungstenite::tungstenite::{Error, Message};

use super::{Socket, count, sink};
use crate::state::ServerState;

/// How many messages go out before the socket is read again.
const BATCH: u64 = 256;

/// The query of `/ws/source`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Plan {
    /// How many messages.
    count: u64,
    /// The length of each in bytes; one too short for its number is as long as it must be.
    #[serde(default)]
    size: usize,
    /// The number of the first.
    #[serde(default = "first")]
    from: u64,
    /// Milliseconds between two messages; 0 sends as fast as the client reads.
    #[serde(default)]
    every_ms: u64,
}

fn first() -> u64 {
    1
}

/// Sends the messages, then stays until the client goes.
pub(super) async fn run(mut socket: Socket, plan: Plan, state: Arc<ServerState>) {
    let size = plan.size.min(state.config.limits.max_message_bytes);
    let sent = match plan.every_ms {
        0 => flood(&mut socket, &plan, size, &state).await,
        ms => drip(&mut socket, &plan, size, Duration::from_millis(ms), &state).await,
    };
    if sent.is_ok() {
        sink::run(socket, state).await;
    }
}

async fn flood(socket: &mut Socket, plan: &Plan, size: usize, state: &ServerState) -> Result<(), Error> {
    for i in 0..plan.count {
        socket.feed(numbered(plan.from.saturating_add(i), size)).await?;
        if i % BATCH == BATCH - 1 {
            socket.flush().await?;
            read_ready(socket, state)?;
        }
    }
    socket.flush().await
}

async fn drip(
    socket: &mut Socket,
    plan: &Plan,
    size: usize,
    every: Duration,
    state: &ServerState,
) -> Result<(), Error> {
    let mut ticks = interval(every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut sent = 0;
    while sent < plan.count {
        tokio::select! {
            _ = ticks.tick() => {
                socket.send(numbered(plan.from.saturating_add(sent), size)).await?;
                sent += 1;
            }
            message = socket.next() => count(&message.ok_or(Error::ConnectionClosed)??, &state.counters),
        }
    }
    Ok(())
}

/// Pings and the end of the connection are noticed during a flood, too.
fn read_ready(socket: &mut Socket, state: &ServerState) -> Result<(), Error> {
    while let Some(message) = socket.next().now_or_never() {
        count(&message.ok_or(Error::ConnectionClosed)??, &state.counters);
    }
    Ok(())
}

fn numbered(seq: u64, size: usize) -> Message {
    let bare = format!(r#"{{"seq":{seq},"pad":""}}"#);
    let pad = size.saturating_sub(bare.len());
    if pad == 0 { bare.into() } else { format!(r#"{{"seq":{seq},"pad":"{:x<pad$}"}}"#, "").into() }
}
