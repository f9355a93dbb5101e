//! Targets and toolchains.

use crate::shell::{Fallible, Logged, command, output};

pub(super) fn has_target(name: &str) -> Fallible<bool> {
    Ok(output(&mut command("rustup target list --installed"))?.lines().any(|line| line.trim() == name))
}

pub(super) fn add_target(log: &Logged, name: &str) -> Fallible<()> {
    log.run(&mut command(&format!("rustup target add {name}")))
}

pub(super) fn has_component(name: &str) -> Fallible<bool> {
    let installed = output(&mut command("rustup component list --installed"))?;
    Ok(installed.lines().any(|line| line.trim() == name))
}

pub(super) fn add_component(log: &Logged, name: &str) -> Fallible<()> {
    log.run(&mut command(&format!("rustup component add {name}")))
}

pub(super) fn has_toolchain(version: &str) -> Fallible<bool> {
    let prefix = format!("{version}-");
    Ok(output(&mut command("rustup toolchain list"))?.lines().any(|line| line.starts_with(&prefix)))
}

pub(super) fn add_toolchain(log: &Logged, version: &str) -> Fallible<()> {
    log.run(&mut command(&format!("rustup toolchain install {version} --profile minimal")))
}
