use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use super::tls::Encrypted;

/// What carries the frames, and how many bytes it took: what a lost link did not take is sent again.
#[derive(Debug)]
pub(crate) struct Transport {
    stream: Stream,
    written: u64,
    read: u64,
}

/// TCP, plain or under TLS.
#[derive(Debug)]
enum Stream {
    Plain(TcpStream),
    Encrypted(Box<Encrypted>),
}

macro_rules! delegate {
    ($self:ident, $stream:ident => $call:expr) => {
        match &mut $self.stream {
            Stream::Plain(stream) => {
                let $stream = Pin::new(stream);
                $call
            }
            Stream::Encrypted(stream) => {
                let $stream = Pin::new(&mut **stream);
                $call
            }
        }
    };
}

impl Transport {
    pub(super) fn plain(stream: TcpStream) -> Self {
        Self { stream: Stream::Plain(stream), written: 0, read: 0 }
    }

    pub(super) fn encrypted(stream: Encrypted) -> Self {
        Self { stream: Stream::Encrypted(Box::new(stream)), written: 0, read: 0 }
    }

    /// How many bytes arrived so far, after decryption.
    pub(crate) fn read(&self) -> u64 {
        self.read
    }

    /// How many bytes were taken so far, before encryption.
    pub(crate) fn written(&self) -> u64 {
        self.written
    }
}

impl AsyncRead for Transport {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, out: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = out.filled().len();
        let polled = delegate!(this, stream => stream.poll_read(cx, out));
        this.read += (out.filled().len() - before) as u64;
        polled
    }
}

impl AsyncWrite for Transport {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, data: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let taken = ready!(delegate!(this, stream => stream.poll_write(cx, data)))?;
        this.written += taken as u64;
        Poll::Ready(Ok(taken))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        delegate!(this, stream => stream.poll_flush(cx))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        delegate!(this, stream => stream.poll_shutdown(cx))
    }
}
