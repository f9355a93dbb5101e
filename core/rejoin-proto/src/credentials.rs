use core::fmt;

use bytestring::ByteString;

/// A text that never shows itself: no `Display`, and `Debug` prints `[redacted]`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(ByteString);

impl Secret {
    /// Wraps a secret.
    pub fn new(text: impl Into<ByteString>) -> Self {
        Self(text.into())
    }

    /// The secret itself: for the wire, never for a log or an error.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// What the credentials callback answers: asked anew for each attempt to connect.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Credentials {
    token: Option<Secret>,
    auth: Option<Secret>,
}

impl Credentials {
    /// A bearer token: `Authorization: Bearer …` on a plain native WebSocket, `{"token": …}` as the
    /// `auth` object of Socket.IO.
    pub fn bearer(token: impl Into<ByteString>) -> Self {
        Self { token: Some(Secret::new(token)), ..Self::default() }
    }

    /// The `auth` object of Socket.IO, as JSON text.
    pub fn auth_json(json: impl Into<ByteString>) -> Self {
        Self { auth: Some(Secret::new(json)), ..Self::default() }
    }

    /// No credentials: connect anonymously.
    pub fn none() -> Self {
        Self::default()
    }

    /// The bearer token.
    pub fn token(&self) -> Option<&Secret> {
        self.token.as_ref()
    }

    /// The `auth` object of Socket.IO, as JSON text.
    pub fn auth(&self) -> Option<&Secret> {
        self.auth.as_ref()
    }
}

/// Why the credentials callback is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CredentialsReason {
    /// A new attempt to connect.
    Connect,
    /// The server refused the last ones: the same ones again will not do.
    Refused,
}

impl CredentialsReason {
    /// The reason in snake case, the same in every language.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::Refused => "refused",
        }
    }
}
