//! Answers an HTTP request with a status and nothing else.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;

use super::stream::FaultStream;

const MAX_HEAD_BYTES: usize = 16 * 1024;
const DEADLINE: Duration = Duration::from_secs(10);

/// What to answer.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) retry_after: Option<String>,
}

/// Reads a request and answers it. A peer that is too slow or too verbose is dropped.
pub(super) async fn answer(mut stream: FaultStream, answer: Answer) {
    let exchange = async {
        read_head(&mut stream).await?;
        stream.write_all(answer.to_http().as_bytes()).await?;
        stream.shutdown().await?;
        // A socket dropped with unread bytes sends a RST, which can destroy the answer on its way.
        tokio::io::copy(&mut stream, &mut tokio::io::sink()).await
    };
    // Both kinds of failure mean that the peer did not stay for its answer.
    let _ = timeout(DEADLINE, exchange).await;
}

async fn read_head(stream: &mut FaultStream) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        if head.len() >= MAX_HEAD_BYTES || stream.read_buf(&mut head).await? == 0 {
            return Err(std::io::ErrorKind::InvalidData.into());
        }
    }
    Ok(())
}

impl Answer {
    fn to_http(&self) -> String {
        let status = self.status;
        let retry = self.retry_after.as_ref().map_or_else(String::new, |v| format!("Retry-After: {v}\r\n"));
        format!("HTTP/1.1 {status} Fault\r\n{retry}Content-Length: 0\r\nConnection: close\r\n\r\n")
    }
}
