//! Android's certificate verifier is written in Java, and has to be shown the application once.

use jni::EnvUnowned;
use jni::errors::{Error, ThrowRuntimeExAndDefault};
use jni::jni_mangle;
use jni::objects::{JClass, JObject};

/// What Kotlin's `CertificateVerifier` declares. Without it no TLS connection could be judged.
#[jni_mangle("dev.rejoin.android.CertificateVerifier")]
pub fn initialize<'caller>(mut env: EnvUnowned<'caller>, _class: JClass<'caller>, context: JObject<'caller>) {
    let initialized = env.with_env(|env| -> Result<(), Error> {
        rustls_platform_verifier::android::init_with_env(env, context)
    });
    initialized.resolve::<ThrowRuntimeExAndDefault>();
}
