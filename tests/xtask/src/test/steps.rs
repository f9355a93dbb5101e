//! The table of steps. To add one, add its line; the cheap ones come first.

#[cfg(test)]
mod tests;

use super::Stage;
use crate::shell::{self, Fallible};
use crate::{hygiene, package, purity};

/// One line of the report.
pub(super) struct Step {
    /// What `--only` takes.
    pub(super) name: &'static str,
    pub(super) counts: Counts,
    /// Names from the table in `tools.rs`.
    pub(super) needs: &'static [&'static str],
    pub(super) run: fn(&mut Stage) -> Fallible<()>,
}

/// What a step adds to `N passed, N failed`.
#[derive(Clone, Copy)]
pub(super) enum Counts {
    /// One, by its exit status.
    Check,
    /// Each test that ran, at least one.
    Tests,
}
use Counts::{Check, Tests};

pub(super) const STEPS: &[Step] = &[
    Step {
        name: "fmt",
        counts: Check,
        needs: &[],
        run: |stage| stage.sh("cargo fmt --all --check -- --color never"),
    },
    Step { name: "hygiene", counts: Check, needs: &[], run: |_| hygiene::check() },
    Step { name: "purity", counts: Check, needs: &[], run: |_| purity::check() },
    Step {
        name: "deny",
        counts: Check,
        needs: &["cargo-deny"],
        run: |stage| stage.sh("cargo deny --all-features check licenses bans sources"),
    },
    Step { name: "advisories", counts: Check, needs: &["cargo-deny"], run: advisories },
    Step {
        name: "clippy",
        counts: Check,
        needs: &[],
        run: |stage| stage.sh("cargo clippy --workspace --all-targets --keep-going -- -D warnings"),
    },
    Step { name: "features", counts: Check, needs: &["openssl"], run: features },
    Step {
        name: "docs",
        counts: Check,
        needs: &[],
        run: |stage| stage.sh_with(&[("RUSTDOCFLAGS", "-D warnings")], "cargo doc --workspace --no-deps"),
    },
    Step {
        name: "msrv",
        counts: Check,
        needs: &["1.88.0"],
        run: |stage| stage.sh("cargo +1.88.0 check -p rejoin-proto -p rejoin"),
    },
    Step {
        name: "wasm-check",
        counts: Check,
        needs: &["wasm32-unknown-unknown"],
        run: |stage| stage.sh("cargo check -p rejoin-proto -p rejoin --target wasm32-unknown-unknown"),
    },
    Step {
        name: "host",
        counts: Tests,
        needs: &["node", "tests/peers"],
        run: |stage| stage.sh("cargo test --workspace --no-fail-fast"),
    },
    Step {
        name: "native-tls",
        counts: Tests,
        needs: &["openssl"],
        run: |stage| {
            stage.sh("cargo test -p rejoin --no-default-features --features native-tls --no-fail-fast")
        },
    },
    Step { name: "sim", counts: Check, needs: &[], run: sim },
    Step { name: "wasm", counts: Tests, needs: &["wasm32-wasip1", "node"], run: wasm },
    Step { name: "python", counts: Tests, needs: &[], run: python },
    Step {
        name: "swift",
        counts: Tests,
        needs: &["swift"],
        run: |stage| stage.tests(&mut package::swift::tests()?),
    },
    Step {
        name: "kotlin",
        counts: Tests,
        needs: &["maven"],
        run: |stage| stage.tests(&mut package::kotlin::tests()?),
    },
    Step {
        name: "conformance",
        counts: Tests,
        needs: &[
            "node",
            "tests/peers",
            "swift",
            "maven",
            "wasm32-unknown-unknown",
            "rust-src",
            "wasm-bindgen-cli",
            "bindings-wasm/js",
            "chromium",
        ],
        run: |stage| stage.sh("cargo xtask conformance"),
    },
    Step {
        name: "web",
        counts: Tests,
        needs: &[
            "wasm32-unknown-unknown",
            "rust-src",
            "wasm-bindgen-cli",
            "node",
            "bindings-wasm/js",
            "examples/web-chat",
            "tests/peers",
            "chromium",
        ],
        run: web,
    },
    Step {
        name: "rust-web",
        counts: Tests,
        needs: &["wasm32-unknown-unknown", "wasm-bindgen-cli", "node", "bindings-wasm/js", "chromium"],
        run: rust_web,
    },
    Step {
        name: "size",
        counts: Check,
        needs: crate::wasm::NEEDS,
        run: |stage| stage.sh("cargo xtask size"),
    },
    Step {
        name: "consumers",
        counts: Tests,
        needs: &["node", "bindings-wasm/js", "tests/consumers", "chromium"],
        run: |stage| web_tests(stage, "npm --prefix tests/consumers test"),
    },
    Step {
        name: "firefox",
        counts: Tests,
        needs: &["node", "bindings-wasm/js", "firefox"],
        run: |stage| web_tests(stage, "npm --prefix bindings-wasm/js run test:firefox"),
    },
    Step {
        name: "webkit",
        counts: Tests,
        needs: &["node", "bindings-wasm/js", "webkit"],
        run: |stage| web_tests(stage, "npm --prefix bindings-wasm/js run test:webkit"),
    },
    Step { name: "demo", counts: Check, needs: &[], run: demo },
];

