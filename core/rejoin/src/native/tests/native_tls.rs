//! The operating system's library, by its own clock.

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rejoin_proto::ErrorCode;
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio_rustls::TlsAcceptor;

use super::*;
use crate::native::Tls;

type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority(name: &str) -> Authority {
    let mut params = CertificateParams::new(vec![]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(rcgen::DnType::CommonName, name);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// A server with a certificate for `host` that is good until the end of `year`.
async fn serve(authority: &Authority, host: &str, year: i32) -> u16 {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec![host.to_owned()]).unwrap();
    params.not_after = rcgen::date_time_ymd(year, 12, 31);
    let chain = vec![params.signed_by(&key, authority).unwrap().der().clone()];
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    peer(move |stream| {
        let acceptor = acceptor.clone();
        async move {
            let mut stream = acceptor.accept(stream).await?;
            let request = read_request(&mut stream).await?;
            stream.write_all(&fill_accept(switching("").as_bytes(), &request)).await?;
            stream.flush().await?;
            park(stream).await
        }
    })
    .await
}

async fn outcome(port: u16, authority: &Authority) -> Result<(), ErrorCode> {
    let tls = Tls::new().authority(authority.pem());
    let dialer = dialer(&format!("wss://chat.test:{port}"), DialConfig { tls, ..patient() });
    dialer.dial(None).await.map(drop).map_err(|error| error.code())
}

#[tokio::test]
async fn certificates_are_verified_and_faults_typed() {
    let (ours, theirs) = (authority("ours"), authority("theirs"));
    assert_eq!(outcome(serve(&ours, "chat.test", 2999).await, &ours).await, Ok(()));
    for (port, code) in [
        (serve(&ours, "chat.test", 2020).await, ErrorCode::TlsExpired),
        (serve(&ours, "other.test", 2999).await, ErrorCode::TlsUntrusted),
        (serve(&theirs, "chat.test", 2999).await, ErrorCode::TlsUntrusted),
    ] {
        assert_eq!(outcome(port, &ours).await, Err(code));
    }
}

#[test]
fn pins_are_refused_rather_than_ignored() {
    let config = DialConfig { tls: Tls::new().pin("x").pin("y"), ..patient() };
    let error = Dialer::new(Target::parse("wss://a.test").unwrap(), config).unwrap_err();
    assert!(error.message().starts_with("tls.pin: "), "{error}");
}
