use std::io::{self, Cursor, ErrorKind, Read, Write};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};

use rejoin_proto::Frame;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite};
use tokio_tungstenite::tungstenite::error::{CapacityError, ProtocolError};
use tokio_tungstenite::tungstenite::protocol::frame::coding::OpCode;
use tokio_tungstenite::tungstenite::protocol::frame::{CloseFrame, FrameHeader};
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig, WebSocketContext};
use tokio_tungstenite::tungstenite::{Error, Message};

use super::data_frame::{Header, Kind, Partial};
use super::payload;
use super::read_buffer::ReadBuffer;
use super::write_buffer::WriteBuffer;

/// The least that is read into its place at once, in bytes, rather than through the buffer with what follows it.
const DIRECT: usize = 16 * 1024;

/// What arrived.
#[derive(Debug)]
pub(crate) enum Received {
    Frame(Frame),
    Close(Option<CloseFrame>),
}

/// tungstenite's frames on a transport that one task owns.
///
/// tokio-tungstenite lets one task read and another write, for which it keeps two wakers for each direction and sets
/// them for every message; and messages share the buffer that it reads into, so that it needs a new one wherever they
/// are not dropped at once. Here a data frame that is a whole message is copied out of a buffer that all connections
/// of the thread share, and what is written is gathered in one buffer, to which tungstenite adds its answers to pings
/// and to closes. All other frames that arrive, what is wrong included, are tungstenite's.
#[derive(Debug)]
pub(crate) struct Frames<S> {
    context: WebSocketContext,
    transport: S,
    arrived: ReadBuffer,
    leaving: WriteBuffer,
    /// What is still to come of the frame that tungstenite reads, in bytes.
    passing: u64,
    /// The fragments of a message are passing.
    fragmented: bool,
    partial: Option<Partial>,
    /// The last write found the transport full: nothing more is taken before it was flushed.
    full: bool,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Frames<S> {
    /// `rest` is what arrived behind the handshake.
    pub(super) fn new(transport: S, rest: &[u8], config: WebSocketConfig) -> Self {
        Self {
            context: WebSocketContext::new(Role::Client, Some(config)),
            transport,
            arrived: ReadBuffer::holding(rest),
            leaving: WriteBuffer::default(),
            passing: 0,
            fragmented: false,
            partial: None,
            full: false,
        }
    }

    pub(crate) fn transport(&self) -> &S {
        &self.transport
    }

    /// The next message or control frame. Not called again after an error, which may be the orderly end.
    pub(crate) fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Result<Received, Error>> {
        loop {
            if self.partial.is_some() {
                return self.poll_partial(cx);
            }
            if self.passing > 0 {
                match ready!(self.poll_passing(cx)) {
                    Some(passed) => return Poll::Ready(passed),
                    None => continue,
                }
            }
            let bytes = self.arrived.bytes();
            if let Some(header) = Header::parse(bytes)
                && !self.fragmented
            {
                let length = self.check_length(header.payload)?;
                let end = header.size + length;
                if let Some(payload) = bytes.get(header.size..end) {
                    let payload = payload::keep(payload);
                    self.arrived.consume(end);
                    return Poll::Ready(header.kind.frame(payload).map(Received::Frame));
                }
                self.arrived.consume(header.size);
                self.partial = Some(Partial::new(header.kind, length));
                continue;
            }
            let mut cursor = Cursor::new(bytes);
            match FrameHeader::parse(&mut cursor)? {
                Some((header, length)) => {
                    self.passing = cursor.position().saturating_add(length);
                    if matches!(header.opcode, OpCode::Data(_)) {
                        self.fragmented = !header.is_final;
                    }
                }
                None if ready!(self.arrived.poll_fill(&mut self.transport, cx))? == 0 => {
                    return Poll::Ready(self.end(cx));
                }
                None => {}
            }
        }
    }

    fn check_length(&self, length: u64) -> Result<usize, Error> {
        let max_size = self.context.get_config().max_message_size.unwrap_or(usize::MAX);
        let size = usize::try_from(length).unwrap_or(usize::MAX);
        if size > max_size {
            return Err(Error::Capacity(CapacityError::MessageTooLong { size, max_size }));
        }
        Ok(size)
    }

    /// The rest of a message that did not arrive as a whole.
    fn poll_partial(&mut self, cx: &mut Context<'_>) -> Poll<Result<Received, Error>> {
        while let Some(Partial { payload, .. }) = &mut self.partial {
            let taken = payload.extend(self.arrived.bytes());
            self.arrived.consume(taken);
            let read = match payload.missing() {
                0 => break,
                DIRECT.. => {
                    let read = pin!(self.transport.read_buf(&mut payload.room())).poll(cx);
                    ready!(read)
                }
                _ => ready!(self.arrived.poll_fill(&mut self.transport, cx)),
            };
            if read? == 0 {
                return Poll::Ready(self.end(cx));
            }
        }
        let Some(partial) = self.partial.take() else { return Poll::Pending };
        Poll::Ready(partial.complete().map(Received::Frame))
    }

    /// The frame that tungstenite reads. `None`: it was read, and is a part of a message.
    fn poll_passing(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Received, Error>>> {
        let read = self.with_context(cx, |context, stream| context.read(stream));
        match pending_where_blocked(read) {
            Poll::Pending if self.passing == 0 => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
            Poll::Ready(message) => Poll::Ready(Some(message.and_then(|message| self.received(message, cx)))),
        }
    }

    fn received(&mut self, message: Message, cx: &mut Context<'_>) -> Result<Received, Error> {
        let frame = match message {
            Message::Text(text) => Kind::Text.frame(text.into())?,
            Message::Binary(bytes) => Frame::Binary(bytes),
            Message::Ping(bytes) => {
                // The pong that tungstenite has made. An error is met again by what follows.
                let _ = self.poll_flush(cx);
                Frame::Ping(bytes)
            }
            Message::Pong(bytes) => Frame::Pong(bytes),
            Message::Close(close) => return Ok(Received::Close(close)),
            // Only written, never read.
            Message::Frame(_) => return Err(Error::ConnectionClosed),
        };
        Ok(Received::Frame(frame))
    }

    /// What the end of the stream means here.
    fn end(&mut self, cx: &mut Context<'_>) -> Result<Received, Error> {
        let Self { context, arrived, leaving, passing, .. } = self;
        *passing = u64::MAX;
        let transport = &mut tokio::io::empty();
        let read = context.read(&mut Attached { transport, arrived, leaving, passing, cx });
        read.and(Err(Error::ConnectionClosed))
    }

    /// Whether it can take a message. An error is met again by the flush or the read that follows.
    pub(crate) fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if self.full { self.poll_flush(cx).map(drop) } else { Poll::Ready(()) }
    }

    /// Takes a frame; what does not fit into the transport waits for the flush.
    pub(crate) fn write(&mut self, frame: &Frame, cx: &mut Context<'_>) -> Result<(), Error> {
        if !self.context.can_write() {
            return Err(Error::Protocol(ProtocolError::SendAfterClosing));
        }
        self.leaving.push(frame);
        if self.leaving.is_full() {
            match self.leaving.poll_drain(&mut self.transport, cx) {
                Poll::Ready(drained) => drained?,
                Poll::Pending => self.full = true,
            }
        }
        Ok(())
    }

    /// Sends a close frame after what was written; what does not fit into the transport waits for the flush.
    pub(crate) fn close(&mut self, close: CloseFrame, cx: &mut Context<'_>) -> Result<(), Error> {
        let written = self.with_context(cx, |context, stream| context.close(stream, Some(close)));
        match pending_where_blocked(written) {
            Poll::Ready(result) => result,
            Poll::Pending => {
                self.full = true;
                Ok(())
            }
        }
    }

    pub(crate) fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        let flushed = self.with_context(cx, |context, stream| context.flush(stream));
        let flushed = pending_where_blocked(flushed);
        self.full = flushed.is_pending();
        flushed
    }

