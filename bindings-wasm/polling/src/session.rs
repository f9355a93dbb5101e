use bytestring::ByteString;
use rejoin_proto::Frame;
use rejoin_proto::engineio::{Action, Polling};
use wasm_bindgen::prelude::*;

use crate::Failure;

/// A session that polls. What it is to do is a number, and what belongs to it is taken with `text` or `binary`.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Session {
    polling: Polling,
    text: String,
    binary: Vec<u8>,
}

/// What [`Session::poll_action`] says.
#[wasm_bindgen]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Nothing.
    None = 0,
    /// GET.
    Get = 1,
    /// POST the text.
    Post = 2,
    /// Open a WebSocket for the session.
    Open = 3,
    /// Send the text over the WebSocket, then the frames of `takeOutbound`, and from now on everything else.
    Upgrade = 4,
}

/// What a frame is.
#[wasm_bindgen]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// There is none.
    None = 0,
    /// It is the text.
    Text = 1,
    /// It is the binary.
    Binary = 2,
}

#[wasm_bindgen]
impl Session {
    /// The session that the body of the first GET opens.
    ///
    /// # Errors
    /// `protocol`: the body opens none.
    pub fn open(body: String, upgrade: bool) -> Result<Self, Failure> {
        let polling = Polling::open(ByteString::from(body), upgrade)?;
        Ok(Self { polling, text: String::new(), binary: Vec::new() })
    }

    /// Its id, which every further request names.
    pub fn sid(&self) -> String {
        self.polling.sid().to_owned()
    }

    /// Takes a text frame.
    #[wasm_bindgen(js_name = sendText)]
    pub fn send_text(&mut self, text: String) {
        self.polling.send(Frame::Text(text.into()));
    }

    /// Takes a binary frame.
    #[wasm_bindgen(js_name = sendBinary)]
    pub fn send_binary(&mut self, bytes: Vec<u8>) {
        self.polling.send(Frame::Binary(bytes.into()));
    }

    /// How many of the frames taken so far have left.
    pub fn taken(&self) -> f64 {
        self.polling.taken() as f64
    }

    /// Whether everything taken has left and was confirmed by the server.
    #[wasm_bindgen(js_name = isFlushed)]
    pub fn is_flushed(&self) -> bool {
        self.polling.is_flushed()
    }

    /// Ends the session, after what was taken.
    pub fn close(&mut self) {
        self.polling.close();
    }

    /// What to do now; each thing is said once.
    #[wasm_bindgen(js_name = pollAction)]
    pub fn poll_action(&mut self) -> Step {
        match self.polling.poll_action() {
            None => Step::None,
            Some(Action::Get) => Step::Get,
            Some(Action::Post(body)) => {
                self.text = body;
                Step::Post
            }
            Some(Action::OpenWebSocket) => Step::Open,
            Some(Action::Upgrade(frame)) => {
                self.put(Some(frame));
                Step::Upgrade
            }
        }
    }

    /// The next frame that arrived.
    #[wasm_bindgen(js_name = pollFrame)]
    pub fn poll_frame(&mut self) -> Kind {
        let frame = self.polling.poll_frame();
        self.put(frame)
    }

    /// The next frame that waits: after `Upgrade` they go to the WebSocket.
    #[wasm_bindgen(js_name = takeOutbound)]
    pub fn take_outbound(&mut self) -> Kind {
        let frame = self.polling.take_outbound();
        self.put(frame)
    }

    /// The text of what was said last, once.
    pub fn text(&mut self) -> String {
        core::mem::take(&mut self.text)
    }

    /// The bytes of the frame that was said last, once.
    pub fn binary(&mut self) -> Vec<u8> {
        core::mem::take(&mut self.binary)
    }

    /// The body that a GET brought.
    ///
    /// # Errors
    /// `protocol`: it is no payload.
    #[wasm_bindgen(js_name = handleGet)]
    pub fn handle_get(&mut self, body: String) -> Result<(), Failure> {
        Ok(self.polling.handle_get(&body.into())?)
    }

    /// The server took a POST.
    #[wasm_bindgen(js_name = handlePost)]
    pub fn handle_post(&mut self) {
        self.polling.handle_post();
    }

    /// The WebSocket is open; the text to send over it first.
    #[wasm_bindgen(js_name = handleProbeOpen)]
    pub fn handle_probe_open(&mut self) -> String {
        let frame = self.polling.handle_probe_open();
        self.put(Some(frame));
        self.text()
    }

    /// The WebSocket brought a frame before the change; nothing stands for a binary one. False: the attempt has failed.
    #[wasm_bindgen(js_name = handleProbeFrame)]
    pub fn handle_probe_frame(&mut self, text: Option<String>) -> bool {
        let frame = text.map_or_else(|| Frame::Binary(Vec::new().into()), |text| Frame::Text(text.into()));
        self.polling.handle_probe_frame(&frame)
    }

    /// The WebSocket could not be opened, closed, or is silent.
    #[wasm_bindgen(js_name = handleProbeFailed)]
    pub fn handle_probe_failed(&mut self) {
        self.polling.handle_probe_failed();
    }
}

impl Session {
    fn put(&mut self, frame: Option<Frame>) -> Kind {
        match frame {
            None | Some(Frame::Ping(_) | Frame::Pong(_)) => Kind::None,
            Some(Frame::Text(text)) => {
                self.text = text.into();
                Kind::Text
            }
            Some(Frame::Binary(bytes)) => {
                self.binary = bytes.into();
                Kind::Binary
            }
        }
    }
}
