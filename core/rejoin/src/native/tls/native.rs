//! The operating system's TLS library.

use std::io;
use std::time::SystemTime;

use native_tls::{Certificate, Identity, Protocol, TlsConnector};
use rejoin_proto::{Error, ErrorCode};
use tokio::net::TcpStream;
use tokio_native_tls::TlsStream;

use super::Tls;
use crate::native::readahead::ReadAhead;
use crate::native::target::Endpoint;

pub(in crate::native) type Encrypted = TlsStream<ReadAhead<TcpStream>>;

/// Opens TLS to one server.
pub(in crate::native) struct Connector {
    connector: tokio_native_tls::TlsConnector,
    host: String,
}

impl Connector {
    pub(in crate::native) fn new(
        tls: &Tls,
        server: &Endpoint,
        _wall_clock: fn() -> SystemTime,
    ) -> Result<Self, Error> {
        if !tls.pins.is_empty() {
            return Err(Error::invalid("tls.pin", "needs the feature `rustls-ring` of the crate rejoin"));
        }
        let mut builder = TlsConnector::builder();
        builder.min_protocol_version(Some(Protocol::Tlsv12));
        for authority in &tls.authorities {
            let certificates = if super::is_pem(authority) {
                Certificate::stack_from_pem(authority)
            } else {
                Certificate::from_der(authority).map(|certificate| vec![certificate])
            };
            let certificates = certificates.unwrap_or_default();
            if certificates.is_empty() {
                return Err(Error::invalid("tls.authority", "is no certificate in PEM or DER"));
            }
            for certificate in certificates {
                builder.add_root_certificate(certificate);
            }
        }
        if let Some((chain, key)) = &tls.identity {
            // The library's own error could repeat the key.
            let identity = Identity::from_pkcs8(chain, key.expose().as_bytes()).map_err(|_| {
                Error::invalid(
                    "tls.client_certificate",
                    "is no certificate in PEM with its unencrypted PKCS #8 key",
                )
            })?;
            builder.identity(identity);
        }
        let connector = builder.build().map_err(|error| failure(&error))?;
        Ok(Self { connector: connector.into(), host: server.host.clone() })
    }

    pub(in crate::native) async fn connect(&self, stream: ReadAhead<TcpStream>) -> Result<Encrypted, Error> {
        self.connector.connect(&self.host, stream).await.map_err(|error| failure(&error))
    }
}

pub(super) fn classify(error: &io::Error) -> Option<Error> {
    error.get_ref()?.downcast_ref::<native_tls::Error>().map(failure)
}

/// The libraries have no error type in common: their words are all there is to go by.
fn failure(error: &native_tls::Error) -> Error {
    let text = error.to_string().to_ascii_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
    let code = if says(&["expired", "not yet valid"]) {
        ErrorCode::TlsExpired
    } else if says(&["certificate", "hostname", "trust"]) {
        ErrorCode::TlsUntrusted
    } else if says(&["alert", "unsupported protocol", "wrong version"]) {
        ErrorCode::TlsVersion
    } else {
        ErrorCode::Tls
    };
    Error::new(code, format!("tls: {}", rejoin_proto::sanitize(&text)))
}
