//! The driver's view of a tungstenite stream.

use std::collections::VecDeque;
use std::task::{Context, Poll, ready};

use bytestring::ByteString;
use rejoin_proto::{Credentials, Error, ErrorCode, Frame, SocketEvent};
use tokio_tungstenite::tungstenite::Utf8Bytes;
use tokio_tungstenite::tungstenite::error::{Error as WsError, ProtocolError};
use tokio_tungstenite::tungstenite::protocol::CloseFrame;

use super::dialer::{Dialer, Link};
use super::frames::{Frames, Received};
use super::transport::Transport;
use crate::platform::BoxFuture;
use crate::socket::{Dial, Socket};

/// An open WebSocket.
#[derive(Debug)]
pub(crate) struct WebSocket {
    stream: Frames<Transport>,
    subprotocol: Option<String>,
    /// Frames written so far, and how many of them were handed over.
    frames: u64,
    flushed: u64,
    /// Where in the transport's bytes each frame begins that is not known to be flushed.
    starts: VecDeque<u64>,
    end: u64,
    /// What the transport had read when progress was last asked for.
    seen: u64,
    /// What it had taken when it took no more.
    full_at: Option<u64>,
}

impl WebSocket {
    pub(super) fn new(link: Link) -> Self {
        let Link { socket: stream, subprotocol } = link;
        let end = stream.transport().written();
        Self {
            stream,
            subprotocol,
            frames: 0,
            flushed: 0,
            starts: VecDeque::new(),
            end,
            seen: 0,
            full_at: None,
        }
    }
}

impl Socket for WebSocket {
    fn poll_event(&mut self, cx: &mut Context<'_>) -> Poll<SocketEvent> {
        let event = match ready!(self.stream.poll_next(cx)) {
            Ok(Received::Frame(frame)) => SocketEvent::Frame(frame),
            Ok(Received::Close(close)) => {
                // The answer to the close is written already; whether it leaves in time is the peer's concern.
                let _ = self.stream.poll_flush(cx);
                let (code, reason) = match close {
                    Some(CloseFrame { code, reason }) => {
                        (Some(u16::from(code)), ByteString::from(reason.as_str()))
                    }
                    None => (None, ByteString::new()),
                };
                SocketEvent::Closed { code, reason }
            }
            Err(error) => failure(&error),
        };
        Poll::Ready(event)
    }

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.stream.poll_ready(cx)
    }

    fn write(&mut self, frame: Frame, cx: &mut Context<'_>) -> Result<(), Error> {
        self.starts.push_back(self.end);
        self.end += wire_length(frame.len());
        self.frames += 1;
        self.stream.write(&frame, cx).map_err(|error| broken(&error))
    }

    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        match self.stream.poll_flush(cx) {
            Poll::Ready(Ok(())) => {
                self.flushed = self.frames;
                self.starts.clear();
                Poll::Ready(Ok(()))
            }
            Poll::Ready(Err(error)) => Poll::Ready(Err(broken(&error))),
            Poll::Pending => {
                self.full_at.get_or_insert(self.stream.transport().written());
                Poll::Pending
            }
        }
    }

    fn progressed(&mut self) -> bool {
        let transport = self.stream.transport();
        let arrived = transport.read() > self.seen;
        self.seen = transport.read();
        // A buffer that was full drains only if the peer's TCP takes what is in it.
        let drained = self.full_at.take_if(|full| transport.written() > *full).is_some();
        arrived || drained
    }

    fn flushed(&mut self) -> u64 {
        // Answers to pings are not counted in `end`, so that a frame may seem to have left before it did: a message
        // is then told to be unconfirmed rather than sent twice.
        let written = self.stream.transport().written();
        while self.starts.front().is_some_and(|start| *start < written) {
            self.starts.pop_front();
            self.flushed += 1;
        }
        self.flushed
    }

    fn close(&mut self, code: u16, cx: &mut Context<'_>) {
        let close = CloseFrame { code: code.into(), reason: Utf8Bytes::default() };
        // A link that cannot take it is about to be found dead.
        let _ = self.stream.close(close, cx);
    }

    fn subprotocol(&self) -> Option<&str> {
        self.subprotocol.as_deref()
    }

    fn has_ping_frames(&self) -> bool {
        true
    }
}

/// The length of a masked frame: header, mask, payload (RFC 6455, section 5.2).
fn wire_length(payload: usize) -> u64 {
    let header = match payload {
        0..=125 => 2,
        126..=65_535 => 4,
        _ => 10,
    };
    header + 4 + payload as u64
}

fn closed() -> SocketEvent {
    SocketEvent::Closed { code: None, reason: ByteString::new() }
}

fn failure(error: &WsError) -> SocketEvent {
    match error {
        WsError::ConnectionClosed
        | WsError::AlreadyClosed
        | WsError::Protocol(ProtocolError::ResetWithoutClosingHandshake) => closed(),
        WsError::Io(_)
        | WsError::Tls(_)
        | WsError::Capacity(_)
        | WsError::Protocol(_)
        | WsError::WriteBufferFull(_)
        | WsError::Utf8(_)
        | WsError::AttackAttempt
        | WsError::Url(_)
        | WsError::Http(_)
        | WsError::HttpFormat(_) => SocketEvent::Failed(broken(error)),
    }
}

fn broken(error: &WsError) -> Error {
    match error {
        WsError::Capacity(_) => {
            Error::new(ErrorCode::TooBig, "the server sent a message larger than max_message_bytes")
        }
        WsError::Protocol(violation) => {
            Error::new(ErrorCode::Protocol, format!("the server broke RFC 6455: {violation}"))
        }
        WsError::Utf8(_) => Error::new(ErrorCode::Protocol, "the server sent text that is not UTF-8"),
        WsError::ConnectionClosed
        | WsError::AlreadyClosed
        | WsError::Io(_)
        | WsError::Tls(_)
        | WsError::WriteBufferFull(_)
        | WsError::AttackAttempt
        | WsError::Url(_)
        | WsError::Http(_)
        | WsError::HttpFormat(_) => Error::new(ErrorCode::Network, format!("the connection broke: {error}")),
    }
}

/// Opens WebSockets for a protocol that carries credentials in its own handshake.
#[derive(Debug)]
pub(crate) struct WithoutToken(pub(crate) Dialer);

impl Dial for WithoutToken {
    type Socket = WebSocket;

    fn dial(&self, _credentials: Option<Credentials>) -> BoxFuture<Result<WebSocket, Error>> {
        Dial::dial(&self.0, None)
    }
}

impl Dial for Dialer {
    type Socket = WebSocket;

    fn dial(&self, credentials: Option<Credentials>) -> BoxFuture<Result<WebSocket, Error>> {
        let token = credentials.and_then(|credentials| credentials.token().cloned());
        let attempt = Dialer::dial(self, token);
        Box::pin(async move { attempt.await.map(WebSocket::new) })
    }
}
