//! Opens a socket by one transport or the other; which one when is decided by [`engineio::Transports`].

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use rejoin_proto::engineio::{self, Polling, Transport};
use rejoin_proto::{Credentials, Error, ErrorCode, Frame, SocketEvent};

use super::PollingSocket;
use super::http::{self, Channel};
use crate::native::dialer::Dialer;
use crate::native::stage;
use crate::native::websocket::WebSocket;
use crate::platform::BoxFuture;
use crate::socket::{Dial, Socket};

/// Opens sockets by the transports of a list, in order of preference. What worked is remembered for the client's lifetime.
#[derive(Clone)]
pub(crate) struct Transports {
    websocket: Dialer,
    polling: Dialer,
    order: Arc<Mutex<engineio::Transports>>,
}

impl Transports {
    /// Each dialer has the URL of its transport.
    pub(crate) fn new(websocket: Dialer, polling: Dialer, order: engineio::Transports) -> Self {
        Self { websocket, polling, order: Arc::new(Mutex::new(order)) }
    }

    fn order(&self) -> MutexGuard<'_, engineio::Transports> {
        self.order.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Dial for Transports {
    type Socket = EngineSocket;

    fn dial(&self, _credentials: Option<Credentials>) -> BoxFuture<Result<EngineSocket, Error>> {
        Box::pin(self.clone().attempt())
    }
}

impl Transports {
    async fn attempt(self) -> Result<EngineSocket, Error> {
        self.order().begin();
        loop {
            let transport = self.order().next();
            let opened = match transport {
                Some(Transport::WebSocket) => self.websocket().await,
                Some(Transport::Polling) => self.polling().await,
                None => return Err(Error::new(ErrorCode::Internal, "no transport was tried")),
            };
            match opened {
                Ok(socket) => return Ok(socket),
                Err(error) => {
                    if let Some(error) = self.order().failed(error) {
                        return Err(error);
                    }
                }
            }
        }
    }

    async fn websocket(&self) -> Result<EngineSocket, Error> {
        let link = self.websocket.dial(None).await?;
        let mut socket = Box::new(WebSocket::new(link));
        if !self.order().has(Transport::Polling) {
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

    async fn polling(&self) -> Result<EngineSocket, Error> {
        let mut channel = Channel::new(&self.polling);
        let body = http::open(&mut channel).await?;
        let session = Polling::open(body, self.order().may_upgrade())?;
        let transports = self.clone();
        let remember = move || transports.order().upgraded();
        let socket = PollingSocket::new(session, channel, &self.polling, self.websocket.clone(), remember);
        Ok(EngineSocket::Polling(Box::new(socket)))
    }
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
