//! What a response that is no upgrade means.

use std::time::{Duration, SystemTime};

use http::Uri;
use rejoin_proto::{Error, ErrorCode, sanitize, status_cause};
use tokio::io::{AsyncRead, AsyncReadExt};

use super::http::Response;

/// How much of a refusal's body is looked at, in bytes.
const MAX_BODY: usize = 4 * 1024;
/// How long to wait for a body that decides nothing but which error it is.
const BODY_PATIENCE: Duration = Duration::from_secs(1);
const MAX_RETRY_AFTER: Duration = Duration::from_secs(3600);

/// Turns a refusal into an error. Nothing of its body or reason is kept: servers echo what they were sent.
pub(super) async fn explain(
    mut response: Response,
    stream: &mut (impl AsyncRead + Unpin),
    now: SystemTime,
) -> Error {
    let status = response.status;
    if (200..300).contains(&status) && is_html(&mut response, stream).await {
        return Error::new(ErrorCode::CaptivePortal, "a web page answered instead of the server")
            .with_status(status);
    }
    let delay = response.header("retry-after").next().and_then(|value| parse_retry_after(value, now));
    let wanted = match response.header("location").next() {
        Some(location) if (300..400).contains(&status) => {
            format!("the upgrade: a redirect to {}", without_query(location))
        }
        _ => "the upgrade".to_owned(),
    };
    status_cause(status, &wanted, delay)
}

/// `Retry-After`: seconds or an HTTP date, capped at an hour; anything else is as if it were not there.
pub(super) fn parse_retry_after(value: &str, now: SystemTime) -> Option<Duration> {
    let delay = if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // Only a number too large for the type fails here, and the cap is what it means.
        Duration::from_secs(value.parse().unwrap_or(u64::MAX))
    } else {
        httpdate::parse_http_date(value).ok()?.duration_since(now).ok()?
    };
    Some(delay.min(MAX_RETRY_AFTER))
}

async fn is_html(response: &mut Response, stream: &mut (impl AsyncRead + Unpin)) -> bool {
    if let Some(kind) = response.header("content-type").next() {
        return kind.to_ascii_lowercase().contains("html");
    }
    if response.header("content-length").any(|length| length == "0") {
        return false;
    }
    let body = &mut response.rest;
    let read = async {
        while body.len() < MAX_BODY && !body.iter().any(|byte| !byte.is_ascii_whitespace()) {
            let room = (MAX_BODY - body.len()) as u64;
            if !matches!((&mut *stream).take(room).read_buf(body).await, Ok(1..)) {
                break;
            }
        }
    };
    // Without a body in time there is no web page either.
    let _ = tokio::time::timeout(BODY_PATIENCE, read).await;
    body.trim_ascii_start().starts_with(b"<")
}

/// Scheme, host and path of a redirect: its query may hold a secret.
fn without_query(location: &str) -> String {
    let Ok(uri) = location.parse::<Uri>() else { return "an unreadable URL".into() };
    let scheme = uri.scheme_str().map(|scheme| format!("{scheme}://")).unwrap_or_default();
    sanitize(&format!("{scheme}{}{}", uri.host().unwrap_or_default(), uri.path())).to_string()
}

#[cfg(test)]
#[path = "refusal_tests.rs"]
mod tests;
