//! The Swift package: its generated half, and the native library that it links.

use super::{Profile, bindings, glue, is_fresh, library_name, native, run, test_server};
use crate::shell::{Fallible, target_dir};
use crate::tools;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// Writes the generated targets into the package. On Apple's platforms `build-xcframework.sh` packs the library.
pub(super) fn build(profile: Profile) -> Fallible<PathBuf> {
    let library = native(profile)?;
    let written = target_dir().join("swift/glue");
    glue("swift", &library.join(library_name()), &written)?;
    let sources = package().join("Sources");
    let parts = [
        ("RejoinFFI.swift", "RejoinFFI/RejoinFFI.swift"),
        ("CRejoinFFI.h", "CRejoinFFI/include/CRejoinFFI.h"),
        ("CRejoinFFI.modulemap", "CRejoinFFI/include/module.modulemap"),
    ];
    for (from, to) in parts {
        let to = sources.join(to);
        fs::create_dir_all(to.parent().unwrap_or(&sources))?;
        copy_changed(&written.join(from), &to)?;
    }
    // SwiftPM wants a source in a C target.
    copy_text("#include \"CRejoinFFI.h\"\n", &sources.join("CRejoinFFI/empty.c"))?;
    Ok(package())
}

/// The agent, built with the package.
pub(crate) fn agent() -> Fallible<Command> {
    let program = scratch().join("debug/rejoin-agent");
    let library = native(Profile::Dev)?.join(library_name());
    if !is_fresh(&program, &[&library, &package()])? {
        build(Profile::Dev)?;
        run(&mut swift(Profile::Dev, "build --product rejoin-agent")?)?;
    }
    let mut agent = tools::swift::inside(&package(), &program)?;
    agent.stdin(Stdio::inherit()).env("LD_LIBRARY_PATH", Profile::Dev.folder());
    Ok(agent)
}

/// The program of the benchmark, optimized like the library.
pub(crate) fn flood() -> Fallible<Command> {
    build(Profile::Release)?;
    run(&mut swift(Profile::Release, "build --configuration release --product rejoin-flood")?)?;
    let mut flood = tools::swift::inside(&package(), &scratch().join("release/rejoin-flood"))?;
    flood.env("LD_LIBRARY_PATH", Profile::Release.folder());
    Ok(flood)
}

/// `swift test` against the test server.
pub(crate) fn tests() -> Fallible<Command> {
    build(Profile::Dev)?;
    let mut test = swift(Profile::Dev, "test")?;
    test.env("REJOIN_TEST_SERVER", test_server()?);
    Ok(test)
}

/// `swift`, building in the target folder, with the native library at hand.
fn swift(profile: Profile, words: &str) -> Fallible<Command> {
    tools::ensure("swift")?;
    let mut swift = tools::swift::inside(&package(), "swift".as_ref())?;
    swift.args(words.split(' ')).arg("--scratch-path").arg(scratch());
    swift.arg("-Xlinker").arg(format!("-L{}", profile.folder().display()));
    swift.env("LD_LIBRARY_PATH", profile.folder());
    Ok(swift)
}

fn package() -> PathBuf {
    bindings().join("swift")
}

fn scratch() -> PathBuf {
    target_dir().join("swift/build")
}

/// What is unchanged keeps its time, so that it is not compiled again.
fn copy_changed(from: &std::path::Path, to: &std::path::Path) -> Fallible<()> {
    copy_text(&fs::read_to_string(from)?, to)
}

fn copy_text(text: &str, to: &std::path::Path) -> Fallible<()> {
    if fs::read_to_string(to).is_ok_and(|old| old == text) {
        return Ok(());
    }
    Ok(fs::write(to, text)?)
}
