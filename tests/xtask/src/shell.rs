//! Running other programs, each with its output in a log and under a time limit.

#[cfg(test)]
mod tests;

use std::error::Error;
use std::fs::{self, File, OpenOptions};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// What every part of xtask returns: its errors are for people, who get the text.
pub(crate) type Fallible<T> = Result<T, Box<dyn Error>>;

const POLL: Duration = Duration::from_millis(50);

/// The folder that holds the workspace.
pub(crate) fn root() -> &'static Path {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.ancestors().nth(2).unwrap_or(manifest)
}

/// Cargo's build folder, where the logs go too.
pub(crate) fn target_dir() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// Where large things live that every clone on this machine can share.
pub(crate) fn cache_dir() -> Fallible<PathBuf> {
    let base = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let base = base.or_else(|| std::env::home_dir().map(|home| home.join(".cache")));
    Ok(base.ok_or("neither XDG_CACHE_HOME nor a home folder is set")?.join("rejoin"))
}

/// A command from one line; its words are separated by blanks and nothing is quoted.
pub(crate) fn command(line: &str) -> Command {
    let mut words = line.split_whitespace();
    let mut command = Command::new(words.next().unwrap_or_default());
    command.args(words).current_dir(root()).stdin(Stdio::null());
    command
}

/// What a program printed on standard output, or an error with what it said on standard error.
pub(crate) fn output(command: &mut Command) -> Fallible<String> {
    let output = command.output().map_err(|error| cannot_run(command, &error))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{} failed: {}", describe(command), said.trim()).into());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs commands one after the other and keeps what they print in one file.
///
/// A file and not a pipe: a process that outlives its parent would hold a pipe open, and the run would hang.
pub(crate) struct Logged {
    log: PathBuf,
    limit: Duration,
}

impl Logged {
    /// Starts an empty log of that name. `limit` bounds each command.
    pub(crate) fn new(name: &str, limit: Duration) -> Fallible<Self> {
        let folder = target_dir().join("xtask");
        fs::create_dir_all(&folder)?;
        let log = folder.join(format!("{}.log", name.replace([' ', '/'], "-")));
        File::create(&log)?;
        Ok(Self { log, limit })
    }

    /// Runs one command; any exit status but success is an error.
    pub(crate) fn run(&self, command: &mut Command) -> Fallible<()> {
        let file = OpenOptions::new().append(true).open(&self.log)?;
        command.stdout(file.try_clone()?).stderr(file);
        let mut child = command.spawn().map_err(|error| cannot_run(command, &error))?;
        let status = wait(&mut child, self.limit)?
            .ok_or_else(|| format!("{} was stopped after {:?}", describe(command), self.limit))?;
        if status.success() { Ok(()) } else { Err(format!("{} failed: {status}", describe(command)).into()) }
    }

    /// Everything printed so far.
    pub(crate) fn text(&self) -> String {
        fs::read(&self.log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
    }

    /// Where the log is.
    pub(crate) fn path(&self) -> &Path {
        &self.log
    }
}

fn wait(child: &mut Child, limit: Duration) -> Fallible<Option<ExitStatus>> {
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if start.elapsed() > limit {
            stop_with_descendants(child)?;
            return Ok(None);
        }
        std::thread::sleep(POLL);
    }
}

/// `cargo test` that is killed leaves its test running, so the whole tree goes.
fn stop_with_descendants(child: &mut Child) -> Fallible<()> {
    let table = output(&mut command("ps -eo pid=,ppid="))?;
    let pids = with_descendants(child.id(), &table);
    let mut kill = command("kill -KILL");
    // Some of them may have ended meanwhile, which `kill` reports as a failure.
    let _ = kill.args(pids.iter().map(u32::to_string)).stderr(Stdio::null()).status()?;
    child.wait()?;
    Ok(())
}

/// `table` has a process and its parent on each line.
fn with_descendants(of: u32, table: &str) -> Vec<u32> {
    let pair = |line: &str| {
        let (pid, parent) = line.trim().split_once(char::is_whitespace)?;
        Some((pid.parse::<u32>().ok()?, parent.trim().parse::<u32>().ok()?))
    };
    let pairs: Vec<(u32, u32)> = table.lines().filter_map(pair).collect();
    let mut tree = vec![of];
    let mut next = 0;
    while let Some(&parent) = tree.get(next) {
        let children = pairs.iter().filter(|(pid, its_parent)| *its_parent == parent && *pid != parent);
        tree.extend(children.map(|(pid, _)| *pid));
        next += 1;
    }
    tree
}

fn describe(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    format!("`{}`", words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" "))
}

fn cannot_run(command: &Command, error: &std::io::Error) -> String {
    format!("cannot run {}: {error}", describe(command))
}
