//! The HTTP service: plain WebSocket and Socket.IO on one port.

use std::io;
use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use axum::middleware;
use axum::response::Response;
use futures_util::future::BoxFuture;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use socketioxide::SocketIo;

use crate::config::Limits;
use crate::fault::{FaultStream, Service};
use crate::state::ServerState;
use crate::stats::Counters;
use crate::{cors, socketio, websocket};

/// hyper does not work with a smaller buffer.
const MIN_BUFFER: usize = 8192;

/// One life of the server: a restart makes a new one.
pub(crate) struct HttpService {
    router: Router,
    io: SocketIo,
    limits: Limits,
}

impl HttpService {
    pub(crate) fn make(state: &Arc<ServerState>) -> io::Result<Arc<dyn Service>> {
        let (layer, io) = socketio::layer(state).map_err(io::Error::other)?;
        let limits = state.config.limits.clone();
        let counting = Arc::clone(state);
        let count = middleware::map_response(move |response| count_upgrade(Arc::clone(&counting), response));
        let router = websocket::router(state)
            .with_state(Arc::clone(state))
            .layer(layer)
            .layer(count)
            .layer(middleware::from_fn(cors::allow));
        Ok(Arc::new(HttpService { router, io, limits }))
    }
}

async fn count_upgrade(state: Arc<ServerState>, response: Response) -> Response {
    if response.status() == StatusCode::SWITCHING_PROTOCOLS {
        Counters::add(&state.counters.upgrades, 1);
    }
    response
}

impl Service for HttpService {
    fn serve(&self, stream: FaultStream) -> BoxFuture<'static, ()> {
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(self.limits.header_timeout)
            .max_buf_size(self.limits.max_header_bytes.max(MIN_BUFFER))
            .serve_connection(TokioIo::new(stream), TowerToHyperService::new(self.router.clone()))
            .with_upgrades();
        // An error is a client that broke off or broke the rules; the connection is over either way.
        Box::pin(async move { drop(connection.await) })
    }

    fn close(&self) -> BoxFuture<'static, ()> {
        let io = self.io.clone();
        Box::pin(async move { io.close().await })
    }
}
