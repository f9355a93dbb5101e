//! Reading the head of an HTTP response from a stream that goes on as something else.

use rejoin_proto::{Error, ErrorCode};
use tokio::io::{AsyncRead, AsyncReadExt};

use super::stage;

/// The longest head of a response, in bytes, with interim responses before it.
pub(super) const MAX_HEAD: usize = 16 * 1024;
const MAX_HEADERS: usize = 128;

/// The head of a response, and what came after it in the same packets.
#[derive(Debug)]
pub(super) struct Response {
    pub(super) status: u16,
    headers: Vec<(String, String)>,
    pub(super) rest: Vec<u8>,
}

impl Response {
    /// The values of a header, in order.
    pub(super) fn header<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers
            .iter()
            .filter(move |(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// Whether a header that is a comma-separated list holds a token.
    pub(super) fn has_token(&self, name: &str, token: &str) -> bool {
        self.header(name)
            .flat_map(|value| value.split(','))
            .any(|item| item.trim().eq_ignore_ascii_case(token))
    }
}

/// Reads a final response (interim ones are skipped), at most [`MAX_HEAD`] bytes of head.
pub(super) async fn read_response(
    stage: &str,
    stream: &mut (impl AsyncRead + Unpin),
) -> Result<Response, Error> {
    let mut buffer = Vec::with_capacity(1024);
    let mut scanned = 0;
    let mut skipped = 0;
    loop {
        if let Some(end) = head_end(&buffer, scanned) {
            let rest = buffer.split_off(end);
            let (status, headers) = parse_head(stage, &buffer)?;
            if !matches!(status, 100 | 102 | 103) {
                return Ok(Response { status, headers, rest });
            }
            skipped += end;
            buffer = rest;
            scanned = 0;
            continue;
        }
        if skipped + buffer.len() >= MAX_HEAD {
            return Err(broken(stage, "the response's head is larger than 16 KiB"));
        }
        scanned = buffer.len();
        let room = (MAX_HEAD - skipped - buffer.len()) as u64;
        let read = (&mut *stream).take(room).read_buf(&mut buffer).await;
        match read {
            Ok(0) => return Err(ended(stage, scanned)),
            Ok(_) => {}
            Err(error) => return Err(stage::io_error(stage, &error)),
        }
    }
}

/// Where the head ends, if it does; the first `scanned` bytes are known to hold no end.
fn head_end(buffer: &[u8], scanned: usize) -> Option<usize> {
    let from = scanned.saturating_sub(3);
    let at = buffer.get(from..)?.windows(4).position(|window| window == b"\r\n\r\n")?;
    Some(from + at + 4)
}

fn parse_head(stage: &str, head: &[u8]) -> Result<(u16, Vec<(String, String)>), Error> {
    let mut slots = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut response = httparse::Response::new(&mut slots);
    match response.parse(head) {
        Ok(httparse::Status::Complete(_)) => {}
        Ok(httparse::Status::Partial) => return Err(broken(stage, "the response is no HTTP/1.1")),
        Err(httparse::Error::TooManyHeaders) => {
            return Err(broken(stage, "the response has too many headers"));
        }
        Err(error) => return Err(broken(stage, &format!("the response is no HTTP/1.1 ({error})"))),
    }
    let headers = response
        .headers
        .iter()
        .map(|header| (header.name.to_owned(), String::from_utf8_lossy(header.value).trim().to_owned()))
        .collect();
    Ok((response.code.unwrap_or_default(), headers))
}

fn ended(stage: &str, received: usize) -> Error {
    let detail = if received == 0 { "closed without an answer" } else { "closed within its answer" };
    Error::new(ErrorCode::Network, format!("{stage}: {detail}"))
}

fn broken(stage: &str, what: &str) -> Error {
    Error::new(ErrorCode::Protocol, format!("{stage}: {what}")).with_close_code(1002)
}
