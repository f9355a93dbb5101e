//! The HTTP upgrade to WebSocket (RFC 6455, section 4), written by us: tungstenite would log the request
//! with its token, refuses `Connection: keep-alive, Upgrade`, and accepts extensions nobody asked for.

use std::time::SystemTime;

use rejoin_proto::{Error, ErrorCode, Secret};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio_tungstenite::tungstenite::handshake::client::generate_key;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use super::config::DialConfig;
use super::http::{Response, read_response};
use super::stage;
use super::target::Target;
use super::{config, refusal};

const STAGE: &str = "upgrade";

/// What the server agreed to.
#[derive(Debug)]
pub(super) struct Upgraded {
    /// The subprotocol that the server chose.
    pub(super) subprotocol: Option<String>,
    /// What arrived behind the response: the first frames.
    pub(super) rest: Vec<u8>,
}

/// How the server answered.
#[derive(Debug)]
pub(super) enum Answer {
    /// The stream carries frames from now on.
    Upgraded(Upgraded),
    /// The same host wants to be asked in this place.
    Elsewhere(Target),
}

/// What shows the server who asks. Nothing, by default.
#[derive(Clone, Copy, Default)]
pub(super) struct Identity<'a> {
    /// For the header `Authorization`.
    pub(super) token: Option<&'a Secret>,
    /// The application's own headers, any of which may be a credential.
    pub(super) headers: &'a [(String, Secret)],
}

/// Asks for the upgrade on a fresh stream and checks the answer. Without `follow` a redirect is an error.
pub(super) async fn upgrade(
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    target: &Target,
    config: &DialConfig,
    identity: Identity<'_>,
    follow: bool,
) -> Result<Answer, Error> {
    let key = generate_key();
    let request = request(target, config, identity, &key)?;
    let write = async {
        stream.write_all(request.as_bytes()).await?;
        stream.flush().await
    };
    write.await.map_err(|error| stage::io_error(STAGE, &error))?;
    let response = read_response(STAGE, stream).await?;
    if follow
        && matches!(response.status, 301 | 302 | 307 | 308)
        && let Some(next) = response.header("location").next().and_then(|place| target.redirected(place))
    {
        return Ok(Answer::Elsewhere(next));
    }
    if response.status != 101 {
        let now: SystemTime = (config.wall_clock)();
        return Err(refusal::explain(response, stream, now).await);
    }
    let subprotocol = check(&response, &key, &config.subprotocols)?;
    Ok(Answer::Upgraded(Upgraded { subprotocol, rest: response.rest }))
}

fn request(
    target: &Target,
    config: &DialConfig,
    Identity { token, headers }: Identity<'_>,
    key: &str,
) -> Result<String, Error> {
    let mut request = format!(
        "GET {} HTTP/1.1\r\nHost: {}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n",
        target.path_and_query(),
        target.host_header(),
    );
    let mut header = |name: &str, value: &str| request.extend([name, ": ", value, "\r\n"]);
    if !config.subprotocols.is_empty() {
        header("Sec-WebSocket-Protocol", &config.subprotocols.join(", "));
    }
    for (name, value) in headers {
        // A fresh token stands in for a configured one.
        if token.is_none() || !name.eq_ignore_ascii_case("authorization") {
            header(name, value.expose());
        }
    }
    if let Some(token) = token {
        if !config::is_header_value(token) {
            return Err(Error::new(
                ErrorCode::Auth,
                "the token has characters other than visible ASCII, which a header cannot carry",
            ));
        }
        header("Authorization", &format!("Bearer {}", token.expose()));
    }
    request.push_str("\r\n");
    Ok(request)
}

/// Checks a 101; the result is the subprotocol that was chosen.
fn check(response: &Response, key: &str, offered: &[String]) -> Result<Option<String>, Error> {
    let violation = |what: &str| {
        Err(Error::new(ErrorCode::Protocol, format!("{STAGE}: {what}"))
            .with_status(101)
            .with_close_code(1002))
    };
    if !response.has_token("upgrade", "websocket") || !response.has_token("connection", "upgrade") {
        return violation("the 101 does not upgrade to WebSocket");
    }
    let mut accept = response.header("sec-websocket-accept");
    if accept.next() != Some(derive_accept_key(key.as_bytes()).as_str()) || accept.next().is_some() {
        return violation("the Sec-WebSocket-Accept is not the answer to our key");
    }
    if response.header("sec-websocket-extensions").any(|value| !value.is_empty()) {
        return violation("the server switched on an extension that was not offered");
    }
    let mut chosen = response.header("sec-websocket-protocol");
    match (chosen.next(), chosen.next()) {
        (None, _) => Ok(None),
        (Some(one), None) if offered.iter().any(|offer| offer == one) => Ok(Some(one.to_owned())),
        _ => violation("the server chose a subprotocol that was not offered"),
    }
}
