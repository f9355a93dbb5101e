//! The Kotlin package: Maven modules over its generated half, and the native library inside the jar.

use super::{Profile, bindings, glue, is_fresh, library_name, native, run, test_server};
use crate::shell::Fallible;
use crate::tools;
use std::env::consts::{ARCH, OS};
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// Where JNA looks for a library on this machine.
fn resource() -> String {
    let system = match OS {
        "macos" => "darwin",
        "windows" => "win32",
        other => other,
    };
    format!("{system}-{}", ARCH.replace('_', "-"))
}

/// Writes the generated sources, packs the library as a resource, and builds the module.
pub(super) fn build(profile: Profile) -> Fallible<PathBuf> {
    generate(profile)?;
    run(maven()?.args(["package", "-DskipTests", "--projects", "rejoin"]))?;
    Ok(package().join("rejoin/target"))
}

/// The agent, built with the package.
pub(crate) fn agent() -> Fallible<Command> {
    let mut agent = program("agent", Profile::Dev, &["-XX:TieredStopAtLevel=1"])?;
    agent.arg("dev.rejoin.agent.MainKt");
    Ok(agent)
}

/// The program of the benchmark, over an optimized library.
pub(crate) fn flood() -> Fallible<Command> {
    let mut flood = program("bench", Profile::Release, &[])?;
    flood.arg("dev.rejoin.bench.FloodKt");
    Ok(flood)
}

/// The classes of a module, built with the package; the name of one is to follow.
fn program(module: &str, profile: Profile, options: &[&str]) -> Fallible<Command> {
    let target = package().join(module).join("target");
    let class_path = target.join("class-path");
    let library = native(profile)?.join(library_name());
    if !is_fresh(&class_path, &[&library, &package()])? {
        generate(profile)?;
        run(maven()?
            .args(["--quiet", "compile", "dependency:build-classpath", "--projects", module, "--also-make"])
            .arg(format!("-Dmdep.outputFile={}", class_path.display())))?;
    }
    let path = format!("{}:{}", target.join("classes").display(), fs::read_to_string(class_path)?.trim());
    let mut java = Command::new("java");
    // Before the one among the resources, which may be of the other profile.
    java.arg(format!("-Djna.library.path={}", profile.folder().display()));
    java.arg("-XX:+UseSerialGC").args(options).args(["-cp", &path]);
    Ok(java)
}

/// `mvn test` against the test server.
pub(crate) fn tests() -> Fallible<Command> {
    generate(Profile::Dev)?;
    let mut test = maven()?;
    test.arg("test").env("REJOIN_TEST_SERVER", test_server()?);
    Ok(test)
}

fn generate(profile: Profile) -> Fallible<()> {
    let library = native(profile)?.join(library_name());
    let generated = package().join("rejoin/target/generated");
    glue("kotlin", &library, &generated.join("kotlin"))?;
    let resource = generated.join("resources").join(resource());
    fs::create_dir_all(&resource)?;
    fs::copy(&library, resource.join(library_name()))?;
    Ok(())
}

fn maven() -> Fallible<Command> {
    tools::ensure("maven")?;
    let mut maven = Command::new("mvn");
    maven.current_dir(package()).args(["--batch-mode", "--no-transfer-progress"]);
    Ok(maven)
}

fn package() -> PathBuf {
    bindings().join("kotlin")
}
