//! The tokio runtime of all clients of a process: the caller's language has none.

use std::sync::{Mutex, PoisonError};

use rejoin::{Error, ErrorCode};
use tokio::runtime::{Builder, Runtime};

/// One reads and writes while another waits in a system call.
const WORKERS: usize = 2;

static CURRENT: Mutex<Option<(Process, &'static Runtime)>> = Mutex::new(None);

/// The process that made something. A fork has the memory of its parent, and none of its threads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Process(u32);

impl Process {
    pub(crate) fn current() -> Self {
        Self(std::process::id())
    }

    /// Refuses to go on in a fork.
    pub(crate) fn check(self) -> Result<(), Error> {
        if self == Self::current() {
            return Ok(());
        }
        Err(Error::new(ErrorCode::ClientClosed, "the process was forked: the client stayed with its parent"))
    }
}

/// The runtime of this process, started when first needed. It runs until the process ends.
pub(crate) fn runtime() -> Result<&'static Runtime, Error> {
    let process = Process::current();
    let mut current = CURRENT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, runtime)) = current.filter(|(owner, _)| *owner == process) {
        return Ok(runtime);
    }
    let runtime = Builder::new_multi_thread()
        .worker_threads(WORKERS)
        .thread_name("rejoin")
        .enable_all()
        .build()
        .map_err(|error| Error::new(ErrorCode::Internal, format!("no runtime: {error}")))?;
    let runtime: &'static Runtime = Box::leak(Box::new(runtime));
    *current = Some((process, runtime));
    Ok(runtime)
}
