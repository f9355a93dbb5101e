use std::fmt;

use rejoin::Error;

/// Why something failed, with all that the core knows of it.
#[derive(Clone, Debug, uniffi::Record)]
pub struct Failure {
    /// The stable code, in snake case.
    pub code: String,
    /// What happened.
    pub text: String,
    /// Whether it may pass without a change by the application.
    pub retryable: bool,
    /// What the caller can do, in one sentence.
    pub remedy: String,
    /// The WebSocket close code, where the connection ended with one.
    pub close_code: Option<u16>,
    /// The HTTP status, where the server answered the handshake with one.
    pub status: Option<u16>,
    /// The data that the server sent with it, as JSON text.
    pub data: Option<String>,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self {
            code: error.code().as_str().to_owned(),
            text: error.message().to_owned(),
            retryable: error.is_retryable(),
            remedy: error.remedy().to_owned(),
            close_code: error.close_code(),
            status: error.status(),
            data: error.data().map(str::to_owned),
        }
    }
}

/// What a call throws.
#[derive(Clone, Debug, uniffi::Error)]
pub enum Failed {
    /// The core refused.
    Call {
        /// Why.
        failure: Failure,
    },
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::Call { failure } = self;
        write!(f, "{}: {}", failure.code, failure.text)
    }
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self::Call { failure: error.into() }
    }
}
