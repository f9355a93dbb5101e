// Built where the Android SDK is: `gradle :assembleRelease` in this folder, after `cargo xtask package kotlin --release`.
plugins {
    id("com.android.library") version "8.13.0"
    kotlin("android") version "2.4.10"
}

android {
    namespace = "dev.rejoin.android"
    compileSdk = 36
    defaultConfig { minSdk = 24 }
    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_11
        targetCompatibility = JavaVersion.VERSION_11
    }
    // One folder for each ABI, with librejoin_ffi.so in it: `cargo ndk -o jniLibs build -p rejoin-uniffi --release`.
    sourceSets["main"].jniLibs.srcDir("jniLibs")
}

dependencies {
    // JNA as Android needs it: the jar has no libraries for its ABIs.
    api("dev.rejoin:rejoin:0.1.0") { exclude(group = "net.java.dev.jna") }
    implementation("net.java.dev.jna:jna:5.17.0@aar")
    implementation("androidx.lifecycle:lifecycle-process:2.9.4")
}
