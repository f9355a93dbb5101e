//! Which failure is retried, how, and which ends the connection until the application acts.

use core::time::Duration;

use bytestring::ByteString;

use crate::config::BackoffConfig;
use crate::error::sanitize;
use crate::{Error, ErrorCode, Timestamp, json};

/// The longest wait that a server can ask for.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(3600);
const MAX_NOT_FOUND: u32 = 5;
const MAX_VIOLATIONS: usize = 3;
const VIOLATION_WINDOW: Duration = Duration::from_secs(60);

/// What follows from a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Backoff; never before `floor`, and spread at least over `window`.
    Retry { floor: Duration, window: Duration },
    /// At once, with new credentials.
    Refresh,
    /// Not until the application acts.
    Terminal,
}

const RETRY: Verdict = Verdict::Retry { floor: Duration::ZERO, window: Duration::ZERO };

/// Failures that may happen a few times, counted until a connection has proved stable.
#[derive(Debug, Default)]
pub(crate) struct Strikes {
    refused_credentials: u32,
    refused_by_peer: u32,
    not_found: u32,
    /// The last violations, the newest first.
    violations: [Option<Timestamp>; MAX_VIOLATIONS - 1],
}

impl Strikes {
    /// A connection was stable: past failures no longer count, except what the peer sent wrong of late.
    pub(crate) fn reset(&mut self) {
        *self = Self { violations: self.violations, ..Self::default() };
    }

    pub(crate) fn judge(
        &mut self,
        error: &Error,
        backoff: &BackoffConfig,
        has_credentials: bool,
        now: Timestamp,
    ) -> Verdict {
        match error.code() {
            ErrorCode::TransportClosed
            | ErrorCode::Network
            | ErrorCode::HeartbeatTimeout
            | ErrorCode::WriteTimeout
            | ErrorCode::Offline
            | ErrorCode::ServerError
            | ErrorCode::Dns
            | ErrorCode::Refused
            | ErrorCode::ConnectTimeout
            | ErrorCode::Tls
            | ErrorCode::Proxy
            | ErrorCode::UpgradeRefused
            | ErrorCode::CredentialsFailed
            | ErrorCode::CredentialsTimeout
            | ErrorCode::RejoinFailed
            | ErrorCode::TooBig
            | ErrorCode::SlowConsumer => RETRY,
            ErrorCode::ServerRestart => {
                Verdict::Retry { floor: Duration::ZERO, window: backoff.restart_window }
            }
            ErrorCode::Busy => {
                let floor = error.retry_after().unwrap_or_default().min(MAX_RETRY_AFTER);
                Verdict::Retry { floor, window: Duration::ZERO }
            }
            ErrorCode::TlsExpired | ErrorCode::CaptivePortal => {
                Verdict::Retry { floor: backoff.slow, window: Duration::ZERO }
            }
            ErrorCode::Auth => {
                if has_credentials && strike(&mut self.refused_credentials, 1) {
                    Verdict::Refresh
                } else {
                    Verdict::Terminal
                }
            }
            // During a deploy a path may be missing for a while.
            ErrorCode::Config if error.status() == Some(404) => {
                if strike(&mut self.not_found, MAX_NOT_FOUND - 1) { RETRY } else { Verdict::Terminal }
            }
            ErrorCode::Protocol if error.close_code().is_some() => {
                if strike(&mut self.refused_by_peer, 1) {
                    RETRY
                } else {
                    Verdict::Terminal
                }
            }
            ErrorCode::Protocol => self.violation(now),
            ErrorCode::ClientDisconnect
            | ErrorCode::ServerDisconnect
            | ErrorCode::TlsUntrusted
            | ErrorCode::TlsVersion
            | ErrorCode::Forbidden
            | ErrorCode::Config
            | ErrorCode::Redirect
            | ErrorCode::AttemptsExhausted
            | ErrorCode::UnsupportedServer
            | ErrorCode::NamespaceRefused
            | ErrorCode::NamespaceClosed
            | ErrorCode::InvalidArgument
            | ErrorCode::QueueFull
            | ErrorCode::ClientClosed
            | ErrorCode::NotConnected
            | ErrorCode::AckTimeout
            | ErrorCode::Unconfirmed
            | ErrorCode::Expired
            | ErrorCode::Dropped
            | ErrorCode::Withdrawn
            | ErrorCode::Unsupported
            | ErrorCode::Cancelled
            | ErrorCode::Internal => Verdict::Terminal,
        }
    }

    fn violation(&mut self, now: Timestamp) -> Verdict {
        let [newest, oldest] = self.violations;
        self.violations = [Some(now), newest];
        let too_many = oldest.is_some_and(|at| now.since(at) <= VIOLATION_WINDOW);
        if too_many { Verdict::Terminal } else { RETRY }
    }
}

/// Counts one more; true while no more than `allowed` were counted.
fn strike(count: &mut u32, allowed: u32) -> bool {
    *count = count.saturating_add(1);
    *count <= allowed
}

/// What a WebSocket close by the peer means (RFC 6455, section 7.4). `None`: no close frame came, or it had no code.
pub fn close_cause(code: Option<u16>, reason: &str) -> Error {
    let (kind, what) = match code {
        None | Some(1005 | 1006 | 1015) => (ErrorCode::TransportClosed, "the connection closed"),
        Some(1000) => (ErrorCode::ServerDisconnect, "the server closed the connection"),
        Some(1001 | 1012 | 1013) => (ErrorCode::ServerRestart, "the server goes away or restarts"),
        Some(1002 | 1003 | 1007 | 1010) => {
            (ErrorCode::Protocol, "the server says that we broke the protocol")
        }
        Some(1008 | 4401) => (ErrorCode::Auth, "the server refuses the session"),
        Some(1009) => (ErrorCode::TooBig, "the server says that a message was too big"),
        Some(1011 | 1014) => (ErrorCode::ServerError, "the server failed"),
        Some(_) => (ErrorCode::TransportClosed, "the server closed the connection"),
    };
    let message = if reason.is_empty() {
        ByteString::from_static(what)
    } else {
        [what, ": ", &sanitize(reason)].concat().into()
    };
    let error = Error::new(kind, message);
    match code {
        Some(code) => error.with_close_code(code),
        None => error,
    }
}

/// What an HTTP answer with this status means that came instead of `wanted`. `retry_after` is what the header of that name asks
/// for; a status that promises no later success has none.
pub fn status_cause(status: u16, wanted: &str, retry_after: Option<Duration>) -> Error {
    let code = match status {
        200..=299 => ErrorCode::UpgradeRefused,
        300..=399 => ErrorCode::Redirect,
        401 => ErrorCode::Auth,
        403 => ErrorCode::Forbidden,
        407 => ErrorCode::Proxy,
        408 | 425 | 429 | 503 => ErrorCode::Busy,
        511 => ErrorCode::CaptivePortal,
        400..=499 | 501 => ErrorCode::Config,
        500..=599 => ErrorCode::ServerError,
        _ => ErrorCode::Protocol,
    };
    let error = Error::new(code, ["HTTP ", &json::number(status.into()), " instead of ", wanted].concat())
        .with_status(status);
    match retry_after {
        Some(delay) if matches!(code, ErrorCode::Busy | ErrorCode::ServerError) => {
            error.with_retry_after(delay)
        }
        Some(_) | None => error,
    }
}

#[cfg(test)]
#[path = "verdict_tests.rs"]
mod tests;
