use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::runtime::{Handle, RuntimeFlavor};

use crate::Fallible;

/// What tokio-tungstenite takes by default.
pub(crate) const DEFAULT_READ_BUFFER: usize = 128 * 1024;

/// The server in a process of its own, ended with this value.
#[derive(Debug)]
pub(crate) struct ServerProcess {
    child: Child,
    port: u16,
    lines: BufReader<ChildStdout>,
}

impl ServerProcess {
    pub(crate) fn start(read_buffer: usize) -> Fallible<Self> {
        Self::start_as(&["--serve", &read_buffer.to_string()])
    }

    /// socketioxide.
    pub(crate) fn start_socketio() -> Fallible<Self> {
        Self::start_as(&["--serve-socketio"])
    }

    fn start_as(arguments: &[&str]) -> Fallible<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        let mut child = command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut lines = BufReader::new(child.stdout.take().ok_or("no standard output")?);
        let mut line = String::new();
        lines.read_line(&mut line)?;
        let port = line.trim().parse()?;
        Ok(Self { child, port, lines })
    }

    /// The processor time that a server of Socket.IO has spent.
    pub(crate) fn spent(&mut self) -> Fallible<Duration> {
        writeln!(self.child.stdin.as_mut().ok_or("no standard input")?)?;
        let mut line = String::new();
        self.lines.read_line(&mut line)?;
        Ok(Duration::from_secs_f64(line.trim().parse()?))
    }

    pub(crate) fn url(&self) -> String {
        format!("ws://127.0.0.1:{}/", self.port)
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Raises the limit of open files as far as this user may.
pub(crate) fn allow_many_files() -> Fallible<()> {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum })?;
    Ok(())
}

/// A thread that is kept to some cores, until this is dropped.
#[cfg(target_os = "linux")]
#[derive(Debug)]
pub(crate) struct Kept(rustix::thread::CpuSet);

#[cfg(target_os = "linux")]
impl Drop for Kept {
    fn drop(&mut self) {
        let _ = rustix::thread::sched_setaffinity(None, &self.0);
    }
}

/// A core for the server and the others for the clients, so that each side has what it needs: on two cores the scheduler
/// tends to put both on one, where every client seems as slow as its server. It is this thread that is kept there, and
/// the processes that it starts.
#[cfg(target_os = "linux")]
pub(crate) fn keep_to(side: Side) -> Fallible<Kept> {
    use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
    let allowed = sched_getaffinity(None)?;
    let mut cores = (0..CpuSet::MAX_CPU).filter(|core| allowed.is_set(*core));
    let mut chosen = CpuSet::new();
    let for_server = cores.next();
    match side {
        Side::Server => for_server.into_iter().for_each(|core| chosen.set(core)),
        Side::Clients => cores.for_each(|core| chosen.set(core)),
    }
    // With one core there is nothing to divide.
    if chosen.count() > 0 {
        sched_setaffinity(None, &chosen)?;
    }
    Ok(Kept(allowed))
}

/// Elsewhere it is left to the system.
#[cfg(not(target_os = "linux"))]
#[derive(Debug)]
pub(crate) struct Kept;

#[cfg(not(target_os = "linux"))]
pub(crate) fn keep_to(_: Side) -> Fallible<Kept> {
    Ok(Kept)
}

/// Keeps the clients from the core of the server, which is started before: it would inherit that. Workers of a threaded
/// runtime are left to the scheduler.
pub(crate) fn keep_clients() -> Fallible<Option<Kept>> {
    let alone = Handle::current().runtime_flavor() == RuntimeFlavor::CurrentThread;
    alone.then(|| keep_to(Side::Clients)).transpose()
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Side {
    Server,
    Clients,
}
