//! One WebSocket, and what it has not handed to the network yet.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

use js_sys::Uint8Array;
use rejoin_proto::{Frame, SocketId};
use wasm_bindgen::JsValue;
use web_sys::WebSocket;

use crate::host::Socket;

/// Bytes that the socket may hold before the core is asked for no more: this is the backpressure.
const MAX_BUFFERED: f64 = 262_144.0;

pub(crate) struct Link {
    pub(crate) id: SocketId,
    pub(crate) socket: Socket,
    can_terminate: bool,
    pub(crate) can_ping: bool,
    sent: Cell<f64>,
    flushed_frames: Cell<u64>,
    /// For each frame that may still be in the socket's buffer: what was sent when it had been.
    ends: RefCell<VecDeque<f64>>,
}

impl Link {
    pub(crate) fn new(id: SocketId, socket: Socket) -> Self {
        Self {
            id,
            can_terminate: socket.terminate_function().is_function(),
            can_ping: socket.ping_function().is_function(),
            socket,
            sent: Cell::new(0.0),
            flushed_frames: Cell::new(0),
            ends: RefCell::default(),
        }
    }

    /// Writes a frame.
    ///
    /// # Errors
    /// What the socket threw.
    pub(crate) fn write(&self, frame: &Frame) -> Result<(), JsValue> {
        match frame {
            Frame::Text(text) => self.socket.send_with_str(text)?,
            // A copy: the socket may look at it later, when wasm's memory has moved on.
            Frame::Binary(bytes) => {
                self.socket.send_with_array_buffer_view(&Uint8Array::from(&**bytes))?;
            }
            Frame::Ping(_) => self.socket.ping()?,
            // A socket of JavaScript answers pings itself.
            Frame::Pong(_) => {}
        }
        self.sent.set(self.sent.get() + frame.len() as f64);
        self.ends.borrow_mut().push_back(self.sent.get());
        Ok(())
    }

    /// How many bytes it can take.
    pub(crate) fn room(&self) -> f64 {
        if !self.has_unflushed() {
            return MAX_BUFFERED;
        }
        MAX_BUFFERED - f64::from(self.socket.buffered_amount())
    }

    pub(crate) fn has_unflushed(&self) -> bool {
        !self.ends.borrow().is_empty()
    }

    /// How many frames have left the socket's buffer, if there are more than the last time.
    pub(crate) fn newly_flushed(&self) -> Option<u64> {
        if !self.has_unflushed() {
            return None;
        }
        let gone = self.sent.get() - f64::from(self.socket.buffered_amount());
        let mut ends = self.ends.borrow_mut();
        let before = ends.len();
        while ends.front().is_some_and(|end| *end <= gone) {
            ends.pop_front();
        }
        let count = (before - ends.len()) as u64;
        self.flushed_frames.set(self.flushed_frames.get() + count);
        (count > 0).then(|| self.flushed_frames.get())
    }

    /// Begins the closing handshake. Pages may use only 1000 and 3000 to 4999.
    pub(crate) fn close(&self, code: u16) {
        let legal = code == 1000 || (3000..5000).contains(&code);
        let closed = if legal { self.socket.close_with_code(code) } else { self.socket.close() };
        // It throws only for what is wrong with the arguments.
        debug_assert!(closed.is_ok(), "a legal close code");
    }

    /// Gives the socket up, whatever its state: no event of it arrives any more.
    pub(crate) fn abandon(&self) {
        let socket: &WebSocket = &self.socket;
        socket.set_onopen(None);
        socket.set_onmessage(None);
        socket.set_onclose(None);
        // One that fails late must find a handler in Node.js, where an error without one ends the process.
        if self.can_terminate {
            // It throws for nothing: whatever it says, the socket is given up.
            let _ = self.socket.terminate();
        } else {
            let _ = socket.close();
        }
    }
}
