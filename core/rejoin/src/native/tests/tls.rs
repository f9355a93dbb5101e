use std::time::{SystemTime, UNIX_EPOCH};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, PublicKeyData};
use rejoin_proto::ErrorCode;
use ring::digest::{SHA256, digest};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;

use super::*;
use crate::native::Tls;

pub(super) type Authority = CertifiedIssuer<'static, KeyPair>;

/// 2026-12-01: no test depends on this machine's date.
pub(super) fn today() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_796_083_200)
}

pub(super) fn authority() -> Authority {
    let mut params = CertificateParams::new(vec![]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

pub(super) struct Leaf {
    chain: Vec<CertificateDer<'static>>,
    key: KeyPair,
}

impl Leaf {
    /// A certificate for `host`, valid in 2026 and 2027.
    pub(super) fn new(authority: &Authority, host: &str) -> Self {
        let mut params = CertificateParams::new(vec![host.to_owned()]).unwrap();
        params.not_before = rcgen::date_time_ymd(2026, 1, 1);
        params.not_after = rcgen::date_time_ymd(2027, 12, 31);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, authority).unwrap();
        Self { chain: vec![certificate.der().clone()], key }
    }

    fn private_key(&self) -> PrivateKeyDer<'static> {
        PrivateKeyDer::try_from(self.key.serialize_der()).unwrap()
    }

    fn pin(&self) -> String {
        data_encoding::BASE64.encode(digest(&SHA256, &self.key.subject_public_key_info()).as_ref())
    }

    pub(super) fn server_config(&self) -> ServerConfig {
        builder().with_no_client_auth().with_single_cert(self.chain.clone(), self.private_key()).unwrap()
    }
}

fn builder() -> rustls::ConfigBuilder<ServerConfig, rustls::WantsVerifier> {
    ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
}

/// A server; each request that it could read is reported.
async fn serve(config: ServerConfig) -> (u16, mpsc::UnboundedReceiver<String>) {
    let (seen, requests) = mpsc::unbounded_channel();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let port = peer(move |stream| {
        let (acceptor, seen) = (acceptor.clone(), seen.clone());
        async move {
            let mut stream = acceptor.accept(stream).await?;
            let request = read_request(&mut stream).await?;
            stream.write_all(&fill_accept(switching("").as_bytes(), &request)).await?;
            stream.flush().await?;
            seen.send(request).map_err(io::Error::other)?;
            park(stream).await
        }
    })
    .await;
    (port, requests)
}

async fn dial_tls(port: u16, tls: Tls, wall_clock: fn() -> SystemTime) -> Result<Link, Error> {
    let url = format!("wss://chat.test:{port}");
    dialer(&url, DialConfig { tls, wall_clock, ..patient() }).dial(Some(Secret::new("t0ken"))).await
}

pub(super) fn trusting(authority: &Authority) -> Tls {
    Tls::new().authority(authority.pem())
}

#[tokio::test]
async fn an_authority_in_pem_or_der_is_trusted() {
    let authority = authority();
    let (port, mut requests) = serve(Leaf::new(&authority, "chat.test").server_config()).await;
    for tls in [trusting(&authority), Tls::new().authority(authority.der().to_vec())] {
        dial_tls(port, tls, today).await.unwrap();
        assert_eq!(header(&requests.recv().await.unwrap(), "Authorization"), Some("Bearer t0ken"));
    }
}

#[tokio::test]
async fn fault_11_an_expired_or_early_certificate_is_typed() {
    let authority = authority();
    let (port, mut requests) = serve(Leaf::new(&authority, "chat.test").server_config()).await;
    let late = || UNIX_EPOCH + Duration::from_secs(1_900_000_000);
    let error = dial_tls(port, trusting(&authority), late).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::TlsExpired);
    assert!(!error.message().contains("clock_suspect"), "{error}");
    let early = || UNIX_EPOCH + Duration::from_secs(86_400);
    let error = dial_tls(port, trusting(&authority), early).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::TlsExpired);
    assert!(error.message().contains("clock_suspect"), "{error}");
    assert!(requests.try_recv().is_err(), "a request was sent");
}

