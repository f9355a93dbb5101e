use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use rejoin_proto::{Error, ErrorCode, Secret};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;

use super::config::DialConfig;
use super::frames::Frames;
use super::readahead::ReadAhead;
use super::target::{Endpoint, Target};
use super::tls::Connector;
use super::transport::Transport;
use super::upgrade::{Answer, Identity, Upgraded, upgrade};
use super::{happy_eyeballs, socket, stage};

/// What tungstenite keeps for each connection and touches in full. Only control frames and fragments need it.
const READ_BUFFER: usize = 1024;
/// Answers to pings that wait while the network takes nothing.
const CONTROL_BUFFER: usize = 64 * 1024;

/// Opens WebSocket connections to one server. A clone shares everything.
#[derive(Clone)]
pub(crate) struct Dialer(Arc<Inner>);

struct Inner {
    target: Target,
    config: DialConfig,
    tls: Option<Connector>,
}

/// An open WebSocket connection.
#[derive(Debug)]
pub(crate) struct Link {
    /// The frames. What arrived with the server's answer is already in it.
    pub(crate) socket: Frames<Transport>,
    /// The subprotocol that the server chose.
    pub(crate) subprotocol: Option<String>,
}

impl Dialer {
    /// Checks everything that can be known before the first attempt.
    ///
    /// # Errors
    /// Each names the field and the remedy.
    pub(crate) fn new(target: Target, config: DialConfig) -> Result<Self, Error> {
        config.check(&target)?;
        let tls = if target.is_secure() {
            Some(Connector::new(&config.tls, target.endpoint(), config.wall_clock)?)
        } else {
            None
        };
        Ok(Self(Arc::new(Inner { target, config, tls })))
    }

    /// Makes one attempt, with `token` as its `Authorization: Bearer`. Each stage keeps its deadline; to
    /// give up, drop the future.
    pub(crate) fn dial(
        &self,
        token: Option<Secret>,
    ) -> impl Future<Output = Result<Link, Error>> + Send + use<> {
        let inner = self.0.clone();
        async move { inner.dial(&inner.target, token.as_ref()).await }
    }
}

/// What Engine.IO needs besides.
#[cfg(feature = "polling")]
impl Dialer {
    /// As [`dial`](Self::dial), for a session that exists: `sid` is fit for a URL.
    pub(super) fn dial_session(&self, sid: &str) -> impl Future<Output = Result<Link, Error>> + Send + use<> {
        let inner = self.0.clone();
        let target = inner.target.with_parameter("sid", sid);
        async move { inner.dial(&target, None).await }
    }

    /// Opens what carries HTTP: TCP, through the proxy where there is one, and TLS.
    pub(super) async fn open(&self) -> Result<Transport, Error> {
        self.0.open(self.0.target.endpoint()).await
    }

    pub(super) fn target(&self) -> &Target {
        &self.0.target
    }

    /// The headers of every request; their names and values were checked.
    pub(super) fn headers(&self) -> &[(String, Secret)] {
        &self.0.config.headers
    }

    pub(super) fn max_message_bytes(&self) -> usize {
        self.0.config.max_message_bytes
    }

    /// How long a handshake over HTTP may take.
    pub(super) fn upgrade_timeout(&self) -> std::time::Duration {
        self.0.config.timeouts.upgrade
    }

    pub(super) fn wall_clock(&self) -> std::time::SystemTime {
        (self.0.config.wall_clock)()
    }
}

impl Inner {
    async fn dial(&self, target: &Target, token: Option<&Secret>) -> Result<Link, Error> {
        if token.is_some() {
            self.config.check_credentials_allowed(target)?;
        }
        let mut target = target.clone();
        let mut identity = Identity { token, headers: &self.config.headers };
        let mut follow = self.config.follow_redirect;
        loop {
            let mut transport = self.open(target.endpoint()).await?;
            let upgrading = upgrade(&mut transport, &target, &self.config, identity, follow);
            let limit = self.config.timeouts.upgrade;
            match stage::within("upgrade", limit, upgrading).await? {
                Answer::Upgraded(Upgraded { subprotocol, rest }) => {
                    let socket = Frames::new(transport, &rest, self.frame_config());
                    return Ok(Link { socket, subprotocol });
                }
                Answer::Elsewhere(next) => {
                    if !next.has_origin_of(&target) {
                        identity = Identity::default();
                    }
                    target = next;
                    follow = false;
                }
            }
        }
    }

    async fn open(&self, server: &Endpoint) -> Result<Transport, Error> {
        let tcp = self.reach(server).await?;
        let Some(tls) = &self.tls else { return Ok(Transport::plain(tcp)) };
        let handshake = tls.connect(ReadAhead::new(tcp));
        let stream = stage::within("tls", self.config.timeouts.tls, handshake).await?;
        Ok(Transport::encrypted(stream))
    }

    /// TCP to the server, through the proxy where there is one.
    async fn reach(&self, server: &Endpoint) -> Result<TcpStream, Error> {
        let Some(proxy) = &self.config.proxy else {
            return self.open_tcp(server).await;
        };
        let stream = self.open_tcp(proxy.endpoint()).await.map_err(|error| proxy.failure(error.message()))?;
        let tunnel = proxy.tunnel(stream, server);
        stage::within("proxy", self.config.timeouts.proxy, tunnel).await.map_err(|error| {
            if error.code() == ErrorCode::Proxy { error } else { proxy.failure(error.message()) }
        })
    }

    async fn open_tcp(&self, endpoint: &Endpoint) -> Result<TcpStream, Error> {
        let addresses = self.resolve(endpoint).await?;
        let user_timeout = self.config.tcp_user_timeout;
        let open = |address| socket::connect(address, user_timeout);
        happy_eyeballs::connect(addresses, endpoint.port, self.config.timeouts.tcp, open).await
    }

    async fn resolve(&self, endpoint: &Endpoint) -> Result<Vec<IpAddr>, Error> {
        if let Some(address) = endpoint.address() {
            return Ok(vec![address]);
        }
        let failure = |detail: &dyn fmt::Display| {
            Error::new(ErrorCode::Dns, format!("dns: {} has no address ({detail})", endpoint.host))
        };
        let resolving = self.config.resolver.resolve(&endpoint.host);
        let work = async { resolving.await.map_err(|error| failure(&error)) };
        let addresses = stage::within("dns", self.config.timeouts.dns, work).await?;
        if addresses.is_empty() { Err(failure(&"an empty answer")) } else { Ok(addresses) }
    }

    fn frame_config(&self) -> WebSocketConfig {
        // tungstenite writes only control frames, and hands them on at once.
        WebSocketConfig::default()
            .read_buffer_size(READ_BUFFER)
            .write_buffer_size(0)
            .max_write_buffer_size(CONTROL_BUFFER)
            .max_message_size(Some(self.config.max_message_bytes))
            .max_frame_size(Some(self.config.max_message_bytes))
    }
}

impl fmt::Debug for Dialer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dialer").field("target", &self.0.target).field("config", &self.0.config).finish()
    }
}
