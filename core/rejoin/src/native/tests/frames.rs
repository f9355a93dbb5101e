use std::io::{self, Read, Write};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use fastrand::Rng;
use rejoin_proto::Frame;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig, WebSocketContext};
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::native::frames::{Frames, Received};
use crate::native::payload;

/// The largest message that the tests allow.
const LIMIT: usize = 200_000;

/// Bytes from a peer, in pieces of any size, and then the end. What is written is gone.
struct Pieces {
    bytes: Vec<u8>,
    at: usize,
    random: Rng,
}

impl Pieces {
    fn new(bytes: &[u8], seed: u64) -> Self {
        Self { bytes: bytes.to_vec(), at: 0, random: Rng::with_seed(seed) }
    }

    /// `None`: nothing is there yet.
    fn piece(&mut self, room: usize) -> Option<&[u8]> {
        if self.random.u8(..4) == 0 {
            return None;
        }
        let most = [1, 3, 200, 5_000, 100_000][self.random.usize(..5)];
        let start = self.at;
        self.at = self.bytes.len().min(start + room.min(self.random.usize(1..=most)));
        Some(&self.bytes[start..self.at])
    }
}

impl Read for Pieces {
    fn read(&mut self, space: &mut [u8]) -> io::Result<usize> {
        let piece = self.piece(space.len()).ok_or(io::ErrorKind::WouldBlock)?;
        space[..piece.len()].copy_from_slice(piece);
        Ok(piece.len())
    }
}

