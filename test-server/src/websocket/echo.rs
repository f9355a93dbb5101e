//! Sends back every message.

use std::sync::Arc;

use futures_util::{FutureExt, SinkExt, StreamExt};

use super::{Socket, count};
use crate::state::ServerState;

/// Everything that is ready is fed, then flushed once: a flush for each message would make the server the
/// bottleneck of a benchmark.
pub(super) async fn run(mut socket: Socket, state: Arc<ServerState>) {
    while let Some(Ok(mut message)) = socket.next().await {
        loop {
            count(&message, &state.counters);
            let is_data = message.is_text() || message.is_binary();
            if is_data && socket.feed(message).await.is_err() {
                return;
            }
            match socket.next().now_or_never() {
                Some(Some(Ok(next))) => message = next,
                Some(_) => return,
                None => break,
            }
        }
        if socket.flush().await.is_err() {
            return;
        }
    }
}
