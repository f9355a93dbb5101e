use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use tokio::io::ReadBuf;

use super::*;
use crate::native::readahead::ReadAhead;

/// Reads `room` bytes at most, without waiting.
fn read(stream: &mut (impl AsyncRead + Unpin), room: usize) -> Option<Vec<u8>> {
    let mut space = vec![0; room];
    let mut buffer = ReadBuf::new(&mut space);
    match Pin::new(stream).poll_read(&mut Context::from_waker(Waker::noop()), &mut buffer) {
        Poll::Ready(result) => {
            result.unwrap();
            Some(buffer.filled().to_vec())
        }
        Poll::Pending => None,
    }
}

#[tokio::test]
async fn what_is_read_is_what_was_sent_whatever_the_pieces() {
    for seed in 0..200 {
        let mut random = fastrand::Rng::with_seed(seed);
        let (mut far, near) = tokio::io::duplex(1 << 20);
        let mut near = ReadAhead::new(near);
        let (mut sent, mut received) = (Vec::new(), Vec::new());
        for _ in 0..40 {
            let mut piece = vec![0; random.usize(1..20_000)];
            random.fill(&mut piece);
            far.write_all(&piece).await.unwrap();
            sent.extend(piece);
            for _ in 0..random.usize(0..12) {
                received.extend(read(&mut near, random.usize(1..4096)).unwrap_or_default());
            }
        }
        drop(far);
        near.read_to_end(&mut received).await.unwrap();
        assert!(sent == received, "seed {seed}");
    }
}

#[tokio::test]
async fn a_quiet_connection_holds_no_buffer() {
    let (mut far, near) = tokio::io::duplex(1 << 20);
    let mut near = ReadAhead::new(near);
    far.write_all(&[7; 20_000]).await.unwrap();
    assert!(!near.holds_a_buffer());
    read(&mut near, 4096).unwrap();
    assert!(near.holds_a_buffer());
    while read(&mut near, 4096).is_some() {}
    assert!(!near.holds_a_buffer());
}