impl Write for Pieces {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        Ok(data.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl AsyncRead for Pieces {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        space: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.piece(space.remaining()) {
            Some(piece) => {
                space.put_slice(piece);
                Poll::Ready(Ok(()))
            }
            None => Poll::Pending,
        }
    }
}

impl AsyncWrite for Pieces {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, data: &[u8]) -> Poll<io::Result<usize>> {
        Poll::Ready(Ok(data.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

fn config() -> WebSocketConfig {
    WebSocketConfig::default()
        .read_buffer_size(1024)
        .max_message_size(Some(LIMIT))
        .max_frame_size(Some(LIMIT))
}

/// What was read, and how it ended.
#[derive(Debug, PartialEq)]
struct Outcome {
    messages: Vec<Message>,
    end: String,
}

/// The kind of an error: what was not UTF-8 is told in other words.
fn kind(error: &Error) -> String {
    if matches!(error, Error::Utf8(_)) { "UTF-8".to_owned() } else { format!("{error:?}") }
}

fn by_tungstenite(bytes: &[u8], seed: u64) -> Outcome {
    let mut stream = Pieces::new(bytes, seed);
    let mut context = WebSocketContext::new(Role::Client, Some(config()));
    let mut messages = Vec::new();
    loop {
        match context.read(&mut stream) {
            Err(Error::Io(error)) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Outcome { messages, end: kind(&error) },
            Ok(message @ Message::Close(_)) => {
                messages.push(message);
                return Outcome { messages, end: "closed".to_owned() };
            }
            Ok(message) => messages.push(message),
        }
    }
}

fn by_us(bytes: &[u8], seed: u64) -> Outcome {
    let behind_the_handshake = bytes.len().min(seed as usize % 100);
    let (first, rest) = bytes.split_at(behind_the_handshake);
    let mut frames = Frames::new(Pieces::new(rest, seed), first, config());
    let mut messages = Vec::new();
    loop {
        match frames.poll_next(&mut Context::from_waker(Waker::noop())) {
            Poll::Pending => {}
            Poll::Ready(Err(error)) => return Outcome { messages, end: kind(&error) },
            Poll::Ready(Ok(Received::Close(close))) => {
                messages.push(Message::Close(close));
                return Outcome { messages, end: "closed".to_owned() };
            }
            Poll::Ready(Ok(Received::Frame(frame))) => messages.push(match frame {
                Frame::Text(text) => Message::text(text.to_string()),
                Frame::Binary(bytes) => Message::Binary(bytes),
                Frame::Ping(bytes) => Message::Ping(bytes),
                Frame::Pong(bytes) => Message::Pong(bytes),
            }),
        }
    }
}

fn frame(first: u8, payload: &[u8], bytes: &mut Vec<u8>) {
    bytes.push(first);
    match payload.len() {
        short @ 0..126 => bytes.push(short as u8),
        medium @ 126..65_536 => {
            bytes.push(126);
            bytes.extend((medium as u16).to_be_bytes());
        }
        long => {
            bytes.push(127);
            bytes.extend((long as u64).to_be_bytes());
        }
    }
    bytes.extend(payload);
}

/// Frames as servers send them; the text is not always whole, nor in order.
fn conversation(random: &mut Rng) -> Vec<u8> {
    let text = "für jeden etwas: 日本語, ∂x, plain ASCII, and more of it. ".repeat(4_000);
    let mut bytes = Vec::new();
    for _ in 0..random.usize(1..30) {
        let size = [0, 1, 5, 125, 126, 127, 1_000, 1_024, 4_000, 65_535, 65_536, 150_000][random.usize(..12)];
        let payload = &text.as_bytes()[..size];
        match random.u8(..8) {
            0..3 => frame(0x82, payload, &mut bytes),
            3..5 => frame(0x81, text.get(..size).unwrap_or_default().as_bytes(), &mut bytes),
            5 => frame(0x89, &payload[..size.min(125)], &mut bytes),
            6 => frame(0x8a, &payload[..size.min(125)], &mut bytes),
            _ => {
                let pieces = payload.chunks(random.usize(1..2_000)).take(40);
                frame(0x01 + random.u8(..2), &[], &mut bytes);
                for piece in pieces {
                    frame(0x00, piece, &mut bytes);
                    if random.u8(..10) == 0 {
                        frame(0x89, b"between", &mut bytes);
                    }
                }
                frame(0x80, "…".as_bytes(), &mut bytes);
            }
        }
    }
    if random.bool() {
        frame(0x88, &[0x03, 0xe8, b'b', b'y', b'e'], &mut bytes);
    }
    bytes
}

#[test]
fn what_arrives_is_what_tungstenite_makes_of_it() {
    let mut ends = std::collections::BTreeSet::new();
    for seed in 0..3_000 {
        let mut random = Rng::with_seed(seed);
        let mut bytes = conversation(&mut random);
        // Half of the peers are faulty, most of them in a header.
        for _ in 0..random.usize(..4) * usize::from(random.bool()) {
            let at = random.usize(..bytes.len().min(400));
            bytes[at] = random.u8(..);
        }
        let expected = by_tungstenite(&bytes, seed);
        let ours = by_us(&bytes, seed + 1);
        assert!(ours == expected, "seed {seed}: {} instead of {}", ours.end, expected.end);
        ends.insert(expected.end);
    }
    assert!(ends.len() > 8, "the peers were not faulty enough: {ends:?}");
}

#[test]
fn a_message_that_is_kept_holds_back_little() {
    let kept: Vec<_> = (0..1000).map(|_| payload::keep(&[7; 100])).collect();
    // As many as fit into one allocation lie behind each other.
    let neighbours = kept.windows(2).filter(|pair| pair[0].as_ptr_range().end == pair[1].as_ptr()).count();
    assert!((980..999).contains(&neighbours), "{neighbours}");
    let large = payload::keep(&[7; 5000]);
    assert!(large.is_unique());
}

#[test]
fn large_messages_are_read_into_memory_that_is_used_again() {
    const LENGTH: usize = 150_001;
    let mut bytes = vec![0x82, 127];
    bytes.extend_from_slice(&(LENGTH as u64).to_be_bytes());
    bytes.resize(bytes.len() + LENGTH, 7);
    let mut frames = Frames::new(Pieces::new(&bytes.repeat(101), 1), &[], config());
    let mut cx = Context::from_waker(Waker::noop());
    let mut read = || loop {
        if let Poll::Ready(received) = frames.poll_next(&mut cx) {
            let Ok(Received::Frame(Frame::Binary(payload))) = received else { panic!("{received:?}") };
            assert_eq!(payload, [7; LENGTH][..]);
            return;
        }
    };
    read();
    // Other tests use the same memory now and then.
    let counted = allocation_counter::measure(|| (0..100).for_each(|_| read()));
    assert!(counted.bytes_total < 50 * LENGTH as u64, "{} bytes", counted.bytes_total);
}
