use std::future::Future;
use std::io;
use std::time::Duration;

use rejoin_proto::{Error, ErrorCode};

/// Runs one stage of an attempt under its own deadline; the error names the stage.
pub(super) async fn within<T>(
    stage: &str,
    limit: Duration,
    work: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    match tokio::time::timeout(limit, work).await {
        Ok(result) => result,
        Err(_) => Err(Error::new(ErrorCode::ConnectTimeout, format!("{stage}: not done within {limit:?}"))),
    }
}

/// What an I/O error means in a stage. An error of TLS can surface late, as one of I/O: TLS 1.3 lets the
/// server judge the client's certificate after the handshake.
pub(super) fn io_error(stage: &str, error: &io::Error) -> Error {
    if let Some(error) = super::tls::classify(error) {
        return error;
    }
    let kind = error.kind();
    let code = if kind == io::ErrorKind::ConnectionRefused {
        ErrorCode::Refused
    } else if kind == io::ErrorKind::TimedOut {
        ErrorCode::ConnectTimeout
    } else {
        ErrorCode::Network
    };
    Error::new(code, format!("{stage}: {error}"))
}
