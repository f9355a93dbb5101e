//! Engine.IO over HTTP long-polling, with the change to WebSocket. What happens when is decided by
//! [`Polling`]; here its requests are made.

mod http;
mod transports;

use std::pin::Pin;
use std::task::{Context, Poll};

use bytestring::ByteString;
use rejoin_proto::engineio::{Action, Polling};
use rejoin_proto::{Error, Frame, SocketEvent};
use tokio::time::Sleep;

use self::http::Channel;
use super::dialer::Dialer;
use super::websocket::WebSocket;
use crate::platform::BoxFuture;
use crate::socket::Socket;

pub(crate) use transports::Transports;

/// `2probe` and `5`.
const FRAMES_OF_THE_PROBE: u64 = 2;

type Done = (Channel, Result<ByteString, Error>);

/// A session that polls, or that has changed to WebSocket.
pub(crate) struct PollingSocket {
    session: Polling,
    websocket: Dialer,
    /// Connections without a request under way: one for GET, one for POST.
    idle: Vec<Channel>,
    get: Option<BoxFuture<Done>>,
    post: Option<BoxFuture<Done>>,
    probe: Option<Probe>,
    probe_deadline: Option<Pin<Box<Sleep>>>,
    upgraded: Option<WebSocket>,
    /// Frames that had left by POST when the session changed.
    posted: u64,
    on_upgrade: Box<dyn Fn() + Send>,
    closing: bool,
    failed: Option<Error>,
    progressed: bool,
}

enum Probe {
    Opening(BoxFuture<Result<WebSocket, Error>>),
    Open(Box<WebSocket>),
}

impl PollingSocket {
    /// `idle` made the first request. `on_upgrade` is called when the session has changed to WebSocket.
    fn new(
        session: Polling,
        idle: Channel,
        polling: &Dialer,
        websocket: Dialer,
        on_upgrade: impl Fn() + Send + 'static,
    ) -> Self {
        Self {
            session,
            websocket,
            idle: vec![Channel::new(polling), idle],
            get: None,
            post: None,
            probe: None,
            probe_deadline: None,
            upgraded: None,
            posted: 0,
            on_upgrade: Box::new(on_upgrade),
            closing: false,
            failed: None,
            progressed: false,
        }
    }

    /// Makes all the progress that can be made now.
    fn drive(&mut self, cx: &mut Context<'_>) {
        while self.failed.is_none() && self.upgraded.is_none() {
            let answered = self.drive_requests(cx) | self.drive_probe(cx);
            let mut acted = false;
            while let Some(action) = self.session.poll_action() {
                acted = true;
                self.act(action, cx);
            }
            if answered {
                // Whatever it was driven for, what arrived is to be read.
                self.progressed = true;
                cx.waker().wake_by_ref();
            }
            if !acted && !answered {
                return;
            }
        }
    }

    fn drive_requests(&mut self, cx: &mut Context<'_>) -> bool {
        let mut answered = false;
        for is_post in [false, true] {
            let slot = if is_post { &mut self.post } else { &mut self.get };
            let Some(Poll::Ready((channel, result))) = slot.as_mut().map(|request| request.as_mut().poll(cx))
            else {
                continue;
            };
            *slot = None;
            answered = true;
            self.idle.push(channel);
            let done = match result {
                Ok(_) if is_post => {
                    self.session.handle_post();
                    Ok(())
                }
                Ok(body) => self.session.handle_get(&body),
                Err(error) => Err(error),
            };
            self.failed = self.failed.take().or(done.err());
        }
        answered
    }

    fn act(&mut self, action: Action, cx: &mut Context<'_>) {
        match action {
            Action::Get => self.get = Some(self.request(None)),
            Action::Post(body) => self.post = Some(self.request(Some(body))),
            Action::OpenWebSocket => {
                let sid = self.session.sid().to_owned();
                let attempt = self.websocket.dial_session(&sid);
                let patience = self.websocket.upgrade_timeout();
                self.probe = Some(Probe::Opening(Box::pin(async move { attempt.await.map(WebSocket::new) })));
                self.probe_deadline = Some(Box::pin(tokio::time::sleep(patience)));
            }
            Action::Upgrade(frame) => self.upgrade(frame, cx),
        }
    }

    fn request(&mut self, body: Option<String>) -> BoxFuture<Done> {
        let channel = self.idle.pop();
        let sid = self.session.sid().to_owned();
        Box::pin(async move {
            // There are two channels, and at most two requests.
            let Some(mut channel) = channel else { return std::future::pending().await };
            let result = channel.request(Some(&sid), body).await;
            (channel, result)
        })
    }

