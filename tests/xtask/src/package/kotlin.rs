//! The Kotlin package: Maven modules over its generated half, and the native library inside the jar.

use super::{Profile, bindings, glue, is_fresh, native, run, test_server};
use crate::shell::Fallible;
use crate::tools;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

const LIBRARY: &str = "librejoin_ffi.so";

/// Where JNA looks for a library on this machine.
const RESOURCE: &str = if cfg!(target_arch = "aarch64") { "linux-aarch64" } else { "linux-x86-64" };

/// Writes the generated sources, packs the library as a resource, and builds the module.
pub(super) fn build(profile: Profile) -> Fallible<PathBuf> {
    generate(profile)?;
    run(maven()?.args(["package", "-DskipTests", "--projects", "rejoin"]))?;
    Ok(package().join("rejoin/target"))
}

/// The agent, built with the package.
pub(crate) fn agent() -> Fallible<Command> {
    let class_path = package().join("agent/target/class-path");
    let library = native(Profile::Dev)?.join(LIBRARY);
    if !is_fresh(&class_path, &[&library, &package()])? {
        generate(Profile::Dev)?;
        run(maven()?
            .args(["--quiet", "compile", "dependency:build-classpath", "--projects", "agent", "--also-make"])
            .arg(format!("-Dmdep.outputFile={}", class_path.display())))?;
    }
    let classes = package().join("agent/target/classes");
    let path = format!("{}:{}", classes.display(), fs::read_to_string(class_path)?.trim());
    let mut agent = Command::new("java");
    agent.args(["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", &path, "dev.rejoin.agent.MainKt"]);
    Ok(agent)
}

/// `mvn test` against the test server.
pub(crate) fn tests() -> Fallible<Command> {
    generate(Profile::Dev)?;
    let mut test = maven()?;
    test.arg("test").env("REJOIN_TEST_SERVER", test_server()?);
    Ok(test)
}

fn generate(profile: Profile) -> Fallible<()> {
    let library = native(profile)?.join(LIBRARY);
    let generated = package().join("rejoin/target/generated");
    glue("kotlin", &library, &generated.join("kotlin"))?;
    let resource = generated.join("resources").join(RESOURCE);
    fs::create_dir_all(&resource)?;
    fs::copy(&library, resource.join(LIBRARY))?;
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