    fn with_context<T>(
        &mut self,
        cx: &mut Context<'_>,
        call: impl FnOnce(&mut WebSocketContext, &mut Attached<'_, '_, S>) -> T,
    ) -> T {
        let Self { context, transport, arrived, leaving, passing, .. } = self;
        call(context, &mut Attached { transport, arrived, leaving, passing, cx })
    }
}

#[cfg(test)]
impl<S> Frames<S> {
    pub(super) fn transport_mut(&mut self) -> &mut S {
        &mut self.transport
    }
}

/// A transport for the length of one call: who is to be woken is known, and where the frame ends.
struct Attached<'a, 'cx, S> {
    transport: &'a mut S,
    arrived: &'a mut ReadBuffer,
    leaving: &'a mut WriteBuffer,
    passing: &'a mut u64,
    cx: &'a mut Context<'cx>,
}

impl<S: AsyncRead + Unpin> Read for Attached<'_, '_, S> {
    fn read(&mut self, space: &mut [u8]) -> io::Result<usize> {
        if *self.passing == 0 {
            return Err(ErrorKind::WouldBlock.into());
        }
        if self.arrived.bytes().is_empty() {
            blocked_where_pending(self.arrived.poll_fill(self.transport, self.cx))?;
        }
        let there = self.arrived.bytes();
        let wanted = usize::try_from(*self.passing).unwrap_or(usize::MAX).min(space.len());
        let taken = there.len().min(wanted);
        space[..taken].copy_from_slice(&there[..taken]);
        self.arrived.consume(taken);
        *self.passing -= taken as u64;
        Ok(taken)
    }
}

impl<S: AsyncWrite + Unpin> Write for Attached<'_, '_, S> {
    /// All or nothing, so that a frame stays in one piece.
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        if self.leaving.is_full() {
            blocked_where_pending(self.leaving.poll_drain(self.transport, self.cx))?;
        }
        self.leaving.push_wire(data);
        Ok(data.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        blocked_where_pending(self.leaving.poll_drain(self.transport, self.cx))?;
        blocked_where_pending(Pin::new(&mut *self.transport).poll_flush(self.cx))
    }
}

fn blocked_where_pending<T>(poll: Poll<io::Result<T>>) -> io::Result<T> {
    match poll {
        Poll::Ready(result) => result,
        Poll::Pending => Err(ErrorKind::WouldBlock.into()),
    }
}

fn pending_where_blocked<T>(result: Result<T, Error>) -> Poll<Result<T, Error>> {
    match result {
        Err(Error::Io(error)) if error.kind() == ErrorKind::WouldBlock => Poll::Pending,
        other => Poll::Ready(other),
    }
}