    /// True if the probe came on.
    fn drive_probe(&mut self, cx: &mut Context<'_>) -> bool {
        let Some(probe) = &mut self.probe else { return false };
        let late = self.probe_deadline.as_mut().is_some_and(|deadline| deadline.as_mut().poll(cx).is_ready());
        let stepped = match probe {
            _ if late => Poll::Ready(Err(())),
            Probe::Opening(attempt) => attempt.as_mut().poll(cx).map(|result| {
                let mut socket = result.map_err(drop)?;
                socket.write(self.session.handle_probe_open(), cx).map_err(drop)?;
                *probe = Probe::Open(Box::new(socket));
                Ok(())
            }),
            Probe::Open(socket) => match socket.poll_flush(cx) {
                Poll::Ready(Err(_)) => Poll::Ready(Err(())),
                Poll::Ready(Ok(())) | Poll::Pending => socket.poll_event(cx).map(|event| match event {
                    SocketEvent::Frame(Frame::Ping(_) | Frame::Pong(_)) => Ok(()),
                    SocketEvent::Frame(frame) if self.session.handle_probe_frame(&frame) => Ok(()),
                    SocketEvent::Frame(_)
                    | SocketEvent::Opened { .. }
                    | SocketEvent::Flushed { .. }
                    | SocketEvent::Progress
                    | SocketEvent::Closed { .. }
                    | SocketEvent::Failed(_) => Err(()),
                }),
            },
        };
        if stepped == Poll::Ready(Err(())) {
            self.probe = None;
            self.session.handle_probe_failed();
        }
        stepped.is_ready()
    }

    fn upgrade(&mut self, frame: Frame, cx: &mut Context<'_>) {
        // Only a probe that was answered leads here.
        let Some(Probe::Open(mut socket)) = self.probe.take() else { return };
        self.posted = self.session.taken();
        let mut written = socket.write(frame, cx);
        while let Some(frame) = self.session.take_outbound() {
            written = written.and_then(|()| socket.write(frame, cx));
        }
        self.failed = written.err();
        self.idle.clear();
        self.probe_deadline = None;
        self.upgraded = Some(*socket);
        (self.on_upgrade)();
    }
}

impl Socket for PollingSocket {
    fn poll_event(&mut self, cx: &mut Context<'_>) -> Poll<SocketEvent> {
        self.drive(cx);
        if let Some(frame) = self.session.poll_frame() {
            return Poll::Ready(SocketEvent::Frame(frame));
        }
        if let Some(error) = self.failed.take() {
            return Poll::Ready(SocketEvent::Failed(error));
        }
        match &mut self.upgraded {
            Some(socket) => socket.poll_event(cx),
            None if self.closing && self.session.is_flushed() => {
                Poll::Ready(SocketEvent::Closed { code: None, reason: ByteString::new() })
            }
            None => Poll::Pending,
        }
    }

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.drive(cx);
        match &mut self.upgraded {
            Some(socket) => socket.poll_ready(cx),
            None if self.session.has_room() => Poll::Ready(()),
            None => Poll::Pending,
        }
    }

    fn write(&mut self, frame: Frame, cx: &mut Context<'_>) -> Result<(), Error> {
        match &mut self.upgraded {
            Some(socket) => socket.write(frame, cx),
            None => {
                self.session.send(frame);
                Ok(())
            }
        }
    }

    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.drive(cx);
        match &mut self.upgraded {
            Some(socket) => socket.poll_flush(cx),
            None if self.session.is_flushed() => Poll::Ready(Ok(())),
            // A failure is told as the next event: what had arrived before it comes first.
            None => Poll::Pending,
        }
    }

    fn flushed(&mut self) -> u64 {
        let Some(socket) = &mut self.upgraded else { return self.session.taken() };
        self.posted + socket.flushed().saturating_sub(FRAMES_OF_THE_PROBE)
    }

    fn progressed(&mut self) -> bool {
        match &mut self.upgraded {
            Some(socket) => socket.progressed(),
            None => std::mem::take(&mut self.progressed),
        }
    }

    fn close(&mut self, code: u16, cx: &mut Context<'_>) {
        self.closing = true;
        match &mut self.upgraded {
            Some(socket) => socket.close(code, cx),
            None => {
                self.probe = None;
                self.session.close();
            }
        }
    }

    fn subprotocol(&self) -> Option<&str> {
        self.upgraded.as_ref().and_then(|socket| socket.subprotocol())
    }

    /// Not while it polls, and the connection asks once only.
    fn has_ping_frames(&self) -> bool {
        false
    }
}
