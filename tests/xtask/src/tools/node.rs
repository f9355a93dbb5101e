//! Node.js, whose version must only be recent enough, and what npm installs beside our own scripts.

use super::{debian, version};
use crate::shell::{Fallible, Logged, command, output, root};
use std::time::SystemTime;

pub(super) fn has(minimum: &str) -> bool {
    let text = output(&mut command("node --version"));
    debian::has("npm")
        && text
            .is_ok_and(|text| version::printed(&text).is_some_and(|found| version::at_least(found, minimum)))
}

/// Debian's, or where that one is too old the one that it can install from npm.
pub(super) fn install(log: &Logged, minimum: &str) -> Fallible<()> {
    debian::install(log, &["nodejs", "npm"])?;
    if has(minimum) {
        return Ok(());
    }
    log.run(&mut command(&format!("npm install --global node@{minimum}")))
}

/// Whether the folder's packages are those of its lock file.
pub(super) fn has_packages(folder: &str) -> bool {
    let changed = |file: &str| -> Option<SystemTime> {
        std::fs::metadata(root().join(folder).join(file)).ok()?.modified().ok()
    };
    match (changed("node_modules/.package-lock.json"), changed("package-lock.json")) {
        (Some(installed), Some(locked)) => installed >= locked,
        _ => false,
    }
}

pub(super) fn install_packages(log: &Logged, folder: &str) -> Fallible<()> {
    log.run(command("npm ci --no-audit --no-fund").current_dir(root().join(folder)))
}
