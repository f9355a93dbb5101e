use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use rejoin_test_server::{Config, FaultProxy, Faults, TestServer};

use crate::Failure;
use crate::traffic::CLIENT;

/// Whom the client talks to: the server in this process, or one of the user's behind a proxy that strikes the faults.
pub(crate) enum Peer {
    Own { server: TestServer, url: String, deliveries: Receiver<rejoin_test_server::Delivery> },
    Foreign { proxy: FaultProxy, url: String, description: String },
}

impl Peer {
    pub(crate) async fn start(url: Option<&str>) -> Result<Self, Failure> {
        let Some(url) = url else {
            let (sender, deliveries) = channel();
            let config = Config {
                // Short, so that dead links are found while one watches.
                ping_interval: Duration::from_millis(700),
                ping_timeout: Duration::from_millis(800),
                deliveries: Some(sender),
                ..Config::default()
            };
            let server = TestServer::start(config).await?;
            return Ok(Self::Own { url: server.socketio_url(), server, deliveries });
        };
        let address = plain_address(url)?;
        let proxy = FaultProxy::start(address).await?;
        let url = format!("http://{}", proxy.addr());
        Ok(Self::Foreign {
            proxy,
            url,
            description: format!("{address}, through a proxy that strikes the faults"),
        })
    }

    pub(crate) fn url(&self) -> &str {
        match self {
            Self::Own { url, .. } | Self::Foreign { url, .. } => url,
        }
    }

    pub(crate) fn description(&self) -> String {
        match self {
            Self::Own { url, .. } => format!("{url}, a server in this process"),
            Self::Foreign { description, .. } => description.clone(),
        }
    }

    pub(crate) fn is_own(&self) -> bool {
        matches!(self, Self::Own { .. })
    }

    pub(crate) fn faults(&self) -> &Faults {
        match self {
            Self::Own { server, .. } => server.faults(),
            Self::Foreign { proxy, .. } => proxy.faults(),
        }
    }

    /// The numbers that the server gave on, in their order, where it can be asked.
    pub(crate) fn deliveries(&self) -> Option<Vec<u64>> {
        match self {
            Self::Own { deliveries, .. } => {
                Some(deliveries.try_iter().map(|delivery| delivery.seq).collect())
            }
            Self::Foreign { .. } => None,
        }
    }

    /// How many repeats the server dropped by their id, where it can be asked.
    pub(crate) fn repeats(&self) -> Option<u64> {
        match self {
            Self::Own { server, .. } => server.stats().clients.get(CLIENT).map(|seen| seen.duplicates),
            Self::Foreign { .. } => None,
        }
    }
}

fn plain_address(url: &str) -> Result<SocketAddr, Failure> {
    let authority = url.strip_prefix("http://").or_else(|| url.strip_prefix("ws://"));
    let authority =
        authority.ok_or("--url: must begin with http://, since the faults strike what is not encrypted")?;
    let authority = authority.trim_end_matches('/');
    let with_port = if authority.contains(':') { authority.to_owned() } else { format!("{authority}:80") };
    let address = with_port.to_socket_addrs().map_err(|error| format!("--url: {error}"))?.next();
    Ok(address.ok_or("--url: the host has no address")?)
}
