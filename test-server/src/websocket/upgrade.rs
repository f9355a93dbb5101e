//! The upgrade from HTTP to WebSocket, without a layer between the frames and the connection.

use std::future::Future;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use hyper::upgrade::{OnUpgrade, Parts};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::server::create_response_with_body;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};

use super::{HyperStream, Socket};
use crate::config::Limits;
use crate::state::ServerState;

/// Grants the upgrade and runs `serve` on the WebSocket; answers 400 if the request is none for it.
pub(super) fn upgrade<F, Served>(mut request: Request, state: Arc<ServerState>, serve: F) -> Response
where
    F: FnOnce(Socket) -> Served + Send + 'static,
    Served: Future<Output = ()> + Send,
{
    let on_upgrade = hyper::upgrade::on(&mut request);
    let Ok(response) = create_response_with_body(&request.map(|_| ()), Body::empty) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    tokio::spawn(async move {
        if let Some(socket) = accept(on_upgrade, &state.config.limits).await {
            serve(socket).await;
        }
    });
    response
}

async fn accept(on_upgrade: OnUpgrade, limits: &Limits) -> Option<Socket> {
    let upgraded = on_upgrade.await.ok()?;
    let Parts { io, read_buf, .. } = upgraded.downcast::<HyperStream>().ok()?;
    let config = WebSocketConfig::default()
        .read_buffer_size(limits.read_buffer_bytes)
        .write_buffer_size(limits.write_buffer_bytes)
        .max_write_buffer_size(limits.write_buffer_bytes + 2 * limits.max_message_bytes)
        .max_message_size(Some(limits.max_message_bytes))
        .max_frame_size(Some(limits.max_message_bytes));
    let stream = io.into_inner();
    Some(WebSocketStream::from_partially_read(stream, read_buf.to_vec(), Role::Server, Some(config)).await)
}
