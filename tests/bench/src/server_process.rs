use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::Fallible;

/// What tokio-tungstenite takes by default.
pub(crate) const DEFAULT_READ_BUFFER: usize = 128 * 1024;

/// The server in a process of its own, ended with this value.
#[derive(Debug)]
pub(crate) struct ServerProcess {
    child: Child,
    port: u16,
}

impl ServerProcess {
    pub(crate) fn start(read_buffer: usize) -> Fallible<Self> {
        Self::start_as(&["--serve", &read_buffer.to_string()])
    }

    /// The test server, which is socketioxide.
    pub(crate) fn start_socketio() -> Fallible<Self> {
        Self::start_as(&["--serve-socketio"])
    }

    fn start_as(arguments: &[&str]) -> Fallible<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        let mut child = command.args(arguments).stdout(Stdio::piped()).spawn()?;
        let mut line = String::new();
        if let Some(out) = child.stdout.take() {
            BufReader::new(out).read_line(&mut line)?;
        }
        let port = line.trim().parse()?;
        Ok(Self { child, port })
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

/// Serves Socket.IO until it is killed, after a line with its port.
pub(crate) fn serve_socketio() -> Fallible<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let server = rejoin_test_server::TestServer::start(rejoin_test_server::Config::default()).await?;
        println!("{}", server.addr().port());
        std::future::pending().await
    })
}

/// Raises the limit of open files as far as this user may.
pub(crate) fn allow_many_files() -> Fallible<()> {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum })?;
    Ok(())
}