/// Run with `--long` too, or where `--only` names them.
pub(super) const LONG_STEPS: &[Step] = &[
    Step { name: "fuzz", counts: Check, needs: &["nightly", "cargo-fuzz"], run: fuzz },
    Step {
        name: "targets",
        counts: Check,
        needs: &["clang", "llvm"],
        run: |stage| stage.sh("cargo xtask check-targets"),
    },
];

/// A database that cannot be fetched is no verdict on the dependencies; what it says, once fetched, is.
fn advisories(stage: &mut Stage) -> Fallible<()> {
    if stage.sh("cargo deny fetch db").is_err() {
        stage.notes.push("advisories: database not reachable".to_owned());
        return Ok(());
    }
    stage.sh("cargo deny --all-features check --disable-fetch advisories")
}

/// Features must build alone, or a user finds the missing `cfg` for us; in the long form each pair too.
fn features(stage: &mut Stage) -> Fallible<()> {
    const CLIPPY: &str = "cargo clippy -p rejoin --no-default-features";
    let metadata = shell::output(&mut shell::command("cargo metadata --no-deps --format-version 1"))?;
    let metadata: serde_json::Value = serde_json::from_str(&metadata)?;
    let packages = metadata["packages"].as_array().ok_or("cargo metadata names no packages")?;
    let rejoin = packages.iter().find(|package| package["name"] == "rejoin").ok_or("there is no `rejoin`")?;
    let names = rejoin["features"].as_object().ok_or("cargo metadata names no features")?;
    stage.sh(&format!("{CLIPPY} -- -D warnings"))?;
    for (index, name) in names.keys().enumerate() {
        stage.sh(&format!("{CLIPPY} --features {name} -- -D warnings"))?;
        let others = if stage.long { names.len() } else { 0 };
        for other in names.keys().take(others).skip(index + 1) {
            stage.sh(&format!("{CLIPPY} --features {name},{other} -- -D warnings"))?;
        }
    }
    Ok(())
}

/// The simulation's own tests ran on the host; these are the schedules, as many as the design asks for.
fn sim(stage: &mut Stage) -> Fallible<()> {
    const SIM: &str = "cargo run --release --package rejoin-sim --";
    let seeds = if stage.long { 1_000_000 } else { 20_000 };
    stage.sh(&format!("{SIM} --seeds {seeds}"))?;
    stage.sh(&format!("{SIM} --herd"))
}

/// The ordinary tests of the core, run inside WebAssembly by Node's WASI.
///
/// A panic aborts there, so what a test printed would be lost if it were captured.
fn wasm(stage: &mut Stage) -> Fallible<()> {
    let runner = shell::root().join("tests/xtask/src/test/wasi-runner.mjs");
    let runner = format!("node --no-warnings {}", runner.display());
    stage.sh_with(
        &[("CARGO_TARGET_WASM32_WASIP1_RUNNER", &runner)],
        "cargo test -p rejoin-proto --target wasm32-wasip1 --no-fail-fast --lib --tests -- --nocapture",
    )
}

/// The types first, then the tests: on the built wheel, in an environment with nothing else in it.
fn python(stage: &mut Stage) -> Fallible<()> {
    package::python::tests()?.iter_mut().try_for_each(|command| stage.tests(command))
}

/// The npm package in Node.js and in a browser, and the example that is built on it.
fn web(stage: &mut Stage) -> Fallible<()> {
    stage.sh("cargo xtask wasm")?;
    stage.sh("npm --prefix bindings-wasm/js test")?;
    stage.sh("npm --prefix examples/web-chat test")
}

fn rust_web(stage: &mut Stage) -> Fallible<()> {
    stage.sh("cargo xtask rust-web")?;
    stage.sh("node --test --test-reporter=tap examples/rust-web/page.test.mjs")
}

/// Tests of the npm package, once it is built.
fn web_tests(stage: &mut Stage, tests: &str) -> Fallible<()> {
    stage.sh("cargo xtask wasm")?;
    stage.sh(tests)
}

/// The exit status alone would let a demo pass that does nothing.
fn demo(stage: &mut Stage) -> Fallible<()> {
    const PROMISE: &str = "lost 0 · duplicated 0 · reordered 0";
    stage.sh("cargo demo")?;
    let log = stage.log.text();
    let last = log.lines().last().unwrap_or_default();
    if last.contains(PROMISE) { Ok(()) } else { Err(format!("the demo did not end with `{PROMISE}`").into()) }
}

/// New inputs for each decoder, for a minute; those found before are replayed by the ordinary tests.
fn fuzz(stage: &mut Stage) -> Fallible<()> {
    const FOLDER: &str = "core/rejoin-proto/fuzz";
    let targets = std::fs::read_dir(shell::root().join(FOLDER).join("fuzz_targets"))?;
    let mut names: Vec<String> = targets
        .filter_map(|target| target.ok()?.path().file_stem().map(|name| name.to_string_lossy().into_owned()))
        .collect();
    names.sort();
    let found = std::env::temp_dir().join("rejoin-fuzz");
    for name in names {
        let corpus = found.join(&name);
        std::fs::create_dir_all(&corpus)?;
        let corpora = format!("{} {FOLDER}/corpus/{name}", corpus.display());
        stage.sh(&format!(
            "cargo +nightly fuzz run --fuzz-dir {FOLDER} {name} {corpora} -- -max_total_time=60"
        ))?;
    }
    Ok(())
}
