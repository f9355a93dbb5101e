use std::future::Future;
use std::io;
use std::net::{IpAddr, ToSocketAddrs};
use std::pin::Pin;
use std::thread;

use tokio::sync::{Semaphore, oneshot};

/// The addresses of a name, or why there are none.
pub type Resolving = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>>;

/// Resolves host names. Asked anew for each attempt to connect, and nothing is cached in between, so that
/// a server that moved is found.
pub trait Resolver: Send + Sync {
    /// All addresses of `host`, the preferred one first. It need not keep a deadline of its own.
    fn resolve(&self, host: &str) -> Resolving;
}

/// The operating system's resolver.
pub(super) struct SystemResolver;

/// `getaddrinfo` cannot be cancelled: one that never answers keeps its thread, so there are at most two in
/// a process, and who finds none waits under the stage's deadline.
pub(super) static THREADS: Semaphore = Semaphore::const_new(2);

impl Resolver for SystemResolver {
    fn resolve(&self, host: &str) -> Resolving {
        let host = host.to_owned();
        Box::pin(async move {
            let permit = THREADS.acquire().await.map_err(io::Error::other)?;
            let (answer, answered) = oneshot::channel();
            // A thread of our own, not tokio's blocking pool: a runtime that shuts down waits for that.
            thread::Builder::new().name("rejoin-dns".into()).spawn(move || {
                let addresses = (host.as_str(), 0).to_socket_addrs();
                drop(permit);
                // Nobody listens once the attempt was given up.
                let _ = answer.send(addresses.map(|list| list.map(|address| address.ip()).collect()));
            })?;
            answered.await.map_err(io::Error::other)?
        })
    }
}
