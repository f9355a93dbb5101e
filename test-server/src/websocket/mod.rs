//! Plain WebSocket under `/ws`, in modes that the path chooses.

mod echo;
mod sink;
mod source;
mod upgrade;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Query, Request, State};
use axum::http::StatusCode;
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::get;
use hyper_util::rt::TokioIo;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

use crate::fault::FaultStream;
use crate::state::ServerState;
use crate::stats::{Counters, Numbered};

type Socket = WebSocketStream<FaultStream>;

/// `/ws`, `/ws/echo`, `/ws/sink`, `/ws/source`.
pub(crate) fn router(state: &Arc<ServerState>) -> Router<Arc<ServerState>> {
    Router::new()
        .route("/ws", get(echo_route))
        .route("/ws/echo", get(echo_route))
        .route("/ws/sink", get(sink_route))
        .route("/ws/source", get(source_route))
        .layer(middleware::from_fn_with_state(Arc::clone(state), authorize))
}

async fn echo_route(State(state): State<Arc<ServerState>>, request: Request) -> Response {
    upgrade::upgrade(request, Arc::clone(&state), move |socket| echo::run(socket, state))
}

async fn sink_route(State(state): State<Arc<ServerState>>, request: Request) -> Response {
    upgrade::upgrade(request, Arc::clone(&state), move |socket| sink::run(socket, state))
}

async fn source_route(
    State(state): State<Arc<ServerState>>,
    Query(plan): Query<source::Plan>,
    request: Request,
) -> Response {
    upgrade::upgrade(request, Arc::clone(&state), move |socket| source::run(socket, plan, state))
}

async fn authorize(
    State(state): State<Arc<ServerState>>,
    request: Request,
    next: Next,
) -> Result<Response, StatusCode> {
    let tokens = &state.config.bearer_tokens;
    let header = request.headers().get("authorization").and_then(|value| value.to_str().ok());
    let token = header.and_then(|value| value.strip_prefix("Bearer "));
    if tokens.is_empty() || token.is_some_and(|token| tokens.contains(token)) {
        return Ok(next.run(request).await);
    }
    Counters::add(&state.counters.unauthorized, 1);
    Err(StatusCode::UNAUTHORIZED)
}

/// Counts a data message that arrived.
fn count(message: &Message, counters: &Counters) {
    if !message.is_text() && !message.is_binary() {
        return;
    }
    Counters::add(&counters.messages, 1);
    Counters::add(&counters.bytes, message.len() as u64);
    if let Message::Text(text) = message
        && text.starts_with('{')
        && let Ok(numbered) = serde_json::from_str::<Numbered>(text)
    {
        counters.numbered(numbered);
    }
}

/// hyper wraps what it was given in a type of its own.
type HyperStream = TokioIo<FaultStream>;
