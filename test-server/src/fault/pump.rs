//! Moves the bytes of a line under faults: from the socket into its queue, and from its queue into the socket.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::io::{AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

use super::link::{Link, State, remember, wake};

const READ_BYTES: usize = 16 * 1024;

pub(super) async fn inbound(link: Arc<Link>) {
    let mut buffer = vec![0; READ_BYTES];
    poll_fn(|cx| link.lock().poll_pump_inbound(&mut buffer, cx)).await;
}

pub(super) async fn outbound(link: Arc<Link>) {
    let mut timer = pin!(sleep_until(Instant::now()));
    poll_fn(|cx| link.lock().poll_pump_outbound(timer.as_mut(), cx)).await;
}

impl State {
    fn poll_pump_inbound(&mut self, buffer: &mut [u8], cx: &mut Context<'_>) -> Poll<()> {
        loop {
            remember(&mut self.wakers.inbound_pump, cx);
            let way = self.conditions.inbound;
            let room = self.inbound.as_ref().map_or(0, |queue| queue.room(way));
            if self.socket.is_none() {
                return Poll::Ready(());
            }
            if way.frozen || room == 0 {
                return Poll::Pending;
            }
            let most = room.min(buffer.len());
            let mut read = ReadBuf::new(&mut buffer[..most]);
            let result = std::task::ready!(self.poll_take(cx, &mut read));
            let bytes = read.filled();
            if result.is_err() || bytes.is_empty() {
                self.inbound_ended = true;
            } else if let Some(queue) = &mut self.inbound {
                queue.push(bytes.to_vec(), way, Instant::now());
            }
            wake(&mut self.wakers.reader);
            if self.inbound_ended {
                return Poll::Ready(());
            }
        }
    }

    fn poll_pump_outbound(&mut self, mut timer: Pin<&mut Sleep>, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            remember(&mut self.wakers.outbound_pump, cx);
            let (Some(socket), Some(queue)) = (&mut self.socket, &mut self.outbound) else {
                return Poll::Ready(());
            };
            if self.conditions.outbound.frozen {
                return Poll::Pending;
            }
            let Some(due) = queue.next_due() else {
                if self.finishing {
                    return self.poll_finish(cx);
                }
                return Poll::Pending;
            };
            if due > Instant::now() {
                timer.as_mut().reset(due);
                std::task::ready!(timer.as_mut().poll(cx));
            }
            match std::task::ready!(Pin::new(socket).poll_write(cx, queue.front())) {
                Ok(n) => queue.advance(n),
                Err(_) => self.socket = None,
            }
            wake(&mut self.wakers.writer);
        }
    }

    /// Everything has left: pass the user's end of the stream on, as a FIN.
    fn poll_finish(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if let Some(socket) = &mut self.socket {
            // An error means that the peer is gone, which ends the connection as well.
            let _ = std::task::ready!(Pin::new(socket).poll_shutdown(cx));
        }
        if !self.abandoned {
            return Poll::Pending;
        }
        self.socket = None;
        Poll::Ready(())
    }
}
