use std::fmt;
use std::net::IpAddr;

use http::Uri;
use http::uri::PathAndQuery;
use rejoin_proto::Error;

/// Where to connect: a checked `ws` or `wss` URL.
///
/// It shows itself without its query, which may hold a ticket.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Target {
    secure: bool,
    endpoint: Endpoint,
    path_and_query: String,
}

/// A host and a port. An IPv6 address has no brackets here.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Endpoint {
    pub(super) host: String,
    pub(super) port: u16,
}

impl Target {
    /// Parses and checks a URL; the error names the field `url`.
    pub(crate) fn parse(url: &str) -> Result<Self, Error> {
        let (uri, endpoint) = parse_url("url", url, |scheme| match scheme {
            "ws" => Some(80),
            "wss" => Some(443),
            _ => None,
        })?;
        let secure = uri.scheme_str() == Some("wss");
        let path_and_query = uri.path_and_query().map_or("/", |path| path.as_str());
        let path_and_query = if path_and_query.starts_with('?') {
            format!("/{path_and_query}")
        } else {
            path_and_query.into()
        };
        Ok(Self { secure, endpoint, path_and_query })
    }

    /// Whether the connection is encrypted (`wss`).
    pub(crate) fn is_secure(&self) -> bool {
        self.secure
    }

    /// Where an encrypted server sends us: encrypted too, and on the same host, or nowhere.
    pub(super) fn redirected(&self, location: &str) -> Option<Self> {
        if !self.secure {
            return None;
        }
        if location.starts_with('/') && !location.starts_with("//") {
            let path_and_query = location.parse::<PathAndQuery>().ok()?.as_str().to_owned();
            return Some(Self { path_and_query, ..self.clone() });
        }
        let secure = |scheme: &str| matches!(scheme, "wss" | "https").then_some(443);
        let (uri, endpoint) = parse_url("location", location, secure).ok()?;
        let path_and_query = uri.path_and_query().map_or("/", PathAndQuery::as_str).to_owned();
        let host = self.endpoint.host.clone();
        let same_host = endpoint.host.eq_ignore_ascii_case(&host);
        same_host.then_some(Self { endpoint: Endpoint { host, ..endpoint }, path_and_query, ..*self })
    }

    /// Whether both have the same scheme, host and port.
    pub(super) fn has_origin_of(&self, other: &Self) -> bool {
        self.secure == other.secure && self.endpoint == other.endpoint
    }

    /// Whether the host is this machine, so that nothing crosses a network.
    pub(crate) fn is_loopback(&self) -> bool {
        match self.endpoint.address() {
            Some(address) => address.is_loopback(),
            None => self.endpoint.host.eq_ignore_ascii_case("localhost"),
        }
    }

    pub(super) fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// The same with another parameter in its query, which it has. The value is fit for a URL.
    #[cfg(feature = "polling")]
    pub(super) fn with_parameter(&self, name: &str, value: &str) -> Self {
        let path_and_query = format!("{}&{name}={value}", self.path_and_query);
        Self { path_and_query, ..self.clone() }
    }

    pub(super) fn path_and_query(&self) -> &str {
        &self.path_and_query
    }

    /// The value of the `Host` header: without the scheme's own port.
    pub(super) fn host_header(&self) -> String {
        let default_port = if self.secure { 443 } else { 80 };
        if self.endpoint.port == default_port {
            self.endpoint.bracketed_host()
        } else {
            self.endpoint.to_string()
        }
    }
}

impl Endpoint {
    /// The address, where the host is one.
    pub(super) fn address(&self) -> Option<IpAddr> {
        self.host.parse().ok()
    }

    fn bracketed_host(&self) -> String {
        if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() }
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.bracketed_host(), self.port)
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.secure { "wss" } else { "ws" };
        let path = self.path_and_query.split('?').next().unwrap_or_default();
        write!(f, "{scheme}://{}{path}", self.host_header())
    }
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Splits a URL whose scheme has a default port by `default_port`; errors name `field` and never repeat
/// the URL, which may hold a secret.
pub(super) fn parse_url(
    field: &str,
    url: &str,
    default_port: impl Fn(&str) -> Option<u16>,
) -> Result<(Uri, Endpoint), Error> {
    if url.contains('#') {
        return Err(Error::invalid(
            field,
            "has a fragment (`#…`), which a connection cannot carry: remove it",
        ));
    }
    let uri: Uri = url.parse().map_err(|error| {
        Error::invalid(
            field,
            format!(
                "{error}: write it as scheme://host:port/path in ASCII (percent-encoded, host in punycode)"
            ),
        )
    })?;
    let scheme = uri.scheme_str().unwrap_or_default().to_ascii_lowercase();
    let Some(default_port) = default_port(&scheme) else {
        return Err(Error::invalid(field, format!("has no scheme that is supported here (`{scheme}`)")));
    };
    let Some(authority) = uri.authority() else {
        return Err(Error::invalid(field, "has no host: write it as scheme://host:port/path"));
    };
    if authority.as_str().contains('@') {
        return Err(Error::invalid(
            field,
            "holds a user or password: remove them and pass them as credentials",
        ));
    }
    let host = authority.host();
    let port = match authority.as_str().get(host.len()..).unwrap_or_default() {
        "" | ":" => default_port,
        port => port
            .trim_start_matches(':')
            .parse()
            .ok()
            .filter(|port| *port != 0)
            .ok_or_else(|| Error::invalid(field, "has a wrong port: it is a number from 1 to 65535"))?,
    };
    let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
    if host.is_empty() || host.len() > 253 {
        return Err(Error::invalid(
            field,
            "has a wrong host: it is a name of 1 to 253 characters, or an address",
        ));
    }
    Ok((uri, Endpoint { host, port }))
}
