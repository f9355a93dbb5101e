//! Accepts every message and answers none.

use std::sync::Arc;

use futures_util::StreamExt;

use super::{Socket, count};
use crate::state::ServerState;

pub(super) async fn run(mut socket: Socket, state: Arc<ServerState>) {
    while let Some(Ok(message)) = socket.next().await {
        count(&message, &state.counters);
    }
}
