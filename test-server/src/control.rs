//! The control API: HTTP and JSON, on a loopback port of its own. The table in [`ROUTES`] is all of it.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::fault::{Fault, FaultKind, Faults};
use crate::state::ServerState;
use crate::stats::Stats;

/// Every route of the control API; `GET /control` answers with this text.
pub const ROUTES: &str = "\
GET    /control               this text
GET    /control/stats         what was counted, as JSON
DELETE /control/stats         forget what was counted
GET    /control/faults        the lasting faults in force, as JSON
POST   /control/fault         strike a fault: {\"fault\":\"freeze\",\"direction\":\"both\",\"for_ms\":500}
POST   /control/lift          lift the faults of a kind: {\"kind\":\"freeze\"}
DELETE /control/faults        lift all faults
";

#[derive(Debug)]
pub(crate) struct ControlApi {
    addr: SocketAddr,
    task: JoinHandle<()>,
    stop: DropGuard,
}

#[derive(Clone)]
struct Handles {
    faults: Faults,
    state: Arc<ServerState>,
}

impl ControlApi {
    pub(crate) async fn start(faults: Faults, state: Arc<ServerState>) -> io::Result<Self> {
        let addr = state.config.control_addr;
        if !addr.ip().is_loopback() {
            let text = "control_addr must be a loopback address, such as 127.0.0.1:0";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
        }
        let listener = TcpListener::bind(addr).await?;
        let addr = listener.local_addr()?;
        let router = router(Handles { faults, state });
        let stop = CancellationToken::new();
        let stopped = stop.clone().cancelled_owned();
        let task = tokio::spawn(async move {
            tokio::select! {
                () = stopped => {}
                // It never ends by itself: axum retries a failed accept.
                _ = axum::serve(listener, router) => {}
            }
        });
        Ok(ControlApi { addr, task, stop: stop.drop_guard() })
    }

    pub(crate) fn addr(&self) -> SocketAddr {
        self.addr
    }

    pub(crate) async fn stop(self) {
        drop(self.stop);
        // An error means that the runtime ends, and the task with it.
        let _ = self.task.await;
    }
}

fn router(handles: Handles) -> Router {
    let max_bytes = handles.state.config.limits.max_control_bytes;
    Router::new()
        .route("/control", get(async || ROUTES))
        .route("/control/stats", get(stats).delete(reset_stats))
        .route("/control/faults", get(in_force).delete(lift_all))
        .route("/control/fault", post(strike))
        .route("/control/lift", post(lift))
        .layer(DefaultBodyLimit::max(max_bytes))
        .with_state(handles)
}

async fn stats(State(handles): State<Handles>) -> Json<Stats> {
    Json(handles.state.stats(&handles.faults))
}

async fn reset_stats(State(handles): State<Handles>) -> StatusCode {
    handles.state.counters.reset();
    StatusCode::NO_CONTENT
}

async fn in_force(State(handles): State<Handles>) -> Json<Vec<Fault>> {
    Json(handles.faults.in_force())
}

async fn strike(
    State(handles): State<Handles>,
    Json(fault): Json<Fault>,
) -> Result<StatusCode, (StatusCode, String)> {
    let struck = handles.faults.apply(fault).await;
    struck.map_err(|error| (StatusCode::UNPROCESSABLE_ENTITY, error.to_string()))?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Lift {
    kind: FaultKind,
}

async fn lift(State(handles): State<Handles>, Json(lift): Json<Lift>) -> StatusCode {
    handles.faults.lift(lift.kind).await;
    StatusCode::NO_CONTENT
}

async fn lift_all(State(handles): State<Handles>) -> StatusCode {
    handles.faults.lift_all().await;
    StatusCode::NO_CONTENT
}
