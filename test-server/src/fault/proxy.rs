//! A TCP proxy with the same faults, for servers that are not ours.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use tokio::net::TcpStream;
use tokio::sync::watch;

use super::gate::{Gate, Service};
use super::handle::Faults;
use super::stream::FaultStream;
use crate::config::{Limits, loopback};

/// A TCP proxy on a free port of the loopback interface that forwards to another server, under faults.
///
/// Dropping it stops it.
#[derive(Debug)]
pub struct FaultProxy {
    gate: Gate,
    upstream: watch::Sender<SocketAddr>,
}

impl FaultProxy {
    /// Starts a proxy in front of `upstream`, with default [`Limits`].
    ///
    /// # Errors
    /// The port cannot be bound.
    pub async fn start(upstream: SocketAddr) -> io::Result<Self> {
        let (upstream, now) = watch::channel(upstream);
        let make =
            move || -> io::Result<Arc<dyn Service>> { Ok(Arc::new(Forward { upstream: now.clone() })) };
        let gate = Gate::start(loopback(), Limits::default(), Box::new(make))?;
        Ok(FaultProxy { gate, upstream })
    }

    /// Forwards connections that come from now on to another server, such as one that was restarted on
    /// another port. Open ones stay where they are.
    pub fn set_upstream(&self, upstream: SocketAddr) {
        self.upstream.send_replace(upstream);
    }

    /// Where the proxy listens.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.gate.addr()
    }

    /// The handle by which faults are struck.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        self.gate.faults()
    }

    /// Stops: all connections are cut and the port is closed when this returns.
    pub async fn stop(self) {
        self.gate.stop().await;
    }
}

struct Forward {
    upstream: watch::Receiver<SocketAddr>,
}

impl Service for Forward {
    fn serve(&self, mut client: FaultStream) -> BoxFuture<'static, ()> {
        let upstream = *self.upstream.borrow();
        Box::pin(async move {
            let Ok(mut server) = TcpStream::connect(upstream).await else { return };
            // As in the gate: a socket that refuses it is dead anyway.
            let _ = server.set_nodelay(true);
            // Either way the connection is over; the peers see it end.
            let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
        })
    }

    fn close(&self) -> BoxFuture<'static, ()> {
        Box::pin(std::future::ready(()))
    }
}
