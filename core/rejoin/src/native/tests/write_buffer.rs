use std::io::{self, Cursor};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use fastrand::Rng;
use rejoin_proto::Frame;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig, WebSocketContext};
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::native::frames::{Frames, Received};
use crate::native::write_buffer::{WriteBuffer, at_once};

/// A peer that takes what it likes, of which pings arrive while it does not.
struct Choosy {
    taken: Vec<u8>,
    pings: Vec<u8>,
    random: Rng,
}

impl AsyncRead for Choosy {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        space: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.pings.is_empty() {
            return Poll::Pending;
        }
        space.put_slice(&std::mem::take(&mut self.pings));
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Choosy {
    fn poll_write(mut self: Pin<&mut Self>, _: &mut Context<'_>, data: &[u8]) -> Poll<io::Result<usize>> {
        let most = [0, 1, 3, 200, 5_000, 100_000][self.random.usize(..6)];
        if most == 0 {
            return Poll::Pending;
        }
        let count = data.len().min(self.random.usize(1..=most));
        self.taken.extend_from_slice(&data[..count]);
        Poll::Ready(Ok(count))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

fn read_as_a_server(bytes: Vec<u8>) -> Vec<Message> {
    let mut stream = Cursor::new(bytes);
    let mut context = WebSocketContext::new(Role::Server, None);
    let mut messages = Vec::new();
    loop {
        match context.read(&mut stream) {
            Ok(message) => messages.push(message),
            Err(Error::Protocol(_)) if stream.position() == stream.get_ref().len() as u64 => return messages,
            Err(error) => panic!("{error:?}"),
        }
    }
}

/// Writes frames of all sizes to a peer that takes pieces of any size and pings meanwhile; gives what each is to be
/// read as, the answers to the pings apart.
fn converse(seed: u64) {
    let mut random = Rng::with_seed(seed);
    let config = WebSocketConfig::default().read_buffer_size(1024).write_buffer_size(0);
    let peer = Choosy { taken: Vec::new(), pings: Vec::new(), random: random.fork() };
    let mut frames = Frames::new(peer, &[], config);
    let mut cx = Context::from_waker(Waker::noop());
    let (mut sent, mut pinged) = (Vec::new(), 0);
    let text = "für jeden etwas, ".repeat(10_000);
    for _ in 0..random.usize(1..40) {
        while frames.poll_ready(&mut cx).is_pending() {}
        let size = [0, 1, 5, 7, 8, 125, 126, 127, 1_024, 65_535, 65_536, 150_000][random.usize(..12)];
        let (frame, message) = if random.bool() {
            let part = text.get(..size).unwrap_or_default();
            (Frame::Text(part.into()), Message::text(part))
        } else {
            let part = Bytes::copy_from_slice(&text.as_bytes()[..size]);
            (Frame::Binary(part.clone()), Message::Binary(part))
        };
        frames.write(&frame, &mut cx).unwrap();
        sent.push(message);
        if random.u8(..4) == 0 {
            frames.transport_mut().pings = vec![0x89, 1, b'!'];
            pinged += 1;
            let read = frames.poll_next(&mut cx);
            assert!(
                matches!(read, Poll::Ready(Ok(Received::Frame(Frame::Ping(_))))),
                "seed {seed}: {read:?}"
            );
        }
        if random.bool() {
            let _ = frames.poll_flush(&mut cx);
        }
    }
    while !matches!(frames.poll_flush(&mut cx), Poll::Ready(Ok(()))) {}
    let taken = std::mem::take(&mut frames.transport_mut().taken);
    let (pongs, messages): (Vec<_>, Vec<_>) = read_as_a_server(taken).into_iter().partition(Message::is_pong);
    assert!(messages == sent, "seed {seed}: what was written was not read again");
    // A later answer may stand for an earlier one (RFC 6455, section 5.5.3).
    assert!(pongs.len() <= pinged && pongs.is_empty() == (pinged == 0), "seed {seed}: {} pongs", pongs.len());
}

#[test]
fn what_is_written_in_any_pieces_is_read_again_between_answers_to_pings() {
    (0..400).for_each(converse);
}

#[test]
fn every_frame_is_masked_with_a_key_of_its_own() {
    let peer = Choosy { taken: Vec::new(), pings: Vec::new(), random: Rng::with_seed(1) };
    let mut frames = Frames::new(peer, &[], WebSocketConfig::default());
    let mut cx = Context::from_waker(Waker::noop());
    for _ in 0..100 {
        frames.write(&Frame::Binary(Bytes::new()), &mut cx).unwrap();
    }
    while frames.poll_flush(&mut cx).is_pending() {}
    let mut keys: Vec<&[u8]> = frames.transport().taken.chunks(6).map(|frame| &frame[2..]).collect();
    keys.sort_unstable();
    keys.dedup();
    assert!(keys.len() > 98, "{} keys", keys.len());
}

#[test]
fn large_payloads_are_masked_as_a_whole_wherever_they_lie() {
    let page: Vec<u8> = (0..12_000).map(|at| (at % 251) as u8).collect();
    assert_eq!(at_once(&page[..100], &page[90..]), 1024);
    assert_eq!(at_once(&page[..100], &page[4096 + 99..]), 1024);
    assert_eq!(at_once(&page[..100], &page[84..]), page.len() - 84);
    assert_eq!(at_once(&page[..100], &page[100..]), page.len() - 100);
    assert_eq!(at_once(&page[..101], &page[100..100]), 1024);
    let page = Bytes::from(page);
    let mut cx = Context::from_waker(Waker::noop());
    for start in (0..4096).step_by(8) {
        let mut buffer = WriteBuffer::default();
        let payload = page.slice(start..start + 5001);
        buffer.push(&Frame::Binary(payload.clone()));
        let mut written = Vec::new();
        assert!(matches!(buffer.poll_drain(&mut written, &mut cx), Poll::Ready(Ok(()))));
        assert_eq!(read_as_a_server(written), [Message::Binary(payload)], "{start}");
    }
}
