//! The test server as a program: serves until it is interrupted.

use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::Parser;
use rejoin_test_server::{Config, Parser as PacketParser, TestServer, Tokens};
use serde_json::json;

/// The reference test server of rejoin: WebSocket and Socket.IO, with faults on command.
#[derive(Debug, Parser)]
struct Options {
    /// Where to serve; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Where to serve the control API; loopback only
    #[arg(long, default_value = "127.0.0.1:0")]
    control: SocketAddr,
    /// Milliseconds between two Socket.IO pings
    #[arg(long, default_value_t = 25_000, value_parser = clap::value_parser!(u64).range(1..))]
    ping_interval: u64,
    /// Milliseconds that a Socket.IO client may take to answer a ping
    #[arg(long, default_value_t = 20_000, value_parser = clap::value_parser!(u64).range(1..))]
    ping_timeout: u64,
    /// Socket.IO packets as MessagePack
    #[arg(long)]
    msgpack: bool,
    /// A file of bearer tokens for /ws, one a line; without it /ws is open to all
    #[arg(long)]
    bearer_tokens: Option<PathBuf>,
    /// A file of tokens for the namespace /private, one a line
    #[arg(long)]
    socketio_tokens: Option<PathBuf>,
    /// End when standard input does: with the process that holds its other end, however that one ends
    #[arg(long)]
    until_stdin_closes: bool,
}

#[tokio::main]
async fn main() -> io::Result<()> {
    let options = Options::parse();
    let until_stdin_closes = options.until_stdin_closes;
    let server = TestServer::start(config(options)?).await?;
    let ready = json!({ "listening": server.addr().to_string(), "control": server.control_url() });
    // A parent that reads this through a pipe waits for it: standard output must be flushed.
    writeln!(io::stdout(), "{ready}")?;
    io::stdout().flush()?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted?,
        () = stdin_closed(), if until_stdin_closes => {}
    }
    server.stop().await;
    Ok(())
}

/// On a thread of its own: one of the runtime's would hold up the end while it reads.
async fn stdin_closed() {
    let (closed, seen) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || closed.send(io::copy(&mut io::stdin(), &mut io::sink()).is_ok()));
    // What cannot be read counts as closed too.
    let _ = seen.await;
}

fn config(options: Options) -> io::Result<Config> {
    Ok(Config {
        addr: options.listen,
        control_addr: options.control,
        bearer_tokens: tokens(options.bearer_tokens)?,
        socketio_tokens: tokens(options.socketio_tokens)?,
        socketio_parser: if options.msgpack { PacketParser::MessagePack } else { PacketParser::Json },
        ping_interval: Duration::from_millis(options.ping_interval),
        ping_timeout: Duration::from_millis(options.ping_timeout),
        ..Config::default()
    })
}

fn tokens(file: Option<PathBuf>) -> io::Result<Tokens> {
    let Some(file) = file else { return Ok(Tokens::default()) };
    Ok(std::fs::read_to_string(file)?.lines().filter(|line| !line.is_empty()).collect())
}
