//! `cargo xtask package NAME`: the Swift, Kotlin and Python packages over `bindings-uniffi`.
//!
//! What uniffi generates goes beside the sources that are written by hand, and is never committed.

pub(crate) mod kotlin;
pub(crate) mod python;
pub(crate) mod swift;

use crate::shell::{Fallible, command, root, target_dir};
use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::SystemTime;

/// One package. To add one, add its line to [`PACKAGES`].
struct Package {
    name: &'static str,
    build: fn(Profile) -> Fallible<PathBuf>,
}

const PACKAGES: &[Package] = &[
    Package { name: "python", build: python::wheel },
    Package { name: "swift", build: swift::build },
    Package { name: "kotlin", build: kotlin::build },
];

/// The native library, as this system names libraries.
fn library_name() -> String {
    format!("{DLL_PREFIX}rejoin_ffi{DLL_SUFFIX}")
}

/// How the native library is built.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    /// For tests.
    Dev,
    /// For users.
    Release,
}

impl Profile {
    /// As Cargo names it.
    fn name(self) -> &'static str {
        match self {
            Self::Dev => "dev",
            Self::Release => "release",
        }
    }

    fn folder(self) -> PathBuf {
        target_dir().join(match self {
            Self::Dev => "debug",
            Self::Release => "release",
        })
    }
}

/// `cargo xtask package NAME [--release]`
pub(crate) fn command_line(mut arguments: lexopt::Parser) -> Fallible<ExitCode> {
    use lexopt::prelude::{Long, Short, Value, ValueExt};
    let (mut name, mut profile) = (None, Profile::Dev);
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("release") => profile = Profile::Release,
            Value(value) if name.is_none() => name = Some(value.string()?),
            other @ (Long(_) | Short(_) | Value(_)) => return Err(other.unexpected().into()),
        }
    }
    let package = PACKAGES.iter().find(|package| name.as_deref() == Some(package.name));
    let package = package.ok_or("which package: python, swift or kotlin?")?;
    println!("{}", (package.build)(profile)?.display());
    Ok(ExitCode::SUCCESS)
}

/// The folder of the bindings.
fn bindings() -> PathBuf {
    root().join("bindings-uniffi")
}

/// Builds the native library, and the program that writes the glue; gives the folder of the library.
fn native(profile: Profile) -> Fallible<PathBuf> {
    run(&mut command("cargo build --quiet --package rejoin-uniffi --features cli"))?;
    if profile == Profile::Release {
        run(&mut command("cargo build --quiet --package rejoin-uniffi --release"))?;
    }
    Ok(profile.folder())
}

/// Writes the glue of a language for a library that [`native`] built.
fn glue(language: &str, library: &Path, out: &Path) -> Fallible<()> {
    let mut bindgen = Command::new(Profile::Dev.folder().join("uniffi-bindgen"));
    bindgen.current_dir(root()).args(["generate", "--no-format", "--language", language, "--out-dir"]);
    run(bindgen.arg(out).arg(library))
}

/// Runs a step of a build; what it prints goes to standard error, since an agent speaks on standard output.
fn run(step: &mut Command) -> Fallible<()> {
    let status = step.stdout(std::io::stderr()).status()?;
    let program = step.get_program().to_string_lossy();
    if status.success() { Ok(()) } else { Err(format!("{program} failed: {status}").into()) }
}

/// Whether what was built is newer than all that it was built from: many agents start in a row.
fn is_fresh(built: &Path, from: &[&Path]) -> Fallible<bool> {
    let Ok(built) = fs::metadata(built).and_then(|data| data.modified()) else { return Ok(false) };
    for path in from {
        if newest(path)? >= built {
            return Ok(false);
        }
    }
    Ok(true)
}

/// When a file, or the youngest file in a folder, was changed.
fn newest(path: &Path) -> Fallible<SystemTime> {
    if path.is_file() {
        return Ok(fs::metadata(path)?.modified()?);
    }
    let mut youngest = SystemTime::UNIX_EPOCH;
    for entry in fs::read_dir(path)? {
        let path = entry?.path();
        let is_built = ["target", "__pycache__", ".build"].iter().any(|name| path.ends_with(name));
        if !is_built {
            youngest = youngest.max(newest(&path)?);
        }
    }
    Ok(youngest)
}

/// The test server as a program, for the tests in other languages.
fn test_server() -> Fallible<PathBuf> {
    run(&mut command("cargo build --quiet --package rejoin-test-server"))?;
    Ok(Profile::Dev.folder().join("rejoin-test-server"))
}
