//! Versions as programs print them.

#[cfg(test)]
mod tests;

/// The first version in what `--version` printed: `cargo-deny 0.20.2 (abc)` or `v20.20.2`.
pub(super) fn printed(text: &str) -> Option<&str> {
    text.split_whitespace()
        .map(|word| word.strip_prefix('v').unwrap_or(word))
        .find(|word| numbers(word).is_some())
}

/// Whether `version` is `minimum` or later, part by part. What is no version is never enough.
pub(super) fn at_least(version: &str, minimum: &str) -> bool {
    match (numbers(version), numbers(minimum)) {
        (Some(version), Some(minimum)) => version >= minimum,
        _ => false,
    }
}

/// A pre-release counts as its release: no pin of ours tells them apart.
fn numbers(version: &str) -> Option<Vec<u64>> {
    let release = version.split(['-', '+']).next()?;
    release.split('.').map(|part| part.parse().ok()).collect()
}
