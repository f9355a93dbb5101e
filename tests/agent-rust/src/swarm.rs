//! Many clients in one process, that nobody names.

use rejoin::{Error, ErrorCode};
use serde_json::{Value, json};

use crate::config::Config;
use crate::request::Kind;

#[derive(Debug, Default)]
pub(crate) struct Swarm(Vec<Member>);

#[derive(Debug)]
enum Member {
    Plain(rejoin::Client),
    SocketIo(rejoin::socketio::Client),
}

impl Swarm {
    /// Makes that many more clients, which connect and stay connected.
    pub(crate) fn grow(&mut self, count: usize, kind: Kind, url: &str, config: &Config) -> Result<(), Error> {
        if config.credentials {
            return Err(Error::invalid("credentials", "a swarm has no callback"));
        }
        for _ in 0..count {
            self.0.push(match kind {
                Kind::WebSocket => {
                    let client = config.apply_plain(rejoin::Client::builder(url))?.build()?;
                    let connecting = client.clone();
                    tokio::spawn(async move { connecting.connect().await });
                    Member::Plain(client)
                }
                Kind::SocketIo => {
                    let client = config.apply_socketio(rejoin::socketio::Client::builder(url))?.build()?;
                    let connecting = client.clone();
                    tokio::spawn(async move { connecting.connect().await });
                    Member::SocketIo(client)
                }
            });
        }
        Ok(())
    }

    /// The statistics of the process.
    pub(crate) fn stats(&self) -> Result<Value, Error> {
        let connected = self.0.iter().filter(|member| member.is_connected()).count();
        Ok(json!({ "swarm": self.0.len(), "connected": connected, "rss_bytes": resident_bytes()? }))
    }
}

impl Member {
    fn is_connected(&self) -> bool {
        match self {
            Self::Plain(client) => client.state().is_connected(),
            Self::SocketIo(client) => client.state().is_connected(),
        }
    }
}

/// The memory that this process holds, as Linux tells it.
fn resident_bytes() -> Result<u64, Error> {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kibibytes =
        line.and_then(|line| line.trim().split(' ').next()).and_then(|number| number.parse::<u64>().ok());
    kibibytes.map(|size| size * 1024).ok_or_else(|| {
        Error::new(ErrorCode::Unsupported, "the system does not tell how much memory a process holds")
    })
}
