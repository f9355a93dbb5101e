//! What JavaScript calls by itself: one set of functions for all sockets of a client.

use std::rc::{Rc, Weak};

use bytes::Bytes;
use bytestring::ByteString;
use js_sys::{ArrayBuffer, Function, Uint8Array};
use rejoin_proto::{Error, ErrorCode, Frame, SocketEvent};
use wasm_bindgen::prelude::*;
use web_sys::{BinaryType, CloseEvent, MessageEvent};

use crate::driver::Driver;
use crate::host::Socket;

pub(crate) struct Handlers {
    turn: Closure<dyn FnMut()>,
    wake: Closure<dyn FnMut()>,
    open: Closure<dyn FnMut()>,
    message: Closure<dyn FnMut(MessageEvent)>,
    close: Closure<dyn FnMut(CloseEvent)>,
}

impl Handlers {
    pub(crate) fn new(driver: &Rc<Driver>) -> Self {
        let weak = || Rc::downgrade(driver);
        Self {
            turn: plain(weak(), |driver| driver.turn()),
            wake: plain(weak(), |driver| driver.wake()),
            open: plain(weak(), |driver| driver.opened()),
            message: with_event(weak(), |driver, event: MessageEvent| driver.message(event.data())),
            close: with_event(weak(), |driver, event: CloseEvent| driver.closed(event.code(), &event)),
        }
    }

    pub(crate) fn turn(&self) -> &Function {
        self.turn.as_ref().unchecked_ref()
    }

    pub(crate) fn wake(&self) -> &Function {
        self.wake.as_ref().unchecked_ref()
    }

    /// What the socket does from now on is heard.
    pub(crate) fn attach(&self, socket: &Socket) {
        socket.set_binary_type(BinaryType::Arraybuffer);
        socket.set_onopen(Some(self.open.as_ref().unchecked_ref()));
        socket.set_onmessage(Some(self.message.as_ref().unchecked_ref()));
        socket.set_onclose(Some(self.close.as_ref().unchecked_ref()));
    }
}

fn plain(driver: Weak<Driver>, call: fn(&Driver)) -> Closure<dyn FnMut()> {
    Closure::new(move || driver.upgrade().iter().for_each(|driver| call(driver)))
}

fn with_event<E: wasm_bindgen::convert::FromWasmAbi + 'static>(
    driver: Weak<Driver>,
    call: fn(&Driver, E),
) -> Closure<dyn FnMut(E)> {
    Closure::new(move |event| {
        if let Some(driver) = driver.upgrade() {
            call(&driver, event);
        }
    })
}

impl Driver {
    fn opened(&self) {
        let Some(link) = self.link() else { return };
        self.socket_event(SocketEvent::Opened { ping_frames: link.can_ping });
    }

    fn message(&self, data: JsValue) {
        let max = self.look(|connection| connection.config().max_message_bytes);
        let reads = self.look(|connection| connection.protocol().reads());
        let buffer = data.dyn_ref::<ArrayBuffer>();
        let length = match buffer {
            Some(buffer) => buffer.byte_length(),
            // In UTF-16 units, of which each is at least a byte.
            None => data.unchecked_ref::<js_sys::JsString>().length(),
        };
        if length as usize > max {
            let message = "the server sent a message beyond max_message_bytes";
            return self.socket_event(SocketEvent::Failed(Error::new(ErrorCode::TooBig, message)));
        }
        let frame = match (buffer, reads) {
            (Some(_), false) => Frame::Binary(Bytes::new()),
            (None, false) => Frame::Text(ByteString::new()),
            (Some(buffer), true) => Frame::Binary(Uint8Array::new(buffer).to_vec().into()),
            (None, true) => Frame::Text(data.as_string().unwrap_or_default().into()),
        };
        self.socket_event_with(SocketEvent::Frame(frame), Some(data), length as usize);
    }

    fn closed(&self, code: u16, event: &CloseEvent) {
        // 1006 is what a page is told where there was no close frame, and 1005 where there was no code in it.
        let code = (code != 1005 && code != 1006).then_some(code);
        self.socket_event(SocketEvent::Closed { code, reason: event.reason().into() });
    }
}

/// The code of this name.
pub(crate) fn known_code(name: &str) -> ErrorCode {
    ErrorCode::ALL.iter().copied().find(|code| code.as_str() == name).unwrap_or(ErrorCode::Network)
}

/// What `dial` throws: a code, a blank, a message.
pub(crate) fn opening_error(thrown: &JsValue) -> Error {
    let thrown = thrown.as_string().unwrap_or_default();
    let (code, message) = thrown.split_once(' ').unwrap_or_default();
    Error::new(known_code(code), rejoin_proto::sanitize(message))
}
