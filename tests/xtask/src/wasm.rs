//! `cargo xtask wasm` builds the npm package into `bindings-wasm/js/dist`; `cargo xtask size` weighs it. `cargo xtask rust-web`
//! builds the page of `examples/rust-web`.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::SystemTime;

use crate::shell::{self, Fallible, root, target_dir};
use crate::tools;

/// What must be installed to build the package, by their names in the table of tools.
pub(crate) const NEEDS: &[&str] =
    &["wasm32-unknown-unknown", "rust-src", "wasm-bindgen-cli", "node", "bindings-wasm/js"];

/// What is compiled, by the names of the files: the package, and its entry `rejoin/polling`.
const CRATES: [&str; 2] = ["rejoin_wasm", "rejoin_wasm_polling"];
/// How each is loaded: the one by `js/src/load.ts`, the other as wasm-bindgen does it.
const LOADED: [&str; 2] = ["--target bundler", "--target web --omit-default-module-path"];

/// `cargo xtask wasm`
pub(crate) fn command(mut arguments: lexopt::Parser) -> Fallible<ExitCode> {
    if let Some(argument) = arguments.next()? {
        return Err(argument.unexpected().into());
    }
    build()?;
    Ok(ExitCode::SUCCESS)
}

/// `cargo xtask size`
pub(crate) fn size(mut arguments: lexopt::Parser) -> Fallible<ExitCode> {
    if let Some(argument) = arguments.next()? {
        return Err(argument.unexpected().into());
    }
    build()?;
    let status = shell::command("node size.mjs").current_dir(package()).status()?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// `cargo xtask rust-web`
pub(crate) fn rust_web(mut arguments: lexopt::Parser) -> Fallible<ExitCode> {
    if let Some(argument) = arguments.next()? {
        return Err(argument.unexpected().into());
    }
    ["wasm32-unknown-unknown", "wasm-bindgen-cli"].iter().try_for_each(|tool| tools::ensure(tool))?;
    run(&mut shell::command(
        "cargo build --quiet --package rejoin-rust-web --target wasm32-unknown-unknown",
    ))?;
    let page = root().join("examples/rust-web/page/pkg");
    run(shell::command("wasm-bindgen --target web --no-typescript --out-dir")
        .arg(&page)
        .arg(target_dir().join("wasm32-unknown-unknown/debug/rejoin_rust_web.wasm")))?;
    println!("{}", page.display());
    Ok(ExitCode::SUCCESS)
}

/// Where the package is.
pub(crate) fn package() -> PathBuf {
    root().join("bindings-wasm/js")
}

/// Builds what is not up to date. Everything that is printed goes to standard error: an agent speaks on the other.
pub(crate) fn build() -> Fallible<()> {
    NEEDS.iter().try_for_each(|tool| tools::ensure(tool))?;
    // The standard library is built too, without the texts of its panics, which no page shows: a third of the size.
    // Neither is a stable feature of the compiler yet.
    // Only numbers are passed, which takes no table of JavaScript's values.
    run(shell::command(
        "cargo build --quiet --package rejoin-wasm --package rejoin-wasm-polling --profile wasm",
    )
    .args(["--target=wasm32-unknown-unknown", "-Zbuild-std=std,panic_abort"])
    .arg("-Zbuild-std-features=optimize_for_size")
    .env("RUSTC_BOOTSTRAP", "1")
    .env(
        "RUSTFLAGS",
        "-Zunstable-options -Zlocation-detail=none -Cpanic=immediate-abort -Ctarget-feature=-reference-types",
    )
    // Incremental compilation would split what is to be optimised as a whole.
    .env("CARGO_INCREMENTAL", "0"))?;
    let wasm =
        CRATES.map(|name| (name, target_dir().join(format!("wasm32-unknown-unknown/wasm/{name}.wasm"))));
    // Written last.
    let built = modified(&package().join("dist/cjs/package.json"));
    if wasm.iter().all(|(_, file)| built > modified(file)) && built > newest(&package())? {
        return Ok(());
    }
    for ((name, file), loaded) in wasm.iter().zip(LOADED) {
        run(shell::command(&format!("wasm-bindgen {loaded} --out-name"))
            .arg(name)
            .arg("--out-dir")
            .arg(package().join("generated"))
            .arg(file))?;
    }
    run(shell::command("node build.mjs").current_dir(package()))
}

fn run(command: &mut Command) -> Fallible<()> {
    let status = command.stdout(std::io::stderr()).status()?;
    let program = command.get_program().to_string_lossy();
    if status.success() { Ok(()) } else { Err(format!("{program} failed: {status}").into()) }
}

/// When the newest of the package's own files was changed.
fn newest(package: &Path) -> Fallible<Option<SystemTime>> {
    let mut newest = None;
    let mut folders = vec![package.join("src")];
    for file in ["build.mjs", "package.json", "tsconfig.json"] {
        newest = newest.max(modified(&package.join(file)));
    }
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            newest = newest.max(modified(&path));
            if path.is_dir() {
                folders.push(path);
            }
        }
    }
    Ok(newest)
}

fn modified(path: &Path) -> Option<SystemTime> {
    path.metadata().ok()?.modified().ok()
}
