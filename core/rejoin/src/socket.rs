//! The seam between the driver and whatever carries frames.

use std::task::{Context, Poll};

use rejoin_proto::{Credentials, Error, Frame, SocketEvent};

use crate::platform::BoxFuture;

/// An open socket, as the driver uses it.
pub(crate) trait Socket {
    /// The next thing that happened: a frame, or the end. Not called again after the end.
    fn poll_event(&mut self, cx: &mut Context<'_>) -> Poll<SocketEvent>;

    /// Whether it can take a frame now.
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<()>;

    /// Takes a frame, after `poll_ready`.
    ///
    /// # Errors
    /// The link is broken.
    fn write(&mut self, frame: Frame, cx: &mut Context<'_>) -> Result<(), Error>;

    /// Hands what was written to the operating system. Ready when nothing is left, or with the error that broke the link.
    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>>;

    /// How many of the frames written so far were handed over, wholly or in part.
    fn flushed(&mut self) -> u64;

    /// Whether bytes moved since the last call that show a living peer although no frame is complete.
    fn progressed(&mut self) -> bool;

    /// Sends a close frame after what was written.
    fn close(&mut self, code: u16, cx: &mut Context<'_>);

    /// The subprotocol that the server chose.
    fn subprotocol(&self) -> Option<&str>;

    /// Whether the transport can send WebSocket pings.
    fn has_ping_frames(&self) -> bool;
}

/// Opens sockets to one server.
pub(crate) trait Dial {
    /// What it opens.
    type Socket: Socket;

    /// Makes one attempt. Dropping the future gives it up.
    fn dial(&self, credentials: Option<Credentials>) -> BoxFuture<Result<Self::Socket, Error>>;
}
