#!/usr/bin/env bash
# On a Mac with Xcode: builds the native library for Apple's platforms and packs it, with its privacy manifest, as
# CRejoinFFI.xcframework beside Package.swift. Rust's targets: rustup target add, as listed below.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

cargo xtask package swift
package=bindings-uniffi/swift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

static() { # NAME TARGET...: one static library for one platform, of every architecture
    local name=$1 libraries=()
    shift
    for target in "$@"; do
        cargo build --release --package rejoin-uniffi --target "$target"
        libraries+=("${CARGO_TARGET_DIR:-target}/$target/release/librejoin_ffi.a")
    done
    local framework="$work/$name/CRejoinFFI.framework"
    mkdir -p "$framework/Headers" "$framework/Modules"
    lipo -create "${libraries[@]}" -output "$framework/CRejoinFFI"
    cp "$package/Sources/CRejoinFFI/include/CRejoinFFI.h" "$framework/Headers/"
    sed 's/^module /framework module /' "$package/Sources/CRejoinFFI/include/module.modulemap" \
        >"$framework/Modules/module.modulemap"
    cp "$package/PrivacyInfo.xcprivacy" "$framework/"
    cat >"$framework/Info.plist" <<'PLIST'
<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict>
  <key>CFBundleIdentifier</key><string>dev.rejoin.ffi</string>
  <key>CFBundleName</key><string>CRejoinFFI</string>
  <key>CFBundlePackageType</key><string>FMWK</string>
  <key>CFBundleShortVersionString</key><string>0.1.0</string>
  <key>MinimumOSVersion</key><string>16.0</string>
</dict></plist>
PLIST
}

static ios aarch64-apple-ios
static simulator aarch64-apple-ios-sim x86_64-apple-ios
static macos aarch64-apple-darwin x86_64-apple-darwin

rm -rf "$package/CRejoinFFI.xcframework"
xcodebuild -create-xcframework \
    -framework "$work/ios/CRejoinFFI.framework" \
    -framework "$work/simulator/CRejoinFFI.framework" \
    -framework "$work/macos/CRejoinFFI.framework" \
    -output "$package/CRejoinFFI.xcframework"
