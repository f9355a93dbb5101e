//! Debian's packages.

use crate::shell::{Fallible, Logged, command, output};

/// Whether the program is in `PATH`, from wherever it came.
pub(super) fn has(program: &str) -> bool {
    std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(program).is_file()))
}

/// Whether programs can be linked to it. Elsewhere the system's own libraries do its work.
pub(super) fn has_library(module: &str) -> bool {
    !cfg!(target_os = "linux") || output(command("pkg-config --exists").arg(module)).is_ok()
}

pub(super) fn install(log: &Logged, packages: &[&str]) -> Fallible<()> {
    let packages = packages.join(" ");
    if !has("apt-get") {
        return Err(format!("install it by hand; in Debian it is in: {packages}").into());
    }
    if !is_root()? {
        return Err(format!("run `sudo apt-get install --no-install-recommends {packages}`").into());
    }
    log.run(&mut command("apt-get update --quiet"))?;
    let line = format!("apt-get install --yes --quiet --no-install-recommends {packages}");
    log.run(command(&line).env("DEBIAN_FRONTEND", "noninteractive"))
}

pub(super) fn is_root() -> Fallible<bool> {
    Ok(output(&mut command("id -u"))?.trim() == "0")
}

/// The mirror that this machine already uses for Debian itself.
pub(super) fn mirror() -> Fallible<String> {
    let mut query = command("apt-get indextargets");
    query.args(["--format", "$(LABEL) $(REPO_URI)", "Created-By: Packages"]);
    let targets = output(&mut query)?;
    let mirror = targets.lines().find_map(|line| line.strip_prefix("Debian "));
    Ok(mirror.ok_or("apt-get knows no mirror of Debian")?.to_owned())
}
