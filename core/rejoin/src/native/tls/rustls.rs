//! rustls with ring and the platform's verifier.

use std::io;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use rejoin_proto::{Error, ErrorCode, Secret};
use rustls::client::Resumption;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::time_provider::TimeProvider;
use rustls::{AlertDescription, CertificateError, ClientConfig};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

use super::Tls;
use super::verifier::{self, Verifier};
use crate::native::readahead::ReadAhead;
use crate::native::stage;
use crate::native::target::Endpoint;

/// When this version was made, in seconds since 1970: a clock before that is wrong.
pub(super) const MADE: u64 = 1_795_305_600;

pub(in crate::native) type Encrypted = TlsStream<ReadAhead<TcpStream>>;

/// Opens TLS to one server.
pub(in crate::native) struct Connector {
    config: tokio_rustls::TlsConnector,
    name: ServerName<'static>,
    wall_clock: fn() -> SystemTime,
}

impl Connector {
    pub(in crate::native) fn new(
        tls: &Tls,
        server: &Endpoint,
        wall_clock: fn() -> SystemTime,
    ) -> Result<Self, Error> {
        let name = ServerName::try_from(server.host.clone())
            .map_err(|_| Error::invalid("url", "has a host that no certificate can name: correct it"))?;
        let authorities = parse_authorities(&tls.authorities)?;
        let pins = verifier::parse_pins(&tls.pins)?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let verifier = Verifier::new(authorities, pins, &provider)?;
        let builder = ClientConfig::builder_with_details(provider, Arc::new(WallClock(wall_clock)))
            .with_protocol_versions(&[&rustls::version::TLS12, &rustls::version::TLS13])
            .map_err(|error| Error::new(ErrorCode::Tls, error.to_string()))?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier));
        let mut config = match &tls.identity {
            None => builder.with_no_client_auth(),
            Some((chain, key)) => {
                let (chain, key) = parse_identity(chain, key)?;
                builder
                    .with_client_auth_cert(chain, key)
                    .map_err(|error| Error::invalid("tls.client_certificate", error))?
            }
        };
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        // One server: the default keeps room for 256.
        config.resumption = Resumption::in_memory_sessions(2);
        Ok(Self { config: Arc::new(config).into(), name, wall_clock })
    }

    pub(in crate::native) async fn connect(&self, stream: ReadAhead<TcpStream>) -> Result<Encrypted, Error> {
        self.config.connect(self.name.clone(), stream).await.map_err(|error| {
            let failure = stage::io_error("tls", &error);
            if failure.code() == ErrorCode::TlsExpired && seconds((self.wall_clock)()) < MADE {
                let message =
                    format!("{} (clock_suspect: this device's clock is in the past)", failure.message());
                return Error::new(ErrorCode::TlsExpired, message);
            }
            failure
        })
    }
}

pub(super) fn classify(error: &io::Error) -> Option<Error> {
    let error = error.get_ref()?.downcast_ref::<rustls::Error>()?;
    let code = if let rustls::Error::InvalidCertificate(fault) = error {
        if is_about_time(fault) { ErrorCode::TlsExpired } else { ErrorCode::TlsUntrusted }
    } else if matches!(error, rustls::Error::NoCertificatesPresented) {
        ErrorCode::TlsUntrusted
    } else if let rustls::Error::AlertReceived(alert) = error {
        if is_passing(*alert) {
            ErrorCode::Tls
        } else if is_about_certificate(*alert) {
            return Some(Error::new(
                ErrorCode::TlsUntrusted,
                format!("tls: the server wants another client certificate ({alert:?})"),
            ));
        } else {
            ErrorCode::TlsVersion
        }
    } else if matches!(error, rustls::Error::PeerIncompatible(_)) {
        ErrorCode::TlsVersion
    } else {
        ErrorCode::Tls
    };
    // rustls prints names and times of certificates, which are public.
    Some(Error::new(code, format!("tls: {}", rejoin_proto::sanitize(&error.to_string()))))
}

fn is_about_time(fault: &CertificateError) -> bool {
    matches!(
        fault,
        CertificateError::Expired
            | CertificateError::ExpiredContext { .. }
            | CertificateError::NotValidYet
            | CertificateError::NotValidYetContext { .. }
    )
}

/// Alerts that blame the moment, not what the client is.
fn is_passing(alert: AlertDescription) -> bool {
    matches!(
        alert,
        AlertDescription::InternalError | AlertDescription::UserCanceled | AlertDescription::CloseNotify
    )
}

/// Alerts with which a server judges the client's certificate.
fn is_about_certificate(alert: AlertDescription) -> bool {
    matches!(
        alert,
        AlertDescription::BadCertificate
            | AlertDescription::UnsupportedCertificate
            | AlertDescription::CertificateRevoked
            | AlertDescription::CertificateExpired
            | AlertDescription::CertificateUnknown
            | AlertDescription::CertificateRequired
            | AlertDescription::UnknownCA
            | AlertDescription::AccessDenied
    )
}

fn parse_authorities(sources: &[Vec<u8>]) -> Result<Vec<CertificateDer<'static>>, Error> {
    let mut authorities = Vec::new();
    for source in sources {
        if super::is_pem(source) {
            authorities.extend(parse_certificates("tls.authority", source)?);
        } else {
            authorities.push(CertificateDer::from(source.clone()));
        }
    }
    Ok(authorities)
}

fn parse_certificates(field: &str, pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, Error> {
    let list: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    match list {
        Ok(list) if !list.is_empty() => Ok(list),
        Ok(_) => Err(Error::invalid(field, "holds no certificate: pass PEM with BEGIN CERTIFICATE")),
        Err(error) => Err(Error::invalid(field, format!("is no readable PEM ({error:?})"))),
    }
}

fn parse_identity(
    chain: &[u8],
    key: &Secret,
) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>), Error> {
    let chain = parse_certificates("tls.client_certificate", chain)?;
    // The parser's own error could repeat the key.
    let key = PrivateKeyDer::from_pem_slice(key.expose().as_bytes()).map_err(|_| {
        Error::invalid(
            "tls.client_certificate",
            "its key is no readable PEM: pass an unencrypted private key",
        )
    })?;
    Ok((chain, key))
}

#[derive(Debug)]
struct WallClock(fn() -> SystemTime);

impl TimeProvider for WallClock {
    fn current_time(&self) -> Option<UnixTime> {
        (self.0)().duration_since(UNIX_EPOCH).ok().map(UnixTime::since_unix_epoch)
    }
}

fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
