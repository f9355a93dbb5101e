use core::time::Duration;

use rejoin_proto::{Error, ErrorCode, engineio, sanitize};
use wasm_bindgen::prelude::*;

/// Why a transport failed.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Failure(Error);

#[wasm_bindgen]
impl Failure {
    /// A failure that JavaScript has noticed.
    #[wasm_bindgen(constructor)]
    pub fn new(code: &str, message: &str) -> Self {
        let known = ErrorCode::ALL.iter().copied().find(|known| known.as_str() == code);
        Self(Error::new(known.unwrap_or(ErrorCode::Network), sanitize(message)))
    }

    /// Its code, the same in every language.
    #[wasm_bindgen(getter)]
    pub fn code(&self) -> String {
        self.0.code().as_str().to_owned()
    }

    /// What happened.
    #[wasm_bindgen(getter)]
    pub fn message(&self) -> String {
        self.0.message().to_owned()
    }

    /// The HTTP status that the server answered an opening request with; 0: it is something else.
    #[wasm_bindgen(getter)]
    pub fn status(&self) -> u16 {
        self.0.status().unwrap_or(0)
    }

    /// What `Retry-After` asks for in milliseconds; -1: nothing.
    #[wasm_bindgen(getter, js_name = retryAfter)]
    pub fn retry_after(&self) -> f64 {
        self.0.retry_after().map_or(-1.0, |delay| delay.as_millis() as f64)
    }
}

impl Failure {
    pub(crate) fn error(&self) -> Error {
        self.0.clone()
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

/// What an HTTP status means that a request of a session, or the one that opens it, was answered with. `retry_after` in
/// milliseconds; negative: none.
#[wasm_bindgen]
pub fn refusal(status: u16, retry_after: f64, in_session: bool) -> Failure {
    let delay = (retry_after >= 0.0).then(|| Duration::from_millis(retry_after as u64));
    Failure(engineio::refusal(status, delay, in_session))
}
