//! What must be in no tracked file: paths of one machine, hosts of registries, more lines than one can read.

#[cfg(test)]
mod tests;

use crate::shell::{self, Fallible};

const MAX_LINES: usize = 400;

/// Files that people write and read from top to bottom.
const SOURCE: [&str; 14] = [
    ".rs", ".ts", ".tsx", ".js", ".mjs", ".cjs", ".jsx", ".py", ".swift", ".kt", ".kts", ".sh", ".css",
    ".html",
];

/// Each is followed by something when it is a path of somebody's machine.
const HOMES: [&str; 5] = ["/home/", "/root/", "/Users/", "C:\\Users\\", "C:/Users/"];

/// How the hosts of package registries and mirrors begin: a lock file or a mirror with such an address ties the
/// project to where it was last installed.
const HOSTS: [&str; 9] = [
    "://registry.",
    "://index.",
    "://static.",
    "://files.",
    "://pypi.",
    "://repo1.",
    "://deb.",
    "://ftp.",
    "://proxy.golang",
];

/// Looks at every file that git tracks, as it is in the working tree.
pub(crate) fn check() -> Fallible<()> {
    let clone = format!("{}/", shell::root().display());
    let mut found = Vec::new();
    for name in shell::output(&mut shell::command("git ls-files -z"))?.split_terminator('\0') {
        // These have to name what is looked for.
        if name == file!() || name == "tests/xtask/src/hygiene/tests.rs" {
            continue;
        }
        // One that is deleted but not committed has nothing to read, and binary files have no lines.
        let Ok(text) = std::fs::read_to_string(shell::root().join(name)) else { continue };
        found.extend(problems(name, &text, &clone));
    }
    if found.is_empty() { Ok(()) } else { Err(found.join("\n    ").into()) }
}

fn problems(name: &str, text: &str, clone: &str) -> Vec<String> {
    let mut found = Vec::new();
    let lines = text.lines().count();
    if lines > MAX_LINES && SOURCE.iter().any(|ending| name.ends_with(ending)) {
        found.push(format!("{name}: {lines} lines, at most {MAX_LINES} are allowed"));
    }
    for (index, line) in text.lines().enumerate() {
        let mut places = HOMES.into_iter().chain([clone]);
        if let Some(place) = places.find(|place| names_a_path_in(line, place)) {
            found.push(format!("{name}:{}: a path of one machine ({place}…)", index + 1));
        }
        if let Some(host) = HOSTS.iter().find(|host| line.contains(**host)) {
            found.push(format!("{name}:{}: a registry host ({host})", index + 1));
        }
    }
    found
}

/// Whether something in that folder is named, and not just a longer path with such a part.
fn names_a_path_in(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + folder.len()..].chars().next();
        !before.is_some_and(|c| c.is_alphanumeric() || "/._-})".contains(c))
            && after.is_some_and(char::is_alphanumeric)
    })
}
