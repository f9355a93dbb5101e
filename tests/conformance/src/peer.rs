//! Servers of other makers: the programs in `tests/peers`.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::Stdio;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::Mutex;
use tokio::time::timeout;

use crate::log::DEADLINE;
use crate::verdict::Verdict;

/// A running peer; it ends when this is gone.
#[derive(Debug)]
pub(crate) struct Peer {
    addr: SocketAddr,
    pipes: Mutex<(ChildStdin, Lines<BufReader<ChildStdout>>)>,
    _child: Child,
}

impl Peer {
    pub(crate) async fn start(program: &str, options: &Value) -> Verdict<Self> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("peers");
        let mut child = Command::new("node")
            .arg(folder.join(program))
            .arg(options.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err("the peer has no pipes".into());
        };
        let mut lines = BufReader::new(output).lines();
        let listening = line(&mut lines, "start").await?;
        let port = listening["listening"].as_u64().and_then(|port| u16::try_from(port).ok());
        let addr = SocketAddr::from((Ipv4Addr::LOCALHOST, port.ok_or("the peer does not listen")?));
        Ok(Self { addr, pipes: Mutex::new((input, lines)), _child: child })
    }

    pub(crate) fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Gives a command, and what the peer answers.
    pub(crate) async fn tell(&self, command: Value) -> Verdict<Value> {
        let mut pipes = self.pipes.lock().await;
        pipes.0.write_all(format!("{command}\n").as_bytes()).await?;
        let answer = line(&mut pipes.1, &format!("answer {command}")).await?;
        answer.get("ok").cloned().ok_or_else(|| format!("the peer refused {command}: {answer}").into())
    }
}

async fn line(lines: &mut Lines<BufReader<ChildStdout>>, to: &str) -> Verdict<Value> {
    let line = timeout(DEADLINE, lines.next_line()).await;
    let line = line.map_err(|_| format!("in {DEADLINE:?} the peer did not {to}"))??;
    Ok(serde_json::from_str(&line.ok_or("the peer ended: is `npm ci` done in tests/peers?")?)?)
}
