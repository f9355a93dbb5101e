use std::fmt;

use data_encoding::BASE64;
use rejoin_proto::{Error, ErrorCode, Secret};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio_socks::tcp::Socks5Stream;

use super::http::read_response;
use super::target::{Endpoint, parse_url};

/// A proxy between the client and the server: HTTP CONNECT or SOCKS5. The proxy resolves the server's name.
#[derive(Clone)]
pub struct Proxy {
    kind: Kind,
    endpoint: Endpoint,
    credentials: Option<(String, Secret)>,
}

#[derive(Clone, Copy)]
enum Kind {
    HttpConnect,
    Socks5,
}

impl Proxy {
    /// A proxy by its URL: `http://host:port` for HTTP CONNECT, `socks5://host:port` for SOCKS5. Ports
    /// default to 80 and 1080.
    ///
    /// # Errors
    /// A URL of another form, or one with a user or password in it (see [`credentials`](Self::credentials)).
    pub fn new(url: &str) -> Result<Self, Error> {
        let (uri, endpoint) = parse_url("proxy", url, |scheme| match scheme {
            "http" => Some(80),
            "socks5" | "socks5h" => Some(1080),
            _ => None,
        })?;
        if !matches!(uri.path(), "" | "/") || uri.query().is_some() {
            return Err(Error::invalid(
                "proxy",
                "has a path: write it as http://host:port or socks5://host:port",
            ));
        }
        let kind = if uri.scheme_str() == Some("http") { Kind::HttpConnect } else { Kind::Socks5 };
        Ok(Self { kind, endpoint, credentials: None })
    }

    /// Names the user and the password for the proxy, of 1 to 255 bytes each.
    ///
    /// # Errors
    /// A user or password of another length, or a user with a colon or a control character.
    pub fn credentials(mut self, user: &str, password: Secret) -> Result<Self, Error> {
        let fits = |text: &str| (1..=255).contains(&text.len());
        if !fits(user) || !fits(password.expose()) {
            return Err(Error::invalid("proxy", "its user and password must have 1 to 255 bytes each"));
        }
        if user.contains(':') || user.chars().any(char::is_control) {
            return Err(Error::invalid("proxy", "its user must have no colon and no control character"));
        }
        self.credentials = Some((user.to_owned(), password));
        Ok(self)
    }

    pub(super) fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// Makes the proxy open a tunnel to the server, on a fresh connection to the proxy.
    pub(super) async fn tunnel(&self, stream: TcpStream, server: &Endpoint) -> Result<TcpStream, Error> {
        match self.kind {
            Kind::HttpConnect => self.http_connect(stream, server).await,
            Kind::Socks5 => self.socks5(stream, server).await,
        }
    }

    /// Any failure on the way to the proxy or in it is the proxy's.
    pub(super) fn failure(&self, detail: impl fmt::Display) -> Error {
        Error::new(ErrorCode::Proxy, format!("proxy {}: {detail}", self.endpoint))
    }

    async fn http_connect(&self, mut stream: TcpStream, server: &Endpoint) -> Result<TcpStream, Error> {
        let mut request = format!("CONNECT {server} HTTP/1.1\r\nHost: {server}\r\n");
        if let Some((user, password)) = &self.credentials {
            let pair = BASE64.encode(format!("{user}:{}", password.expose()).as_bytes());
            request.extend(["Proxy-Authorization: Basic ", &pair, "\r\n"]);
        }
        request.push_str("\r\n");
        stream.write_all(request.as_bytes()).await.map_err(|error| self.failure(error))?;
        let response =
            read_response("connect", &mut stream).await.map_err(|error| self.failure(error.message()))?;
        match response.status {
            200..=299 if response.rest.is_empty() => Ok(stream),
            200..=299 => Err(self.failure("it sent data of its own into the tunnel")),
            407 => Err(self.failure("it wants other credentials (HTTP 407)").with_status(407)),
            status => Err(self.failure(format!("HTTP {status} to our CONNECT")).with_status(status)),
        }
    }

    async fn socks5(&self, stream: TcpStream, server: &Endpoint) -> Result<TcpStream, Error> {
        let target = (server.host.as_str(), server.port);
        let tunnel = match &self.credentials {
            None => Socks5Stream::connect_with_socket(stream, target).await,
            Some((user, password)) => {
                Socks5Stream::connect_with_password_and_socket(stream, target, user, password.expose()).await
            }
        };
        tunnel.map(Socks5Stream::into_inner).map_err(|error| self.failure(error))
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = match self.kind {
            Kind::HttpConnect => "http",
            Kind::Socks5 => "socks5",
        };
        write!(f, "{scheme}://{}", self.endpoint)
    }
}
