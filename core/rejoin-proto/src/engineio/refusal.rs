use core::time::Duration;

use crate::{Error, ErrorCode, status_cause};

/// What an HTTP status other than 200 means that a polling request was answered with. `in_session`: it named a session, and
/// did not open one. `retry_after` is what the header of that name asks for.
pub fn refusal(status: u16, retry_after: Option<Duration>, in_session: bool) -> Error {
    if in_session && status == 400 {
        // After a restart, or when another process answers, the session is unknown: a new one is not.
        let message = "the server no longer knows the session (HTTP 400)";
        return Error::new(ErrorCode::TransportClosed, message).with_status(status);
    }
    status_cause(status, "an answer", retry_after)
}
