//! Which transport is tried when.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use rejoin_proto::engineio::Polling;
use rejoin_proto::{Credentials, Error, ErrorCode, Frame, SocketEvent};

use super::PollingSocket;
use super::http::{self, Channel};
use crate::native::dialer::Dialer;
use crate::native::stage;
use crate::native::websocket::WebSocket;
use crate::platform::BoxFuture;
use crate::socket::{Dial, Socket};

/// What carries the packets of Engine.IO.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// A WebSocket.
    WebSocket,
    /// HTTP long-polling, for networks that block WebSockets. It changes to a WebSocket where that turns out to work.
    Polling,
}

/// Opens sockets by the transports of a list, in order of preference. What worked is remembered for the client's lifetime.
pub(crate) struct Transports {
    websocket: Dialer,
    polling: Dialer,
    order: Arc<[Transport]>,
    /// Where in the list the next attempt begins.
    first: Arc<AtomicUsize>,
}

impl Transports {
    /// Each dialer has the URL of its transport.
    pub(crate) fn new(websocket: Dialer, polling: Dialer, order: &[Transport]) -> Self {
        Self { websocket, polling, order: order.into(), first: Arc::default() }
    }
}

impl Dial for Transports {
    type Socket = EngineSocket;

    fn dial(&self, _credentials: Option<Credentials>) -> BoxFuture<Result<EngineSocket, Error>> {
        let (websocket, polling) = (self.websocket.clone(), self.polling.clone());
        let attempt = Attempt { websocket, polling, order: self.order.clone(), first: self.first.clone() };
        Box::pin(attempt.run())
    }
}

struct Attempt {
    websocket: Dialer,
    polling: Dialer,
    order: Arc<[Transport]>,
    first: Arc<AtomicUsize>,
}

impl Attempt {
    async fn run(self) -> Result<EngineSocket, Error> {
        let first = self.first.load(Ordering::Relaxed);
        let mut failure = None;
        let mut blocked = false;
        for step in 0..self.order.len() {
            let at = (first + step) % self.order.len();
            let opened = match self.order.get(at) {
                Some(Transport::WebSocket) => self.websocket().await,
                Some(Transport::Polling) | None => self.polling(!blocked).await,
            };
            let error = match opened {
                Ok(socket) => {
                    self.first.store(at, Ordering::Relaxed);
                    return Ok(socket);
                }
                Err(error) => error,
            };
            if !may_work_otherwise(&error) {
                return Err(error);
            }
            blocked |= self.order.get(at) == Some(&Transport::WebSocket);
            // Remembered now: the time for this attempt may be over before the next transport has answered.
            self.first.store((at + 1) % self.order.len(), Ordering::Relaxed);
            failure.get_or_insert(error);
        }
        Err(failure.unwrap_or_else(|| Error::new(ErrorCode::Internal, "no transport was tried")))
    }

    async fn websocket(&self) -> Result<EngineSocket, Error> {
        let link = self.websocket.dial(None).await?;
        let mut socket = Box::new(WebSocket::new(link));
        if !self.order.contains(&Transport::Polling) {
            return Ok(EngineSocket::WebSocket { first: None, socket });
        }
        // What answers the upgrade may be a box on the way that lets no frame through.
        let first = async { Ok(std::future::poll_fn(|cx| socket.poll_event(cx)).await) };
        match stage::within("websocket", self.websocket.upgrade_timeout(), first).await? {
            SocketEvent::Frame(frame) => Ok(EngineSocket::WebSocket { first: Some(frame), socket }),
            SocketEvent::Failed(error) => Err(error),
            SocketEvent::Closed { .. }
            | SocketEvent::Opened { .. }
            | SocketEvent::Flushed { .. }
            | SocketEvent::Progress => {
                Err(Error::new(ErrorCode::UpgradeRefused, "the WebSocket closed before the first packet"))
            }
        }
    }

    async fn polling(&self, upgrade: bool) -> Result<EngineSocket, Error> {
        let mut channel = Channel::new(&self.polling);
        let body = http::open(&mut channel).await?;
        let websocket = self.order.iter().position(|transport| *transport == Transport::WebSocket);
        let session = Polling::open(body, upgrade && websocket.is_some())?;
        let first = self.first.clone();
        let remember = move || {
            if let Some(at) = websocket {
                first.store(at, Ordering::Relaxed);
            }
        };
        let socket = PollingSocket::new(session, channel, &self.polling, self.websocket.clone(), remember);
        Ok(EngineSocket::Polling(Box::new(socket)))
    }
}

/// Whether another transport may pass where this one failed: not where the server could not be reached at all, or
/// has given an answer that is meant.
fn may_work_otherwise(error: &Error) -> bool {
    !matches!(
        error.code(),
        ErrorCode::Dns
            | ErrorCode::Refused
            | ErrorCode::Tls
            | ErrorCode::TlsExpired
            | ErrorCode::TlsUntrusted
            | ErrorCode::TlsVersion
            | ErrorCode::Proxy
            | ErrorCode::Auth
            | ErrorCode::Busy
            | ErrorCode::Redirect
    )
}

/// An open socket of either transport.
pub(crate) enum EngineSocket {
    /// `first`: what it brought while it was tried.
    WebSocket {
        first: Option<Frame>,
        socket: Box<WebSocket>,
    },
    Polling(Box<PollingSocket>),
}

macro_rules! delegate {
    ($self:ident, $socket:ident => $call:expr) => {
        match $self {
            Self::WebSocket { socket: $socket, .. } => $call,
            Self::Polling($socket) => $call,
        }
    };
}

impl Socket for EngineSocket {
    fn poll_event(&mut self, cx: &mut Context<'_>) -> Poll<SocketEvent> {
        if let Self::WebSocket { first, .. } = self
            && let Some(frame) = first.take()
        {
            return Poll::Ready(SocketEvent::Frame(frame));
        }
        delegate!(self, socket => socket.poll_event(cx))
    }

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        delegate!(self, socket => socket.poll_ready(cx))
    }

    fn write(&mut self, frame: Frame, cx: &mut Context<'_>) -> Result<(), Error> {
        delegate!(self, socket => socket.write(frame, cx))
    }

    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        delegate!(self, socket => socket.poll_flush(cx))
    }

    fn flushed(&mut self) -> u64 {
        delegate!(self, socket => socket.flushed())
    }

    fn progressed(&mut self) -> bool {
        delegate!(self, socket => socket.progressed())
    }

    fn close(&mut self, code: u16, cx: &mut Context<'_>) {
        delegate!(self, socket => socket.close(code, cx));
    }

    fn subprotocol(&self) -> Option<&str> {
        delegate!(self, socket => socket.subprotocol())
    }

    fn has_ping_frames(&self) -> bool {
        delegate!(self, socket => socket.has_ping_frames())
    }
}
