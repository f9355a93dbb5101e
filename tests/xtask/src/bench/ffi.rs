//! `cargo xtask bench ffi`: small messages received per second through the public API of each UniFFI package.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, ExitCode, Stdio};

use crate::package;
use crate::shell::{self, Fallible};

/// One language. Its program is given a URL, how many messages come from there and how many rounds to measure, and prints
/// the messages per second of each round on a line.
struct Subject {
    name: &'static str,
    flood: fn() -> Fallible<Command>,
    /// Messages per second.
    target: f64,
}

const SUBJECTS: &[Subject] = &[
    Subject { name: "swift", flood: package::swift::flood, target: 200_000.0 },
    Subject { name: "kotlin", flood: package::kotlin::flood, target: 200_000.0 },
    Subject { name: "python", flood: package::python::flood, target: 100_000.0 },
];

const MESSAGES: u32 = 200_000;
const BYTES: u32 = 32;
/// The first ones are not counted: they warm up what compiles while it runs.
const WARM_UP: usize = 3;
const ROUNDS: usize = 9;

/// Measures the named languages, or all; it fails where a target is missed.
pub(super) fn command(names: &[String]) -> Fallible<ExitCode> {
    if let Some(name) = names.iter().find(|name| SUBJECTS.iter().all(|subject| *name != subject.name)) {
        return Err(format!("`{name}` is none of swift, kotlin and python").into());
    }
    let mut missed = false;
    for subject in SUBJECTS.iter().filter(|subject| names.is_empty() || names.contains(&subject.name.into()))
    {
        let mut rates = rates(subject)?;
        rates.sort_by(f64::total_cmp);
        let (Some(slowest), Some(fastest)) = (rates.first(), rates.last()) else {
            return Err(format!("{}: nothing was measured", subject.name).into());
        };
        let median = rates[rates.len() / 2];
        let reached = median >= subject.target;
        missed |= !reached;
        println!(
            "{:<7} {median:>8.0}/s ({slowest:.0} to {fastest:.0})   >= {:.0}  {}",
            subject.name,
            subject.target,
            if reached { "reached" } else { "MISSED" }
        );
    }
    Ok(if missed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// The rates of the rounds that count.
fn rates(subject: &Subject) -> Fallible<Vec<f64>> {
    let mut flood = (subject.flood)()?;
    let server = Server::start()?;
    let url = format!("ws://{}/ws/source?count={MESSAGES}&size={BYTES}", server.address);
    flood.arg(url).arg(MESSAGES.to_string()).arg((WARM_UP + ROUNDS).to_string());
    let printed = shell::output(&mut flood)?;
    let rates: Vec<f64> = printed.lines().map(str::parse).collect::<Result<_, _>>()?;
    if rates.len() != WARM_UP + ROUNDS {
        return Err(format!("{}: {} rounds came back", subject.name, rates.len()).into());
    }
    Ok(rates[WARM_UP..].to_vec())
}

/// The test server, optimized, in a process that ends with this value.
struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start() -> Fallible<Self> {
        let child =
            Command::new(super::test_server()?).stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
        let mut server = Self { child, address: String::new() };
        let mut line = String::new();
        if let Some(output) = server.child.stdout.take() {
            BufReader::new(output).read_line(&mut line)?;
        }
        let ready: serde_json::Value = serde_json::from_str(&line)?;
        server.address =
            ready["listening"].as_str().ok_or("the test server does not say where it is")?.into();
        Ok(server)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
