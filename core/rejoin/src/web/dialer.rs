use rejoin_proto::{Credentials, Error};
use web_sys::Url;

use super::websocket::WebSocket;
use crate::platform::BoxFuture;
use crate::socket::Dial;

/// How to dial; checked by [`Dialer::new`].
#[derive(Debug, Default)]
pub(crate) struct DialConfig {
    /// Subprotocols to offer, the preferred one first.
    pub(crate) subprotocols: Vec<String>,
}

/// Opens WebSockets to one server. The browser cannot send credentials with that.
#[derive(Debug)]
pub(crate) struct Dialer {
    url: String,
    subprotocols: Vec<String>,
    max_message_bytes: usize,
}

impl Dialer {
    /// Checks everything that can be known before the first attempt.
    ///
    /// # Errors
    /// Each names the field and the remedy.
    pub(super) fn new(url: &str, config: &DialConfig, max_message_bytes: usize) -> Result<Self, Error> {
        check_url(url)?;
        for (index, subprotocol) in config.subprotocols.iter().enumerate() {
            if !is_token(subprotocol) || config.subprotocols[..index].contains(subprotocol) {
                return Err(Error::invalid(
                    "subprotocols",
                    "each must be an HTTP token (letters, digits, `-`, `.`, `_`), and appear once",
                ));
            }
        }
        Ok(Self { url: url.to_owned(), subprotocols: config.subprotocols.clone(), max_message_bytes })
    }
}

impl Dial for Dialer {
    type Socket = WebSocket;

    fn dial(&self, _credentials: Option<Credentials>) -> BoxFuture<Result<WebSocket, Error>> {
        let socket = WebSocket::open(&self.url, &self.subprotocols, self.max_message_bytes);
        Box::pin(async move {
            let mut socket = socket?;
            std::future::poll_fn(|cx| socket.poll_opened(cx)).await?;
            Ok(socket)
        })
    }
}

fn check_url(url: &str) -> Result<(), Error> {
    let invalid = |expected: &str| Err(Error::invalid("url", expected));
    let Ok(parsed) = Url::new(url) else {
        return invalid("is no URL: write it as scheme://host:port/path");
    };
    if !matches!(parsed.protocol().as_str(), "ws:" | "wss:") {
        return invalid("has no scheme that is supported here: use ws:// or wss://");
    }
    if url.contains('#') {
        return invalid("has a fragment (`#…`), which a connection cannot carry: remove it");
    }
    if !parsed.username().is_empty() || !parsed.password().is_empty() {
        return invalid("holds a user or password: remove them and pass them as credentials");
    }
    Ok(())
}

/// RFC 9110, section 5.6.2.
fn is_token(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}
