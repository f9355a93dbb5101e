use rejoin::Credentials;

/// What the application answers when it is asked for credentials. It has no `Debug`: it holds secrets.
#[derive(uniffi::Enum)]
pub enum CredentialsAnswer {
    /// A bearer token.
    Token {
        /// The token.
        token: String,
    },
    /// The `auth` object of Socket.IO.
    Auth {
        /// As JSON text.
        json: String,
    },
    /// Connect anonymously.
    Anonymous,
    /// There are none now.
    Failed {
        /// Why; it appears in the client's error.
        message: String,
    },
}

impl CredentialsAnswer {
    pub(crate) fn into_result(self) -> Result<Credentials, String> {
        match self {
            Self::Token { token } => Ok(Credentials::bearer(token)),
            Self::Auth { json } => Ok(Credentials::auth_json(json)),
            Self::Anonymous => Ok(Credentials::none()),
            Self::Failed { message } => Err(message),
        }
    }
}
