//! The options that only native clients have.

use std::time::Duration;

use rejoin_proto::{Error, Secret};

use super::{Dialer, Proxy, Resolver, Target, Tls, WithoutToken};
use crate::builder::Builder;

impl<K> Builder<K> {
    /// Adds a header to the upgrade request. Its value counts as a secret. Checked by `build`.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.dial.headers.push((name.to_owned(), Secret::new(value)));
        self
    }

    /// Offers a subprotocol; the first one offered is preferred.
    #[must_use]
    pub fn subprotocol(mut self, name: &str) -> Self {
        self.dial.subprotocols.push(name.to_owned());
        self
    }

    /// Own authorities, a client certificate, pins. Default: the platform's trust.
    #[must_use]
    pub fn tls(mut self, tls: Tls) -> Self {
        self.dial.tls = tls;
        self
    }

    /// Connects through a proxy. Default: directly.
    #[must_use]
    pub fn proxy(mut self, proxy: Proxy) -> Self {
        self.dial.proxy = Some(proxy);
        self
    }

    /// Resolves host names. Default: the operating system.
    #[must_use]
    pub fn resolver(mut self, resolver: impl Resolver + 'static) -> Self {
        self.dial.resolver = std::sync::Arc::new(resolver);
        self
    }

    /// Allows credentials on `ws://` to other machines than this one. Default false.
    #[must_use]
    pub fn allow_insecure(mut self, allow: bool) -> Self {
        self.dial.allow_insecure = allow;
        self
    }

    /// Follows one redirect (301, 302, 307 or 308) of a `wss://` server to the same host, in each attempt. On another port it
    /// asks without credentials and without the headers of [`header`](Self::header). Default false: a redirect is the error
    /// `redirect`, which is final.
    #[must_use]
    pub fn follow_redirect(mut self, follow: bool) -> Self {
        self.dial.follow_redirect = follow;
        self
    }

    /// Bounds the stages of one attempt: name resolution, TCP for each address, proxy, TLS. Default 5 s each; the
    /// upgrade has twice that.
    #[must_use]
    pub fn stage_timeout(mut self, timeout: Duration) -> Self {
        let stages = &mut self.dial.timeouts;
        (stages.dns, stages.tcp, stages.proxy, stages.tls) = (timeout, timeout, timeout, timeout);
        stages.upgrade = timeout.saturating_mul(2);
        self
    }

    /// Makes the dialer for `url`, checking everything that can be known before the first attempt.
    pub(crate) fn dialer(&self, url: &str) -> Result<Dialer, Error> {
        let mut dial = self.dial.clone();
        dial.max_message_bytes = self.config.max_message_bytes;
        dial.sends_credentials = self.config.credentials;
        Dialer::new(Target::parse(url)?, dial)
    }

    /// The same, for a protocol that carries credentials in its own handshake.
    pub(crate) fn dialer_without_token(&self, url: &str) -> Result<WithoutToken, Error> {
        self.dialer(url).map(WithoutToken)
    }
}
