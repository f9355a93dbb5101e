use std::cell::RefCell;
use std::io;
use std::ops::Range;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, ReadBuf};

/// How much is read at once, in bytes: with half of it a flood of messages of 1 KiB took up to twice as long.
const SIZE: usize = 128 * 1024;
/// How many a thread keeps: under TLS two are in use at once, for what is encrypted and what is not.
const SPARES: usize = 2;

type Buffer = Box<[u8]>;

thread_local! {
    /// The buffers that the connections of this thread read into, one after the other.
    static SPARE: RefCell<Vec<Buffer>> = const { RefCell::new(Vec::new()) };
}

/// What arrived and was not yet taken: read in large pieces, and without a buffer while there is nothing, so that
/// idle connections stay small.
#[derive(Debug, Default)]
pub(super) struct ReadBuffer {
    buffer: Option<Buffer>,
    rest: Range<usize>,
}

impl ReadBuffer {
    /// Holds what arrived before, at most as much as is read at once.
    pub(super) fn holding(arrived: &[u8]) -> Self {
        if arrived.is_empty() {
            return Self::default();
        }
        let mut buffer = borrow_buffer();
        let length = arrived.len().min(SIZE);
        buffer[..length].copy_from_slice(&arrived[..length]);
        Self { buffer: Some(buffer), rest: 0..length }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        match &self.buffer {
            Some(buffer) => &buffer[self.rest.clone()],
            None => &[],
        }
    }

    pub(super) fn consume(&mut self, count: usize) {
        self.rest.start += count;
        if self.rest.is_empty() {
            self.buffer.take().into_iter().for_each(give_back);
        }
    }

    /// Reads behind what is there, which must be less than a full buffer. 0 is the end of the stream.
    pub(super) fn poll_fill<S: AsyncRead + Unpin>(
        &mut self,
        stream: &mut S,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<usize>> {
        let mut buffer = self.buffer.take().unwrap_or_else(borrow_buffer);
        let length = self.rest.len();
        buffer.copy_within(self.rest.clone(), 0);
        let mut space = ReadBuf::new(&mut buffer[length..]);
        let read = Pin::new(stream).poll_read(cx, &mut space);
        let count = space.filled().len();
        self.rest = 0..length + count;
        if self.rest.is_empty() {
            give_back(buffer);
        } else {
            self.buffer = Some(buffer);
        }
        read.map_ok(|()| count)
    }
}

#[cfg(test)]
impl ReadBuffer {
    pub(super) fn holds_a_buffer(&self) -> bool {
        self.buffer.is_some()
    }
}

/// Nothing is left to borrow or to give back to while a thread ends.
fn borrow_buffer() -> Buffer {
    let spare = SPARE.try_with(|spare| spare.borrow_mut().pop());
    spare.ok().flatten().unwrap_or_else(|| vec![0; SIZE].into_boxed_slice())
}

fn give_back(buffer: Buffer) {
    let _ = SPARE.try_with(|spare| {
        let mut spare = spare.borrow_mut();
        if spare.len() < SPARES {
            spare.push(buffer);
        }
    });
}
