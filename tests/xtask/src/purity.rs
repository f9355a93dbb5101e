//! The core stays pure: its dependencies bring no runtime and its source asks for no platform.
//!
//! Clippy enforces the rest, see `core/rejoin-proto/clippy.toml`.

#[cfg(test)]
mod tests;

use crate::shell::{self, Fallible};
use std::path::Path;

/// All that `rejoin-proto` may link: no clock, no socket, no runtime, no entropy of the system.
const ALLOWED: [&str; 5] = ["rejoin-proto", "base64", "bytes", "bytestring", "fastrand"];

/// Conditions that would make the core differ between platforms.
const PLATFORM: [&str; 4] = ["target_", "unix", "windows", "wasm"];

/// Both halves of the rule.
pub(crate) fn check() -> Fallible<()> {
    let tree = "cargo tree -p rejoin-proto --all-features --edges normal --target all --prefix none";
    let tree = shell::output(&mut shell::command(tree))?;
    let foreign = foreign_crates(&tree);
    if !foreign.is_empty() {
        return Err(format!("rejoin-proto must stay pure, but links {}", foreign.join(", ")).into());
    }
    let mut found = Vec::new();
    platform_conditions(&shell::root().join("core/rejoin-proto/src"), &mut found)?;
    if found.is_empty() { Ok(()) } else { Err(found.join("\n    ").into()) }
}

fn foreign_crates(tree: &str) -> Vec<&str> {
    let mut names: Vec<&str> = tree
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| !ALLOWED.contains(name))
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn platform_conditions(folder: &Path, found: &mut Vec<String>) -> Fallible<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            platform_conditions(&path, found)?;
            continue;
        }
        for (index, line) in std::fs::read_to_string(&path)?.lines().enumerate() {
            if depends_on_platform(line) {
                found.push(format!("{}:{}: the core asks for no platform", path.display(), index + 1));
            }
        }
    }
    Ok(())
}

fn depends_on_platform(line: &str) -> bool {
    line.split_once("cfg").is_some_and(|(_, condition)| PLATFORM.iter().any(|word| condition.contains(word)))
}
