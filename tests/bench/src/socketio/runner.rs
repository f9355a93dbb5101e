use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use crate::Fallible;
use crate::rounds::Time;

/// Another client in a process of its own, which runs a round for each line that it is sent.
pub(super) struct Runner {
    process: Child,
    orders: ChildStdin,
    results: BufReader<ChildStdout>,
}

impl Runner {
    /// `rust-socketio/` beside this crate, built here.
    pub(super) fn rust_socketio(url: &str) -> Fallible<Self> {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("rust-socketio/Cargo.toml");
        let program = std::env::current_exe()?;
        let target =
            program.ancestors().nth(2).ok_or("the program is in no target folder")?.join("rust-socketio");
        let mut command = Command::new("cargo");
        command.args(["run", "--release", "--quiet", "--manifest-path"]).arg(manifest);
        command.arg("--target-dir").arg(target).arg("--").arg(url);
        Self::start(command)
    }

    /// `tests/peers/socketio-bench.mjs`.
    pub(super) fn node(url: &str) -> Fallible<Self> {
        let mut command = Command::new("node");
        command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("../peers/socketio-bench.mjs")).arg(url);
        Self::start(command)
    }

    fn start(mut command: Command) -> Fallible<Self> {
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let orders = process.stdin.take().ok_or("no standard input")?;
        let results = BufReader::new(process.stdout.take().ok_or("no standard output")?);
        let mut runner = Self { process, orders, results };
        runner.line()?;
        Ok(runner)
    }

    pub(super) fn round(&mut self, what: &str, count: usize, size: usize) -> Fallible<Time> {
        let (wall, cpu): (f64, f64) = serde_json::from_str(&self.order(what, count, size)?)?;
        Ok(Time { wall: Duration::from_secs_f64(wall), cpu: Duration::from_secs_f64(cpu) })
    }

    /// The median time of one acknowledgement, in microseconds.
    pub(super) fn latency(&mut self, count: usize, size: usize) -> Fallible<f64> {
        Ok(self.order("latency", count, size)?.trim().parse()?)
    }

    fn order(&mut self, what: &str, count: usize, size: usize) -> Fallible<String> {
        writeln!(self.orders, "{{\"what\":\"{what}\",\"count\":{count},\"size\":{size}}}")?;
        self.line()
    }

    fn line(&mut self) -> Fallible<String> {
        let mut line = String::new();
        if self.results.read_line(&mut line)? == 0 {
            return Err("another client's process ended".into());
        }
        Ok(line)
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
