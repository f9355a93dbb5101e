// Built where the Android SDK is: `gradle assembleRelease` in this folder, after
// `mvn -f .. install -DskipTests -pl rejoin -am`. README.md says more.
plugins {
    id("com.android.library") version "8.13.0"
    kotlin("android") version "2.4.10"
}

android {
    namespace = "dev.rejoin.android"
    compileSdk = 36
    defaultConfig {
        minSdk = 24
        consumerProguardFiles("consumer-rules.pro")
    }
    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_11
        targetCompatibility = JavaVersion.VERSION_11
    }
    // One folder for each ABI, with librejoin_ffi.so in it: `cargo ndk -o jniLibs build -p rejoin-uniffi --release`.
    sourceSets["main"].jniLibs.srcDir("jniLibs")
}

kotlin { compilerOptions { jvmTarget.set(org.jetbrains.kotlin.gradle.dsl.JvmTarget.JVM_11) } }

// Both halves of the certificate verifier have to be of one version.
val verifier = Regex("name = \"rustls-platform-verifier-android\"\\s+version = \"(.+)\"")
    .find(file("../../../Cargo.lock").readText())!!.groupValues[1]

dependencies {
    // JNA as Android needs it: the jar has no libraries for its ABIs.
    api("dev.rejoin:rejoin:0.1.0") { exclude(group = "net.java.dev.jna") }
    implementation("net.java.dev.jna:jna:5.17.0@aar")
    implementation("androidx.lifecycle:lifecycle-process:2.9.4")
    implementation("androidx.startup:startup-runtime:1.2.0")
    implementation("rustls:rustls-platform-verifier:$verifier")
}
