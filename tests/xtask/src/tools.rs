//! `cargo xtask tools`: every tool that is not part of a Rust installation, each with its pinned version.

mod cargo;
mod debian;
mod node;
mod rustup;
pub(crate) mod swift;
#[cfg(test)]
mod tests;
mod version;

use crate::shell::{Fallible, Logged};
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// Longer than any single install takes; a download that hangs must become a failure.
const INSTALL_LIMIT: Duration = Duration::from_secs(20 * 60);

/// A line of the table.
pub(crate) struct Tool {
    name: &'static str,
    source: Source,
}

/// Where a tool comes from and which version counts as installed.
enum Source {
    /// A compilation target of the current toolchain, by the tool's name.
    RustTarget,
    /// A component of the current toolchain, by the tool's name.
    RustComponent,
    /// A toolchain with the minimal profile, by the tool's name.
    RustToolchain,
    /// A crate with this program in it, from Cargo. `locked`: with the versions its authors tested.
    Crate { program: &'static str, version: &'static str, locked: bool },
    /// Any version of a program, from Debian's packages where it is missing.
    Debian { program: &'static str, packages: &'static [&'static str] },
    /// Any version of a library that C programs link, by the name that pkg-config knows.
    DebianLibrary { module: &'static str, packages: &'static [&'static str] },
    /// Node.js with npm, at least this version.
    Node { minimum: &'static str },
    /// A folder of ours with a `package-lock.json`, by the tool's name.
    NpmFolder,
    /// The Swift compiler.
    Swift,
}

const TOOLS: &[Tool] = &[
    Tool { name: "wasm32-unknown-unknown", source: Source::RustTarget },
    Tool { name: "rust-src", source: Source::RustComponent },
    Tool { name: "wasm32-wasip1", source: Source::RustTarget },
    // The oldest Rust we support: `rust-version` of the published crates.
    Tool { name: "1.88.0", source: Source::RustToolchain },
    // What cargo-fuzz needs.
    Tool { name: "nightly", source: Source::RustToolchain },
    Tool {
        name: "cargo-fuzz",
        source: Source::Crate { program: "cargo-fuzz", version: "0.13.1", locked: true },
    },
    Tool {
        name: "cargo-deny",
        source: Source::Crate { program: "cargo-deny", version: "0.20.2", locked: true },
    },
    // Equal to the version of the wasm-bindgen crate. Its lock file is not published with it.
    Tool {
        name: "wasm-bindgen-cli",
        source: Source::Crate { program: "wasm-bindgen", version: "0.2.130", locked: false },
    },
    Tool { name: "node", source: Source::Node { minimum: "20" } },
    Tool { name: "tests/peers", source: Source::NpmFolder },
    Tool { name: "bindings-wasm/js", source: Source::NpmFolder },
    Tool { name: "examples/web-chat", source: Source::NpmFolder },
    Tool { name: "tests/consumers", source: Source::NpmFolder },
    // What the feature `native-tls` links on Linux.
    Tool {
        name: "openssl",
        source: Source::DebianLibrary { module: "openssl", packages: &["libssl-dev", "pkg-config"] },
    },
    Tool {
        name: "chromium",
        source: Source::Debian { program: "chromedriver", packages: &["chromium", "chromium-driver"] },
    },
    Tool { name: "firefox", source: Source::Debian { program: "firefox-esr", packages: &["firefox-esr"] } },
    Tool {
        name: "webkit",
        source: Source::Debian {
            program: "WebKitWebDriver",
            packages: &["webkit2gtk-driver", "xvfb", "xauth"],
        },
    },
    Tool { name: "redis", source: Source::Debian { program: "redis-server", packages: &["redis-server"] } },
    Tool { name: "nginx", source: Source::Debian { program: "nginx", packages: &["nginx-light"] } },
    Tool {
        name: "maven",
        source: Source::Debian { program: "mvn", packages: &["maven", "default-jdk-headless"] },
    },
    Tool { name: "swift", source: Source::Swift },
    // What compiles the C in ring for other platforms.
    Tool { name: "clang", source: Source::Debian { program: "clang", packages: &["clang"] } },
    Tool { name: "llvm", source: Source::Debian { program: "llvm-ar", packages: &["llvm"] } },
];

/// Installs the tools named, or all of them.
pub(crate) fn command(mut arguments: lexopt::Parser) -> Fallible<ExitCode> {
    use lexopt::prelude::{Long, Short, Value, ValueExt};
    let mut names = Vec::new();
    while let Some(argument) = arguments.next()? {
        match argument {
            Value(name) => names.push(name.string()?),
            Long("list") => {
                TOOLS.iter().for_each(|tool| println!("{}", tool.name));
                return Ok(ExitCode::SUCCESS);
            }
            other @ (Long(_) | Short(_)) => return Err(other.unexpected().into()),
        }
    }
    if names.is_empty() {
        names = TOOLS.iter().map(|tool| tool.name.to_owned()).collect();
    }
    let mut all = true;
    for name in &names {
        match ensure(name) {
            Ok(()) => println!("ok      {name}"),
            Err(error) => {
                println!("FAILED  {name}: {error}");
                all = false;
            }
        }
    }
    Ok(if all { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The line of that name.
pub(crate) fn find(name: &str) -> Option<&'static Tool> {
    TOOLS.iter().find(|tool| tool.name == name)
}

/// Installs a tool unless its pinned version is there.
pub(crate) fn ensure(name: &str) -> Fallible<()> {
    let tool = find(name).ok_or_else(|| format!("there is no tool `{name}`; `cargo xtask tools --list`"))?;
    ensure_installed(tool)
}

/// Installs a compilation target that no test needs.
pub(crate) fn ensure_target(name: &'static str) -> Fallible<()> {
    ensure_installed(&Tool { name, source: Source::RustTarget })
}

fn ensure_installed(tool: &Tool) -> Fallible<()> {
    let name = tool.name;
    if tool.is_installed()? {
        return Ok(());
    }
    eprintln!("installing {name}");
    let start = Instant::now();
    let log = Logged::new(&format!("install {name}"), INSTALL_LIMIT)?;
    let installed = tool.install(&log).and_then(|()| tool.is_installed());
    let problem = match installed {
        Ok(true) => {
            eprintln!("installed {name} in {:.0} s", start.elapsed().as_secs_f64());
            return Ok(());
        }
        Ok(false) => "it was installed, and still its pinned version is not what runs".to_owned(),
        Err(error) => error.to_string(),
    };
    let text = log.text();
    let tail: Vec<&str> = text.lines().rev().take(20).collect();
    Err(format!("{problem}\n{}", tail.into_iter().rev().collect::<Vec<_>>().join("\n")).into())
}

impl Tool {
    fn is_installed(&self) -> Fallible<bool> {
        match self.source {
            Source::RustTarget => rustup::has_target(self.name),
            Source::RustComponent => rustup::has_component(self.name),
            Source::RustToolchain => rustup::has_toolchain(self.name),
            Source::Crate { program, version, .. } => Ok(cargo::has(program, version)),
            Source::Debian { program, .. } => Ok(debian::has(program)),
            Source::DebianLibrary { module, .. } => Ok(debian::has_library(module)),
            Source::Node { minimum } => Ok(node::has(minimum)),
            Source::NpmFolder => Ok(node::has_packages(self.name)),
            Source::Swift => swift::has(),
        }
    }

    fn install(&self, log: &Logged) -> Fallible<()> {
        match self.source {
            Source::RustTarget => rustup::add_target(log, self.name),
            Source::RustComponent => rustup::add_component(log, self.name),
            Source::RustToolchain => rustup::add_toolchain(log, self.name),
            Source::Crate { version, locked, .. } => cargo::install(log, self.name, version, locked),
            Source::Debian { packages, .. } | Source::DebianLibrary { packages, .. } => {
                debian::install(log, packages)
            }
            Source::Node { minimum } => node::install(log, minimum),
            Source::NpmFolder => node::install_packages(log, self.name),
            Source::Swift => swift::install(log),
        }
    }
}
