//! The driver's view of a browser's WebSocket.

use std::task::{Context, Poll};

use js_sys::{Array, Uint8Array};
use rejoin_proto::{Error, ErrorCode, Frame, SocketEvent};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{BinaryType, CloseEvent, MessageEvent};

use super::inbox::Inbox;
use super::unsent::Unsent;
use crate::socket::Socket;

/// Bytes that the browser may hold before it is given no more: this is the backpressure.
const MAX_HELD: u64 = 256 * 1024;

/// A WebSocket, which is closed when this is dropped.
pub(crate) struct WebSocket {
    socket: web_sys::WebSocket,
    subprotocol: String,
    inbox: Inbox,
    unsent: Unsent,
    /// How many bytes had left when it took no more.
    full_at: Option<u64>,
    _handlers: Handlers,
}

/// What the browser calls, for as long as the socket has them.
struct Handlers {
    _open: Closure<dyn FnMut()>,
    _message: Closure<dyn FnMut(MessageEvent)>,
    _close: Closure<dyn FnMut(CloseEvent)>,
}

impl Handlers {
    fn attach(socket: &web_sys::WebSocket, inbox: &Inbox) -> Self {
        let (opening, reading, closing) = (inbox.clone(), inbox.clone(), inbox.clone());
        let open = Closure::<dyn FnMut()>::new(move || opening.opened());
        let message = Closure::<dyn FnMut(_)>::new(move |event: MessageEvent| reading.message(&event.data()));
        let close = Closure::<dyn FnMut(_)>::new(move |event: CloseEvent| closing.closed(&event));
        socket.set_onopen(Some(open.as_ref().unchecked_ref()));
        socket.set_onmessage(Some(message.as_ref().unchecked_ref()));
        socket.set_onclose(Some(close.as_ref().unchecked_ref()));
        Self { _open: open, _message: message, _close: close }
    }
}

impl WebSocket {
    /// Begins to open one.
    ///
    /// # Errors
    /// The browser refuses to try: a page from https may not use ws, and some ports are blocked.
    pub(super) fn open(url: &str, subprotocols: &[String], max_message_bytes: usize) -> Result<Self, Error> {
        let offered: Array = subprotocols.iter().map(JsValue::from).collect();
        let socket = web_sys::WebSocket::new_with_str_sequence(url, &offered).map_err(|_| {
            Error::invalid("url", "is not allowed by the browser: from an https page use wss://")
        })?;
        socket.set_binary_type(BinaryType::Arraybuffer);
        let inbox = Inbox::new(max_message_bytes);
        let handlers = Handlers::attach(&socket, &inbox);
        Ok(Self {
            socket,
            subprotocol: String::new(),
            inbox,
            unsent: Unsent::new(),
            full_at: None,
            _handlers: handlers,
        })
    }

    /// Ready when it is open.
    pub(super) fn poll_opened(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        let opened = self.inbox.poll_opened(cx);
        if opened.is_ready() {
            self.subprotocol = self.socket.protocol();
        }
        opened
    }

    fn held(&self) -> u64 {
        u64::from(self.socket.buffered_amount())
    }
}

impl Socket for WebSocket {
    fn poll_event(&mut self, cx: &mut Context<'_>) -> Poll<SocketEvent> {
        self.inbox.poll_event(cx)
    }

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if self.unsent.is_empty() {
            return Poll::Ready(());
        }
        let held = self.held();
        if held < MAX_HELD {
            return Poll::Ready(());
        }
        self.full_at.get_or_insert(self.unsent.gone(held));
        self.unsent.look_again(cx);
        Poll::Pending
    }

    fn write(&mut self, frame: Frame, _cx: &mut Context<'_>) -> Result<(), Error> {
        let sent = match &frame {
            Frame::Text(text) => self.socket.send_with_str(text),
            // A copy: what is seen of wasm's own memory may be shared, which a browser refuses to send.
            Frame::Binary(bytes) => self.socket.send_with_array_buffer_view(&Uint8Array::from(&**bytes)),
            // The browser answers pings itself, and cannot send any.
            Frame::Ping(_) | Frame::Pong(_) => {
                self.unsent.wrote(0);
                return Ok(());
            }
        };
        sent.map_err(|_| Error::new(ErrorCode::Network, "the browser refuses what is written"))?;
        self.unsent.wrote(frame.len());
        Ok(())
    }

    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.unsent.update(self.held());
        if self.unsent.is_empty() {
            return Poll::Ready(Ok(()));
        }
        self.unsent.look_again(cx);
        Poll::Pending
    }

    fn flushed(&mut self) -> u64 {
        if !self.unsent.is_empty() {
            self.unsent.update(self.held());
        }
        self.unsent.flushed()
    }

    fn progressed(&mut self) -> bool {
        // What is full drains only if the peer takes it. Of a message, nothing is seen before its end.
        let Some(full_at) = self.full_at else { return false };
        let drained = self.unsent.gone(self.held()) > full_at;
        if drained {
            self.full_at = None;
        }
        drained
    }

    fn close(&mut self, code: u16, _cx: &mut Context<'_>) {
        // Pages may use only these codes.
        let legal = code == 1000 || (3000..5000).contains(&code);
        let closed = if legal { self.socket.close_with_code(code) } else { self.socket.close() };
        debug_assert!(closed.is_ok(), "it throws only for a wrong code");
    }

    fn subprotocol(&self) -> Option<&str> {
        Some(self.subprotocol.as_str()).filter(|chosen| !chosen.is_empty())
    }

    fn has_ping_frames(&self) -> bool {
        false
    }
}

impl Drop for WebSocket {
    fn drop(&mut self) {
        self.socket.set_onopen(None);
        self.socket.set_onmessage(None);
        self.socket.set_onclose(None);
        let closed = self.socket.close();
        debug_assert!(closed.is_ok(), "it throws only for a wrong code");
    }
}
