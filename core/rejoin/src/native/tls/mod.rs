//! TLS: rustls with the platform's verifier, or the operating system's library, or none, by feature.

use std::fmt;
use std::io;

use rejoin_proto::{Error, Secret};

#[cfg(all(feature = "native-tls", not(feature = "rustls-ring")))]
#[path = "native.rs"]
mod backend;
#[cfg(not(any(feature = "rustls-ring", feature = "native-tls")))]
#[path = "none.rs"]
mod backend;
#[cfg(feature = "rustls-ring")]
#[path = "rustls.rs"]
mod backend;
#[cfg(feature = "rustls-ring")]
mod verifier;

pub(super) use backend::{Connector, Encrypted};

/// What a `wss` connection trusts and how it proves itself. Verification cannot be turned off.
///
/// On Android the platform's verifier is Java code: an application that uses this crate directly must hand it the
/// `Context` once, before the first connection, with `rustls_platform_verifier::android::init_with_env`, and package the
/// Java part, both as the [documentation of `rustls-platform-verifier`] says. Without that the verifier panics in the first
/// `wss` handshake. Rejoin's own Kotlin package does it by itself; other platforms need nothing.
///
/// [documentation of `rustls-platform-verifier`]: https://docs.rs/rustls-platform-verifier/latest/rustls_platform_verifier/#android
///
/// ```
/// # fn read(_: &str) -> Vec<u8> { Vec::new() }
/// use rejoin::{Secret, Tls};
///
/// let tls = Tls::new()
///     .authority(read("our-ca.pem"))
///     .client_certificate(read("device.pem"), Secret::new("-----BEGIN PRIVATE KEY-----…"));
/// ```
#[derive(Clone, Default)]
pub struct Tls {
    authorities: Vec<Vec<u8>>,
    identity: Option<(Vec<u8>, Secret)>,
    pins: Vec<String>,
}

impl Tls {
    /// What the platform trusts, and nothing else.
    pub fn new() -> Self {
        Self::default()
    }

    /// Trusts the certificate authorities in `certificates` too: PEM (one or more), or DER (one).
    #[must_use]
    pub fn authority(mut self, certificates: impl Into<Vec<u8>>) -> Self {
        self.authorities.push(certificates.into());
        self
    }

    /// Proves the client's identity: its certificate and those up to the authority, as PEM, and the
    /// certificate's private key, as PEM.
    #[must_use]
    pub fn client_certificate(mut self, chain: impl Into<Vec<u8>>, key: Secret) -> Self {
        self.identity = Some((chain.into(), key));
        self
    }

    /// Accepts a server only if its own certificate's public key is one of the pins, besides all other
    /// checks. A pin is the SHA-256 of the key (SubjectPublicKeyInfo) in base64, with or without `sha256/`
    /// before it. At least two are needed, so that a lost key does not lock the clients out.
    #[must_use]
    pub fn pin(mut self, pin: impl Into<String>) -> Self {
        self.pins.push(pin.into());
        self
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls")
            .field("authorities", &self.authorities.len())
            .field("client_certificate", &self.identity.is_some())
            .field("pins", &self.pins)
            .finish()
    }
}

/// The error of TLS inside an I/O error, if there is one.
pub(super) fn classify(error: &io::Error) -> Option<Error> {
    backend::classify(error)
}

#[cfg(any(feature = "rustls-ring", feature = "native-tls"))]
fn is_pem(source: &[u8]) -> bool {
    source.windows(10).any(|window| window == b"-----BEGIN")
}
