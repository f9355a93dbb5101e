//! What a platform cannot do, and no client on it can mend.

/// Where an agent runs, as its `hello` says.
#[derive(Clone, Debug)]
pub(crate) struct Platform(String);

impl Platform {
    pub(crate) fn new(name: &str) -> Self {
        Self(name.to_owned())
    }

    /// The `WebSocket` of browsers and Node tells neither why a handshake failed nor its HTTP status, so that every
    /// failure to connect looks alike, and is tried again.
    pub(crate) fn sees_handshake(&self) -> bool {
        !self.is_web()
    }

    /// The `WebSocket` of browsers and Node can neither send a ping frame nor see one.
    pub(crate) fn sends_pings(&self) -> bool {
        !self.is_web()
    }

    /// The `WebSocket` of browsers and Node sends no header of the application's.
    pub(crate) fn sends_headers(&self) -> bool {
        !self.is_web()
    }

    fn is_web(&self) -> bool {
        matches!(self.0.as_str(), "browser" | "node")
    }
}
