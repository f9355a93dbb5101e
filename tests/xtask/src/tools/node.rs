//! Node.js, whose version must only be recent enough.

use super::{debian, version};
use crate::shell::{Fallible, Logged, command, output};

pub(super) fn has(minimum: &str) -> bool {
    let text = output(&mut command("node --version"));
    debian::has("npm")
        && text
            .is_ok_and(|text| version::printed(&text).is_some_and(|found| version::at_least(found, minimum)))
}

pub(super) fn install(log: &Logged, minimum: &str) -> Fallible<()> {
    debian::install(log, &["nodejs", "npm"])?;
    if has(minimum) {
        return Ok(());
    }
    Err(format!("Debian's Node.js is too old here: install {minimum} or later by hand").into())
}
