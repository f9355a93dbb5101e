//! What an idle connection keeps in memory.

use std::process::Command;

use futures_util::future::try_join_all;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;

use crate::options::{Flavour, Subject};
use crate::raw::{self, Flush};
use crate::server_process::{ServerProcess, allow_many_files};
use crate::{Fallible, ours};

/// The server's buffers are no concern here.
const SERVER_READ_BUFFER: usize = 4 * 1024;
/// Connections that are opened at the same time.
const AT_ONCE: usize = 50;
const LIMIT_KIB: f64 = 24.0;

/// Each subject in a process of its own, so that what one left behind is not counted for the next.
pub(crate) fn compare(count: usize) -> Fallible<()> {
    println!("idle, {count} connections without TLS that have exchanged a message, resident for each:");
    for subject in Subject::ALL {
        let server = ServerProcess::start(SERVER_READ_BUFFER)?;
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["--hold", subject.name(), &count.to_string(), &server.url()]);
        let output = command.output()?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
        }
        let kib: f64 = String::from_utf8_lossy(&output.stdout).trim().parse()?;
        let verdict = match subject {
            Subject::Ours if kib <= LIMIT_KIB => "   <= 24  reached",
            Subject::Ours => "   <= 24  MISSED",
            Subject::Raw | Subject::RawSmall => "",
        };
        println!("  {:<34} {kib:>7.1} KiB{verdict}", subject.name());
    }
    Ok(())
}

/// Opens the connections, lets each exchange a message, and prints the KiB resident for each.
pub(crate) fn hold(subject: Subject, count: usize, url: &str) -> Fallible<()> {
    allow_many_files()?;
    Flavour::CurrentThread.runtime()?.block_on(async {
        let before = resident_kib()?;
        let kib = match subject {
            Subject::Ours => {
                let mut held = Vec::new();
                while held.len() < count {
                    let some = (0..AT_ONCE.min(count - held.len())).map(|_| one_of_ours(url));
                    held.extend(try_join_all(some).await?);
                }
                resident_kib()?
            }
            Subject::Raw | Subject::RawSmall => {
                let config = (subject == Subject::RawSmall)
                    .then(|| WebSocketConfig::default().read_buffer_size(SERVER_READ_BUFFER));
                let mut held = Vec::new();
                while held.len() < count {
                    let some = (0..AT_ONCE.min(count - held.len())).map(|_| one_raw(url, config));
                    held.extend(try_join_all(some).await?);
                }
                resident_kib()?
            }
        };
        println!("{}", (kib - before) / count as f64);
        Ok(())
    })
}

async fn one_of_ours(url: &str) -> Fallible<ours::Session> {
    let mut session = ours::connect(url).await?;
    session.echo(&ours::message(32, false), 1, 1).await?;
    Ok(session)
}

async fn one_raw(url: &str, config: Option<WebSocketConfig>) -> Fallible<raw::Socket> {
    let mut socket = raw::connect(url, config).await?;
    raw::echo(&mut socket, &raw::message(32, false), 1, 1, Flush::Batch).await?;
    Ok(socket)
}

fn resident_kib() -> Fallible<f64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.trim().strip_suffix("kB")).ok_or("no VmRSS in /proc/self/status")?;
    Ok(kib.trim().parse()?)
}
