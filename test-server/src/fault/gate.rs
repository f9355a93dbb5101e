//! The accept loop: it owns the port, closes and opens it as the faults want, and hands each connection,
//! put under faults, to a service.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, sleep_until};
use tokio_util::sync::{CancellationToken, DropGuard};

use super::handle::Faults;
use super::status;
use super::stream::FaultStream;
use crate::config::Limits;

/// Thousands of clients may come back in the same moment.
const BACKLOG: u32 = 4096;
/// Pause after a failed `accept` (out of file descriptors) or `listen`.
const RETRY: Duration = Duration::from_millis(50);

/// What is behind the gate.
pub(crate) trait Service: Send + Sync + 'static {
    /// Serves one connection until it ends.
    fn serve(&self, stream: FaultStream) -> BoxFuture<'static, ()>;

    /// Forgets all sessions.
    fn close(&self) -> BoxFuture<'static, ()>;
}

pub(crate) type MakeService = Box<dyn Fn() -> io::Result<Arc<dyn Service>> + Send>;

#[derive(Debug)]
pub(super) enum Command {
    Refresh { done: oneshot::Sender<()> },
    Restart { down: Duration, closed: oneshot::Sender<()>, back: Option<oneshot::Sender<()>> },
}

/// A running accept loop; dropping it stops it.
#[derive(Debug)]
pub(crate) struct Gate {
    addr: SocketAddr,
    faults: Faults,
    task: JoinHandle<()>,
    stop: DropGuard,
}

impl Gate {
    pub(crate) fn start(addr: SocketAddr, limits: Limits, make: MakeService) -> io::Result<Self> {
        let listener = bind(addr)?.listen(BACKLOG)?;
        let addr = listener.local_addr()?;
        let (faults, commands) = Faults::new(limits);
        let stop = CancellationToken::new();
        let keeper = Keeper {
            addr,
            port: Port::Open(listener),
            down_until: None,
            back: Vec::new(),
            faults: faults.clone(),
            service: make()?,
            make,
        };
        let task = tokio::spawn(keeper.run(commands, stop.clone()));
        Ok(Gate { addr, faults, task, stop: stop.drop_guard() })
    }

    pub(crate) fn addr(&self) -> SocketAddr {
        self.addr
    }

    pub(crate) fn faults(&self) -> &Faults {
        &self.faults
    }

    pub(crate) async fn restart(&self, down: Duration) {
        let (closed, _) = oneshot::channel();
        let (back, is_back) = oneshot::channel();
        self.faults.command(Command::Restart { down, closed, back: Some(back) });
        // An error means that the gate has stopped and comes back no more.
        let _ = is_back.await;
    }

    pub(crate) async fn stop(self) {
        drop(self.stop);
        // An error means that the loop panicked or the runtime ends; it has stopped all the same.
        let _ = self.task.await;
    }
}

struct Keeper {
    addr: SocketAddr,
    port: Port,
    down_until: Option<Instant>,
    back: Vec<oneshot::Sender<()>>,
    faults: Faults,
    service: Arc<dyn Service>,
    make: MakeService,
}

enum Port {
    Open(TcpListener),
    /// Bound, so that nobody else gets the port, but not listening, so that connections are refused.
    Closed(Option<TcpSocket>),
}

impl Keeper {
    async fn run(mut self, mut commands: mpsc::Receiver<Command>, stop: CancellationToken) {
        loop {
            tokio::select! {
                biased;
                () = stop.cancelled() => break,
                Some(command) = commands.recv() => self.obey(command).await,
                () = until(self.down_until) => self.come_back().await,
                accepted = self.port.accept() => self.admit(accepted).await,
            }
        }
        self.faults.cut_all();
        self.service.close().await;
    }

    async fn obey(&mut self, command: Command) {
        match command {
            Command::Refresh { done } => {
                self.set_port().await;
                // Nobody waiting any more is fine, here and below.
                let _ = done.send(());
            }
            Command::Restart { down, closed, back } => {
                self.down_until = Some(Instant::now() + down);
                self.back.extend(back);
                self.set_port().await;
                self.faults.cut_all();
                self.service.close().await;
                let _ = closed.send(());
            }
        }
    }

    async fn come_back(&mut self) {
        self.down_until = None;
        // What could be made once can be made again; should it fail, the old service goes on.
        if let Ok(service) = (self.make)() {
            self.service = service;
        }
        self.set_port().await;
        for back in self.back.drain(..) {
            let _ = back.send(());
        }
    }

    /// Opens or closes the port, as the faults in force want it.
    async fn set_port(&mut self) {
        let open = self.down_until.is_none() && !self.faults.is_refusing();
        match &mut self.port {
            Port::Open(_) if !open => {
                self.port = Port::Closed(None);
                self.port = Port::Closed(bind(self.addr).ok());
            }
            Port::Closed(_) if open => self.listen().await,
            Port::Open(_) | Port::Closed(_) => {}
        }
    }

    async fn listen(&mut self) {
        while let Port::Closed(held) = &mut self.port {
            let socket = held.take().map_or_else(|| bind(self.addr), Ok);
            match socket.and_then(|socket| socket.listen(BACKLOG)) {
                Ok(listener) => self.port = Port::Open(listener),
                Err(_) => sleep(RETRY).await,
            }
        }
    }

    async fn admit(&mut self, accepted: io::Result<TcpStream>) {
        let Ok(socket) = accepted else { return sleep(RETRY).await };
        // Without it small answers wait for each other; a socket that refuses it is dead anyway.
        let _ = socket.set_nodelay(true);
        match self.faults.admit(socket) {
            Some((stream, Some(answer))) => drop(tokio::spawn(status::answer(stream, answer))),
            Some((stream, None)) => drop(tokio::spawn(self.service.serve(stream))),
            None => {}
        }
    }
}

impl Port {
    async fn accept(&self) -> io::Result<TcpStream> {
        match self {
            Port::Open(listener) => Ok(listener.accept().await?.0),
            Port::Closed(_) => std::future::pending().await,
        }
    }
}

fn bind(addr: SocketAddr) -> io::Result<TcpSocket> {
    let socket = if addr.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    socket.set_reuseaddr(true)?;
    socket.bind(addr)?;
    Ok(socket)
}

async fn until(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => sleep_until(deadline).await,
        None => std::future::pending().await,
    }
}
