//! What a platform cannot do, and no client on it can mend.

/// Where an agent runs, as its `hello` says.
#[derive(Clone, Debug)]
pub(crate) struct Platform(String);

impl Platform {
    pub(crate) fn new(name: &str) -> Self {
        Self(name.to_owned())
    }

    /// A page is told neither why a handshake failed nor its HTTP status, so that every failure to connect looks
    /// alike, and is tried again.
    pub(crate) fn sees_handshake(&self) -> bool {
        !self.is_page()
    }

    /// A page can neither send a ping frame nor see one.
    pub(crate) fn sends_pings(&self) -> bool {
        !self.is_page()
    }

    /// A page sends no header of the application's, and so no bearer token.
    pub(crate) fn sends_headers(&self) -> bool {
        !self.is_page()
    }

    /// In a page an address may be relative to the page's own.
    pub(crate) fn has_relative_addresses(&self) -> bool {
        self.is_page()
    }

    fn is_page(&self) -> bool {
        self.0 == "browser"
    }
}
