//! Programs that Cargo builds from their source.

use super::version;
use crate::shell::{Fallible, Logged, command, output};

/// These programs run for seconds, so what counts is how soon they are built.
const FAST_TO_BUILD: [(&str, &str); 4] = [
    ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1"),
    ("CARGO_PROFILE_RELEASE_LTO", "off"),
    ("CARGO_PROFILE_RELEASE_DEBUG", "0"),
    ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16"),
];

pub(super) fn has(program: &str, pinned: &str) -> bool {
    let text = output(command(program).arg("--version"));
    text.is_ok_and(|text| version::printed(&text) == Some(pinned))
}

pub(super) fn install(log: &Logged, name: &str, pinned: &str, locked: bool) -> Fallible<()> {
    let locked = if locked { " --locked" } else { "" };
    let line = format!("cargo install {name} --version {pinned} --force{locked}");
    log.run(command(&line).envs(FAST_TO_BUILD))
}
