//! `cargo xtask check-targets`: type-checks the native stack for the platforms that it is built for on other machines.

use crate::shell::{Fallible, Logged, command, target_dir};
use crate::tools;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

const LIMIT: Duration = Duration::from_secs(20 * 60);

const TARGETS: [&str; 16] = [
    "aarch64-apple-ios",
    "aarch64-apple-ios-sim",
    "x86_64-apple-ios",
    "aarch64-apple-darwin",
    "x86_64-apple-darwin",
    "aarch64-linux-android",
    "armv7-linux-androideabi",
    "x86_64-linux-android",
    "x86_64-pc-windows-gnu",
    "aarch64-pc-windows-gnullvm",
    "x86_64-pc-windows-msvc",
    "aarch64-pc-windows-msvc",
    "x86_64-unknown-linux-gnu",
    "aarch64-unknown-linux-gnu",
    "x86_64-unknown-linux-musl",
    "aarch64-unknown-linux-musl",
];

/// What no check of types shows.
const NEVER: &str =
    "linking and running, which need each platform's own SDK, and a device or a machine of its kind";

/// The declarations that ring's C sources take from a platform's SDK. Nothing is linked, so they need only parse.
const HEADERS: [(&str, &str); 4] = [
    (
        "string.h",
        "#include <stddef.h>\nvoid *memcpy(void *, const void *, size_t);\nvoid *memset(void *, int, size_t);\n\
         int memcmp(const void *, const void *, size_t);\n",
    ),
    (
        "stdlib.h",
        "unsigned long _byteswap_ulong(unsigned long);\nunsigned long long _byteswap_uint64(unsigned long long);\n",
    ),
    ("assert.h", "#define assert(condition) ((void)0)\n"),
    ("TargetConditionals.h", ""),
];

/// `cargo xtask check-targets [TARGET]...`
pub(crate) fn command_line(mut arguments: lexopt::Parser) -> Fallible<ExitCode> {
    use lexopt::prelude::{Long, Short, Value, ValueExt};
    let mut named = Vec::new();
    while let Some(argument) = arguments.next()? {
        match argument {
            Value(name) => named.push(name.string()?),
            other @ (Long(_) | Short(_)) => return Err(other.unexpected().into()),
        }
    }
    if let Some(unknown) = named.iter().find(|name| !TARGETS.contains(&name.as_str())) {
        return Err(format!("{unknown} is none of {}", TARGETS.join(", ")).into());
    }
    tools::ensure("clang")?;
    tools::ensure("llvm")?;
    let headers = headers()?;
    let (mut failed, mut left_out) = (0, Vec::new());
    for target in TARGETS {
        if !named.is_empty() && !named.iter().any(|name| name == target) {
            left_out.push(target);
            continue;
        }
        failed += u32::from(!check(target, &headers)?);
    }
    println!("not checked: {NEVER}");
    if !left_out.is_empty() {
        println!("not checked: {}: not asked for", left_out.join(", "));
    }
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Says whether the crates are correct there.
fn check(target: &'static str, headers: &Path) -> Fallible<bool> {
    let start = Instant::now();
    let log = Logged::new(&format!("check {target}"), LIMIT)?;
    let mut check = command("cargo check --quiet --package rejoin --package rejoin-uniffi --target");
    let name = target.replace('-', "_");
    check.arg(target);
    check.env(format!("CC_{name}"), "clang").env(format!("AR_{name}"), "llvm-ar");
    // As Android's own compiler for it: what clang takes by itself is older than ring's instructions.
    let machine = if target.starts_with("armv7") { "-march=armv7-a" } else { "" };
    check.env(format!("CFLAGS_{name}"), format!("{machine} -ffreestanding -isystem {}", headers.display()));
    // Without it, Xcode is asked for one.
    check.env("SDKROOT", headers);
    let mut remark = "";
    // Not every mirror of Rust has every standard library.
    if tools::ensure_target(target).is_err() {
        tools::ensure("rust-src")?;
        check.arg("-Zbuild-std=std,panic_abort").env("RUSTC_BOOTSTRAP", "1");
        remark = ", with a standard library from source";
    }
    let checked = log.run(&mut check);
    match &checked {
        Ok(()) => println!("ok      {target:28} {:.1} s{remark}", start.elapsed().as_secs_f64()),
        Err(error) => println!("FAILED  {target}{remark}: {error}\n{}", log.text()),
    }
    Ok(checked.is_ok())
}

fn headers() -> Fallible<PathBuf> {
    let folder = target_dir().join("check-targets");
    fs::create_dir_all(&folder)?;
    for (name, text) in HEADERS {
        fs::write(folder.join(name), text)?;
    }
    Ok(folder)
}