#[tokio::test]
async fn fault_12_an_untrusted_server_sees_no_request() {
    let (ours, theirs) = (authority(), authority());
    let spare = data_encoding::BASE64.encode(&[7; 32]);
    let leaf = Leaf::new(&ours, "chat.test");
    let missing = trusting(&ours).pin(Leaf::new(&ours, "chat.test").pin()).pin(&spare);
    for (leaf, tls) in [
        (Leaf::new(&theirs, "chat.test"), trusting(&ours)),
        (Leaf::new(&ours, "other.test"), trusting(&ours)),
        (Leaf::new(&ours, "chat.test"), Tls::new()),
        (Leaf::new(&ours, "chat.test"), missing),
    ] {
        let (port, mut requests) = serve(leaf.server_config()).await;
        let error = dial_tls(port, tls, today).await.unwrap_err();
        assert_eq!(error.code(), ErrorCode::TlsUntrusted, "{error}");
        assert!(requests.try_recv().is_err(), "a request was sent");
    }
    let (port, _requests) = serve(leaf.server_config()).await;
    dial_tls(port, trusting(&ours).pin(spare).pin(format!("sha256/{}", leaf.pin())), today).await.unwrap();
}

#[tokio::test]
async fn fault_12_a_pinned_certificate_that_is_only_shown_does_not_count() {
    let authority = authority();
    let pinned = Leaf::new(&authority, "chat.test");
    let mut forged = Leaf::new(&authority, "chat.test");
    forged.chain.extend(pinned.chain.clone());
    let (port, _requests) = serve(forged.server_config()).await;
    let tls = trusting(&authority).pin(pinned.pin()).pin(data_encoding::BASE64.encode(&[7; 32]));
    assert_eq!(dial_tls(port, tls, today).await.unwrap_err().code(), ErrorCode::TlsUntrusted);
}

#[tokio::test]
async fn fault_13_an_alert_or_an_old_version_is_typed() {
    let alert = b"\x15\x03\x03\x00\x02\x02\x46".to_vec();
    let tls_1_0 =
        [b"\x16\x03\x01\x00\x2a\x02\x00\x00\x26\x03\x01".as_slice(), &[9; 32], b"\x00\x00\x2f\x00"].concat();
    for (bytes, code) in [
        (alert, ErrorCode::TlsVersion),
        (tls_1_0, ErrorCode::TlsVersion),
        (b"\x15\x03\x03\x00\x02\x02\x50".to_vec(), ErrorCode::Tls),
        (b"HTTP/1.1 400 This is no TLS\r\n\r\n".to_vec(), ErrorCode::Tls),
    ] {
        let port = peer(move |mut stream| {
            let bytes = bytes.clone();
            async move {
                stream.write_all(&bytes).await?;
                park(stream).await
            }
        })
        .await;
        let error = dial_tls(port, Tls::new(), today).await.unwrap_err();
        assert_eq!(error.code(), code, "{error}");
    }
}

#[tokio::test]
async fn fault_14_a_handshake_that_stalls_meets_its_deadline() {
    let port = peer(park).await;
    let timeouts = StageTimeouts { tls: SHORT, ..patient().timeouts };
    let config = DialConfig { timeouts, ..patient() };
    let error = dialer(&format!("wss://chat.test:{port}"), config).dial(None).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::ConnectTimeout);
    assert!(error.message().starts_with("tls:"), "{error}");
}

#[tokio::test]
async fn a_client_certificate_proves_who_we_are() {
    let authority = authority();
    let mut roots = rustls::RootCertStore::empty();
    roots.add(authority.der().clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build().unwrap();
    let leaf = Leaf::new(&authority, "chat.test");
    let config = builder()
        .with_client_cert_verifier(verifier)
        .with_single_cert(leaf.chain.clone(), leaf.private_key())
        .unwrap();
    let (port, _requests) = serve(config).await;
    let device = device(&authority);
    let tls = trusting(&authority).client_certificate(device.0, Secret::new(device.1));
    dial_tls(port, tls, today).await.unwrap();
    // TLS 1.3 tells only after the handshake.
    let error = dial_tls(port, trusting(&authority), today).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::TlsUntrusted, "{error}");
    assert!(error.message().contains("client certificate"), "{error}");
}

/// A certificate of a client, valid by this machine's clock, which the server's verifier reads.
fn device(authority: &Authority) -> (String, String) {
    let key = KeyPair::generate().unwrap();
    let certificate =
        CertificateParams::new(vec!["device".to_owned()]).unwrap().signed_by(&key, authority).unwrap();
    (certificate.pem(), key.serialize_pem())
}
