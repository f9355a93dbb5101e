//! Who is trusted: the platform's authorities, our own besides them, and pins on top of both.

use std::sync::{Arc, OnceLock};

use data_encoding::BASE64;
use rejoin_proto::{Error, ErrorCode};
use ring::digest::{SHA256, digest};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, DigitallySignedStruct, RootCertStore, SignatureScheme};

/// The SHA-256 of a public key.
pub(super) type Pin = [u8; 32];

/// Shared by all clients: on some platforms it holds a copy of every root certificate.
static PLATFORM: OnceLock<Arc<rustls_platform_verifier::Verifier>> = OnceLock::new();

#[derive(Debug)]
pub(super) struct Verifier {
    own: Option<Arc<WebPkiServerVerifier>>,
    platform: Option<Arc<rustls_platform_verifier::Verifier>>,
    pins: Vec<Pin>,
    provider: Arc<CryptoProvider>,
}

impl Verifier {
    pub(super) fn new(
        authorities: Vec<CertificateDer<'static>>,
        pins: Vec<Pin>,
        provider: &Arc<CryptoProvider>,
    ) -> Result<Self, Error> {
        let own = if authorities.is_empty() { None } else { Some(own_verifier(authorities, provider)?) };
        let platform = match platform_verifier(provider) {
            Ok(platform) => Some(platform),
            // A container without root certificates: its own authorities are all that it needs.
            Err(_) if own.is_some() => None,
            Err(error) => {
                return Err(Error::new(
                    ErrorCode::Tls,
                    format!(
                        "the platform's root certificates cannot be loaded ({error}): install them (ca-certificates), or set tls.authority"
                    ),
                ));
            }
        };
        Ok(Self { own, platform, pins, provider: provider.clone() })
    }

    fn check_chain(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let check = |verifier: &dyn ServerCertVerifier| {
            verifier.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
        };
        let by_own = self.own.as_deref().map(|own| check(own));
        if let Some(Ok(verified)) = by_own {
            return Ok(verified);
        }
        let by_platform = self.platform.as_deref().map(|platform| check(platform));
        match (by_own, by_platform) {
            (_, Some(Ok(verified))) => Ok(verified),
            // Who knows the issuer says what is wrong with the certificate.
            (Some(Err(error)), None) => Err(error),
            (Some(Err(error)), Some(_)) if !is_unknown_issuer(&error) => Err(error),
            (_, Some(Err(error))) => Err(error),
            (_, None) => Err(CertificateError::UnknownIssuer.into()),
        }
    }

    /// Only the server's own certificate counts: a sender can add any other to the list that it presents.
    fn check_pins(&self, end_entity: &CertificateDer<'_>) -> Result<(), rustls::Error> {
        if self.pins.is_empty() {
            return Ok(());
        }
        let key = ParsedCertificate::try_from(end_entity)?.subject_public_key_info();
        let found = digest(&SHA256, &key);
        if self.pins.iter().any(|pin| pin.as_slice() == found.as_ref()) {
            return Ok(());
        }
        Err(rustls::Error::InvalidCertificate(CertificateError::Other(rustls::OtherError(Arc::new(PinMiss)))))
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let verified = self.check_chain(end_entity, intermediates, server_name, ocsp_response, now)?;
        self.check_pins(end_entity)?;
        Ok(verified)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

/// Reads pins; one alone is refused, since with its key the server would be lost.
pub(super) fn parse_pins(pins: &[String]) -> Result<Vec<Pin>, Error> {
    if pins.len() == 1 {
        return Err(Error::invalid(
            "tls.pin",
            "needs a second pin, of a spare key: a lost key locks every client out",
        ));
    }
    let mut parsed: Vec<Pin> = Vec::with_capacity(pins.len());
    for pin in pins {
        let text = pin.strip_prefix("sha256/").unwrap_or(pin);
        let bytes = BASE64.decode(text.as_bytes()).ok().and_then(|bytes| Pin::try_from(bytes).ok());
        match bytes {
            Some(bytes) if !parsed.contains(&bytes) => parsed.push(bytes),
            Some(_) => {
                return Err(Error::invalid("tls.pin", "appears twice: the second one is for a spare key"));
            }
            None => {
                return Err(Error::invalid("tls.pin", "is not the base64 of a SHA-256 (44 characters)"));
            }
        }
    }
    Ok(parsed)
}

fn own_verifier(
    authorities: Vec<CertificateDer<'static>>,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<WebPkiServerVerifier>, Error> {
    let mut roots = RootCertStore::empty();
    for authority in authorities {
        roots.add(authority).map_err(|error| {
            Error::invalid("tls.authority", format!("is no certificate in PEM or DER ({error})"))
        })?;
    }
    WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider.clone())
        .build()
        .map_err(|error| Error::invalid("tls.authority", error))
}

fn platform_verifier(
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<rustls_platform_verifier::Verifier>, rustls::Error> {
    if let Some(verifier) = PLATFORM.get() {
        return Ok(verifier.clone());
    }
    let verifier = Arc::new(rustls_platform_verifier::Verifier::new(provider.clone())?);
    Ok(PLATFORM.get_or_init(|| verifier).clone())
}

fn is_unknown_issuer(error: &rustls::Error) -> bool {
    matches!(error, rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer))
}

#[derive(Debug)]
struct PinMiss;

impl std::fmt::Display for PinMiss {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the server's key matches no pin")
    }
}

impl std::error::Error for PinMiss {}
