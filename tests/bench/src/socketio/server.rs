//! The server under all clients: socketioxide and nothing around it. It passes arguments on as the JSON text that they came as:
//! what serde_json takes for a string is not what is measured.

use std::convert::Infallible;
use std::future::ready;
use std::io::{BufRead, Write};

use axum::Router;
use axum::serve::ListenerExt;
use serde::Deserialize;
use serde_json::value::{RawValue, to_raw_value};
use socketioxide::extract::{AckSender, Data, SocketRef};
use socketioxide::handler::ConnectHandler;
use socketioxide::{SendError, SocketError, SocketIo};
use tokio::net::TcpListener;

use crate::Fallible;
use crate::options::Flavour;
use crate::rounds::spent;
use crate::server_process::{Side, keep_to};

/// Packets that wait for one client before the flood pauses.
const QUEUE: usize = 1024;

/// Serves until it is killed. Says its port, then, for each line on standard input, how many seconds of processor time
/// it has spent.
pub(crate) fn run() -> Fallible<()> {
    let _kept = keep_to(Side::Server)?;
    Flavour::CurrentThread.runtime()?.block_on(async {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        say(&listener.local_addr()?.port().to_string())?;
        std::thread::spawn(|| {
            for _ in std::io::stdin().lock().lines() {
                if say(&spent().as_secs_f64().to_string()).is_err() {
                    return;
                }
            }
        });
        let (layer, io) = SocketIo::builder().max_buffer_size(QUEUE).build_layer();
        // A middleware, since the connect handler is called after CONNECT was answered.
        io.ns("/", (|| ready(())).with(register));
        // A client that is gone is no concern of the others.
        let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
        Ok(axum::serve(listener, Router::new().layer(layer)).await?)
    })
}

fn say(line: &str) -> Fallible<()> {
    let mut out = std::io::stdout();
    writeln!(out, "{line}")?;
    Ok(out.flush()?)
}

/// What cannot be sent is missed by the client, whose round then does not end.
async fn register(socket: SocketRef) -> Result<(), Infallible> {
    socket.on("echo", |socket: SocketRef, Data::<Box<RawValue>>(text)| {
        let _ = socket.emit("echo", &text);
        ready(())
    });
    socket.on("ack", |Data::<Box<RawValue>>(text), ack: AckSender| {
        let _ = ack.send(&text);
        ready(())
    });
    socket.on("source", async |socket: SocketRef, Data::<Plan>(plan)| flood(&socket, &plan).await);
    Ok(())
}

/// What a client wants of `source`.
#[derive(Debug, Deserialize)]
struct Plan {
    count: usize,
    size: usize,
}

async fn flood(socket: &SocketRef, plan: &Plan) {
    let Ok(data) = to_raw_value(&"x".repeat(plan.size)) else { return };
    for _ in 0..plan.count {
        while let Err(error) = socket.emit("item", &data) {
            if !matches!(error, SendError::Socket(SocketError::InternalChannelFull)) {
                return;
            }
            // There is no signal for room in the queue: the writer runs and empties it.
            tokio::task::yield_now().await;
        }
    }
}
