//! What the driver has to do, and where it reads the content of that.

use rejoin_proto::Frame;
use wasm_bindgen::prelude::*;

use crate::core::Core;

/// What `transmit` gives.
#[derive(Clone, Copy, Debug)]
enum Transmitted {
    Nothing = 0,
    Text = 1,
    Binary = 2,
    Ping = 3,
    /// A socket of JavaScript answers pings itself.
    Pong = 4,
}

#[wasm_bindgen]
impl Core {
    /// Time passed.
    pub fn tick(&mut self, now: f64) {
        self.input(now, |connection, now| {
            if connection.poll_timeout().is_some_and(|(at, _)| at <= now) {
                connection.handle_timeout(now);
            }
        });
    }

    /// When `tick` wants to be called, in milliseconds of the driver's clock; NaN: never.
    pub fn deadline(&self) -> f64 {
        let deadline = self.connection.poll_timeout();
        deadline.map_or(f64::NAN, |(at, _)| at.since_origin().as_micros() as f64 / 1000.0)
    }

    /// 1: there are commands; 2: there are texts; 4: the content of messages must be given, not only their slot; 8: and
    /// that of events and answers.
    pub fn flags(&self) -> u32 {
        let protocol = self.connection.protocol();
        u32::from(!self.records.commands.is_empty())
            | u32::from(!self.records.texts.is_empty()) << 1
            | u32::from(protocol.reads()) << 2
            | u32::from(!protocol.passes_on()) << 3
    }

    /// The longest message that is accepted.
    #[wasm_bindgen(js_name = maxMessageBytes)]
    pub fn max_message_bytes(&self) -> usize {
        self.connection.config().max_message_bytes
    }

    /// The commands, as JSON, and none is left.
    pub fn commands(&mut self) -> String {
        self.records.commands.take()
    }

    /// The texts of the records, as JSON, and none is left.
    pub fn texts(&mut self) -> String {
        self.records.texts.take()
    }

    /// How many numbers there are, at `numbers`.
    pub fn count(&self) -> usize {
        self.records.numbers.len()
    }

    /// Where the numbers of the records are.
    pub fn numbers(&self) -> *const f64 {
        self.records.numbers.as_ptr()
    }

    /// All records were read.
    pub fn clear(&mut self) {
        self.records.clear();
    }

    /// Where JavaScript may put so many bytes.
    pub fn inbox(&mut self, length: usize) -> *mut u8 {
        self.inbox.resize(length, 0);
        self.inbox.as_mut_ptr()
    }

    /// The next frame: what it is. `frame` and `frameLength` say where it is; `message` and `index` whose part it is,
    /// so that the driver adds what it has kept.
    pub fn transmit(&mut self, now: f64) -> u8 {
        let transmit = self.input(now, |connection, now| connection.poll_transmit(now));
        let Some(transmit) = transmit else { return Transmitted::Nothing as u8 };
        self.frame = transmit.frame;
        self.part = transmit.part;
        let kind = match &self.frame {
            Frame::Text(_) => Transmitted::Text,
            Frame::Binary(_) => Transmitted::Binary,
            Frame::Ping(_) => Transmitted::Ping,
            Frame::Pong(_) => Transmitted::Pong,
        };
        kind as u8
    }

    /// Where the frame is.
    pub fn frame(&self) -> *const u8 {
        match &self.frame {
            Frame::Text(text) => text.as_ptr(),
            Frame::Binary(bytes) | Frame::Ping(bytes) | Frame::Pong(bytes) => bytes.as_ptr(),
        }
    }

    /// How long it is.
    #[wasm_bindgen(js_name = frameLength)]
    pub fn frame_length(&self) -> usize {
        self.frame.len()
    }

    /// The message that the frame is a part of, or -1.
    pub fn part(&self) -> f64 {
        self.part.map_or(-1.0, |part| part.message.get() as f64)
    }

    /// Which part it is: 0 for the head, then one for each attachment.
    pub fn index(&self) -> usize {
        self.part.map_or(0, |part| part.index)
    }
}
