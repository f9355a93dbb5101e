//! tokio-tungstenite without anything around it.

use futures_util::{FutureExt, SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Message, client::IntoClientRequest};
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

use crate::Fallible;

pub(crate) type Socket = WebSocketStream<TcpStream>;

/// How often written messages are handed to the operating system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flush {
    EachMessage,
    Batch,
}

/// Connects with the TCP options that rejoin sets and that matter here: `TCP_NODELAY`.
pub(crate) async fn connect(url: &str, config: Option<WebSocketConfig>) -> Fallible<Socket> {
    let request = url.into_client_request()?;
    let address = request.uri().authority().ok_or("the URL has no host")?.as_str();
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let (socket, _) = client_async_with_config(request, stream, config).await?;
    Ok(socket)
}

pub(crate) fn message(size: usize, binary: bool) -> Message {
    let payload = "x".repeat(size);
    if binary { Message::binary(payload) } else { Message::text(payload) }
}

/// Keeps `window` messages on the way until `count` came back.
pub(crate) async fn echo(
    socket: &mut Socket,
    message: &Message,
    window: usize,
    count: usize,
    flush: Flush,
) -> Fallible<()> {
    let (mut sent, mut received) = (0, 0);
    while received < count {
        while sent < count && sent - received < window {
            socket.feed(message.clone()).await?;
            sent += 1;
            if flush == Flush::EachMessage {
                socket.flush().await?;
            }
        }
        socket.flush().await?;
        next(socket).await?;
        received += 1;
        while let Some(message) = socket.next().now_or_never() {
            message.ok_or("the server went away")??;
            received += 1;
        }
    }
    Ok(())
}

/// Asks for a flood and reads all of it.
pub(crate) async fn flood(socket: &mut Socket, order: &str, count: usize) -> Fallible<()> {
    socket.send(Message::text(order)).await?;
    for _ in 0..count {
        next(socket).await?;
    }
    Ok(())
}

async fn next(socket: &mut Socket) -> Fallible<Message> {
    Ok(socket.next().await.ok_or("the server went away")??)
}
