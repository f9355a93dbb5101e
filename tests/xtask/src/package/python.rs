//! The Python package: a wheel by maturin, tested in a fresh virtual environment.

use super::{Profile, bindings, glue, is_fresh, library_name, native, run, test_server};
use crate::shell::{Fallible, command, target_dir};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const MATURIN: &str = "maturin==1.16.0";
const TEST_TOOLS: &[&str] = &["pytest==8.4.2", "mypy==1.18.2"];

/// Builds the wheel.
pub(super) fn wheel(profile: Profile) -> Fallible<PathBuf> {
    native(Profile::Dev)?;
    let maturin = maturin()?;
    let wheels = folder().join("wheels");
    if wheels.exists() {
        fs::remove_dir_all(&wheels)?;
    }
    let mut build = Command::new(&maturin);
    build.current_dir(source()).args(["build", "--quiet", "--features", "cli", "--profile", profile.name()]);
    // maturin looks for the interpreter there.
    run(build.arg("--out").arg(&wheels).env("VIRTUAL_ENV", folder().join("maturin")))?;
    let wheel = fs::read_dir(&wheels)?.next().ok_or("maturin built no wheel")?;
    Ok(wheel?.path())
}

/// The agent: the wheel's contents, unpacked, and the program that drives them.
pub(crate) fn agent() -> Fallible<Command> {
    let package = folder().join("agent");
    let library = native(Profile::Dev)?.join(library_name());
    if !is_fresh(&package, &[&library, &source()])? {
        if package.exists() {
            fs::remove_dir_all(&package)?;
        }
        let wheel = wheel(Profile::Dev)?;
        run(command("python3 -m zipfile --extract").arg(wheel).arg(&package))?;
    }
    let mut agent = Command::new("python3");
    agent
        .arg(source().join("agent"))
        .env("PYTHONPATH", package)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("PYTHONUNBUFFERED", "1");
    Ok(agent)
}

/// The program of the benchmark, over the sources and an optimized library: no wheel, so no interpreter of our own.
pub(crate) fn flood() -> Fallible<Command> {
    let library = native(Profile::Release)?.join(library_name());
    let path = folder().join("bench");
    let generated = path.join("rejoin/rejoin_ffi");
    if path.exists() {
        fs::remove_dir_all(&path)?;
    }
    fs::create_dir_all(&generated)?;
    for entry in fs::read_dir(source().join("src/rejoin"))? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            fs::copy(entry.path(), path.join("rejoin").join(entry.file_name()))?;
        }
    }
    glue("python", &library, &generated)?;
    fs::write(generated.join("__init__.py"), "from .rejoin_ffi import *\n")?;
    fs::copy(&library, generated.join(library_name()))?;
    let mut flood = Command::new("python3");
    flood.arg(source().join("bench/flood.py")).env("PYTHONPATH", path);
    Ok(flood)
}

/// Makes the fresh environment with the wheel in it; gives the commands that test there.
pub(crate) fn tests() -> Fallible<Vec<Command>> {
    let environment = folder().join("test");
    if environment.exists() {
        fs::remove_dir_all(&environment)?;
    }
    let python = environment_at(&environment, TEST_TOOLS)?;
    let mut install = Command::new(&python);
    run(install.args(["-m", "pip", "install", "--quiet", "--no-deps"]).arg(wheel(Profile::Dev)?))?;
    let mut types = Command::new(&python);
    types.current_dir(environment.join("..")).args(["-m", "mypy", "--package", "rejoin", "--strict"]);
    types.args(["--python-version", "3.9", "--exclude", "rejoin_ffi"]);
    let mut pytest = Command::new(&python);
    pytest.current_dir(source()).args(["-m", "pytest", "--quiet", "-p", "no:cacheprovider"]);
    pytest.env("REJOIN_TEST_SERVER", test_server()?).env("PYTHONDONTWRITEBYTECODE", "1");
    Ok(vec![types, pytest])
}

fn source() -> PathBuf {
    bindings().join("python")
}

fn folder() -> PathBuf {
    target_dir().join("python")
}

fn maturin() -> Fallible<PathBuf> {
    let environment = folder().join("maturin");
    let program = environment.join("bin/maturin");
    if !program.exists() {
        environment_at(&environment, &[MATURIN])?;
    }
    Ok(program)
}

/// A virtual environment with these packages; gives its interpreter.
fn environment_at(folder: &Path, packages: &[&str]) -> Fallible<PathBuf> {
    run(command("python3 -m venv").arg(folder))?;
    let python = folder.join("bin/python");
    let mut install = Command::new(&python);
    run(install.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]).args(packages))?;
    Ok(python)
}
