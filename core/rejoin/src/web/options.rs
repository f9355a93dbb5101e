//! The options of clients in browsers.

use rejoin_proto::Error;

use super::Dialer;
use crate::builder::Builder;

impl<K> Builder<K> {
    /// Offers a subprotocol; the first one offered is preferred.
    #[must_use]
    pub fn subprotocol(mut self, name: &str) -> Self {
        self.dial.subprotocols.push(name.to_owned());
        self
    }

    /// Makes the dialer for `url`, checking everything that can be known before the first attempt.
    pub(crate) fn dialer(&self, url: &str) -> Result<Dialer, Error> {
        if self.config.credentials {
            return Err(Error::invalid(
                "credentials",
                "cannot be sent here: a browser adds no headers to a WebSocket; authenticate in on_connect",
            ));
        }
        self.dialer_without_token(url)
    }

    /// The same, for a protocol that carries credentials in its own handshake.
    pub(crate) fn dialer_without_token(&self, url: &str) -> Result<Dialer, Error> {
        Dialer::new(url, &self.dial, self.config.max_message_bytes)
    }
}
