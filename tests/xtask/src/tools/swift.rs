//! Swift on Linux: the compiler of Debian's trixie in a folder of its own, entered with `chroot`.
//!
//! Where `swift` is in `PATH`, as on a Mac, that one is used.

use super::debian;
use crate::shell::{Fallible, Logged, cache_dir, command, root, target_dir};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

/// Raise the number at the end when the packages change.
const FOLDER: &str = "swift-trixie-1";
const PACKAGES: &str = "swiftlang,ca-certificates,libc6-dev,libstdc++-14-dev,binutils,git";

/// In a mount namespace of its own, so that nothing stays mounted whatever happens.
/// Arguments: the system's folder, the folder to work in, how many more to bind, those, and the command.
const ENTER: &str = r#"
set -eu
system=$1 folder=$2 binds=$3
shift 3
mount -t proc proc "$system/proc"
mount --rbind /dev "$system/dev"
while [ "$binds" -gt 0 ]; do
    mkdir -p "$system$1"
    mount --bind "$1" "$system$1"
    binds=$((binds - 1))
    shift
done
exec chroot "$system" /bin/sh -c 'cd "$1" && shift && exec "$@"' sh "$folder" "$@"
"#;

/// `cargo xtask swift FOLDER ARGUMENT...`
pub(crate) fn command_line(mut arguments: lexopt::Parser) -> Fallible<ExitCode> {
    let mut words = arguments.raw_args()?;
    let folder = words.next().ok_or("which folder of the project?")?;
    let folder = root().join(folder);
    super::ensure("swift")?;
    let mut swift = inside(&folder, Path::new("swift"))?;
    let status = swift.args(words).stdin(Stdio::inherit()).status()?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

pub(super) fn has() -> Fallible<bool> {
    Ok(debian::has("swift") || system()?.is_dir())
}

pub(super) fn install(log: &Logged) -> Fallible<()> {
    if !debian::has("debootstrap") {
        debian::install(log, &["debootstrap"])?;
    }
    if !debian::is_root()? {
        return Err("install Swift by hand: the way that needs nothing prepared needs root".into());
    }
    let system = system()?;
    let partial = system.with_extension("partial");
    if partial.exists() {
        fs::remove_dir_all(&partial)?;
    }
    fs::create_dir_all(&partial)?;
    let include = format!("--include={PACKAGES}");
    let mut debootstrap = command("debootstrap --variant=minbase");
    log.run(debootstrap.arg(include).arg("trixie").arg(&partial).arg(debian::mirror()?))?;
    log.run(command("chroot").arg(&partial).args(["apt-get", "clean"]))?;
    // Only what is complete has the final name.
    Ok(fs::rename(partial, system)?)
}

/// A program, to be given its arguments, beside the compiler and in a folder that exists at the same path inside.
pub(crate) fn inside(folder: &Path, program: &Path) -> Fallible<Command> {
    if debian::has("swift") {
        let mut command = Command::new(program);
        command.current_dir(folder);
        return Ok(command);
    }
    let binds = [root().to_owned(), target_dir()];
    let mut command = command("unshare --mount sh -c");
    command.arg(ENTER).arg("sh").arg(system()?).arg(folder).arg(binds.len().to_string());
    for bind in &binds {
        fs::create_dir_all(bind)?;
        command.arg(bind);
    }
    command.arg(program);
    Ok(command)
}

fn system() -> Fallible<PathBuf> {
    Ok(cache_dir()?.join(FOLDER))
}
