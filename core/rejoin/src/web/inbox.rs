//! What a socket's events brought, until the driver takes it.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use bytestring::ByteString;
use js_sys::{ArrayBuffer, JsString, Uint8Array};
use rejoin_proto::{Error, ErrorCode, Frame, SocketEvent};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::CloseEvent;

/// Bytes that wait while the consumers are full: a browser cannot be told to read no further.
const MAX_BYTES: usize = 16 << 20;

/// Shared by the socket and its handlers.
#[derive(Clone, Debug)]
pub(super) struct Inbox(Rc<RefCell<Inner>>);

#[derive(Debug)]
struct Inner {
    max_message_bytes: usize,
    opened: bool,
    /// The last event is in the queue, or was.
    ended: bool,
    events: VecDeque<SocketEvent>,
    bytes: usize,
    waker: Option<Waker>,
}

impl Inbox {
    pub(super) fn new(max_message_bytes: usize) -> Self {
        Self(Rc::new(RefCell::new(Inner {
            max_message_bytes,
            opened: false,
            ended: false,
            events: VecDeque::new(),
            bytes: 0,
            waker: None,
        })))
    }

    pub(super) fn opened(&self) {
        self.change(|inner| inner.opened = true);
    }

    pub(super) fn message(&self, data: &JsValue) {
        let max = self.0.borrow().max_message_bytes;
        let event = match frame(data, max) {
            Some(frame) => SocketEvent::Frame(frame),
            None => failed(ErrorCode::TooBig, "the server sent a message larger than max_message_bytes"),
        };
        self.push(event);
    }

    pub(super) fn closed(&self, event: &CloseEvent) {
        // 1006 is what a page is told where there was no close frame, and 1005 where there was no code in it.
        let code = Some(event.code()).filter(|code| ![1005, 1006].contains(code));
        self.push(SocketEvent::Closed { code, reason: event.reason().into() });
    }

    /// Ready when the socket is open, or with why it never will be.
    pub(super) fn poll_opened(&self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        let mut inner = self.0.borrow_mut();
        if inner.opened {
            return Poll::Ready(Ok(()));
        }
        if inner.ended {
            return Poll::Ready(Err(Error::new(
                ErrorCode::Network,
                "the browser could not open the connection, and does not say why",
            )));
        }
        inner.waker = Some(cx.waker().clone());
        Poll::Pending
    }

    pub(super) fn poll_event(&self, cx: &mut Context<'_>) -> Poll<SocketEvent> {
        let mut inner = self.0.borrow_mut();
        let Some(event) = inner.events.pop_front() else {
            inner.waker = Some(cx.waker().clone());
            return Poll::Pending;
        };
        inner.bytes -= size(&event);
        Poll::Ready(event)
    }

    fn push(&self, event: SocketEvent) {
        self.change(|inner| {
            if inner.ended {
                return;
            }
            let bytes = inner.bytes + size(&event);
            // One message alone is within its own bound.
            let event = if bytes > MAX_BYTES && !inner.events.is_empty() {
                failed(
                    ErrorCode::SlowConsumer,
                    "16 MiB wait to be consumed, and a browser cannot pause the server",
                )
            } else {
                event
            };
            inner.bytes += size(&event);
            inner.ended = matches!(event, SocketEvent::Closed { .. } | SocketEvent::Failed(_));
            inner.events.push_back(event);
        });
    }

    fn change(&self, change: impl FnOnce(&mut Inner)) {
        let mut inner = self.0.borrow_mut();
        change(&mut inner);
        let waker = inner.waker.take();
        drop(inner);
        waker.into_iter().for_each(Waker::wake);
    }
}

/// Nothing if it is larger than `max`.
fn frame(data: &JsValue, max: usize) -> Option<Frame> {
    if let Some(buffer) = data.dyn_ref::<ArrayBuffer>() {
        let fits = buffer.byte_length() as usize <= max;
        return fits.then(|| Frame::Binary(Bytes::from(Uint8Array::new(buffer).to_vec())));
    }
    // In UTF-16 units, of which each is at least a byte: what is far too large is not even copied.
    let text: &JsString = data.unchecked_ref();
    let text = (text.length() as usize <= max).then(|| String::from(text))?;
    (text.len() <= max).then(|| Frame::Text(ByteString::from(text)))
}

/// With the event's own size, so that empty messages are bounded too.
fn size(event: &SocketEvent) -> usize {
    size_of::<SocketEvent>() + if let SocketEvent::Frame(frame) = event { frame.len() } else { 0 }
}

fn failed(code: ErrorCode, message: &'static str) -> SocketEvent {
    SocketEvent::Failed(Error::new(code, message))
}
