//! The server under both clients: echoes, its answers flushed in batches, and floods when asked to.

use std::io::Write;

use futures_util::{FutureExt, SinkExt, StreamExt};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
use tokio_tungstenite::{WebSocketStream, accept_async_with_config};

use crate::Fallible;
use crate::options::Flavour;
use crate::server_process::{Side, allow_many_files, keep_to};

/// A text that begins so asks for a flood: `flood COUNT SIZE text|binary`.
pub(crate) const FLOOD: &str = "flood ";
/// About as many bytes of frames are made at once and written again and again.
const CHUNK: usize = 128 * 1024;

/// Serves on a port of the system's choice, which is the first line on standard output.
pub(crate) fn run(read_buffer: usize) -> Fallible<()> {
    allow_many_files()?;
    let _kept = keep_to(Side::Server)?;
    Flavour::CurrentThread.runtime()?.block_on(async {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let mut out = std::io::stdout();
        writeln!(out, "{}", listener.local_addr()?.port())?;
        out.flush()?;
        loop {
            let (stream, _) = listener.accept().await?;
            tokio::spawn(async move {
                // A client that is gone is no concern of the others.
                let _ = serve(stream, read_buffer).await;
            });
        }
    })
}

async fn serve(stream: TcpStream, read_buffer: usize) -> Fallible<()> {
    stream.set_nodelay(true)?;
    let config = WebSocketConfig::default().read_buffer_size(read_buffer);
    let mut socket = accept_async_with_config(stream, Some(config)).await?;
    while let Some(message) = socket.next().await {
        let mut message = message?;
        loop {
            match &message {
                Message::Text(text) if text.starts_with(FLOOD) => flood(&mut socket, text).await?,
                Message::Text(_) | Message::Binary(_) => socket.feed(message).await?,
                Message::Ping(_) | Message::Pong(_) | Message::Close(_) | Message::Frame(_) => {}
            }
            match socket.next().now_or_never() {
                Some(Some(next)) => message = next?,
                Some(None) => return Ok(()),
                None => break,
            }
        }
        socket.flush().await?;
    }
    Ok(())
}

/// Writes frames that were made beforehand, so that the client is what is measured.
async fn flood(socket: &mut WebSocketStream<TcpStream>, order: &str) -> Fallible<()> {
    let mut words = order[FLOOD.len()..].split(' ');
    let mut word = || words.next().ok_or("a flood has a count, a size and a kind");
    let mut left: usize = word()?.parse()?;
    let size: usize = word()?.parse()?;
    let kind = if word()? == "text" { Data::Text } else { Data::Binary };
    let mut frame = Vec::new();
    Frame::message(vec![b'x'; size], OpCode::Data(kind), true).format(&mut frame)?;
    let frames = (CHUNK / frame.len()).max(1);
    let chunk = frame.repeat(frames);
    while left > 0 {
        let now = left.min(frames);
        socket.get_mut().write_all(&chunk[..now * frame.len()]).await?;
        left -= now;
    }
    Ok(())
}
